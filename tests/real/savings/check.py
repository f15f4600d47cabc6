#!/usr/bin/env python3
"""Savings come true: real images are built, analyzed, built again with the suggested patches, and weighed.

usage: check.py [--imgslim PROGRAM] [--cache DIR] [--short] [--scratch DIR] [--keep] [CASE…]
  --short  the two cases that fetch nothing
  --scratch  where images are built: some GB (default: savings/ in the cache)
  --keep   leave images, layouts and reports there for looking at

A case is a folder of cases/: a Dockerfile with bad habits; Dockerfile.base, when it is built on something else than Debian;
`prepare`, which makes its other files; case.json: "patched" are the rules whose findings must have a patch, "probe" what the
image must do, before and after, "format": "docker" for an image with a health check. Each patch is tried by itself, then all of
them together. What no patch can be made for is written by hand as the rule says: Dockerfile.fixed, and Dockerfile.fixed-base if
it stands on another base; "fixed" are the rules that must find something before and nothing afterwards.
A saving of basis "measured" must be within 5 % (or 64 KiB) of what the rebuilt image is smaller, unpacked and compressed; the
image must still do its work.
Last line: `N passed, N failed, N skipped`.
"""
import json
import os
import shutil
import subprocess

import probe
import store

HERE = os.path.dirname(os.path.abspath(__file__))
TOLERANCE, LEAST_BYTES = 0.05, 64 << 10


