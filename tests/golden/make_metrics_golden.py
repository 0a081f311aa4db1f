"""Writes tests/golden/metrics.json: multi-label problems, problems of classes,
and what scikit-learn says about them.

    python3 tests/golden/make_metrics_golden.py > tests/golden/metrics.json

scikit-learn knows no missing labels: they are masked by hand here, by the rules
that src/polytask/metrics/multilabel.h states, and labels that do not occur are left
out of mean precisions. Probabilities are multiples
of 1/64, so they are the same number as float and as double, and many are equal.
Undefined values are null.
"""
import json
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")
NAN = float("nan")


def average_precision(y, p):
    return metrics.average_precision_score(y, p) if y.any() else NAN


def roc_auc(y, p):
    return metrics.roc_auc_score(y, p) if 0 < y.sum() < len(y) else NAN


def precision_recall_f1(y, h):
    scores = metrics.precision_recall_fscore_support(
        y, h, average="binary", zero_division=np.nan)[:3] if len(y) else 3 * [NAN]
    return dict(zip(("precision", "recall", "f1"), map(float, scores)))


def of_label(y, p, threshold):
    seen = ~np.isnan(y)
    y, p = y[seen].astype(int), p[seen]
    found = precision_recall_f1(y, (p > threshold).astype(int))
    found["average_precision"] = average_precision(y, p)
    found["roc_auc"] = roc_auc(y, p)
    found["label_accuracy"] = (
        metrics.accuracy_score(y, p > threshold) if len(y) else NAN)
    found["support"] = int(y.sum())
    return found


def averages(labels):
    found = {}
    support = np.array([label["support"] for label in labels], float)
    for name in ("precision", "recall", "f1", "average_precision", "roc_auc"):
        values = np.array([label[name] for label in labels])
        if name == "precision":
            # scikit-learn's zero_division=0 for labels that occur
            values = np.where(support == 0, NAN, np.nan_to_num(values))
        ok = ~np.isnan(values)
        found["macro_" + name] = values[ok].mean() if ok.any() else NAN
        if name in ("precision", "recall", "f1"):
            weight = support * ok
            found["weighted_" + name] = (
                (weight[ok] * values[ok]).sum() / weight.sum()
                if weight.sum() > 0 else NAN)
    return found


def of_rows(y, p, thresholds):
    argmax, subset, top, ranking = [], [], [], []
    for target, score in zip(y, p):
        seen = ~np.isnan(target)
        if not seen.any():
            continue
        complete = seen.all()
        t, s = target[seen].astype(int), score[seen]
        subset.append(((s > thresholds[seen]) == t).all())
        if t.any() or complete:
            argmax.append(t.argmax() == s.argmax())
        if t.any() and (complete or not t.all()):
            top.append(t[s.argmax()] == 0)
        if complete or 0 < t.sum() < len(t):
            ranking.append(
                metrics.label_ranking_average_precision_score([t], [s])
                if len(t) > 1 else 1.0)

    def mean(values):
        return float(np.mean(values)) if values else NAN
    return {"argmax_accuracy": mean(argmax), "subset_accuracy": mean(subset),
            "one_error": mean(top),
            "label_ranking_average_precision": mean(ranking)}


def expected(y, p, thresholds):
    labels = [of_label(y[:, l], p[:, l], thresholds[l])
              for l in range(y.shape[1])]
    seen = ~np.isnan(y)
    flat_y, flat_p = y[seen].astype(int), p[seen]
    flat_h = (p > thresholds)[seen].astype(int)
    found = averages(labels) | of_rows(y, p, thresholds)
    found |= {"micro_" + k: v
              for k, v in precision_recall_f1(flat_y, flat_h).items()}
    found["micro_average_precision"] = average_precision(flat_y, flat_p)
    found["micro_roc_auc"] = roc_auc(flat_y, flat_p)
    found["label_accuracy"] = (
        metrics.accuracy_score(flat_y, flat_h) if len(flat_y) else NAN)
    found["hamming_loss"] = 1 - found["label_accuracy"]
    return found, labels


