"""Fits the coefficients of the memory model to samples, by least absolute deviations: a few programs that are unlike all others
should not move what holds for the rest."""
import math
import os
import re
import statistics

import features
import model

FITTED = ["text", "rodata", "data", "bss"]
LEAST_GAP_KIB = 4
SIZE_CLASSES = [64, 128, 256, 512, 1024, 2048, 4096]
LEAST_FILES = 3
MOST_PROGRAMS = 8
MANAGED = {"python", "java", "node", "perl", "ruby", "php", "go"}
BY_MAJOR = {"java", "node", "dotnet"}


def fit(samples):
    """The coefficient file's content, without its provenance."""
    pairs, samples = compiled_anew(samples), [sample for sample in samples if not sample.program.get("compiled_anew")]
    result = {"bytecode": {"own_per_source": bytecode_ratio(pairs)}, "fractions": fractions(samples), "files": files(samples),
              "runtimes": runtimes(samples, pairs), "native": {"heap_per_root_kib": native_heap(samples)}, "kernel": kernel(samples),
              "cold_start": cold_start(samples)}
    return {**result, "workers": workers(samples, result)}


def compiled_anew(samples):
    """(own memory, KiB of sources) that compiling modules at start leaves behind, by profile."""
    by_name = {sample.program["name"]: sample for sample in samples}
    pairs = {}
    for name, sample in by_name.items():
        other = by_name.get(name.removesuffix("-anew"))
        if sample.program.get("compiled_anew") and other:
            pairs.setdefault(profile_name(sample.runtime()), []).append((sample.mean("anonymous") - other.mean("anonymous"), sample.code_kib()))
    return pairs


def bytecode_ratio(pairs):
    """For each KiB of sources, as long as there are few of them."""
    return round(max((more / code for of_profile in pairs.values() for more, code in of_profile), default=0.0), 3)


def gaps(samples):
    """(sample, key, kind, part, size, share of the pages beyond the floor that is resident, share of those that is own)"""
    for sample in samples:
        for path, row, part, size, present, own in sample.rows():
            floor, gap = part["floor_bytes"] / features.KIB, size - part["floor_bytes"] / features.KIB
            if part["part"] not in FITTED or gap < LEAST_GAP_KIB:
                continue
            more = max(0.0, present - floor)
            written = min(1.0, max(0.0, own - part["dirty_bytes"] / features.KIB) / more) if more > 0 else 0.0
            yield sample, key_of(path), row["kind"], part["part"], size, min(1.0, more / gap), written, gap


def key_of(path):
    return os.path.basename(path).partition(".so")[0]


def size_class(size_kib):
    """0 up to 64 KiB, 1 up to 128 KiB … 7 above 4 MiB."""
    return min(len(SIZE_CLASSES), sum(size_kib > bound for bound in SIZE_CLASSES))


def fractions(samples):
    groups = {}
    for _, key, kind, part, size, share, written, gap in gaps(samples):
        groups.setdefault((part, kind), {}).setdefault((key, size), []).append((share, written, gap))
    result = {}
    for (part, kind), files_of in sorted(groups.items()):
        by_class = [[] for _ in range(len(SIZE_CLASSES) + 1)]
        # A file counts once, however many programs have it.
        for (_, size), rows in files_of.items():
            by_class[size_class(size)].append((statistics.mean(row[0] for row in rows), 1.0))
        all_shares = [pair for pairs in by_class for pair in pairs]
        more = [(share * gap, written) for rows in files_of.values() for share, written, gap in rows]
        total = sum(size for size, _ in more)
        written = sum(size * share for size, share in more) / total if total else 0.0
        resident = [class_share(index, by_class, all_shares) for index in range(len(by_class))]
        result.setdefault(part, {})[kind] = {"resident": [round(share, 4) for share in resident], "written": round(written, 4)}
    return result


def class_share(index, by_class, all_shares):
    """The median share of a size class, with its neighbours' when it has few files."""
    for reach in range(len(by_class)):
        near = [pair for pairs in by_class[max(0, index - reach):index + reach + 1] for pair in pairs]
        if len(near) >= LEAST_FILES:
            return weighted_median(near)
    return weighted_median(all_shares)


