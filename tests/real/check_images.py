#!/usr/bin/env python3
"""Compares imgslim with independent oracles on real images, in every form they come in.

usage: check_images.py --imgslim PROGRAM --images DIR [--engine] [--update] NAME…
  --engine   a Docker Engine answers at DOCKER_HOST
  --update   ask the oracles again: their answers are kept beside each image

Prints one row per check and `N passed, N failed, N skipped`; exits 1 when one failed.
"""
import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys

import oracle
import reference

FORMS = ["oci-gzip", "oci-gzip.tar", "oci-zstd", "skopeo-dir", "docker-archive.tar", "docker-save.tar"]
# An index of several platforms has no form in archives of one image.
FORMS_OF = {"multiarch": ["oci-gzip", "oci-gzip.tar"]}
PLATFORMS = {"multiarch": ["linux/amd64", "linux/arm64"]}
SHOWN = 12  # differences printed per check


class Results:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        print(f"{'image':<14} {'form':<20} {'against':<26} {'files':>7} {'differences':>11}")

    def add(self, image, form, against, files, differences):
        print(f"{image:<14} {form:<20} {against:<26} {files:>7} {len(differences):>11}", flush=True)
        for line in differences[:SHOWN]:
            print("    " + line)
        if len(differences) > SHOWN:
            print(f"    … and {len(differences) - SHOWN} more")
        if differences:
            self.failed += 1
        else:
            self.passed += 1

    def skip(self, image, form, against, reason):
        self.skipped += 1
        print(f"{image:<14} {form:<20} {against:<26} SKIPPED: {reason}", flush=True)


class Image:
    """One built image, its forms and the oracles' kept answers."""

    def __init__(self, options, name):
        self.name, self.options = name, options
        self.directory = os.path.join(options.images, name)

    def path(self, form):
        return os.path.join(self.directory, form)

    def has(self, form):
        return os.path.exists(self.path(form))

    def kept(self, question, answer):
        """The answer of an oracle: from disk when the image and the oracles are the same as when it was given."""
        key = self.oracle_key()
        file = self.path(f"answer-{question.replace('/', '-')}.json")
        if os.path.exists(file) and not self.options.update:
            with open(file) as stream:
                kept = json.load(stream)
            if kept["key"] == key:
                return kept["answer"]
        given = answer()
        with open(file, "w") as stream:
            json.dump({"key": key, "answer": given}, stream)
        return given

    def oracle_key(self):
        digest = hashlib.sha256()
        here = os.path.dirname(os.path.abspath(__file__))
        for file in (self.path("key"), os.path.join(here, "oracle.py"), os.path.join(here, "reference.py")):
            digest.update(oracle.read(file))
        return digest.hexdigest()


def check_reference(image, imgslim, results, platform):
    """Every form against the reference; returns the reports of the forms."""
    expected = image.kept(f"reference-{platform or ''}", lambda: reference.analyze(image.path("oci-gzip"), platform))
    rows = oracle.by_path(expected["tree"])
    extra = ["--platform", platform] if platform else []
    reports = {}
    for form in FORMS_OF.get(image.name, FORMS):
        if not image.has(form):
            results.skip(image.name, form, "reference", "not built here (tests/real/build-images says why)")
            continue
        try:
            report, tree = imgslim.analyze(image.path(form), *extra)
        except oracle.ImgslimFailed as failure:
            results.add(image.name, form, "reference", 0, [str(failure)])
            continue
        sizes = reference.compressed_sizes(image.path(form), platform)
        for layer, size in zip(expected["layers"], sizes):
            layer["compressed_bytes"] = size
        expected["totals"]["compressed_bytes"] = None if None in sizes else sum(sizes)
        differences = (oracle.schema_errors(report) + oracle.compare_report(report, expected)
                       + oracle.compare_trees(tree, rows, "reference"))
        against = "reference" + (f" {platform}" if platform else "")
        results.add(image.name, form, against, len(tree), differences)
        reports[form] = report, tree
    check_forms_agree(image, results, reports)
    return expected, reports


def check_forms_agree(image, results, reports):
    """What does not depend on the form must be the same in all of them."""
    def common(report):
        totals = {key: value for key, value in report["totals"].items() if "compressed" not in key and key != "attestation_bytes"}
        return {"totals": totals, "waste": report["waste"], "diff_ids": [layer["diff_id"] for layer in report["layers"]],
                "duplicates": report.get("duplicates"), "classes": [(row["name"], row["visible_bytes"]) for row in report.get("classes", [])],
                "packages": sorted((row["manager"], row["name"], row["visible_bytes"]) for row in report.get("packages", []))}
    if len(reports) < 2:
        return
    first, *others = reports
    expected, tree = common(reports[first][0]), reports[first][1]
    differences = []
    for form in others:
        found = common(reports[form][0])
        differences += [f"{form}: {key} differs from {first}'s" for key in expected if found[key] != expected[key]]
        differences += [] if reports[form][1] == tree else [f"{form}: another tree than {first}'s"]
    results.add(image.name, "all forms", "each other", len(tree), differences)


