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
    return f"{seconds * 1e3:.3g} ms" if seconds < 0.1 else (
        f"{seconds * 1e3:.0f} ms")


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
    return f"{values['ratio']:.2f} [{values['low']:.2f}, {values['high']:.2f}]"


def row(cells):
    return "| " + " | ".join(cells) + " |"


def machine_lines(result):
    m, s = result["machine"], result["summary"]
    loads = [t[key] for t in result["trials"]
             for key in ("load_before", "load_after")]
    steals = [t["steal"] for t in result["trials"]]
    versions = {}
    for found in result["versions"].values():
        versions.update(found)
    listed = ", ".join(f"{name} {versions[name]}" for name in sorted(versions))
    lines = [
        f"{m['model']} ({', '.join(m['extensions'])}), {result['threads']} "
        f"threads of {m['processors']} processors, {m['memory_gigabytes']} GB, "
        f"huge pages {m['huge_pages']}. Peak of fp32 multiply-adds in this run: "
        f"{s['peak_gflops']:.0f} GFLOP/s ({s['extensions']}).",
        "",
        f"{result['rounds']} rounds, {s['trials']} trials, {s['disturbed']} of "
        f"them disturbed and left out; load up to {max(loads, default=0):.1f}, "
        f"steal up to {max(steals, default=0):.1%}. {listed}."]
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


def ratios_table(result, titles, first):
    """`first` against everyone: below 1 it is the faster of the two."""
    s = result["summary"]
    heads = [HEADS[m].partition(",")[0] for m in summary.MEASURES]
    lines = [row([f"{titles[first]} /", *heads]),
             row(["---"] * (len(heads) + 1))]
    for name, title in titles.items():
        if name == first:
            continue
        lines.append(row([title, *(ratio(s["ratios"][m].get(
            f"{first} / {name}")) for m in summary.MEASURES)]))
    return lines


def limit_line(result, first):
    """The epoch beside what direct convolution at the peak would need."""
    s = result["summary"]
    epoch = s["figures"]["epoch"][first]
    limit = s["epoch_limit_seconds"]
    if not epoch or not limit:
        return []
    return ["", f"Epoch of {first} / the limit of direct convolution at the "
            f"measured peak ({duration(limit)}): {epoch['median'] / limit:.2f}."]


def markdown(result, titles):
    """titles: {peer's name: what the table calls it}, the compared one first."""
    first = next(iter(titles))
    return "\n".join([*machine_lines(result), "",
                      *figures_table(result, titles), "",
                      *ratios_table(result, titles, first),
                      *limit_line(result, first)]) + "\n"
