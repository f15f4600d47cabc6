#!/usr/bin/env python3
"""Compares imgslim with the reference, umoci and a Docker Engine on the images of cases.py.

usage: check.py --imgslim PROGRAM [--engine] [--update] [CASE…]
  --engine   a Docker Engine answers at DOCKER_HOST: asks it, and fails when it does not answer as engines.json says
  --update   writes engines.json anew, from the engines that are here; needs no imgslim

What is visible must be what the specification says. Where an engine does something else, a note has to say so, and where
they all agree none may: the divergence codes below are present exactly when engines.json has more than "same".
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

import oracle  # noqa: E402
import reference  # noqa: E402
import cases  # noqa: E402

DIVERGENCE = {"layer-replaces-symlink", "same-layer-whiteout", "opaque-root", "cross-layer-hardlink", "duplicate-path",
              "whiteout-and-recreate", "whiteout-through-symlink", "entry-through-symlink", "invalid-whiteout",
              "whiteout-of-missing", "implied-directory-replaces", "hardlink-target-missing", "hardlink-before-target"}
SHOWN = 8  # differences printed per case
RECORD = os.path.join(HERE, "engines.json")


def expected_rows(directory):
    expected = reference.analyze(os.path.join(directory, "docker-archive.tar"))
    return expected, oracle.by_path(expected["tree"])


def ask_umoci(directory, rows):
    try:
        return describe(oracle.compare_trees(rows, oracle.umoci_rows(directory + "/oci", "case"), "umoci"))
    except subprocess.CalledProcessError:
        return "refuses"


def ask_docker(directory, rows):
    try:
        image = oracle.docker_load(directory + "/docker-archive.tar")
    except subprocess.CalledProcessError as error:
        text = error.stderr.decode().strip().splitlines()[-1]
        return "refuses: " + text.replace("Error processing tar file", "")
    try:
        return describe(oracle.compare_trees(rows, oracle.docker_rows(image), "docker", oracle.DOCKER_ADDS))
    finally:
        oracle.docker("rmi", "--force", image)


def describe(differences):
    return "; ".join(differences) or "same"


def record_engines(selected):
    """Asks the engines that are here about every case."""
    answers = {}
    for case in selected:
        with tempfile.TemporaryDirectory() as directory:
            cases.write(case, directory)
            rows = expected_rows(directory)[1]
            answers[case.name] = {"umoci": ask_umoci(directory, rows), "docker": ask_docker(directory, rows)}
    versions = {"umoci": subprocess.check_output(["umoci", "--version"], text=True).split()[-1], "docker": engine_version()}
    with open(RECORD, "w") as out:
        json.dump({"versions": versions, "answers": answers}, out, indent=1)
        out.write("\n")
    print(f"{len(answers)} cases recorded of {versions}")


def engine_version():
    return oracle.docker("version", "--format", "{{.Server.Version}}") + " " + oracle.docker("info", "--format", "{{.Driver}}")


def check_case(case, imgslim, recorded, engine):
    """Differences of one case."""
    with tempfile.TemporaryDirectory() as directory:
        cases.write(case, directory)
        expected, rows = expected_rows(directory)
        differences = []
        if engine and ask_docker(directory, rows) != recorded["docker"]:
            differences.append("the Docker Engine says otherwise than engines.json: " + ask_docker(directory, rows))
        for form in ("docker-archive.tar", "oci"):
            differences += [f"{form}: {line}" for line in check_form(case, imgslim, os.path.join(directory, form), expected, recorded)]
        return differences


def check_form(case, imgslim, path, expected, recorded):
    try:
        report, tree = imgslim.analyze(path)
    except oracle.ImgslimFailed as failure:
        return [] if case.refused and str(failure).startswith("exit 3:") else [str(failure)]
    engines_agree = all(answer == "same" for answer in recorded.values())
    differences = oracle.schema_errors(report)
    if not (case.refused and any(answer.startswith("refuses") for answer in recorded.values())):  # else nobody is right
        differences += oracle.compare_trees(tree, oracle.by_path(expected["tree"]), "reference")
        differences += oracle.compare_waste(report["waste"], expected["waste"], "reference")
        differences += [f"totals.{field} {report['totals'][field]}, reference {expected['totals'][field]}"
                        for field in ("payload_bytes", "visible_bytes", "wasted_bytes", "duplicate_bytes", "entries")
                        if report["totals"][field] != expected["totals"][field]]
    codes = {note["code"] for note in report["notes"]}
    if case.notes and not codes & set(case.notes):
        differences.append(f"no note {' or '.join(case.notes)}, only {sorted(codes)}")
    if engines_agree and (wrong := (codes & DIVERGENCE) - set(case.allowed)):
        differences.append(f"note {sorted(wrong)} although the engines agree")
    if not engines_agree and not case.unnoted and not codes & DIVERGENCE:
        differences.append(f"no note that engines differ: {recorded}")
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--imgslim")
    parser.add_argument("--engine", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    selected = [case for case in cases.CASES if not options.names or case.name in options.names]
    if options.update:
        record_engines(selected)
    if not options.imgslim:
        sys.exit(0)
    if not shutil.which("umoci"):
        print("umoci is not installed: its answers are those of engines.json", file=sys.stderr)
    with open(RECORD) as stream:
        record = json.load(stream)
    failed = skipped = 0
    if options.engine and engine_version() != record["versions"]["docker"]:
        print(f"SKIPPED: engines.json is of Docker {record['versions']['docker']}, here is {engine_version()}")
        options.engine, skipped = False, len(selected)
    for case in selected:
        differences = check_case(case, oracle.Imgslim(options.imgslim), record["answers"][case.name], options.engine)
        failed += bool(differences)
        for line in differences[:SHOWN]:
            print(f"{case.name}: {line}")
        if len(differences) > SHOWN:
            print(f"{case.name}: … and {len(differences) - SHOWN} more")
    print(f"{len(selected) - failed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
