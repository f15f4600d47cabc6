#!/usr/bin/env python3
"""Loads exports into the real ncdu, has it export them again, and compares names, sizes and links.

usage: ncdu_check.py EXPORT...
"""
import json
import shutil
import subprocess
import sys


def described(info):
    return {name: info[name] for name in ("name", "asize", "dsize", "hlnkc", "ino", "notreg") if name in info}


def tree(node):
    """ncdu reorders nothing, but compare as sets of children all the same."""
    if isinstance(node, dict):
        return described(node)
    return [described(node[0])] + sorted((tree(child) for child in node[1:]), key=json.dumps)


def main():
    if not shutil.which("ncdu"):
        print("SKIPPED: ncdu is not installed, so nothing was checked (apt-get install ncdu)")
        return 77
    for path in sys.argv[1:]:
        run = subprocess.run(["ncdu", "-f", path, "-o", "-"], capture_output=True, timeout=60, check=False)
        assert run.returncode == 0, f"{path}: ncdu refuses it: {run.stdout[-300:]!r} {run.stderr[-300:]!r}"
        with open(path, encoding="utf-8") as file:
            ours = json.load(file)
        theirs = json.loads(run.stdout)
        assert tree(ours[3]) == tree(theirs[3]), f"{path}: ncdu reads another tree"
        print(f"{path}: ncdu reads the same tree")
    return 0 if len(sys.argv) > 1 else 2


if __name__ == "__main__":
    sys.exit(main())
