#!/usr/bin/env python3
"""Reads real Dockerfiles (tests/real/lint/collect.py) and compares what is wrong with them with what is known to be.

usage: tests/real/lint/check.py --imgslim PROGRAM --dockerfiles DIR

Every file must give a tree and findings without a crash. Problems of parsing are allowed in the files of invalid.json
only, each of which must have the one that is written there. What `--fix` writes must parse no worse, and a second run
must change nothing.
"""
import argparse
import fnmatch
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, check=False)


def problems_of(imgslim, path):
    """Kinds of problems, or a string that says why there are none to look at."""
    done = run(imgslim, "lint", "--ast", path)
    if done.returncode != 0:
        return f"lint --ast exits with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
    try:
        return [problem["kind"] for problem in json.loads(done.stdout)["problems"]]
    except (ValueError, KeyError) as error:
        return f"lint --ast prints no tree: {error}"


def expected(path, name, table):
    def is_meant(entry):
        return fnmatch.fnmatchcase(name, entry["file"]) and entry.get("holds", "").encode() in path.read_bytes()
    return next((entry["problem"] for entry in table if is_meant(entry)), None)


def check_parsing(imgslim, path, name, table):
    problems = problems_of(imgslim, path)
    if isinstance(problems, str):
        return problems
    wanted = expected(path, name, table)
    if wanted is None:
        return f"problems in a valid file: {problems}" if problems else None
    return None if wanted in problems else f"is wrong ({wanted}), but gives {problems}"


def check_fixing(imgslim, path, folder):
    copy = folder / "Dockerfile"
    shutil.copyfile(path, copy)
    before = problems_of(imgslim, copy)
    for _ in range(2):
        text = copy.read_bytes()
        done = run(imgslim, "lint", "--profile", "compat", "--fix", "-o", "json", copy)
        if done.returncode not in (0, 1):
            return f"lint --fix exits with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
    if copy.read_bytes() != text:
        return "a second --fix changes the file again"
    after = problems_of(imgslim, copy)
    return None if len(after) <= len(before) else f"--fix leaves {after}, there were {before}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--imgslim", type=pathlib.Path, required=True)
    parser.add_argument("--dockerfiles", type=pathlib.Path, required=True)
    options = parser.parse_args()
    table = json.loads((HERE / "invalid.json").read_text())
    files = sorted(path for path in options.dockerfiles.rglob("*") if path.is_file())
    if not files:
        print("lint SKIPPED: no Dockerfiles: tests/real/lint/collect.py\n0 passed, 0 failed, 1 skipped")
        return 0
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            name = path.relative_to(options.dockerfiles).as_posix()
            trouble = check_parsing(options.imgslim, path, name, table) or check_fixing(options.imgslim, path, pathlib.Path(folder))
            if trouble:
                failed += 1
                print(f"{name}: {trouble}")
    print(f"{len(files) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