class Case:
    def __init__(self, options, name):
        self.name, self.source = name, os.path.join(HERE, "cases", name)
        self.directory = os.path.join(options.scratch, name)
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        self.context = self.path("context")
        shutil.copytree(self.source, self.context, ignore=shutil.ignore_patterns("case.json", "prepare", "Dockerfile.*"))
        self.imgslim, self.store = options.imgslim, store.Store(options.scratch, self.path("log"))
        self.known, self.images, self.cache = options.known, [], options.cache
        with open(os.path.join(self.source, "case.json")) as stream:
            self.wanted = json.load(stream)
        self.format = self.wanted.get("format", "oci")

    def path(self, name):
        return os.path.join(self.directory, name)

    def given(self, name):
        return os.path.join(self.source, name)

    def prepare(self):
        script = self.given("prepare")
        if os.path.exists(script):
            subprocess.run([script], cwd=self.context, check=True, stdin=subprocess.DEVNULL)
        debian = os.path.join(self.cache, "base-bookworm")
        if not os.path.exists(os.path.join(debian, "rootfs.tar")):
            raise store.BuildError("no base: tests/real/build-images --base")
        self.debian = self.store.build("debian", os.path.join(debian, "Dockerfile"), debian, "scratch")
        self.base = self.built_base("base", self.debian)

    def built_base(self, name, otherwise):
        """What the case's Dockerfile of that name builds, if there is one."""
        if not os.path.exists(self.given(f"Dockerfile.{name}")):
            return otherwise
        return self.store.build(f"{self.name}-{name}", self.given(f"Dockerfile.{name}"), self.context, self.debian)

    def build(self, variant, dockerfile, base=None):
        """(layout, payload bytes, compressed bytes) of an image that does its work."""
        image = self.store.build(f"{self.name}-{variant}", dockerfile, self.context, base or self.base, self.format)
        self.images.append(image)
        layout = self.store.push(image, self.path(variant), self.format)
        with self.store.mounted(image) as root:
            failure = probe.failure_of(root, layout.config, self.wanted["probe"], self.directory)
        if failure:
            raise store.BuildError(f"{variant}: the image does not do its work: {failure}")
        return layout, *layout.weigh(self.known)

    def analyze(self, layout, dockerfile="Dockerfile"):
        done = subprocess.run([self.imgslim, "analyze", layout.directory, "--dockerfile", dockerfile, "--json"], cwd=self.context,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise store.BuildError(f"imgslim ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        with open(layout.directory + ".json", "w") as stream:
            stream.write(done.stdout)
        return json.loads(done.stdout)

    def patched(self, variant, patches):
        """The Dockerfile with the patches, a file beside the context: what COPY . brings stays the same."""
        target = self.path(variant + ".dockerfile")
        shutil.copy(os.path.join(self.context, "Dockerfile"), target)
        for patch in patches:
            done = subprocess.run(["patch", "--quiet", "--no-backup-if-mismatch", target], input=patch, capture_output=True, text=True,
                                  check=False)
            if done.returncode != 0:
                raise store.BuildError(f"{variant}: the patch does not apply: {done.stdout.strip()[-200:]}")
        return target

    def forget(self):
        self.store.forget(*reversed(self.images))
        for name in os.listdir(self.directory):
            if os.path.isdir(self.path(name)):
                shutil.rmtree(self.path(name))


class Row:
    """A predicted saving beside the real one."""

    def __init__(self, case, what, saving, real):
        self.case, self.what, self.basis = case.name, what, saving["basis"]
        self.pairs = list(zip((saving["bytes"], saving["compressed_bytes"]), real))

    def failed(self):
        return self.basis == "measured" and any(
            abs(predicted - real) > max(TOLERANCE * abs(real), LEAST_BYTES) for predicted, real in self.pairs)

    def text(self):
        columns = "".join(f"{predicted / 1e6:>10.3f} {real / 1e6:>10.3f} {off(predicted, real):>8}" for predicted, real in self.pairs)
        return f"{self.case:<13} {self.what:<18} {columns}  {self.basis}{'  FAILED' if self.failed() else ''}"


def off(predicted, real):
    return f"{100 * (predicted - real) / real:+.1f} %" if real > 0 else "none"


def patches_of(report):
    """[(rules, saving, patch)]: findings with bytes to save and an edit; those of one patch are one."""
    by_patch = {}
    for finding in report["findings"]:
        patch = (finding.get("fix") or {}).get("patch")
        if patch and finding.get("saving"):
            by_patch.setdefault(patch, []).append(finding)
    for patch, findings in by_patch.items():
        savings = [finding["saving"] for finding in findings]
        yield " ".join(finding["rule"] for finding in findings), total(savings), patch


def total(savings):
    basis = "estimated" if any(saving["basis"] != "measured" for saving in savings) else "measured"
    return {"basis": basis, **{key: sum(saving.get(key, 0) for saving in savings) for key in ("bytes", "compressed_bytes")}}


def try_case(case):
    """Rows, and what failed beside them."""
    case.prepare()
    layout, *before = case.build("before", os.path.join(case.context, "Dockerfile"))
    report = case.analyze(layout)
    rows, problems = try_patches(case, report, before)
    if case.wanted.get("fixed"):
        more_rows, more_problems = try_fixed(case, report, before)
        rows, problems = rows + more_rows, problems + more_problems
    return rows, problems


def row_of(case, what, saving, before, after):
    row = Row(case, what, saving, [then - now for then, now in zip(before, after)])
    print(row.text(), flush=True)
    return row


def try_patches(case, report, before):
    singles, rows = list(patches_of(report)), []
    for at, (rules, saving, patch) in enumerate(singles):
        _, *after = case.build(f"patch-{at}", case.patched(f"patch-{at}", [patch]))
        rows.append(row_of(case, rules, saving, before, after))
    suggestions = report["suggestions"]
    together = [row for row in suggestions["rows"] if row["patched"]]
    if suggestions["patch"] and len(singles) > 1:
        _, *after = case.build("all", case.patched("all", [suggestions["patch"]]))
        rows.append(row_of(case, "all together", total([row["saving"] for row in together]), before, after))
    missing = set(case.wanted.get("patched", [])) - {rule for rules, _, _ in singles for rule in rules.split()}
    return rows, [f"no patch for {rule}" for rule in sorted(missing)]


def try_fixed(case, report, before):
    """What the rules promise beside what the Dockerfile that was written by hand saves."""
    layout, *after = case.build("fixed", case.given("Dockerfile.fixed"), case.built_base("fixed-base", case.base))
    left = {finding["rule"] for finding in case.analyze(layout, case.given("Dockerfile.fixed"))["findings"]}
    wanted = case.wanted["fixed"]
    found = [finding for finding in report["findings"] if finding["rule"] in wanted]
    problems = [f"{rule} is silent" for rule in wanted if rule not in {finding["rule"] for finding in found}]
    problems += [f"{rule} still finds something when it is mended" for rule in wanted if rule in left]
    savings = [finding["saving"] for finding in found if finding.get("saving")]
    return [row_of(case, f"{' '.join(wanted)} by hand", total(savings), before, after)], problems


def names_of_cases(short):
    for name in sorted(os.listdir(os.path.join(HERE, "cases"))):
        with open(os.path.join(HERE, "cases", name, "case.json")) as stream:
            if not short or json.load(stream).get("short"):
                yield name


def main():
    parser = store.parser(__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("names", nargs="*", metavar="CASE")
    options = parser.parse_args()
    options.scratch, options.known = options.scratch or os.path.join(options.cache, "savings"), {}
    probe.roots.private_mounts()
    passed = failed = skipped = 0
    print(f"{'':<32} {'unpacked, MB: predicted, real':>30} {'compressed':>28}")
    for name in options.names or names_of_cases(options.short):
        case = Case(options, name)
        try:
            rows, problems = try_case(case)
        except (store.BuildError, OSError, subprocess.CalledProcessError) as error:
            started = os.path.isdir(case.path("before"))
            rows, problems = [], [f"{type(error).__name__}: {error}"]
            if not started:  # nothing of imgslim's was tried
                skipped, problems = skipped + 1, []
                print(f"{name:<13} SKIPPED: {error}", flush=True)
        for problem in problems:
            print(f"{name:<13} FAILED: {problem}", flush=True)
        failed += len(problems) + sum(row.failed() for row in rows)
        passed += sum(not row.failed() for row in rows)
        if not options.keep:
            case.forget()
    store.end(options, passed, failed, skipped)


if __name__ == "__main__":
    main()
