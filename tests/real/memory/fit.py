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
SIZE_CLASSES = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
LEAST_FILES = 3
MOST_PROGRAMS = 8
DRAWN = 0.25  # programs' weight that the general shares have against a file's own
LAZY = {"java"}  # loads what it needs of its class path, not all of it
# Servers that leave the application to their workers, as imgslim's script_workers() names them.
LOAD_IN_WORKERS = {"gunicorn", "unicorn", "uvicorn", "starman"}
# Servers of scripts that fork when they have the application: it is theirs to write to.
FORK_THE_APPLICATION = {"celery"}
COMPILING = {"node"}  # whose optimising compiler runs at start when there is much to run
MANAGED = {"python", "java", "node", "perl", "ruby", "php", "go"}
BY_MAJOR = {"java", "node", "dotnet"}


def fit(samples):
    """The coefficient file's content, without its provenance."""
    pairs, samples = compiled_anew(samples), [sample for sample in samples if not sample.program.get("compiled_anew")]
    profiles = runtimes(samples, pairs)
    result = {"bytecode": {"own_per_source": bytecode_ratio(pairs)}, "fractions": fractions(samples), "files": files(samples, profiles),
              "runtimes": profiles, "native": {"heap_per_root_kib": native_heap(samples)}, "kernel": kernel(samples)}
    result["cold_start"] = cold_start(samples, result["runtimes"])
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
    """0 up to 64 KiB, 1 up to 128 KiB … 10 above 32 MiB."""
    return min(len(SIZE_CLASSES), sum(size_kib > bound for bound in SIZE_CLASSES))


def fractions(samples):
    groups = {}
    for _, key, kind, part, size, share, written, gap in gaps(samples):
        groups.setdefault((part, kind), {}).setdefault((key, size), []).append((share, written, gap))
    result = {}
    for (part, kind), files_of in sorted(groups.items()):
        by_class = [[] for _ in range(len(SIZE_CLASSES) + 1)]
        # A file counts once. Libraries of many programs have shares of their own, and are used more than those of few.
        for (_, size), rows in files_of.items():
            if kind == "library" and len(rows) > 1:
                continue
            by_class[size_class(size)].append((statistics.mean(row[0] for row in rows), 1.0))
        all_shares = [pair for pairs in by_class for pair in pairs]
        more = [(share * gap, written) for rows in files_of.values() for share, written, gap in rows]
        total = sum(size for size, _ in more)
        written = sum(size * share for size, share in more) / total if total else 0.0
        resident = [class_share(index, by_class, all_shares) for index in range(len(by_class))]
        if part == "bss":  # arrays larger than any that was measured are most likely there in case
            largest = max((index for index, pairs in enumerate(by_class) if pairs), default=len(by_class))
            resident[largest + 1:] = [0.0] * (len(resident) - largest - 1)
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


def files(samples, profiles):
    """Shares of known files, and of those that several sorts of programs map also as each sort has them: language runtimes initialise
    on load what native programs may only be linked with, and those of many modules use more of themselves."""
    result = known_shares(samples)
    of_sort = {}
    for sample in samples:
        of_sort.setdefault(sort_of(sample, profiles), []).append(sample)
    sorts = {sort: known_shares(group) for sort, group in of_sort.items()}
    for key in sorted(result):
        found = {sort: shares[key] for sort, shares in sorts.items() if key in shares}
        if len(found) > 1:
            result.update({key + sort: shares for sort, shares in found.items()})
    return dict(sorted(result.items()))


def sort_of(sample, profiles):
    """As imgslim's UsedBy."""
    if not is_managed(sample):
        return "@native"
    return "@many" if has_many_modules(sample, profiles) else "@managed"


def has_many_modules(sample, profiles):
    profile = profiles.get(profile_used(sample.runtime(), profiles))
    return bool(profile) and 0 < profile["many_modules"] <= sample.modules


def profile_used(runtime, profiles):
    """The name of the version's own profile, else of that which has most programs; None when no version was measured."""
    name = profile_name(runtime)
    others = [(entry["programs"], other) for other, entry in profiles.items() if other.split()[0] == name.split()[0]]
    return name if name in profiles else max(others, key=lambda item: item[0])[1] if others else None


