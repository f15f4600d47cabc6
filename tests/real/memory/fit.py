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
LEAST_DIFFERENCE_KIB = 256
MOST_KIB_OF_MODULE = 256.0
ALTERNATIVES = [("@native", "@managed"), ("@managed", "@many"), ("@direct", "@indirect"), ("@tool", "@server")]
DRAWN = 0.25  # programs' weight that the general shares have against a file's own
NO_WORKER = {"own_kib": 0, "of_heap": 0, "server_kib": 0, "shared": 0}
LAZY = {"java"}  # loads what it needs of its class path, not all of it
# Servers of scripts that fork when they have the application: it is theirs to write to.
FORK_THE_APPLICATION = {"celery", "gunicorn --preload", "puma --preload", "starman --preload-app"}
MODULAR = {"node", "python", "perl"}  # a module costs them more than its code: classes, functions, tables of names
COMPILING = {"node"}  # whose optimising compiler runs at start when there is much to run
MANAGED = {"python", "java", "node", "perl", "ruby", "php", "go"}
BY_MAJOR = {"java", "node", "dotnet"}


def fit(samples):
    """The coefficient file's content, without its provenance."""
    pairs, samples = compiled_anew(samples), [sample for sample in samples if not sample.program.get("compiled_anew")]
    profiles = runtimes(samples, pairs)
    result = {"bytecode": {"own_per_source": bytecode_ratio(pairs)}, "fractions": fractions(samples), "files": files(samples, profiles),
              "runtimes": profiles, "native": {"heap_per_root_kib": native_heap(samples)}, "kernel": kernel(samples)}
    result["programs"] = programs(samples)
    add_files_of_programs(samples, result)
    result["cold_start"] = cold_start(samples, result["runtimes"])
    return {**result, "workers": workers(samples, profiles)}


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
    """(sample, key, kind, part, size, share of the pages beyond the floor that is resident, share of those that is own, KiB beyond the
    floor, row of the object)"""
    for sample in samples:
        for path, row, part, size, present, own in sample.rows():
            floor, gap = part["floor_bytes"] / features.KIB, size - part["floor_bytes"] / features.KIB
            if part["part"] not in FITTED or gap < LEAST_GAP_KIB:
                continue
            more = max(0.0, present - floor)
            written = min(1.0, max(0.0, own - part["dirty_bytes"] / features.KIB) / more) if more > 0 else 0.0
            yield sample, key_of(path), row["kind"], part["part"], size, min(1.0, more / gap), written, gap, row


def key_of(path):
    """Without the version behind ".so", and of a module of Python without the interpreter that it is for."""
    return re.sub(r"\.(cpython-[^/]*|abi3)$", "", os.path.basename(path).partition(".so")[0])


def size_class(size_kib):
    """0 up to 64 KiB, 1 up to 128 KiB … 10 above 32 MiB."""
    return min(len(SIZE_CLASSES), sum(size_kib > bound for bound in SIZE_CLASSES))


def fractions(samples):
    groups = {}
    for _, key, kind, part, size, share, written, gap, _ in gaps(samples):
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
        if part == "bss":  # arrays larger than those of several files are most likely there in case
            largest = max((index for index, pairs in enumerate(by_class) if len(pairs) >= LEAST_FILES), default=len(by_class))
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
    """Shares of known files, and of those that several sorts of uses have also as each sort has them: language runtimes initialise on
    load what native programs may only be linked with, and those of many modules use more of themselves; a library that a native
    program has only because another one needs it may never be called; servers use more of the C library than tools do."""
    rows = list(gaps(samples))
    result, of_sort = known_shares(rows), {}
    for row in rows:
        for sort in sorts_of(row[0], row[-1], profiles):
            of_sort.setdefault(sort, []).append(row)
    sorts = {sort: known_shares(group) for sort, group in of_sort.items()}
    for alternatives in ALTERNATIVES:
        for key in sorted(key for key in result if "@" not in key):
            found = {sort: sorts[sort][key] for sort in alternatives if key in sorts.get(sort, {})}
            if len(found) > 1:
                result.update({key + sort: shares for sort, shares in found.items()})
    return dict(sorted(result.items()))


def add_files_of_programs(samples, coefficients):
    """Files of which a measured native program has much more or less resident than other programs do: as this program has them."""
    found = {}
    for row in gaps(samples):
        if counts_as_native(row[0]):
            found.setdefault((row[1], os.path.basename(row[0].main["program"])), []).append(row)
    added = {}
    for (key, program), rows in sorted(found.items()):
        off = {}
        for sample, _, _, part, size, share, _, gap, row in rows:
            expected = model.share_of(coefficients, key, row, part, size, sorts_of(sample, row, coefficients["runtimes"]))[0]
            off.setdefault(part, []).append((share - expected) * gap)
        if abs(sum(statistics.mean(kib) for kib in off.values())) >= LEAST_DIFFERENCE_KIB:
            added[f"{key}@{program}"] = known_shares(rows)[key]
    coefficients["files"].update(added)


