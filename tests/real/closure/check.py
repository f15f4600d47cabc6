#!/usr/bin/env python3
"""Compares imgslim's run-time closure with the truth: what real programs map when they are started.

usage: check.py [--imgslim PROGRAM] [--cache DIR] [--short] [--set tuned|held-out|fresh|unseen] [--reveal] [NAME…]
  --short   three programs
  --reveal  print also what was missed and wrong in programs that rules must not be tuned for

T is every ELF file that any process mapped, T1 what process 1's last program image mapped. P is precision over T, R recall;
"bytes" is recall by file sizes. A program fails when an object of tier certain was not mapped, or when less than 0.9 of T1 was
found and the report does not say that its coverage is unknown. The sums over all held-out programs have goals of their own.
Last line: `N passed, N failed, N skipped`.
"""
import argparse
import json
import subprocess
import sys

import build
import roots

TIERS = ["certain", "declared", "likely", "possible"]
SURE = 3  # tiers that count as used
SHORT = ["nginx", "python", "gosu"]
GOALS = [("precision", 0.97), ("recall of T1", 0.95), ("byte recall of T1", 0.98)]
FLAG_BELOW = 0.9


class Outcome:
    """One program: what was predicted, by tier, and what is true."""

    def __init__(self, program, truth, runtime):
        self.program = program
        self.objects = {entry["path"]: entry for entry in truth["objects"]}
        self.first = {path for path, entry in self.objects.items() if entry["pid1"]}
        self.coverage = runtime["coverage"]
        self.predicted = {}  # path -> its row in the report
        for row in runtime["objects"]:
            path = "/" + row["path"]
            self.predicted.setdefault(truth["aliases"].get(path, path), row)

    def up_to(self, tiers):
        return {path for path, row in self.predicted.items() if TIERS.index(row["confidence"]) < tiers}

    def wrong(self, tier):
        return sorted(path for path, row in self.predicted.items() if row["confidence"] == tier and path not in self.objects)

    def missed(self):
        return set(self.objects) - self.up_to(SURE)

    def bytes_of(self, paths):
        return sum(self.objects[path]["size"] for path in paths)

    def counts(self, tiers):
        found = self.up_to(tiers)
        true, first = found & set(self.objects), found & self.first
        return Counts(len(found), len(true), len(self.objects), len(first), len(self.first), self.bytes_of(true),
                      self.bytes_of(self.objects), self.bytes_of(first), self.bytes_of(self.first))

    def problems(self):
        for path in self.wrong("certain"):
            yield f"certain, but not mapped: {path} ({reason_of(self.predicted[path])})"
        if self.counts(SURE).ratios()[2] < FLAG_BELOW and self.coverage != "unknown":
            yield f"little of process 1 was found, but coverage is called {self.coverage}"


class Counts:
    """Sums that precision and recall are quotients of."""

    def __init__(self, *values):
        self.values = values or (0,) * 9

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(self.values, other.values)))

    def ratios(self):
        """P, R, R of T1, byte recall, byte recall of T1"""
        found, true, all_objects, first, all_first, size, all_size, first_size, all_first_size = self.values
        pairs = (true, found), (true, all_objects), (first, all_first), (size, all_size), (first_size, all_first_size)
        return [part / whole if whole else 1.0 for part, whole in pairs]

    def text(self):
        return " ".join(f"{ratio:7.3f}" for ratio in self.ratios())


def reason_of(row):
    return ", ".join(part for part in (row["via"], row["needed_by"] and "by /" + row["needed_by"], row["detail"]) if part)