def known_shares(samples):
    """Of files that at least two programs map: the median over roots of what each root's programs make resident. Libraries
    that are initialised on demand, as those of OpenSSL, have two shares and hardly any between them."""
    groups = {}
    for sample, key, _, part, _, share, written, _ in gaps(samples):
        groups.setdefault((key, part), {}).setdefault(sample.program["root"], []).append((share, written))
    result = {}
    for (key, part), by_root in sorted(groups.items()):
        programs = sum(map(len, by_root.values()))
        if programs < 2:
            continue
        means = [[statistics.mean(column) for column in zip(*rows)] for rows in by_root.values()]
        share, written = statistics.median(mean[0] for mean in means), statistics.mean(mean[1] for mean in means)
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
    groups, without_sharing, serving, applications = {}, {}, {}, {}
    for sample in samples:
        name = profile_name(sample.runtime())
        if serves_php(sample):
            serving.setdefault(name, []).append(sample)
        elif name.split()[0] in LAZY and sample.application_kib() > 0:
            applications.setdefault(name, []).append(sample)
        elif is_managed(sample) and not unusual_heap(sample) and not embeds(sample) and not loads_in_workers(sample):
            groups.setdefault(name, []).append(sample)
        elif "-Xshare:off" in sample.program.get("cmd", []):
            without_sharing[name] = sample.mean("rest")
    modules = {name: modules_of([group for other, group in groups.items() if other.split()[0] == name])
             for name in {name.split()[0] for name in groups}}
    of_modules = lambda name: lambda sample: modules[name.split()[0]]["per_module_kib"] * sample.modules
    points = {name: points_of(group, of_modules(name)) for name, group in groups.items()}
    lines = {name: line_of(name, [found for other, found in points.items() if other.split()[0] == name])
             for name in {name.split()[0] for name in groups} - {"go"}}
    result = {}
    for name, group in sorted(groups.items()):
        slope, most = (slope_of_go(points[name]), 0) if name == "go" else lines[name.split()[0]]
        fixed = 0.0 if name == "go" else fixed_of(bounded(points[name], most), slope)
        own = sum(sample.mean("rest_anonymous") for sample in group) / sum(sample.mean("rest") for sample in group)
        more = [sample.mean("rest") - fixed - slope * code_of(sample) for sample in serving.get(name, [])]
        result[name] = {"fixed_kib": round(fixed, 1), "per_code_kib": round(slope, 4), "most_code_kib": round(most, 1),
                        "per_application_kib": 0, "most_application_kib": 0, "private_share": round(min(1.0, own), 4), "cold_kib": 0, **modules[name.split()[0]],
                        "without_class_sharing_kib": round(without_sharing[name] - fixed, 1) if name in without_sharing else 0,
                        "serving_kib": round(max(0.0, statistics.median(more)), 1) if more else 0,
                        "bytecode_most_kib": round(statistics.median(more for more, _ in compiled[name])) if name in compiled else 0,
                        "programs": len(group)}
    add_applications(result, applications)
    return result


def add_applications(result, applications):
    """An application on a framework has more for each KiB of its archives, up to a bound: both one figure for all versions of a
    runtime. Of slopes and bounds with which one of the applications is met, those of least deviations."""
    for runtime in {name.split()[0] for name in applications}:
        found = [(sample.application_kib(), sample.mean("rest") - result[name]["fixed_kib"], 1 / sample.mean("rss"))
                 for name, group in applications.items() for sample in group if name.split()[0] == runtime and name in result]
        tried = [(heap / code, bound) for code, heap, _ in found for bound in (heap_of * code / heap for _, heap_of, _ in found)]
        if not tried:
            continue
        deviation = lambda line: sum(weight * abs(heap - line[0] * min(code, line[1])) for code, heap, weight in found)
        slope, bound = min(sorted(tried), key=deviation)
        for name, profile in result.items():
            if name.split()[0] == runtime:
                profile.update(per_application_kib=round(slope, 4), most_application_kib=round(bound, 1))


def points_of(group, added=lambda sample: 0, quantity="rest"):
    """(KiB of code, KiB of heap without what is added, weight): errors are judged relative to what a program has in all."""
    return [(code_of(sample), sample.mean(quantity) - added(sample), 1 / sample.mean("rss")) for sample in group]


