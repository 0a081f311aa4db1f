"""The Markdown that a comparison prints and documents show."""
import summary

HEADS = {"step": "step of 100", "epoch": "epoch 1600+400",
         "batch": "inference of 100", "single": "one image, p50 / p99",
         "start": "start to first answer"}
NONE = "-"


def duration(seconds):
    if seconds >= 10:
        return f"{seconds:.1f} s"
    if seconds >= 2:
        return f"{seconds:.2f} s"
    milliseconds = seconds * 1e3
    return f"{milliseconds:.{0 if milliseconds >= 100 else 1}f} ms"


def figure(measure, values):
    if not values:
        return NONE
    if measure == "single":
        return f"{duration(values['median'])} / {duration(values['p99'])}"
    return duration(values["median"])


def memory(bytes_or_none):
    return f"{bytes_or_none / 1e6:.0f} MB" if bytes_or_none else NONE


def ratio(values):
    if not values:
        return NONE
    digits = 2 if values["ratio"] >= 0.1 else 3
    low, middle, high = (f"{values[key]:.{digits}f}"
                         for key in ("low", "ratio", "high"))
    return f"{middle} [{low}, {high}]"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def machine_text(result):
    m = result["machine"]
    s = result["summary"]
    return (f"{m['model']} ({', '.join(m['extensions'])}), "
            f"{result['threads']} threads of {m['processors']} processors, "
            f"{m['memory_gigabytes']} GB, huge pages {m['huge_pages']}. Peak "
            f"of fp32 multiply-adds in this run: {s['peak_gflops']:.0f} "
            f"GFLOP/s ({s['extensions']}).")


def run_text(result):
    s = result["summary"]
    trials = result["trials"]
    loads = [t[key] for t in trials for key in ("load_before", "load_after")]
    whole = sum(t["whole"] for t in trials) * result["threads"]
    stolen = sum(t["stolen"] for t in trials) / whole if whole else 0.0
    others = sum(t["others"] for t in trials) / whole if whole else 0.0
    text = (f"{result['rounds']} rounds, {s['trials']} trials; load "
            f"{min(loads, default=0):.1f} to {max(loads, default=0):.1f}; "
            f"stolen by the host {stolen:.1%}, used by others {others:.1%} of "
            f"the processors; {s['disturbed']} trials disturbed")
    kept = s["disturbed_but_counted"]
    if kept:
        return (f"{text}, {kept} of them counted, for want of better: **the "
                "machine was not quiet**.")
    return f"{text} and left out." if s["disturbed"] else f"{text}."


def versions_text(result):
    versions = {}
    for found in result["versions"].values():
        versions.update(found)
    return ", ".join(f"{name} {versions[name]}" for name in
                     sorted(versions, key=str.lower)) + "."


def machine_lines(result):
    lines = [machine_text(result), "", run_text(result), "",
             versions_text(result)]
    return lines + [f"\n{note}." for note in result["notes"]]


def figures_table(result, titles):
    s = result["summary"]
    heads = [HEADS[measure] for measure in summary.MEASURES]
    lines = [row(["", *heads, "peak memory"]), row(["---"] * (len(heads) + 2))]
    for name, title in titles.items():
        lines.append(row([title, *(figure(m, s["figures"][m][name])
                                   for m in summary.MEASURES),
                          memory(s["peak_memory_bytes"].get(name))]))
    return lines


def fastest_row(result, first, precision):
    """`first` against the fastest of the others, which may be another one in
    each column."""
    s = result["summary"]
    rivals = [peer["name"] for peer in result["peers"]
              if peer["precision"] == precision and peer["is_network"]
              and peer["name"] != first]
    cells = []
    for measure in summary.MEASURES:
        name = summary.fastest(s["figures"][measure], rivals)
        cells.append(ratio(s["ratios"][measure].get(f"{first} / {name}")))
    return row([f"the fastest of them in {precision}", *cells])


def ratios_table(result, titles, first):
    """`first` against everyone: below 1 it is the faster of the two."""
    s = result["summary"]
    heads = [HEADS[m].replace(" / p99", "") for m in summary.MEASURES]
    lines = [row([f"{titles[first]} /", *heads]),
             row(["---"] * (len(heads) + 1))]
    for name, title in titles.items():
        if name == first:
            continue
        lines.append(row([title, *(ratio(s["ratios"][m].get(
            f"{first} / {name}")) for m in summary.MEASURES)]))
    for precision in ("fp32", "bf16"):
        lines.append(fastest_row(result, first, precision))
    return lines


def limit_line(result, titles, first):
    """The epoch beside what direct convolution at the peak would need."""
    s = result["summary"]
    epoch = s["figures"]["epoch"][first]
    limit = s["epoch_limit_seconds"]
    if not epoch or not limit:
        return []
    return ["", f"Epoch of {titles[first]} / the limit of direct convolution "
            f"at the measured peak ({duration(limit)}): "
            f"{epoch['median'] / limit:.2f}."]


def markdown(result):
    """The first of result["peers"] is compared with the others."""
    titles = {peer["name"]: peer["title"] for peer in result["peers"]}
    first = next(iter(titles))
    return "\n".join([*machine_lines(result), "",
                      *figures_table(result, titles), "",
                      *ratios_table(result, titles, first),
                      *limit_line(result, titles, first)]) + "\n"
