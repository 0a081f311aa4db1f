// A program that runs beside a test.

#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <vector>

namespace polytask::test {

// Killed, if it still runs, at the end of its life.
class ChildProcess {
 public:
  // Starts the program of this path; its output goes to these files.
  ChildProcess(const std::vector<std::string>& command, const std::string& out,
               const std::string& err)
      : id_(::fork()) {
    if (id_ < 0) throw std::runtime_error("fork failed");
    if (id_ == 0) {
      redirect(out, STDOUT_FILENO);
      redirect(err, STDERR_FILENO);
      std::vector<char*> words;
      for (const std::string& word : command) {
        words.push_back(const_cast<char*>(word.c_str()));
      }
      words.push_back(nullptr);
      ::execv(words[0], words.data());
      ::_exit(127);
    }
  }
  ~ChildProcess() {
    if (!is_running()) return;
    send(SIGKILL);
    wait();
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void send(int signal) const { ::kill(id_, signal); }

  [[nodiscard]] bool is_running() {
    if (ended_) return false;
    ended_ = ::waitpid(id_, &status_, WNOHANG) == id_;
    return !ended_;
  }

  // The exit code, or 128 + the signal that ended it.
  int wait() {
    if (!ended_) ::waitpid(id_, &status_, 0);
    ended_ = true;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  }

 private:
  static void redirect(const std::string& path, int to) {
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    ::dup2(file, to);
  }

  pid_t id_;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace polytask::test