def analyze(options, root):
    done = subprocess.run(["nice", "-n", "10", options.imgslim, "analyze", root.image, "-o", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"imgslim ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)["runtime"]


def explain(outcome):
    """Misses by their first cause: an object that only missed objects need has no cause of its own."""
    missed = outcome.missed()
    causes = {}
    for path in sorted(missed):
        top, seen = path, {path}
        while needers := [other for other in outcome.objects[top]["needed_by"] if other in missed and other not in seen]:
            top = needers[0]
            seen.add(top)
        causes.setdefault(top, []).append(path)
    for top, paths in sorted(causes.items(), key=lambda item: -len(item[1])):
        entry = outcome.objects[top]
        row = outcome.predicted.get(top)
        how = "a program that was executed" if top in entry["processes"] else "opened by " + " ".join(entry["processes"][:2])
        known = f"; known as possible ({reason_of(row)})" if row else ""
        more = f"; {len(paths) - 1} more by it" if len(paths) > 1 else ""
        yield f"missed: {top}{' (process 1)' if entry['pid1'] else ''}: {how}{known}{more}"


def show(outcome, reveal):
    counts = outcome.counts(SURE)
    print(f"{outcome.program['name']:<18} {outcome.program['set']:<8} {len(outcome.objects):>4} {len(outcome.first):>4} "
          f"{counts.text()}  {outcome.coverage}")
    for line in outcome.problems():
        print("    FAILED: " + line)
    if not reveal and outcome.program["set"] != "tuned":
        return
    for tier in TIERS[1:SURE]:
        for path in outcome.wrong(tier):
            print(f"    wrong: {tier}: {path} ({reason_of(outcome.predicted[path])})")
    for line in explain(outcome):
        print("    " + line)


def print_sums(title, outcomes):
    print(f"\n{title}: {len(outcomes)} programs, T {sum(len(o.objects) for o in outcomes)}, T1 {sum(len(o.first) for o in outcomes)}")
    print(f"{'tier':<20} {'objects':>8} {'wrong':>6} | {'sum so far: P':>14} {'R':>7} {'R T1':>7} {'bytes':>7} {'byt T1':>7}")
    for index, tier in enumerate(TIERS):
        own = sum(row["confidence"] == tier for outcome in outcomes for row in outcome.predicted.values())
        wrong = sum(len(outcome.wrong(tier)) for outcome in outcomes)
        print(f"{tier:<20} {own:>8} {wrong:>6} |        {sum_of(outcomes, index + 1).text()}")
    means = [sum(column) / len(outcomes) for column in zip(*(outcome.counts(SURE).ratios() for outcome in outcomes))]
    print(f"{'mean over programs, certain to likely':<36} |        {' '.join(f'{mean:7.3f}' for mean in means)}")
    low = [o for o in outcomes if o.counts(SURE).ratios()[2] < FLAG_BELOW]
    flagged = [o for o in outcomes if o.coverage == "unknown"]
    print(f"coverage unknown: {len(flagged)} programs; of {len(low)} with recall of T1 below {FLAG_BELOW}: "
          f"{len([o for o in low if o in flagged])}")


def sum_of(outcomes, tiers):
    return sum((outcome.counts(tiers) for outcome in outcomes), Counts())


def judge_goals(outcomes):
    """(passed, failed) of the goals for programs that no rule was tuned for."""
    precision, _, first, _, first_bytes = sum_of(outcomes, SURE).ratios()
    failed = 0
    for (name, goal), value in zip(GOALS, (precision, first, first_bytes)):
        print(f"{'held-out':<18} {name:<20} {value:.3f}, at least {goal}{'' if value >= goal else '  FAILED'}")
        failed += value < goal
    return len(GOALS) - failed, failed


def measure(options):
    """(outcomes, failed, skipped)"""
    outcomes, failed, skipped = [], 0, 0
    print(f"{'program':<18} {'set':<8} {'T':>4} {'T1':>4} {'P':>7} {'R':>7} {'R T1':>7} {'bytes':>7} {'byt T1':>7}  coverage")
    for program in build.select(options):
        root, truth = build.prepare(options.cache, program)
        if not root:
            skipped += 1
            print(f"{program['name']:<18} SKIPPED: {truth}", flush=True)
            continue
        try:
            outcome = Outcome(program, truth, analyze(options, root))
        except (RuntimeError, KeyError, json.JSONDecodeError) as error:
            failed += 1
            print(f"{program['name']:<18} FAILED: {type(error).__name__}: {error}", flush=True)
            continue
        outcomes.append(outcome)
        failed += any(outcome.problems())
        show(outcome, options.reveal)
        sys.stdout.flush()
    return outcomes, failed, skipped


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    build.add_options(parser)
    parser.add_argument("--imgslim", default="build/release/imgslim")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--reveal", action="store_true")
    options = parser.parse_args()
    options.names += SHORT if options.short else []
    roots.private_mounts()
    outcomes, failed, skipped = measure(options)
    passed = len(outcomes) - sum(any(outcome.problems()) for outcome in outcomes)
    for name in roots.SETS:
        if chosen := [outcome for outcome in outcomes if outcome.program["set"] == name]:
            print_sums(name, chosen)
    held_out = [outcome for outcome in outcomes if outcome.program["set"] != "tuned"]
    if held_out and not options.names:
        print()
        met, missed = judge_goals(held_out)
        passed, failed = passed + met, failed + missed
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