def of_classes(truth, answers, classes):
    seen = ~np.isnan(truth)
    y, h = truth[seen].astype(int), answers[seen]
    occur = sorted(set(y))
    found = {"top_1_accuracy": metrics.accuracy_score(y, h),
             "balanced_accuracy": metrics.balanced_accuracy_score(y, h),
             "cohen_kappa": metrics.cohen_kappa_score(y, h)}
    for average in ("macro", "weighted"):
        precision, recall, _, _ = metrics.precision_recall_fscore_support(
            y, h, labels=occur, average=average, zero_division=0)
        found |= {average + "_precision": precision, average + "_recall": recall,
                  average + "_f1": metrics.f1_score(
                      y, h, average=average, zero_division=0)}
    return {"metrics": found,
            "never_answered": len(set(y) - set(h)),
            "do_not_occur": len(set(range(classes)) - set(y))}


def class_problems():
    rng = np.random.default_rng(5)
    for name, classes, kinds, answered in (
            ("every class occurs and is answered", 4, 4, 4),
            ("two classes are never answered", 5, 5, 3),
            ("a class that does not occur is answered", 4, 3, 4),
            ("a class neither occurs nor is answered", 4, 3, 3),
            ("the first class is always answered", 3, 3, 1)):
        y = rng.integers(0, kinds, 60).astype(float)
        y[:kinds] = np.arange(kinds)
        h = np.where(rng.random(60) < 0.5, np.nan_to_num(y), 0).astype(int)
        h[kinds:kinds + answered] = np.arange(answered)
        h = np.where(h < answered, h, 0)
        y[rng.random(60) < 0.1] = NAN
        yield plain({"classes": classes, "targets": y, "answered": h}
                    | of_classes(y, h, classes)) | {"name": name}


def plain(value):
    """NumPy's numbers as Python's, NaN as null."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, np.ndarray)):
        return [plain(v) for v in value]
    return None if value != value else round(float(value), 12)


def problem(name, y, p, thresholds):
    found, labels = expected(y, p, thresholds)
    return plain({"thresholds": thresholds, "targets": y, "probabilities": p,
                  "metrics": found, "labels": labels}) | {"name": name}


def problems():
    rng = np.random.default_rng(3)
    for name, n, k, levels, missing in (
            ("fine scores", 40, 5, 64, 0.0),
            ("many equal scores", 40, 4, 4, 0.0),
            ("a third missing", 40, 5, 16, 0.35),
            ("most missing", 40, 3, 16, 0.8),
            ("one label", 20, 1, 16, 0.2),
            ("one image", 1, 4, 16, 0.0)):
        y = (rng.random((n, k)) < rng.uniform(0.15, 0.5, k)).astype(float)
        noise = rng.random((n, k))
        p = np.round((0.4 * y + 0.6 * noise) * levels) / levels
        y[rng.random((n, k)) < missing] = NAN
        thresholds = rng.integers(16, 48, k) / 64
        yield problem(name, y, p, thresholds)

    y = (rng.random((24, 6)) < 0.4).astype(float)
    y[:, 1], y[:, 2], y[:, 3], y[:, 4] = 0, 1, NAN, 0
    p = np.round(rng.random((24, 6)) * 16) / 16
    p[:, 4] = 0.25  # never answered yes, never true
    p[:, 5] = 0.25  # never answered yes, sometimes true
    yield problem("degenerate labels", y, p, np.full(6, 0.5))
    yield problem("nothing observed", np.full((3, 2), NAN), p[:3, :2],
                  np.full(2, 0.5))
    yield problem("equal scores everywhere",
                  (rng.random((12, 3)) < 0.5).astype(float),
                  np.full((12, 3), 0.5), np.full(3, 0.5))


if __name__ == "__main__":
    print(json.dumps({"scikit-learn": sklearn.__version__,
                      "problems": list(problems()),
                      "classes": list(class_problems())}, separators=(",", ":")))