def modules_of(groups):
    """What the number of modules tells of a runtime that compiles them when it starts: each has more than its code (its scope,
    functions, the compiler's data), and many of them make the optimising compiler run, which is in the runtime's own files."""
    if profile_name(groups[0][0].runtime()).split()[0] not in COMPILING:
        return {"many_modules": 0, "per_module_kib": 0}
    return {"many_modules": least_of_many(groups), "per_module_kib": slope_of_modules(groups)}


def slope_of_modules(groups):
    """KiB for each module, by turns with the slope of code. Not less than nothing."""
    each = 0.0
    for _ in range(50):
        added = lambda sample: each * sample.modules
        slope = slope_of([points_of(group, added) for group in groups])[1]
        slopes = []
        for group in groups:
            fixed = fixed_of(points_of(group, added), slope)
            slopes += [((sample.mean("rest") - fixed - slope * code_of(sample)) / sample.modules, sample.modules / sample.mean("rss"))
                       for sample in group if sample.modules]
        found = max(0.0, weighted_median(slopes))
        if abs(found - each) < 0.01:
            break
        each = found
    return round(each, 4)


def least_of_many(groups):
    """The number of modules from which on programs have so much more in all, whatever the modules' size; where it lies between two
    numbers that programs have is not known: in the middle of them, as numbers of modules go. 0 when there is no such step."""
    samples = [sample for group in groups for sample in group]
    best, chosen = slope_of([points_of(group, quantity="rss") for group in groups])[0], 0
    counts = sorted({sample.modules for sample in samples})
    for below, count in zip(counts, counts[1:]):
        many = sum(sample.modules >= count for sample in samples)
        if not LEAST_FILES <= many <= len(samples) - LEAST_FILES:
            continue
        added = step_at(count, height_of_step(groups, count))
        deviation = slope_of([points_of(group, added, "rss") for group in groups])[0]
        if deviation < best:
            best, chosen = deviation, math.ceil(math.sqrt(max(1, below) * count))
    return chosen


def step_at(count, height):
    return lambda sample: height if sample.modules >= count else 0


def height_of_step(groups, count):
    """What is left of programs with many modules when a line is laid through all, with the step as it was found so far."""
    height = 0.0
    for _ in range(8):
        added, rest = step_at(count, height), []
        slope = slope_of([points_of(group, added, "rss") for group in groups])[1]
        for group in groups:
            points = points_of(group, added, "rss")
            fixed = fixed_of(points, slope)
            rest += [(kib + height - fixed - slope * code, weight) for sample, (code, kib, weight) in zip(group, points) if sample.modules >= count]
        found = max(0.0, weighted_median(rest))
        if abs(found - height) < 1:
            break
        height = found
    return height


def fixed_of(points, slope):
    """What the programs of one version have besides their code, by the least sum of deviations. Not less than nothing."""
    return max(0.0, weighted_median([(heap - slope * code, weight) for code, heap, weight in points]))


def line_of(name, versions):
    """(slope, KiB of code beyond which nothing more is loaded, 0 for no bound): one for all versions of a runtime, for few of
    them have programs enough."""
    tried = [0.0]
    if name in LAZY:
        tried += sorted({code for points in versions for code, _, _ in points if code > 0})
    lines = [(*slope_of([bounded(points, most) for points in versions]), most) for most in tried]
    _, slope, most = min(lines, key=lambda line: line[0])
    return slope, most


def bounded(points, most):
    return [(min(code, most), heap, weight) for code, heap, weight in points] if most else points


def slope_of(versions):
    """(sum of deviations, KiB for each KiB of code). The best line of least deviations goes through two of the points, so all
    such lines are tried."""
    slopes = {0.0}
    for points in versions:
        slopes.update((y - b) / (x - a) for x, y, _ in points for a, b, _ in points if x > a + 16 and y > b)

    def deviation(slope):
        total = 0.0
        for points in versions:
            fixed = fixed_of(points, slope)
            total += sum(weight * abs(heap - fixed - slope * code) for code, heap, weight in points)
        return total

    return min((deviation(slope), slope) for slope in sorted(slopes))


def slope_of_go(points):
    return statistics.median(heap / code for code, heap, _ in points)


def embeds(sample):
    """A native program with a runtime in it has a heap of its own beside the runtime's."""
    name = sample.runtime().partition(" ")[0]
    return name in MANAGED - {"go"} and not os.path.basename(sample.main["program"]).startswith(name)


