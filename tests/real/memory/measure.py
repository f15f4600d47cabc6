#!/usr/bin/env python3
"""Measures what real programs hold in memory when they have started: those of the run-time closure and programs.json beside this
file, which names other commands on the same roots, and roots of its own. What was measured is kept, one file a program.

usage: measure.py [--cache DIR] [--set tuned|held-out|fresh|clean] [--runs N] [--again] [NAME…]

Last line: `N passed, N failed, N skipped`.
"""
import argparse
import json
import os
import platform
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "closure"))
import build  # noqa: E402
import observe  # noqa: E402
import roots  # noqa: E402

FORMAT = 1  # counted up when the same programs would be measured otherwise
FROM_ROOT = ("suite", "packages", "setup", "env", "user", "workdir", "kind")


def programs():
    """Those of the closure and the further commands, root by root: each with the name of its root and its set."""
    with open(os.path.join(HERE, "programs.json")) as stream:
        more = json.load(stream)
    base = {program["name"]: program for program in [*roots.programs(), *(each for each in more if "suite" in each)]}
    with open(os.path.join(HERE, "held_out.json")) as stream:
        held_out = set(json.load(stream))
    for program in base.values():
        program["root"] = program["name"]
        # What the closure's rules were made with may still tell how good the fit is that does not have it.
        program["set"] = "held-out" if program["name"] in held_out else program["set"]
    more = [program for program in more if "suite" not in program]
    for program in more:
        root = base[program["root"]]
        program.update({key: root[key] for key in FROM_ROOT if key in root and key not in program})
        program.setdefault("set", root["set"])
    order = {name: index for index, name in enumerate(base)}
    return sorted([*base.values(), *more], key=lambda program: order[program["root"]])


def root_of(cache, program):
    """The root is that of the closure's program, whatever command runs in it."""
    return roots.Root(cache, next(each for each in programs() if each["name"] == program["root"]))


def machine():
    with open("/sys/kernel/mm/transparent_hugepage/enabled") as stream:
        thp = stream.read().split("[")[1].split("]")[0]
    return {"kernel": platform.release(), "machine": platform.machine(), "transparent_hugepages": thp,
            "page_bytes": os.sysconf("SC_PAGE_SIZE"), "processors": os.cpu_count()}


def kept_file(cache, program):
    return os.path.join(cache, "memory", program["name"] + ".json")


def kept(cache, program):
    """The last measurement of a program, whatever was changed since."""
    with open(kept_file(cache, program)) as stream:
        return json.load(stream)


def measured(cache, program, runs, again=False):
    """The kept measurement of a program, or a new one."""
    root, place = root_of(cache, program), kept_file(cache, program)
    key = json.dumps([FORMAT, root.key(), runs, machine(), {name: program.get(name) for name in (
        "entrypoint", "cmd", "env", "user", "workdir", "stays", "seconds")}], sort_keys=True)
    if observe.is_held(program):
        key += " held"
    if os.path.exists(place) and not again:
        result = kept(cache, program)
        if result["key"] == key:
            return result
    if not os.path.exists(root.path("layer")):
        root.build()
        root.drop_upper()
    result = {"key": key, "name": program["name"], "machine": machine(), "runs": observe.measure(root, program, runs)}
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "w") as stream:
        json.dump(result, stream, separators=(",", ":"), sort_keys=True)
    return result


def first_process(run):
    return run["processes"][0]


def select(options):
    chosen = [program for program in programs() if (not options.names or program["name"] in options.names) and
              (not options.set or program["set"] == options.set)]
    if unknown := set(options.names) - {program["name"] for program in chosen}:
        sys.exit(f"unknown programs: {' '.join(sorted(unknown))}")
    return chosen


def add_options(parser):
    parser.add_argument("--cache", default=build.DEFAULT_CACHE)
    parser.add_argument("--set", choices=[*roots.SETS, "clean", "blind"])  # chosen before any of them was measured
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--again", action="store_true")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    add_options(parser)
    options = parser.parse_args()
    roots.private_mounts()
    passed = skipped = 0
    chosen = select(options)
    for index, program in enumerate(chosen):
        try:
            runs = measured(options.cache, program, options.runs, options.again)["runs"]
        except (observe.NotMeasured, roots.BuildError, OSError) as error:
            skipped += 1
            print(f"{program['name']:<24} SKIPPED: {type(error).__name__}: {error}", flush=True)
            continue
        passed += 1
        print(f"{program['name']:<24} {statistics.mean(first_process(run)['rss'] for run in runs):>9.0f} KiB, of it anonymous "
              f"{statistics.mean(first_process(run)['anonymous'] for run in runs):>8.0f}, "
              f"{len(runs[0]['processes'])} processes", flush=True)
        if index + 1 == len(chosen) or chosen[index + 1]["root"] != program["root"]:
            observe.drop(root_of(options.cache, program))
    print(f"{passed} passed, 0 failed, {skipped} skipped")


if __name__ == "__main__":
    main()