def check_umoci(image, results, tree):
    if not shutil.which("umoci"):
        results.skip(image.name, "oci-gzip", "umoci unpack", "umoci is not installed (ci/install-deps --real)")
        return
    rows = image.kept("umoci", lambda: oracle.umoci_rows(image.path("oci-gzip"), image.name))
    results.add(image.name, "oci-gzip", "umoci unpack", len(rows), oracle.compare_trees(tree, rows, "umoci"))


def check_engine(image, results, expected, report, tree):
    for form in ("docker-archive.tar", "docker-save.tar"):
        if not image.has(form):
            continue
        if not image.options.engine:
            results.skip(image.name, form, "Docker Engine", "no Docker Engine here")
            continue
        loaded = oracle.docker_load(image.path(form))
        if form == "docker-archive.tar":
            rows = image.kept("engine", lambda: oracle.docker_rows(loaded))
            differences = oracle.compare_trees(tree, rows, "docker", oracle.DOCKER_ADDS)
            results.add(image.name, form, "docker load, export", len(rows), differences)
        results.add(image.name, form, "docker history", len(tree), oracle.compare_history(report, expected, loaded))


def check_rootfs(image, imgslim, results):
    """A file system without an image: `docker export`."""
    if not image.has("rootfs.tar"):
        return
    expected = image.kept("reference-rootfs", lambda: reference.analyze(image.path("rootfs.tar")))
    try:
        report, tree = imgslim.analyze(image.path("rootfs.tar"))
    except oracle.ImgslimFailed as failure:
        results.add(image.name, "rootfs.tar", "reference", 0, [str(failure)])
        return
    differences = oracle.compare_report(report, expected) + oracle.compare_trees(tree, oracle.by_path(expected["tree"]), "reference")
    results.add(image.name, "rootfs.tar", "reference", len(tree), differences)


def check_determinism(image, imgslim, results, extra):
    """The same bytes from a pipe, from a file, and with any number of threads."""
    for form in ("oci-gzip.tar", "docker-archive.tar"):
        if not image.has(form):
            continue
        status, expected, _, message = imgslim.run(image.path(form), *extra)
        if not expected:
            results.add(image.name, form, "itself", 0, [f"exit {status}: {message}"])
            continue
        differences = []
        for threads in ("1", "2", "8"):
            if imgslim.run(image.path(form), "--threads", threads, *extra)[1] != expected:
                differences.append(f"--threads {threads}: other bytes")
        results.add(image.name, form, "--threads 1, 2, 8", 3, differences)
        with subprocess.Popen(["cat", image.path(form)], stdout=subprocess.PIPE) as cat:
            status, found, _, message = imgslim.run("-", *extra, stdin=cat.stdout)
        same = [] if found == expected else [f"exit {status}: {message or 'other bytes: ' + first_difference(found, expected)}"]
        results.add(image.name, form, "cat | imgslim analyze -", 1, same)


def first_difference(found, expected):
    for left, right in zip(found.splitlines(), expected.splitlines()):
        if left != right:
            return f"{left.decode(errors='replace').strip()[:200]} not {right.decode(errors='replace').strip()[:200]}"
    return f"{len(found)} bytes not {len(expected)}"


def check_image(options, imgslim, results, name):
    image = Image(options, name)
    if not image.has("key"):
        results.skip(name, "all", "everything", "not built here (tests/real/build-images says why)")
        return
    for platform in PLATFORMS.get(name, [None]):
        extra = ["--platform", platform] if platform else []
        expected, reports = check_reference(image, imgslim, results, platform)
        check_determinism(image, imgslim, results, extra)
        if not platform and "oci-gzip" in reports:
            report, tree = reports["oci-gzip"]
            check_umoci(image, results, tree)
            check_engine(image, results, expected, report, tree)
            check_rootfs(image, imgslim, results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imgslim", required=True)
    parser.add_argument("--images", required=True)
    parser.add_argument("--engine", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    results = Results()
    for name in options.names:
        check_image(options, oracle.Imgslim(options.imgslim), results, name)
    print(f"{results.passed} passed, {results.failed} failed, {results.skipped} skipped")
    sys.exit(1 if results.failed else 0)


if __name__ == "__main__":
    main()