def loads_in_workers(sample):
    """The measured process is without the application, whose code imgslim counts."""
    return any(process["workers"] and pool_name(sample, process) in LOAD_IN_WORKERS for process in sample.memory["startup"]["processes"])


def serves_php(sample):
    """Where OPcache sets up its shared memory."""
    if not sample.runtime().startswith("php") or not any(key_of(path) == "opcache" for path in sample.predicted):
        return False
    return not re.fullmatch(r"php[0-9.]*", os.path.basename(sample.main["program"])) or "-S" in sample.program.get("cmd", [])


def pool_name(sample, server):
    """As imgslim's worker_pool() names them."""
    script = {"python": "gunicorn", "ruby": "unicorn", "perl": "starman"}
    words = {os.path.basename(word) for word in sample.program.get("cmd", [])}
    known = {"php-fpm": "php-fpm", "php-cgi": "php-fpm", "apache2": "apache", **script}
    name = os.path.basename(server["program"])
    pool = next((pool for beginning, pool in known.items() if name.startswith(beginning)), name)
    if pool in script.values():
        pool = next((known for known in ("uvicorn", "celery") if known in words), pool)
    return pool


def workers(samples, coefficients):
    """What the processes that servers start have of their own (coefficients.h, WorkerMemory)."""
    found = {}
    for sample in samples:
        for server, parent, own in sample.pool():
            found.setdefault(pool_name(sample, server), []).append((sample, server["workers"], parent, own))
    result = {}
    for name, rows in sorted(found.items()):
        heaps = [model.heap_kib(coefficients, sample)[0] for sample, _, _, _ in rows]
        if name in LOAD_IN_WORKERS:
            # All that is not a whole heap for each worker is the server's.
            rest = [parent["rest_anonymous"] + own - count * heap for heap, (_, count, parent, own) in zip(heaps, rows)]
            result[name] = {"own_kib": 0, "of_heap": 1, "server_kib": round(max(1.0, statistics.median(rest)), 1)}
        elif name in FORK_THE_APPLICATION:
            parts = [own / count / heap for heap, (_, count, _, own) in zip(heaps, rows) if heap]
            result[name] = {"own_kib": 0, "of_heap": round(min(1.0, statistics.median(parts or [0.0])), 4), "server_kib": 0}
        else:
            result[name] = {"own_kib": round(statistics.median(own / count for _, count, _, own in rows), 1), "of_heap": 0, "server_kib": 0}
    plain = [row["own_kib"] for row in result.values() if row["own_kib"]]
    result[""] = {"own_kib": round(statistics.median(plain), 1) if plain else 0, "of_heap": 0, "server_kib": 0}
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
    return round(statistics.median(ratios), 3) if ratios else 0.0


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


def cold_start(samples, profiles):
    """Page cache that a start brings in whose files were all on the disk: a share of the files that are mapped and of code, since
    read-ahead reads whole files, and what a runtime reads besides, which goes into its profile."""
    found = [(sample, run["cgroup"]) for sample in samples for run in sample.runs[:1]
             if run.get("cold") and run["cgroup"] and len(run["processes"]) == 1]
    plain = [(cgroup["cache"] / cold_kib(sample)) for sample, cgroup in found if sample.runtime().partition(" ")[0] not in LAZY]
    share = statistics.median(plain) if plain else 1.0
    for name, profile in profiles.items():
        more = [cgroup["cache"] - share * cold_kib(sample) for sample, cgroup in found
                if name.split()[0] in LAZY and profile_name(sample.runtime()) == name]
        profile["cold_kib"] = round(max(0.0, statistics.median(more))) if more else 0
    active = [max(0.0, 1 - cgroup["inactive_file"] / cgroup["cache"]) for _, cgroup in found if cgroup["cache"]]
    return {"file_share": round(share, 3), "active_share": round(statistics.median(active), 3) if active else 0.0, "programs": len(found)}


def cold_kib(sample):
    """Of mapped ELF files and code, as imgslim counts them."""
    files = sum(part["mapped_bytes"] for row in sample.predicted.values() for part in row["parts"] if part["part"] != "bss")
    return files / features.KIB + sample.code_kib()
