"""How compare.py and its workers talk: a JSON object a line, one answer to each
request, nothing else on the two pipes.

    {"op": "step", "count": 3}      ->  {"seconds": [0.49, 0.48, 0.48]}
    {"op": "fly"}                   ->  {"error": "cannot do \"fly\""}

A worker waits for its next request in a read, so it costs nothing while the
others work.
"""
import json
import os
import subprocess
import sys
import time


class WorkerError(Exception):
    """A worker said no, or is gone."""


class Worker:
    """A worker as the driver sees it: a process that answers."""

    def __init__(self, name, command, environment, log):
        self.name = name
        self.started = time.monotonic()
        self._log_path = log
        with open(log, "ab") as errors:
            self._process = subprocess.Popen(
                [str(word) for word in command], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, **environment}, bufsize=1)

    @property
    def pid(self):
        return self._process.pid

    def ask(self, op, **fields):
        try:
            self._process.stdin.write(json.dumps({"op": op, **fields}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise WorkerError(f"{self.name}: ended while it was asked to "
                              f"{op}; {self._log_path} may say why")
        try:
            answer = json.loads(line)
        except json.JSONDecodeError:
            raise WorkerError(f"{self.name}: expected a line of JSON, got "
                              f"{line[:200]!r}") from None
        if "error" in answer:
            raise WorkerError(f"{self.name}: {op}: {answer['error']}")
        return answer

    def close(self):
        """Ends the worker: it sees the end of its input, or it is killed."""
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def answer(peer, line):
    """What `peer` says to one request: its method op_NAME gets the fields."""
    try:
        request = json.loads(line)
        name = request.pop("op")
        method = getattr(peer, f"op_{name}", None)
        if method is None:
            return {"error": f'cannot do "{name}"'}
        return method(**request) or {}
    except Exception as error:  # Whatever it is, the driver must hear of it.
        return {"error": f"{type(error).__name__}: {error}"}


def serve(peer):
    """Answers requests until there are no more. What libraries print goes to
    standard error, so that it cannot break an answer."""
    with os.fdopen(os.dup(1), "w", buffering=1) as replies:
        os.dup2(2, 1)
        for line in sys.stdin:
            replies.write(json.dumps(answer(peer, line)) + "\n")
