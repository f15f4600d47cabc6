#!/usr/bin/env python3
"""The pages that imgslim says the loader writes are the ones that a process has copies of: RELRO segments of five programs of this
machine, started, against /proc/PID/pagemap.

usage: relro_test.py IMGSLIM
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "real", "memory"))
import pages  # noqa: E402
from pages import elf  # noqa: E402

SKIPPED, WANTED = 77, 5
# Each waits for its standard input.
PROGRAMS = [["python3", "-c", "import sys; sys.stdin.read()"], ["bash", "-c", "read line"], ["perl", "-e", "<STDIN>"], ["sort"],
            ["openssl", "dgst"], ["cat"], ["sed", "p"], ["tee"], ["awk", "{ print }"], ["bc"]]


def start(argv):
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while time.monotonic() < until and state_of(process.pid) != "S":
        time.sleep(0.05)
    time.sleep(0.2)
    return process


def state_of(pid):
    with open(f"/proc/{pid}/stat") as stream:
        return stream.read().rpartition(")")[2].split()[0]


def copy_files(paths, root):
    """A root file system of what a process has mapped, with the names that its loader looks for."""
    for link in ("bin", "lib", "lib64"):
        if os.path.islink("/" + link):
            os.symlink(os.readlink("/" + link), os.path.join(root, link))
            os.makedirs(os.path.join(root, os.readlink("/" + link).lstrip("/")), exist_ok=True)
    for path in [*paths, "/etc/ld.so.cache"]:
        target = os.path.join(root, path.lstrip("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(path, target)
        name = elf.dynamic(path)["soname"] if elf.is_elf(path) else ""
        link = os.path.join(os.path.dirname(target), name)
        if name and not os.path.lexists(link):
            os.symlink(os.path.basename(path), link)
        interpreter = elf.interpreter(path) if elf.is_elf(path) else None
        if interpreter and not os.path.exists(root + interpreter):
            os.makedirs(os.path.dirname(root + interpreter), exist_ok=True)
            os.symlink(os.path.realpath(interpreter), root + interpreter)


def predicted(imgslim, root, argv):
    command = " ".join([argv[0], *("x" for _ in argv[1:])])
    done = subprocess.run([imgslim, "memory", root, "--cmd", command, "-o", "json"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"imgslim ended with {done.returncode}: {done.stderr}")
    return {"/" + row["path"]: {part["part"]: part for part in row["parts"]} for row in json.loads(done.stdout)["memory"]["startup"]["objects"]}


def compare(imgslim, argv):
    """(segments compared, texts about differences)"""
    process = start([argv[0], *argv[1:]])
    try:
        measured = pages.read_process(process.pid, "")
        program = os.readlink(f"/proc/{process.pid}/exe")
    finally:
        process.kill()
        process.wait()
    with tempfile.TemporaryDirectory() as root:
        copy_files(measured["objects"], root)
        objects = predicted(imgslim, root, [program, *argv[1:]])
    compared, differences = 0, []
    for path in sorted(set(objects) & set(measured["objects"])):
        _, _, own = measured["objects"][path].get("relro", (0, 0, 0))
        written = objects[path].get("relro", {"dirty_bytes": 0})["dirty_bytes"] // 1024
        compared += own > 0 or written > 0
        if own != written:
            differences.append(f"{argv[0]} {path}: {own} KiB are copies, {written} KiB are said to be written")
    if program not in objects or len(objects) < 2:
        differences.append(f"{argv[0]}: imgslim does not know what {program} maps")
    return compared, differences


def main():
    chosen = [argv for argv in PROGRAMS if shutil.which(argv[0])][:WANTED]
    if len(chosen) < WANTED or not os.path.exists("/etc/ld.so.cache"):
        print(f"relro SKIPPED: needs {WANTED} of {' '.join(argv[0] for argv in PROGRAMS)}, and glibc")
        sys.exit(SKIPPED)
    problems, compared = [], 0
    for argv in chosen:
        count, differences = compare(sys.argv[1], argv)
        compared += count
        problems += differences
    print("\n".join(problems))
    print(f"{compared} RELRO segments of {' '.join(argv[0] for argv in chosen)}: {len(problems)} differ")
    sys.exit(bool(problems) or compared < 2 * WANTED)


if __name__ == "__main__":
    main()
