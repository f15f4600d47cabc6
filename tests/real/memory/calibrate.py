#!/usr/bin/env python3
"""Measures real programs on this machine, fits the coefficients of the memory model to them and prints how far its estimates are
from what was measured.

usage: calibrate.py [--imgslim PROGRAM] [--cache DIR] [--runs N] [--write FILE] [--runtime NAME]… [--keep] [--verbose] [NAME…]
  --write FILE  where the coefficients go (rules/memory/coefficients.json); without it nothing is written
  --runtime NAME  only programs of this language runtime are looked at, and only its profiles and workers are written anew
  --keep        no program is measured that is not measured already
  --verbose     a line for each program

The fit has the programs of the set "tuned"; others are only compared with. The first table leaves each program's binary out of the
fit that it is compared with (of language runtimes the program alone). The second one is the programs of "held-out" and "fresh"
against the fit: they are in no fit, but rules and models were changed after they had been looked at. The third one is those of
"clean", which were chosen before any of them was measured, though their errors were read later, and the last one those of "blind",
which no rule and no figure was changed for. A server with workers is compared with all of its processes. Last line:
`N passed, N failed, N skipped`; goals that are missed by held-out programs fail.
"""
import argparse
import datetime
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "closure"))
import features  # noqa: E402
import fit  # noqa: E402
import measure  # noqa: E402
import model  # noqa: E402
import observe  # noqa: E402
import roots  # noqa: E402

FORMAT = "imgslim.memory-coefficients/2"
# What the model is to reach for programs that are not in the fit: (quantity, statistic, bound).
GOALS = [("ELF-backed", "median", 0.08), ("ELF-backed", "ninetieth", 0.25), ("library", "median", 0.10), ("library", "ninetieth", 0.45),
         ("total, native tool", "median", 0.15), ("total, native tool", "ninetieth", 0.35), ("total, native server", "median", 0.20),
         ("total, managed", "median", 0.07), ("total, managed", "ninetieth", 0.20)]
BUILT_IN = os.path.join(HERE, "..", "..", "..", "rules", "memory", "coefficients.json")
LEAST_INSIDE = 0.8  # of native servers, in the interval that is printed for them


def samples_of(options):
    """(samples, skipped)"""
    samples, skipped = [], 0
    for program in measure.select(options):
        root = measure.root_of(options.cache, program)
        try:
            if options.keep and not os.path.exists(measure.kept_file(options.cache, program)):
                raise observe.NotMeasured("not measured yet")
            found = measure.measured(options.cache, program, options.runs) if not options.keep else measure.kept(options.cache, program)
            samples.append(features.sample_of(options.cache, options.imgslim, root, program, found))
        except (observe.NotMeasured, roots.BuildError, RuntimeError, OSError, KeyError) as error:
            skipped += 1
            print(f"{program['name']:<24} SKIPPED: {type(error).__name__}: {error}", flush=True)
    return samples, skipped


def same_program(sample):
    """A process that became another program than imgslim thinks tells of its closure, not of memory."""
    return sample.truth[0]["program"] == "/" + sample.main["program"] or sample.binary() == os.path.basename(sample.main["program"])


def class_of(sample):
    if fit.is_managed(sample):
        return "managed"
    if sample.main["profile"] is None:
        return "unmeasured machine"
    return "native server" if sample.program["kind"] == "server" else "native tool"


