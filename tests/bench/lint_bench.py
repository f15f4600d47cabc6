#!/usr/bin/env python3
"""imgslim lint and tally over the same Dockerfiles, side by side: seconds for all, milliseconds and memory for one.

usage: tests/bench/lint_bench.py IMGSLIM TALLY [--cache DIR] [--rounds N]
  TALLY    the program of the npm package @wharflab/tally-linux-x64
  --cache  where tests/real/lint/collect.py put real Dockerfiles (default: $XDG_CACHE_HOME/imgslim-real)

Real Dockerfiles first, the rules' own cases for the rest. Files that tally refuses to parse are left out for both.
Fails when imgslim is not 20 times as fast, or takes 20 ms or 30 MB for one file.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIMES_FASTER, MILLISECONDS, MEGABYTES, LEAST_FILES = 20, 20, 30, 500


def measure(command, cwd):
    """Seconds and peak resident bytes of one run."""
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read().decode(errors="replace")
    _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - started, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status), error


def collect(folder, cache):
    texts = [path.read_bytes() for path in sorted((cache / "dockerfiles").rglob("*")) if path.is_file()]
    real = len(texts)
    for path in sorted((ROOT / "rules").glob("*.json")):
        tests = json.loads(path.read_text()).get("tests", {}) if path.name != "schema.json" else {}
        for case in tests.get("bad", []) + tests.get("good", []):
            text = case if isinstance(case, str) else case["text"]
            if text.startswith("FROM"):
                texts.append(text.encode() + b"\n")
    for number, text in enumerate(dict.fromkeys(texts)):
        (folder / f"{number:04}.Dockerfile").write_bytes(text)
    return real


def drop_refused(imgslim, tally, folder):
    """Files that a parser refuses: what imgslim says of them first, since tally tells one at a time."""
    out = subprocess.run([*imgslim, "--profile", "compat", "--select", "DL1000", "."], cwd=folder, capture_output=True).stdout
    for name in {finding["location"]["file"] for finding in json.loads(out)["findings"]}:
        (folder / name).unlink()
    for path in folder.iterdir():
        if not re.search(rb"^\s*FROM\s", path.read_bytes(), re.IGNORECASE | re.MULTILINE):
            path.unlink()
    while True:
        _, _, code, error = measure([*tally, "."], folder)
        refused = re.search(r"(?:failed to lint |Error: )(/\S+?):", error)
        if code in (0, 1) and not refused:
            return
        if not refused:
            sys.exit(f"tally: {error.strip()}")
        (folder / refused[1]).unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("imgslim", type=os.path.abspath)
    parser.add_argument("tally", type=os.path.abspath)
    default = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "imgslim-real"
    parser.add_argument("--cache", type=pathlib.Path, default=default)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    own = [options.imgslim, "lint", "--no-config", "-o", "json"]
    other = [options.tally, "lint", "--format", "json"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        real = collect(folder, options.cache)
        drop_refused(own, other, folder)
        files = sorted(folder.iterdir())
        seconds = {which: min(measure([*command, "."], folder)[0] for _ in range(options.rounds))
                   for which, command in (("imgslim", own), ("tally", other))}
        median = str(sorted(files, key=lambda path: path.stat().st_size)[len(files) // 2].name)
        single = {which: [measure([*command, median], folder) for _ in range(10)]
                  for which, command in (("imgslim", own), ("tally", other))}
    print(f"{len(files)} Dockerfiles, {real} of them real")
    for which in ("imgslim", "tally"):
        one = min(run[0] for run in single[which]) * 1000
        memory = max(run[1] for run in single[which]) / 1e6
        print(f"{which:8} all {seconds[which]:7.3f} s   one {one:7.1f} ms {memory:6.1f} MB")
    factor = seconds["tally"] / seconds["imgslim"]
    print(f"imgslim is {factor:.0f} times as fast")
    own_one = min(run[0] for run in single["imgslim"]) * 1000
    own_memory = max(run[1] for run in single["imgslim"]) / 1e6
    good = factor >= TIMES_FASTER and own_one < MILLISECONDS and own_memory < MEGABYTES and len(files) >= LEAST_FILES
    return 0 if good else 1


if __name__ == "__main__":
    if shutil.which("npm") is None and len(sys.argv) < 3:
        sys.exit("lint_bench: tally comes from npm: npm pack @wharflab/tally-linux-x64")
    sys.exit(main())
