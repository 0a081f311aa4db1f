"""Medians, percentiles, and how sure a ratio is.

A ratio is always of two peers in the same round, minutes apart at most: what
slows the machine down meets both. Its value is the median over the rounds, its
interval the middle 95 % of the medians of 2000 bootstrap samples of the rounds.
"""
import random
import statistics

RESAMPLES = 2000


def percentile(values, share):
    """The smallest value that `share` of all values do not exceed."""
    ordered = sorted(values)
    at = max(0, -(-len(ordered) * share // 1) - 1)
    return ordered[min(int(at), len(ordered) - 1)]


def bootstrap_interval(values, seed=1):
    """(low, high): 95 % of the resampled medians lie between."""
    chance = random.Random(seed)
    medians = sorted(statistics.median(chance.choices(values, k=len(values)))
                     for _ in range(RESAMPLES))
    cut = RESAMPLES // 40
    return medians[cut], medians[-cut - 1]


def paired_ratio(above, below):
    """Of two {round: value}, the rounds that both have; None without any."""
    rounds = sorted(above.keys() & below.keys())
    if not rounds:
        return None
    ratios = [above[r] / below[r] for r in rounds]
    low, high = bootstrap_interval(ratios)
    return {"ratio": statistics.median(ratios), "low": low, "high": high,
            "rounds": len(rounds)}