def counts_as_native(sample):
    """A native program with a runtime in it is linked as others are."""
    return not is_managed(sample) or embeds(sample)


def sorts_of(sample, row, profiles):
    """As imgslim's sorts_of(): each is drawn towards the ones before."""
    if not counts_as_native(sample):
        return ["@managed", "@many"] if has_many_modules(sample, profiles) else ["@managed"]
    if row["kind"] == "c_library":
        use = "@server" if sample.main["kind"] == "server" else "@tool"
    else:
        use = "@indirect" if row["indirect"] else "@direct"
    return ["@native", use, "@" + os.path.basename(sample.main["program"])]


def has_many_modules(sample, profiles):
    profile = profiles.get(profile_used(sample.runtime(), profiles))
    return bool(profile) and 0 < profile["many_modules"] <= sample.modules


def profile_used(runtime, profiles):
    """The name of the version's own profile, else of that which has most programs; None when no version was measured."""
    name = profile_name(runtime)
    others = [(entry["programs"], other) for other, entry in profiles.items() if other.split()[0] == name.split()[0]]
    return name if name in profiles else max(others, key=lambda item: item[0])[1] if others else None


def known_shares(rows):
    """The median over roots of what each root's programs make resident. Libraries
    that are initialised on demand, as those of OpenSSL, have two shares and hardly any between them."""
    groups = {}
    for sample, key, _, part, _, share, written, _, _ in rows:
        groups.setdefault((key, part), {}).setdefault(sample.program["root"], []).append((share, written))
    result = {}
    for (key, part), by_root in sorted(groups.items()):
        programs = sum(map(len, by_root.values()))
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
        elif is_managed(sample) and not unusual_heap(sample) and not embeds(sample):
            groups.setdefault(name, []).append(sample)
        elif unusual_heap(sample):
            without_sharing[name] = sample.mean("rest")
    modules = {name: modules_of([group for other, group in groups.items() if other.split()[0] == name])
             for name in {name.split()[0] for name in groups}}
    of_modules = lambda name: lambda sample: modules[name.split()[0]]["per_module_kib"] * sample.modules
    points = {name: points_of(group, of_modules(name)) for name, group in groups.items()}
    slopes = {name: slope_of([found for other, found in points.items() if other.split()[0] == name])[1]
              for name in {name.split()[0] for name in groups} - {"go"}}
    result = {}
    for name, group in sorted(groups.items()):
        language = name.split()[0]
        slope = slope_of_go(points[name]) if name == "go" else slopes[language]
        fixed = 0.0 if name == "go" else fixed_of(points[name], slope)
        heaps = sum(sample.mean("rest") - sample.added_kib() for sample in group)
        own = sum(sample.mean("rest_anonymous") - sample.added_kib() for sample in group) / heaps
        more = [sample.mean("rest") - fixed - slope * code_of(sample) for sample in serving.get(name, [])]
        result[name] = {"fixed_kib": round(fixed, 1), "per_code_kib": 0 if language in LAZY else round(slope, 4), "per_root_kib": round(slope, 2) if language in LAZY else 0,
                        "per_application_kib": 0, "most_application_kib": 0, "private_share": round(min(1.0, own), 4), "cold_kib": 0, **modules[language],
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
    return [(code_of(sample), sample.mean(quantity) - sample.added_kib() - added(sample), 1 / sample.mean("rss")) for sample in group]


def modules_of(groups):
    """What the number of modules tells: each has more than its code (its scope, functions, a compiler's data), and many of them make
    an optimising compiler run, which is in the runtime's own files."""
    name = groups[0][0].runtime().split()[0]
    return {"many_modules": least_of_many(groups) if name in COMPILING else 0,
            "per_module_kib": slope_of_modules(groups) if name in MODULAR else 0}


def slope_of_modules(groups):
    """KiB for each module with which the line of least deviations is the best. Those sums are a convex function of it, so that the
    least one is found by halving where it can be."""
    deviation = lambda each: slope_of([points_of(group, lambda sample: each * sample.modules) for group in groups])[0]
    low, high = 0.0, MOST_KIB_OF_MODULE
    while high - low > 0.25:
        third = (high - low) / 3
        if deviation(low + third) <= deviation(high - third):
            high -= third
        else:
            low += third
    return round((low + high) / 2, 2) if low > 0 else 0.0


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


def slope_of(versions):
    """(sum of deviations, KiB for each KiB of code). The best line of least deviations goes through two of the points, so all
    such lines are tried."""
    slopes = {0.0}
    for points in versions:
        near = 0.001 * max(x for x, _, _ in points)
        slopes.update((y - b) / (x - a) for x, y, _ in points for a, b, _ in points if x > a + near and y > b)

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


def serves_php(sample):
    """Where OPcache sets up its shared memory."""
    if not sample.runtime().startswith("php") or not any(key_of(path) == "opcache" for path in sample.predicted):
        return False
    return not re.fullmatch(r"php[0-9.]*", os.path.basename(sample.main["program"])) or "-S" in sample.program.get("cmd", [])


def workers(samples, profiles):
    """What the processes that servers start have of their own (coefficients.h, WorkerMemory)."""
    found = {}
    for sample in samples:
        fixed = profiles[used]["fixed_kib"] if (used := profile_used(sample.runtime(), profiles)) else 0
        for pool in sample.pools():
            found.setdefault(sample.server["worker_pool"], []).append((pool, fixed))
    result = {name: worker_memory(name, rows) for name, rows in sorted(found.items())}
    plain = [row["own_kib"] for row in result.values() if not row["of_heap"]]
    result[""] = {**NO_WORKER, "own_kib": round(statistics.median(plain), 1) if plain else 0}
    return result


def worker_memory(name, rows):
    """The heap of the application is taken as it was measured in the workers, so that errors of its estimate stay out of it."""
    each = [pool.of_workers / pool.workers for pool, _ in rows]
    if name in features.LOAD_IN_WORKERS:
        more = statistics.median(own - pool.heap for own, (pool, _) in zip(each, rows))
        shared = statistics.median((pool.heap - own) / pool.server for own, (pool, _) in zip(each, rows))
        return {"own_kib": round(max(0.0, more), 1), "of_heap": 1, "shared": round(max(0.0, shared), 4),
                "server_kib": round(statistics.median(pool.server - fixed for pool, fixed in rows), 1)}
    if name in FORK_THE_APPLICATION:
        return {**NO_WORKER, "of_heap": round(min(1.0, statistics.median(own / pool.heap for own, (pool, _) in zip(each, rows))), 4)}
    return {**NO_WORKER, "own_kib": round(statistics.median(each), 1)}


def unusual_heap(sample):
    """What imgslim counts by itself: without class sharing a profile has another heap."""
    return "-Xshare:off" in sample.program.get("cmd", [])


def code_of(sample):
    """KiB of what the profile counts: source files, of Go the program's text; of a class path, of which less is loaded the longer it
    is, the square root."""
    if sample.runtime() != "go":
        return math.sqrt(sample.code_kib()) if sample.runtime().split()[0] in LAZY else sample.code_kib()
    return next(part["mapped_bytes"] / features.KIB for row in sample.predicted.values() if row["kind"] == "go_program"
                for part in row["parts"] if part["part"] == "text")


def dirty_kib(sample):
    return sum(part["dirty_bytes"] for row in sample.predicted.values() for part in row["parts"]) / features.KIB


def native_heap(samples):
    ratios = [sample.mean("rest") / math.sqrt(dirty_kib(sample)) for sample in samples if not is_managed(sample) and dirty_kib(sample) > 0]
    return round(statistics.median(ratios), 3) if ratios else 0.0


def programs(samples):
    """Heaps of native programs that were measured, as their packages configure them."""
    found = {}
    for sample in samples:
        if not is_managed(sample) and sample.main["profile"]:
            found.setdefault(os.path.basename(sample.main["program"]), []).append(sample)
    result = {}
    for name, group in sorted(found.items()):
        heap, own = (statistics.median(sample.mean(key) for sample in group) for key in ("rest", "rest_anonymous"))
        result[name] = {"heap_kib": round(heap, 1), "private_share": round(min(1.0, own / heap), 4) if heap else 1}
    return result


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
    more = [(profile_name(sample.runtime()), cgroup["cache"] - share * cold_kib(sample)) for sample, cgroup in found]
    for name, profile in profiles.items():
        known = [kib for other, kib in more if other == name] or [kib for other, kib in more if other.split()[0] == name.split()[0]]
        profile["cold_kib"] = round(max(0.0, statistics.median(known))) if known and name.split()[0] in LAZY else 0
    active = [max(0.0, 1 - cgroup["inactive_file"] / cgroup["cache"]) for _, cgroup in found if cgroup["cache"]]
    return {"file_share": round(share, 3), "active_share": round(statistics.median(active), 3) if active else 0.0, "programs": len(found)}


def cold_kib(sample):
    """Of mapped ELF files and code, as imgslim counts them."""
    files = sum(part["mapped_bytes"] for row in sample.predicted.values() for part in row["parts"] if part["part"] != "bss")
    return files / features.KIB + sample.code_kib()
