#!/usr/bin/env python3
"""Copies what `imgslim libs --copy-from` lists into an empty root, as a COPY does, and runs the program there.

usage: copy_test.py IMGSLIM SAMPLE.TAR [ROOT COMMAND…]     a root directory of one's own and a command in it

A COPY follows the symlinks that it is given by name and keeps those inside a directory. Ends with 77, which ctest counts
as skipped, without root privileges (chroot) or without the sample image.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile

PYTHON_SSL = "import ssl, hashlib, json; print(json.dumps([ssl.OPENSSL_VERSION[:7], hashlib.sha256(b'').hexdigest()[:4]]))"
FLASK = "import runpy; print(runpy.run_path('/app/server.py', run_name='imported')['app'].name)"
# Command for imgslim, then what is run in the copy and must print the same as in the whole root.
CASES = [
    (["python3", "-c", PYTHON_SSL], ["/usr/bin/python3", "-c", PYTHON_SSL]),
    (["python3", "/app/server.py"], ["/usr/bin/python3", "-c", FLASK]),
    (["ls", "/usr/bin/ls"], ["/usr/bin/ls", "/usr/bin/ls"]),
    (["perl", "-e", "use POSIX; print POSIX::floor(3.7)"], ["/usr/bin/perl", "-e", "use POSIX; print POSIX::floor(3.7)"]),
]


def unpack(archive, root):
    """The layers of a docker archive over each other; its manifest lists them."""
    with tarfile.open(archive) as image:
        manifest = json.load(image.extractfile("manifest.json"))
        for name in manifest[0]["Layers"]:
            with tarfile.open(fileobj=image.extractfile(name)) as layer:
                for member in layer:
                    folder, base = os.path.split(member.name)
                    if base == ".wh..wh..opq":
                        shutil.rmtree(root / folder)
                        (root / folder).mkdir()
                    elif base.startswith(".wh."):
                        gone = root / folder / base[4:]
                        shutil.rmtree(gone) if gone.is_dir() and not gone.is_symlink() else gone.unlink()
                    else:
                        layer.extract(member, root, numeric_owner=True)


def resolve(root, path):
    """Where a path inside the root leads, with its symlinks resolved inside the root."""
    done, parts = [], [part for part in path.split("/") if part]
    while parts:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = done[:-1]
            continue
        here = root.joinpath(*done, part)
        if here.is_symlink():
            target = os.readlink(here)
            done = [] if target.startswith("/") else done
            parts = target.split("/") + parts
        else:
            done.append(part)
    return root.joinpath(*done)


def copies(text):
    """[(source, target)] of the COPY instructions."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("#"):
            continue
        words = shlex.split(line)
        assert words[:2] == ["COPY", "--from=build"], line
        words = json.loads(line.split(" ", 2)[2]) if words[2].startswith("[") else words[2:]
        for source in words[:-1]:
            yield source, words[-1] if len(words) == 2 else words[-1] + source.rsplit("/", 1)[1]


def copy_into(root, empty, text):
    for source, target in copies(text):
        place = empty / target.strip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-a", "-T", resolve(root, source), place], check=True)


def run_in(root, command):
    device = root / "dev/null"  # every container has it
    if not device.exists():
        device.parent.mkdir(exist_ok=True)
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    # The mount is gone with its namespace.
    script = 'mkdir -p "$1/proc"; mount --bind /proc "$1/proc"; root=$1; shift; exec chroot "$root" "$@"'
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", root, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=environment, timeout=120, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def check(imgslim, root, asked, started):
    """Whether the program does in the copy what it does in the whole root."""
    listed = subprocess.run([imgslim, "libs", root, "--copy-from", "build", "--cmd", shlex.join(asked)],
                            stdout=subprocess.PIPE, check=True).stdout.decode()
    with tempfile.TemporaryDirectory() as folder:
        empty = pathlib.Path(folder)
        copy_into(root, empty, listed)
        # A program that finds its libraries from where it stands cannot be started through a copied symlink.
        itself = re.search(r"^# start (\S+):", listed, re.MULTILINE)
        in_copy = [itself[1], *started[1:]] if itself else started
        expected, actual, weight = run_in(root, started), run_in(empty, in_copy), size(empty)
    good = expected[0] == 0 and actual == expected
    print(f"{'ok' if good else 'FAILED'}: {shlex.join(asked)[:70]}: {weight / 1e6:.1f} MB copied", flush=True)
    if not good:
        print(f"  in the root: {expected}\n  in the copy: {actual}\n{listed}")
    return good


def main():
    imgslim, sample, *own = sys.argv[1:]
    if os.geteuid() != 0:
        print("SKIPPED: chroot needs root")
        return 77
    if own:
        return 0 if check(imgslim, pathlib.Path(own[0]), own[1:], own[1:]) else 1
    if not pathlib.Path(sample).exists():
        print(f"SKIPPED: {sample} is not there; ci/make-sample-image makes it")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        unpack(sample, root)
        results = [check(imgslim, root, *case) for case in CASES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