class Errors:
    """(estimate, truth) pairs of one quantity."""

    def __init__(self):
        self.pairs = []

    def add(self, estimate, truth, name):
        if truth > 0:
            self.pairs.append((estimate, truth, name))

    def relative(self):
        return sorted(abs(estimate - truth) / truth for estimate, truth, _ in self.pairs)

    def median(self):
        return statistics.median(self.relative())

    def ninetieth(self):
        values = self.relative()
        return values[min(len(values) - 1, int(0.9 * len(values)))]

    def bias(self):
        return sum(estimate for estimate, _, _ in self.pairs) / sum(truth for _, truth, _ in self.pairs) - 1

    def rho(self):
        """Spearman's."""
        if len(self.pairs) < 3:
            return 1.0
        ranks = []
        for column in (0, 1):
            order = sorted(range(len(self.pairs)), key=lambda index: self.pairs[index][column])
            rank = [0] * len(order)
            for place, index in enumerate(order):
                rank[index] = place
            ranks.append(rank)
        return statistics.correlation(*ranks) if hasattr(statistics, "correlation") else 1.0

    def interval(self):
        """Factors that at least 80 of 100 true values of further programs lie between: of n ratios one more stands for the next."""
        ratios = sorted(truth / max(1.0, estimate) for estimate, truth, _ in self.pairs)
        if len(ratios) < 10:
            return None
        tenth = int(0.1 * (len(ratios) + 1))
        return {"low": round(min(1.0, ratios[tenth - 1]), 3), "high": round(max(1.0, ratios[-tenth]), 3)}

    def text(self, title):
        return (f"{title:<28} {len(self.pairs):>5} {100 * self.median():>8.1f} % {100 * self.ninetieth():>7.1f} % {100 * self.bias():>+7.1f} % "
                f"{self.rho():>7.3f}")


class Comparison:
    """Estimates against what was measured, over many programs. `whole` counts what the closure missed as well."""

    def __init__(self):
        self.quantities = {}
        self.doubtful = {}  # KiB, by program
        self.rows = []

    def add_to(self, quantity, estimate, truth, name):
        self.quantities.setdefault(quantity, Errors()).add(estimate, truth, name)

    def add(self, sample, coefficients):
        found = model.estimate(coefficients, sample)
        name, kind = sample.program["name"], class_of(sample)
        process, rest = sample.mean("rss"), sample.mean("rest")
        self.doubtful[name] = found["doubtful"]
        self.rows.append((name, kind, found["rss"], sample.rss_kib(), found["elf"], process - rest, found["heap"], rest))
        if kind == "unmeasured machine":
            return
        self.add_to("total", found["rss"], sample.rss_kib(), name)
        self.add_to("total, " + kind, found["rss"], sample.rss_kib(), name)
        if kind == "managed":
            self.add_to("total, " + sample.runtime().split()[0], found["rss"], sample.rss_kib(), name)
        self.add_to("ELF-backed", found["elf"], process - rest, name)
        if sample.server:
            self.add_to("workers, own with server", found["own"], sample.own_kib(), name)
            if kind == "managed":
                self.add_to("total, managed with workers", found["rss"], sample.rss_kib(), name)
        else:
            self.add_to("own memory, " + ("managed" if kind == "managed" else "native"), found["own"], sample.own_kib(), name)
        self.add_to("heap and mapped data", found["heap"], rest, name)
        mapped = sample.mapped()
        self.add_to("ELF-backed, closure given", sum(sum(parts.values()) for path, parts in found["objects"].items() if path in mapped),
                    sum(sample.object_kib(path) for path in found["objects"] if path in mapped), name)
        for path, parts in found["objects"].items():
            if path in mapped and sample.predicted[path]["kind"] in ("library", "c_library", "module"):
                self.add_to("library", sum(parts.values()), sample.object_kib(path), name + " " + path)

    def print(self, title):
        print(f"\n{title}\n{'':<28} {'count':>5} {'median':>10} {'90 %':>9} {'bias':>9} {'rho':>7}")
        for quantity in sorted(self.quantities, key=lambda name: (not name.startswith("total"), name)):
            print(self.quantities[quantity].text(quantity))

    def print_rows(self):
        print(f"\n{'program':<24} {'class':<18} {'RSS':>8} {'true':>8} {'ELF':>8} {'true':>8} {'heap':>8} {'true':>8}  error")
        for name, kind, rss, truth, elf, true_elf, heap, true_heap in self.rows:
            print(f"{name:<24} {kind:<18} {rss:>8.0f} {truth:>8.0f} {elf:>8.0f} {true_elf:>8.0f} {heap:>8.0f} {true_heap:>8.0f} "
                  f"{100 * (rss / truth - 1):>+6.1f} %")


def left_out(samples, sample):
    """The samples that a program is cross-validated against."""
    if fit.is_managed(sample):
        return [other for other in samples if other is not sample]
    return [other for other in samples if other.binary() != sample.binary()]


