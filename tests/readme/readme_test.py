#!/usr/bin/env python3
"""Runs every command that README.md shows in a ```console block, and compares what it shows of the output.

usage: readme_test.py IMGSLIM_DIRECTORY [MARKDOWN…]     the folder of the executable; README.md by default

A line `$ COMMAND` is a command, the lines below it are its output, `# exit N` at its end the expected status (else 0).
Commands run in one scratch folder that holds sample.tar and its Dockerfile, with the executable in PATH. Sizes change
with Debian's packages, so of each line shown only its first word is looked for in what was printed.
Ends with 77, which ctest counts as skipped, when the sample image is not there and cannot be made.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "build/sample"


def console_commands(text):
    """[(line number, command, expected status, [lines of output])]"""
    commands, inside = [], False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            inside = line.strip() == "```console"
        elif inside and line.startswith("$ "):
            command, _, status = line[2:].partition("# exit ")
            commands.append((number, command.strip(), int(status or 0), []))
        elif inside and commands:
            commands[-1][3].append(line)
    return commands


def problem_of(command, expected_status, shown, environment, folder):
    if command == "ci/test":  # this very test runs inside it
        runs = re.search(r"^(exec )?ci/test\b", (ROOT / ".ci/run").read_text(), re.MULTILINE)
        return None if runs else ".ci/run does not run it"
    in_root = command.startswith(("ci/", "build/", "cmake "))
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT if in_root else folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900, check=False)
    output = done.stdout.decode(errors="replace")
    if done.returncode != expected_status:
        return f"ended with {done.returncode}, not {expected_status}:\n{output[-2000:]}"
    for line in shown:
        word = re.search(r"[A-Za-z][A-Za-z_-]{2,}", line)
        if word and word[0] not in output:
            return f"the README shows {line.strip()!r}, the output has no {word[0]!r}:\n{output[:2000]}"
    return None


def main():
    program_folder = pathlib.Path(sys.argv[1]).resolve()
    if not (program_folder / "imgslim").exists():
        sys.exit(f"readme_test: there is no {program_folder}/imgslim")
    if not (SAMPLE / "sample.tar").exists() and subprocess.run([ROOT / "ci/make-sample-image"], check=False).returncode != 0:
        print("SKIPPED: build/sample/sample.tar is not there and ci/make-sample-image could not make it")
        return 77
    commands = [(name, *command) for name in sys.argv[2:] or ["README.md"] for command in console_commands((ROOT / name).read_text())]
    if not commands:
        sys.exit("readme_test: no command was found")
    environment = os.environ | {"PATH": f"{program_folder}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "sample.tar").symlink_to(SAMPLE / "sample.tar")
        shutil.copy(SAMPLE / "Dockerfile", folder)
        for name, number, command, status, shown in commands:
            problem = problem_of(command, status, shown, environment, folder)
            failures += problem is not None
            print(f"{name}:{number}: {command}: {problem or 'ok'}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
