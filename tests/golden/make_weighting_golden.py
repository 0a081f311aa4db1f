"""Writes tests/golden/weighting.json: directions of gradient weightings.

    python3 tests/golden/make_weighting_golden.py > tests/golden/weighting.json

Needs NumPy and SciPy. Every answer is found another way than the library finds
it: on the gradients themselves and not on their Gramian, by trying all active
sets, or by a general-purpose solver from several starts. Compared are the
directions d, which are unique where the weights need not be.

Problems: random gradients of 2 to 5 tasks, their lengths up to 20 times apart,
some of them in fewer dimensions than there are tasks.
"""
import itertools
import json

import numpy as np
import scipy
from scipy.optimize import minimize, root


def subsets(n):
    return itertools.chain.from_iterable(
        itertools.combinations(range(n), k) for k in range(1, n + 1))


def mgda(g):
    """The shortest of the least-norm points of all faces that lie inside."""
    best = None
    for face in subsets(len(g)):
        first, rest = g[face[0]], g[list(face[1:])] - g[face[0]]
        share = (np.linalg.lstsq(rest.T, -first, rcond=None)[0]
                 if len(rest) else np.zeros(0))
        if (share < -1e-12).any() or share.sum() > 1 + 1e-12:
            continue
        d = first + share @ rest
        if best is None or d @ d < best @ best:
            best = d
    return best


def onto_cone(v, g):
    """v moved to the nearest d with g d >= 0: least squares on each set of
    constraints that may be active, the nearest that breaks none."""
    if (g @ v >= -1e-12).all():
        return v
    best = None
    for active in subsets(len(g)):
        a = g[list(active)]
        d = v - np.linalg.pinv(a) @ (a @ v)
        feasible = (g @ d >= -1e-9 * np.linalg.norm(g, axis=1)).all()
        near = np.linalg.norm(d - v)
        if feasible and (best is None or near < best[0] - 1e-12):
            best = near, d
    return best[1]


def upgrad(g):
    return np.mean([onto_cone(v, g) for v in g], axis=0)


def cagrad(g, c):
    """max_d min_i g_i d within the ball, as a smooth problem in (d, least)."""
    g0 = g.mean(axis=0)
    radius = c * np.linalg.norm(g0)
    unit = np.abs(g).max()
    h, h0, r = g / unit, g0 / unit, radius / unit
    best = None
    for start in [h0] + [h0 + 0.5 * r * v / np.linalg.norm(v) for v in h]:
        found = minimize(
            lambda x: -x[-1], np.append(start, (h @ start).min()),
            jac=lambda x: np.append(np.zeros(len(h0)), -1.0),
            method="SLSQP", options={"maxiter": 1000, "ftol": 1e-16},
            constraints=[
                {"type": "ineq", "fun": lambda x: h @ x[:-1] - x[-1]},
                {"type": "ineq",
                 "fun": lambda x: r * r - (x[:-1] - h0) @ (x[:-1] - h0)}])
        d = found.x[:-1]
        if np.linalg.norm(d - h0) > r * (1 + 1e-9):
            continue
        if best is None or (h @ d).min() > (h @ best).min():
            best = d
    return best * unit


def imtl_g(g):
    """The paper's equations: equal projections on unit gradients, sum 1."""
    u = g / np.linalg.norm(g, axis=1, keepdims=True)
    n = len(g)
    rows = [g @ (u[0] - u[i]) for i in range(1, n)] + [np.ones(n)]
    return np.linalg.solve(np.array(rows), np.eye(n)[-1]) @ g


def nash_mtl(g):
    gramian = g @ g.T
    scale = np.sqrt(np.diag(gramian))
    cosines = gramian / np.outer(scale, scale)
    found = root(lambda x: cosines @ np.exp(x) - np.exp(-x), np.zeros(len(g)),
                 tol=1e-14)
    assert np.abs(found.fun).max() < 1e-10
    return (np.exp(found.x) / scale) @ g


def aligned_mtl(g):
    """Singular vectors of the gradients, every singular value the least."""
    u, s, vt = np.linalg.svd(g, full_matrices=False)
    keep = s > 1e-4 * s[0]
    return s[keep].min() * (np.ones(len(g)) @ u[:, keep]) @ vt[keep]



def problems():
    rng = np.random.default_rng(7)
    for tasks in (2, 3, 4, 5):
        for dimension in (tasks + 4, tasks + 4, tasks + 1, tasks - 1):
            g = rng.normal(size=(tasks, dimension))
            g *= np.exp(rng.uniform(-1.5, 1.5, size=(tasks, 1)))
            g = np.round(g, 6)
            answers = {"mgda": mgda(g), "upgrad": upgrad(g)}
            if dimension > tasks:
                answers |= {"cagrad": cagrad(g, 0.4), "nash_mtl": nash_mtl(g),
                            "aligned_mtl": aligned_mtl(g)}
                d = imtl_g(g)
                if d @ g[0] > 0:  # else the paper's d climbs
                    answers["imtl_g"] = d / np.linalg.norm(d)
            yield {"gradients": g.tolist(),
                   "directions": {k: v.tolist() for k, v in answers.items()}}


if __name__ == "__main__":
    print(json.dumps({"scipy": scipy.__version__, "problems": list(problems())},
                     separators=(",", ":")))