def cross_validate(samples, finish):
    comparison, fits = Comparison(), {}
    for sample in samples:
        if sample.program.get("compiled_anew"):
            continue
        key = sample.program["name"] if fit.is_managed(sample) else sample.binary()
        if key not in fits:
            fits[key] = finish(fit.fit(left_out(samples, sample)))
        comparison.add(sample, fits[key])
    return comparison


def intervals(comparison):
    quantities = comparison.quantities
    other = {"low": 0.6, "high": 1.8}
    known = lambda name: quantities[name].interval() if name in quantities else None
    pick = lambda name: known(name) or other
    managed = pick("total, managed")
    return {"tool": pick("total, native tool"), "server": pick("total, native server"), "managed": managed,
            "managed_other_version": {"low": round(managed["low"] * 0.75, 3), "high": round(managed["high"] * 1.4, 3)},
            "runtimes": {name: known("total, " + name) for name in sorted(fit.MANAGED) if known("total, " + name)},
            "managed_workers": pick("total, managed with workers"),
            "object": pick("library"), "own_managed": pick("own memory, managed"), "own_native": pick("own memory, native")}


def check_floors(samples):
    """(rows, of them with more than one page above the truth, RELRO rows, of them exact)"""
    rows = above = relro = exact = 0
    for sample in samples:
        for path, _, part, _, present, own in sample.rows():
            if part["part"] not in ("header", "relro"):
                continue
            rows += 1
            above += part["floor_bytes"] / features.KIB > present + 4
            if part["part"] == "relro":
                relro += 1
                if own == part["dirty_bytes"] / features.KIB:
                    exact += 1
                elif relro - exact < 20:
                    print(f"  RELRO differs: {sample.program['name']} {path}: {own:.0f} KiB own, {part['dirty_bytes'] // features.KIB} written")
    return rows, above, relro, exact


def provenance(samples, names):
    machine = measure.machine()
    when = datetime.date.today().strftime("%Y-%m")
    return {"summary": f"{len(samples)} programs, Linux {'.'.join(machine['kernel'].split('.')[:2])}, {when}",
            "machine": machine, "programs": names, "made_by": "ci/calibrate"}


def inside(errors, interval, doubtful):
    """The share of true values that lie in the interval, which reaches down to where libraries are switched off."""
    low = lambda estimate, name: interval["low"] * (estimate - doubtful[name])
    found = [low(estimate, name) <= truth <= interval["high"] * estimate for estimate, truth, name in errors.pairs]
    return sum(found) / len(found)


def judge(comparison, intervals_of):
    """(passed, failed)"""
    passed = failed = 0
    for quantity, statistic, bound in GOALS:
        if quantity not in comparison.quantities:
            continue
        value = getattr(comparison.quantities[quantity], statistic)()
        good = value <= bound
        passed, failed = passed + good, failed + (not good)
        print(f"held-out: {quantity:<24} {statistic:<10} {100 * value:>6.1f} %, at most {100 * bound:.0f} %{'' if good else '  FAILED'}")
    if "total, native server" in comparison.quantities:
        share = inside(comparison.quantities["total, native server"], intervals_of["server"], comparison.doubtful)
        passed, failed = passed + (share >= LEAST_INSIDE), failed + (share < LEAST_INSIDE)
        print(f"held-out: native servers in their interval {100 * share:.0f} %, at least {100 * LEAST_INSIDE:.0f} %{'' if share >= LEAST_INSIDE else '  FAILED'}")
    return passed, failed


def compare(samples, coefficients):
    comparison = Comparison()
    for sample in samples:
        if not sample.program.get("compiled_anew"):
            comparison.add(sample, coefficients)
    return comparison


def read(path):
    with open(path) as stream:
        coefficients = json.load(stream)
    coefficients["files"] = {key: {part: dict(zip(("programs", "share", "written"), row)) for part, row in parts.items()}
                             for key, parts in coefficients["files"].items()}
    return coefficients