def lad_line(points):
    """Intercept and slope of the line with the least weighted sum of absolute deviations, by reweighted least squares."""
    weights = [weight for _, _, weight in points]
    if len(points) < 4 or len({x for x, _, _ in points}) < 2:
        return weighted_median([(y, weight) for _, y, weight in points]), 0.0
    intercept = slope = 0.0
    for _ in range(60):
        total = sum(weights)
        mean_x = sum(weight * x for (x, _, _), weight in zip(points, weights)) / total
        mean_y = sum(weight * y for (_, y, _), weight in zip(points, weights)) / total
        spread = sum(weight * (x - mean_x) ** 2 for (x, _, _), weight in zip(points, weights))
        if spread <= 0:
            break
        slope = sum(weight * (x - mean_x) * (y - mean_y) for (x, y, _), weight in zip(points, weights)) / spread
        intercept = mean_y - slope * mean_x
        weights = [weight / max(1e-3, abs(y - intercept - slope * x)) for x, y, weight in points]
    return intercept, slope


def weighted_median(pairs):
    pairs = sorted(pairs)
    half, seen = sum(weight for _, weight in pairs) / 2, 0.0
    for value, weight in pairs:
        seen += weight
        if seen >= half:
            return value
    return 0.0


def files(samples):
    """Of files that at least two programs map: the mean over roots of what each root's programs make resident."""
    groups = {}
    for sample, key, _, part, _, share, written, _ in gaps(samples):
        groups.setdefault((key, part), {}).setdefault(sample.program["root"], []).append((share, written))
    result = {}
    for (key, part), by_root in sorted(groups.items()):
        programs = sum(map(len, by_root.values()))
        if programs < 2:
            continue
        means = [[statistics.mean(column) for column in zip(*rows)] for rows in by_root.values()]
        share, written = (statistics.mean(column) for column in zip(*means))
        weight = min(MOST_PROGRAMS, max(len(by_root), programs // 2))
        result.setdefault(key, {})[part] = {"programs": weight, "share": round(share, 4), "written": round(written, 4)}
    return result


def profile_name(runtime):
    """As imgslim names profiles: "python 3.11", "java 17", "node 20"."""
    name, _, version = runtime.partition(" ")
    parts = version.split(".")[:1 if name in BY_MAJOR else 2]
    return f"{name} {'.'.join(parts)}" if version else name


def is_managed(sample):
    return sample.runtime().partition(" ")[0] in MANAGED


def runtimes(samples, compiled):
    groups, without_sharing, serving = {}, {}, {}
    for sample in samples:
        name = profile_name(sample.runtime())
        if serves_php(sample):
            serving.setdefault(name, []).append(sample)
        elif is_managed(sample) and not unusual_heap(sample):
            groups.setdefault(name, []).append(sample)
        elif "-Xshare:off" in sample.program.get("cmd", []):
            without_sharing[name] = sample.mean("rest")
    points = {name: points_of(group) for name, group in groups.items()}
    slopes = {name: slope_of([found for other, found in points.items() if other.split()[0] == name])
              for name in {name.split()[0] for name in groups} - {"go"}}
    result = {}
    for name, group in sorted(groups.items()):
        slope = slope_of_go(points[name]) if name == "go" else slopes[name.split()[0]]
        fixed = 0.0 if name == "go" else fixed_of(points[name], slope)
        own = sum(sample.mean("rest_anonymous") for sample in group) / sum(sample.mean("rest") for sample in group)
        more = [sample.mean("rest") - fixed - slope * code_of(sample) for sample in serving.get(name, [])]
        result[name] = {"fixed_kib": round(fixed, 1), "per_code_kib": round(slope, 4), "private_share": round(min(1.0, own), 4),
                        "without_class_sharing_kib": round(without_sharing[name] - fixed, 1) if name in without_sharing else 0,
                        "serving_kib": round(max(0.0, statistics.median(more)), 1) if more else 0,
                        "bytecode_most_kib": round(statistics.median(more for more, _ in compiled[name])) if name in compiled else 0,
                        "programs": len(group)}
    return result


def points_of(group):
    """(KiB of code, KiB of heap, weight): errors are judged relative to what a program has in all."""
    return [(code_of(sample), sample.mean("rest"), 1 / sample.mean("rss")) for sample in group]


def fixed_of(points, slope):
    """What the programs of one version have besides their code, by the least sum of deviations. Not less than nothing."""
    return max(0.0, weighted_median([(heap - slope * code, weight) for code, heap, weight in points]))


def slope_of(versions):
    """KiB for each KiB of code: one for all versions of a runtime, for few of them have programs enough. The best line of least
    deviations goes through two of the points, so all such lines are tried."""
    slopes = {0.0}
    for points in versions:
        slopes.update((y - b) / (x - a) for x, y, _ in points for a, b, _ in points if x > a + 16 and y > b)

    def deviation(slope):
        total = 0.0
        for points in versions:
            fixed = fixed_of(points, slope)
            total += sum(weight * abs(heap - fixed - slope * code) for code, heap, weight in points)
        return total

    return min(sorted(slopes), key=deviation)


def slope_of_go(points):
    return statistics.median(heap / code for code, heap, _ in points)


def serves_php(sample):
    """Where OPcache sets up its shared memory."""
    if not sample.runtime().startswith("php") or not any(key_of(path) == "opcache" for path in sample.predicted):
        return False
    return not re.fullmatch(r"php[0-9.]*", os.path.basename(sample.main["program"])) or "-S" in sample.program.get("cmd", [])


def pool_name(server):
    """As imgslim's worker_pool() names them."""
    name = os.path.basename(server["program"])
    known = {"php-fpm": "php-fpm", "php-cgi": "php-fpm", "apache2": "apache", "python": "gunicorn"}
    return next((pool for beginning, pool in known.items() if name.startswith(beginning)), name)


def workers(samples, coefficients):
    """What each worker has of its own; of Python servers, whose workers load the application, as a part of their heap."""
    found = {}
    for sample in samples:
        for server, parent, own in sample.pool():
            found.setdefault(pool_name(server), []).append((sample, server["workers"], parent, own))
    result = {}
    for name, rows in sorted(found.items()):
        if name == "gunicorn":
            # The server itself is estimated as if it had the application as well.
            heaps = [model.heap_kib(coefficients, sample)[0] for sample, _, _, _ in rows]
            parts = [max(0.0, parent["rest_anonymous"] + own - heap) / heap / count for heap, (_, count, parent, own) in zip(heaps, rows)]
            result[name] = {"own_kib": 0, "of_heap": round(min(1.0, statistics.median(parts)), 4)}
        else:
            result[name] = {"own_kib": round(statistics.median(own / count for _, count, _, own in rows), 1), "of_heap": 0}
    plain = [row["own_kib"] for row in result.values() if row["own_kib"]]
    result[""] = {"own_kib": round(statistics.median(plain), 1) if plain else 0, "of_heap": 0}
    return result


def unusual_heap(sample):
    """Flags that imgslim counts by themselves."""
    return any(re.search("AlwaysPreTouch|Xshare:off", word) for word in sample.program.get("cmd", []))


def code_of(sample):
    """KiB of what the profile counts: source files, of Go the program's text."""
    if sample.runtime() != "go":
        return sample.code_kib()
    return next(part["mapped_bytes"] / features.KIB for row in sample.predicted.values() if row["kind"] == "go_program"
                for part in row["parts"] if part["part"] == "text")


def dirty_kib(sample):
    return sum(part["dirty_bytes"] for row in sample.predicted.values() for part in row["parts"]) / features.KIB


def native_heap(samples):
    ratios = [sample.mean("rest") / math.sqrt(dirty_kib(sample)) for sample in samples if not is_managed(sample) and dirty_kib(sample) > 0]
    return round(statistics.median(ratios), 3)


def kernel(samples):
    """Kernel memory that a cgroup is charged: so much for a process and a thread beyond, and page tables by what is resident."""
    points = []
    for sample in samples:
        for run in sample.runs[1:] or sample.runs:
            if run["cgroup"]:
                count = len(run["processes"])
                points.append((sum(process["rss"] for process in run["processes"]) / count, run["cgroup"]["kernel"] / count, count))
    fixed, slope = lad_line([(x, y, 1.0) for x, y, _ in points])
    return {"fixed_kib": 0, "per_process_kib": round(max(0.0, fixed), 1), "per_resident": round(max(0.0, slope), 5)}


def cold_start(samples):
    """Page cache of a first start, which read the files, against the shareable pages that stay mapped."""
    ratios, active = [], []
    for sample in samples:
        cold = sample.runs[0]["cgroup"]
        shareable = sum(process["rss"] - process["anonymous"] for process in sample.runs[0]["processes"][:1])
        if cold and shareable and len(sample.runs) > 1 and cold["cache"] > 0.3 * shareable:
            ratios.append(cold["cache"] / shareable)
            active.append(max(0, cold["cache"] - cold["inactive_file"]) / shareable)
    return {"cache_ratio": round(statistics.median(ratios), 3) if ratios else 1.0,
            "active_ratio": round(statistics.median(active), 3) if active else 0.0}
