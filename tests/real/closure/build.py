#!/usr/bin/env python3
"""Builds the roots and images of programs.json, and asks for their truth; what is up to date is not made again.

usage: build.py [--cache DIR] [--set tuned|held-out|fresh|unseen] [NAME…]

Prints one row per program and `N passed, N failed, N skipped`; a program that could not be built or did not start is skipped,
and named with its reason.
"""
import argparse
import os
import sys

import roots
import truth

DEFAULT_CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "imgslim-real", "closure")


def prepare(cache, program):
    """(root, truth); (None, why not)"""
    root = roots.Root(cache, program)
    try:
        root.build()
        return root, truth.truth_of(root)
    except (roots.BuildError, truth.NoTruth, OSError) as error:
        return None, f"{type(error).__name__}: {error}"


def select(options):
    chosen = [program for program in roots.programs() if (not options.names or program["name"] in options.names) and
              (not options.set or program["set"] == options.set)]
    if unknown := set(options.names) - {program["name"] for program in chosen}:
        sys.exit(f"unknown programs: {' '.join(sorted(unknown))}")
    return chosen


def add_options(parser):
    parser.add_argument("--cache", default=DEFAULT_CACHE)
    parser.add_argument("--set", choices=roots.SETS)
    parser.add_argument("names", nargs="*", metavar="NAME")


def main():
    parser = argparse.ArgumentParser(usage="build.py [--cache DIR] [--set tuned|held-out|fresh|unseen] [NAME…]")
    add_options(parser)
    options = parser.parse_args()
    roots.private_mounts()
    passed = skipped = 0
    for program in select(options):
        root, found = prepare(options.cache, program)
        if not root:
            skipped += 1
            print(f"{program['name']:<18} SKIPPED: {found}", flush=True)
            continue
        passed += 1
        first = sum(entry["pid1"] for entry in found["objects"])
        print(f"{program['name']:<18} {len(found['objects']):>4} objects, {first} of process 1", flush=True)
    print(f"{passed} passed, 0 failed, {skipped} skipped")


if __name__ == "__main__":
    main()