def updated(known, found, runtimes):
    """Known coefficients with the profiles of some runtimes as they were found now. Shares of files stay, but for those that only
    these runtimes have: where their programs of many modules were not told from others before."""
    result = {**known, "runtimes": dict(known["runtimes"]), "files": dict(known["files"]), "workers": {**known["workers"], **found["workers"], "": known["workers"][""]}}
    for name, profile in found["runtimes"].items():
        if name.split()[0] in runtimes:
            cold = {"cold_kib": known["runtimes"].get(name, profile)["cold_kib"]}  # of machines whose page cache could be emptied
            result["runtimes"][name] = {**profile, **cold}
    for key, parts in found["files"].items():
        if key.endswith("@many") or (key.endswith("@managed") and key not in known["files"]):
            result["files"][key] = parts
    again = {"runtimes": sorted(runtimes), "programs": found["provenance"]["programs"], "machine": found["provenance"]["machine"]}
    earlier = [row for row in known["provenance"].get("again", []) if not set(row["runtimes"]) <= set(runtimes)]
    result["provenance"] = {**known["provenance"], "again": [*earlier, again]}
    return result


def write(path, coefficients):
    """One line for each known file and profile: [programs, share, written] of each part of a file."""
    files = {key: {part: [row["programs"], row["share"], row["written"]] for part, row in parts.items()}
             for key, parts in coefficients["files"].items()}
    lines = []
    for key, value in sorted({**coefficients, "files": files}.items()):
        if key in ("files", "programs", "runtimes", "workers"):
            rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row, sort_keys=True)}" for name, row in sorted(value.items()))
            lines.append(f" {json.dumps(key)}: {{\n{rows}\n }}")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value, sort_keys=True)}")
    with open(path, "w") as stream:
        stream.write("{\n" + ",\n".join(lines) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    measure.add_options(parser)
    parser.add_argument("--imgslim", default="build/release/imgslim")
    parser.add_argument("--write")
    parser.add_argument("--runtime", action="append", choices=sorted(fit.MANAGED))
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    roots.private_mounts()
    samples, skipped = samples_of(options)
    usable = [sample for sample in samples if same_program(sample) and
              (not options.runtime or sample.runtime().split()[0] in options.runtime)]
    for sample in samples:
        if not same_program(sample):
            print(f"{sample.program['name']:<24} not compared: process 1 is {sample.truth[0]['program']}, not /{sample.main['program']}")
    fitted = [sample for sample in usable if sample.program["set"] == "tuned"]
    held_out = [sample for sample in usable if sample.program["set"] in ("held-out", "fresh")]
    clean, blind = ([sample for sample in usable if sample.program["set"] == name] for name in ("clean", "blind"))
    for title, group in (("fit", fitted), ("held out", held_out), ("clean", clean), ("blind", blind)):
        print(f"{title}: {' '.join(sample.program['name'] for sample in group)}")
    rows, above, relro, exact = check_floors(usable)
    print(f"floors: {above} of {rows} header and RELRO parts are more than a page above the truth; "
          f"{exact} of {relro} RELRO parts have exactly the pages that the loader writes")
    found_by = provenance(fitted, sorted(sample.program["name"] for sample in fitted))
    complete = lambda found: updated(read(BUILT_IN), {**found, "provenance": found_by}, options.runtime) if options.runtime else found
    crossed = cross_validate(fitted, complete)
    crossed.print(f"cross-validated, {len(fitted)} programs of the fit")
    coefficients = complete({"format": FORMAT, "provenance": found_by, **fit.fit(fitted), "intervals": intervals(crossed)})
    apart, unseen, unread = (compare(group, coefficients) for group in (held_out, clean, blind))
    for title, comparison in ((f"held out, {len(held_out)} programs", apart), (f"clean, {len(clean)} programs", unseen),
                              (f"blind, {len(blind)} programs", unread)):
        if comparison.quantities:
            comparison.print(title)
    passed = failed = 0
    if apart.quantities and not options.names:
        print()
        passed, failed = judge(apart, coefficients["intervals"])
    for comparison in (crossed, apart, unseen, unread) if options.verbose else ():
        comparison.print_rows()
    if options.write:
        write(options.write, coefficients)
    exact_enough, floors_hold = exact >= 0.999 * relro, above <= 0.005 * rows
    passed += len(usable) + exact_enough + floors_hold
    failed += (not exact_enough) + (not floors_hold)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
