#!/usr/bin/env python3
"""Compares imgslim's linker with the real one, on every dynamic ELF object of real root directories.

usage: tests/real/linker/check.py [--link-dump PROGRAM] [--build] [--verbose] [--root DIR]…

  --build      makes the roots below that are missing, in $XDG_CACHE_HOME/imgslim-real/roots, and checks them all;
               needs root, mmdebstrap and a Debian mirror, and takes some minutes
  --root DIR   checks one root directory; the loader is the first that it has of the usual names
  --link-dump  the program that prints what imgslim maps (default: build/*/tests/link_dump, the newest)
  --verbose    prints every difference, not the first 20 of a root

The truth is `chroot ROOT LOADER --list OBJECT`: the names, and the path that each is mapped from. Prints objects, edges and
differences of each root, and ends with "N passed, N failed, N skipped", counted in objects.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "imgslim-real/roots"
MIRROR = "http://deb.debian.org/debian"
ROOTS = {
    "bookworm-tools": ("bookworm", "python3,git,curl,openssl"),
    "bullseye-web": ("bullseye", "nginx,php-cli,postgresql-client"),
    "trixie-web": ("trixie", "nginx,php-cli,postgresql-client,python3"),
    "bookworm-media": ("bookworm", "openjdk-17-jre-headless,perl,ruby,imagemagick,ffmpeg"),
}
MUSL_ROOT = "musl"
LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1",
           "/lib/ld-musl-aarch64.so.1")
LINE = re.compile(r"^\t(?:(?P<name>.*?) => )?(?P<path>.*?)(?: \(0x[0-9a-f]+\))?$")
SHOWN = 20


class Skip(Exception):
    pass


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


def build_debian_root(name):
    suite, packages = ROOTS[name]
    partial = CACHE / (name + ".new")
    shutil.rmtree(partial, ignore_errors=True)
    done = run("mmdebstrap", "--variant=minbase", "--include=" + packages, suite, partial, MIRROR)
    if done.returncode != 0:
        raise Skip(f"mmdebstrap cannot make {name}: {done.stderr.strip().splitlines()[-1:]}")
    partial.rename(CACHE / name)


def build_musl_root():
    """Libraries and programs by musl-gcc that need each other at random, through rpaths, by path and by name."""
    if not shutil.which("musl-gcc"):
        raise Skip("musl-gcc is not installed (ci/install-deps)")
    partial = CACHE / (MUSL_ROOT + ".new")
    shutil.rmtree(partial, ignore_errors=True)
    for directory in ("lib", "etc", "usr/bin", "usr/lib/x86_64-linux-musl", "usr/local/lib", "opt/app/lib", "opt/deep/lib"):
        (partial / directory).mkdir(parents=True)
    shutil.copy("/lib/x86_64-linux-musl/libc.so" if os.path.exists("/lib/x86_64-linux-musl/libc.so")
                else "/lib/ld-musl-x86_64.so.1", partial / "lib/ld-musl-x86_64.so.1")
    shutil.copy("/etc/ld-musl-x86_64.path", partial / "etc")
    (partial / "usr/lib/x86_64-linux-musl/libc.so").symlink_to("/lib/ld-musl-x86_64.so.1")
    source = partial / "source.c"
    source.write_text("int main(void) { return 0; }\n")
    choose = random.Random(20)
    directories = ["lib", "usr/lib/x86_64-linux-musl", "usr/local/lib", "opt/app/lib", "opt/deep/lib"]
    rpaths = ["", "$ORIGIN", "$ORIGIN/../lib", "/opt/deep/lib:/opt/app/lib", "/opt/app/lib", "$ORIGIN/$LIB", "/usr/local/lib"]
    made = []
    for number in range(120):
        directory = choose.choice(directories) if number < 80 else "usr/bin"
        file = partial / directory / (f"lib{number}.so" if number < 80 else f"program{number}")
        needed = choose.sample(made, min(len(made), choose.randrange(0, 6)))
        flags = [f"-Wl,-rpath,{rpath}" for rpath in [choose.choice(rpaths)] if rpath]
        flags.append(choose.choice(("-Wl,--enable-new-dtags", "-Wl,--disable-new-dtags")))
        if number < 80:
            flags += ["-shared", f"-Wl,-soname,{file.name}"]
        done = run("musl-gcc", "-Wl,--no-as-needed", "-Wl,--allow-shlib-undefined", "-Wl,--unresolved-symbols=ignore-all",
                   "-fPIC", source, "-o", file, *flags, *needed)
        if done.returncode != 0:
            raise Skip(f"musl-gcc: {done.stderr.strip()}")
        if number < 80:
            made.append(file)
    source.unlink()
    partial.rename(CACHE / MUSL_ROOT)


def build_roots():
    if os.geteuid() != 0:
        raise Skip("building roots needs root")
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ROOTS:
        if not (CACHE / name).is_dir():
            build_debian_root(name)
    if not (CACHE / MUSL_ROOT).is_dir():
        build_musl_root()
    return [CACHE / name for name in (*ROOTS, MUSL_ROOT)]


def loader_of(root):
    for loader in LOADERS:
        if run("chroot", root, loader, "--list", loader).returncode in (0, 1):
            return loader
    raise Skip(f"{root}: no loader that runs here")


def processor(root, loader):
    """$PLATFORM and the level of x86-64 as the loader sees them, the arguments of link_dump."""
    text = run("chroot", root, loader, "--list-diagnostics").stdout
    platform = re.search(r'^dl_platform="(.*)"', text, re.M)
    active = re.search(r"^dl_hwcaps_subdirs_active=0x(\w+)", text, re.M)
    level = 1 + bin(int(active[1], 16)).count("1") if active else 1
    return [platform[1] if platform else "x86_64", str(level)]


def predictions(link_dump, root, loader):
    done = run(link_dump, root, loader, *processor(root, loader))
    if done.returncode != 0:
        sys.exit(f"check.py: {done.stderr.strip()}")
    objects, current, elapsed = collections.OrderedDict(), None, 0
    for line in done.stdout.splitlines():
        kind, *fields = line.split("\t")
        if kind == "O":
            current = objects[fields[0]] = {"mapped": set(), "missing": set(), "refused": set()}
        elif kind == "M":
            current["mapped"].add((fields[0], fields[1]))
        elif kind == "N":
            current["refused" if fields[1] else "missing"].add(fields[0])
        elif kind == "T":
            elapsed = int(fields[1])
    return objects, elapsed


def truth(root, loader, path):
    done = run("chroot", root, loader, "--list", path)
    if "cannot open shared object file" in done.stderr:
        # The list ends at the first library that is missing; in this mode, which ldd uses, it goes on.
        done = run(loader, path, env={"LD_TRACE_LOADED_OBJECTS": "1"}, preexec_fn=lambda: os.chroot(root))
    result = {"mapped": set(), "missing": set(), "refused": set()}
    for line in done.stderr.splitlines():
        if match := re.match(r"Error loading shared library (.*?): No such file or directory", line):
            result["missing"].add(match[1])
        elif match := re.search(r"(?:Error loading shared library|error while loading shared libraries:) (.*?): ", line):
            result["refused"].add(match[1])
    for line in done.stdout.splitlines():
        match = LINE.match(line)
        if not match or line.strip() == "statically linked":
            continue
        name, target = match["name"] or match["path"], match["path"]
        if target == "not found":
            result["missing"].add(name)
        elif target != loader and name != loader and not target.startswith("linux-vdso") and not name.startswith("linux-vdso"):
            result["mapped"].add((name, target))
    return result


def differences(predicted, real):
    if real["refused"]:
        # The loader stopped at the first: only that can be compared.
        known = predicted["refused"]
        return [] if real["refused"] <= known else [f"refused: only the loader {sorted(real['refused'])}"]
    found = []
    for key in ("mapped", "missing", "refused"):
        found += [f"{key}: only imgslim {item}" for item in sorted(predicted[key] - real[key])]
        found += [f"{key}: only the loader {item}" for item in sorted(real[key] - predicted[key])]
    return found


def check_root(root, link_dump, verbose):
    loader = loader_of(root)
    predicted, elapsed = predictions(link_dump, root, loader)
    predicted.pop(os.path.realpath(os.path.join(root, loader.lstrip("/")))[len(str(root)):], None)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        real = dict(zip(predicted, pool.map(lambda path: truth(root, loader, path), predicted)))
    failed, edges, lines = 0, 0, []
    for path in predicted:
        wrong = differences(predicted[path], real[path])
        edges += len(real[path]["mapped"])
        failed += bool(wrong)
        lines += [f"  {path}: {text}" for text in wrong]
    for line in lines if verbose else lines[:SHOWN]:
        print(line)
    print(f"{root}: {len(predicted)} objects, {edges} edges, {len(lines)} differences in {failed} objects; "
          f"imgslim took {elapsed / 1000:.0f} ms")
    return len(predicted) - failed, failed


def newest_link_dump():
    built = sorted(HERE.parents[2].glob("build/*/tests/link_dump"), key=lambda file: file.stat().st_mtime)
    if not built:
        sys.exit("check.py: build the target link_dump first")
    return built[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", action="append", default=[], type=pathlib.Path)
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--link-dump", type=pathlib.Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if not options.root and not options.build:
        parser.error("give --root or --build")
    passed = failed = skipped = 0
    roots = list(options.root)
    try:
        roots += build_roots() if options.build else []
    except Skip as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        skipped += 1
    for root in roots:
        try:
            good, bad = check_root(root.resolve(), options.link_dump or newest_link_dump(), options.verbose)
            passed, failed = passed + good, failed + bad
        except Skip as reason:
            print(f"skipped: {reason}", file=sys.stderr)
            skipped += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
