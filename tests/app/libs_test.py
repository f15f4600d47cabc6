#!/usr/bin/env python3
"""`imgslim libs` and what belongs to it, as a user meets it: views, tiers, refusals, exit codes.

usage: libs_test.py IMGSLIM     the executable
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

IMGSLIM = ""
SHELL = os.path.realpath("/bin/sh")


def libraries_of(program):
    """Canonical paths of what the loader of this machine maps for a program, as ldd says."""
    lines = subprocess.run(["ldd", program], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    words = [word for line in lines for word in line.split() if word.startswith("/")]
    return sorted(words)


def run(*arguments):
    done = subprocess.run([IMGSLIM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class ShellRoot(unittest.TestCase):
    """A root with this machine's shell and what it needs, at the paths that ldd names."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        for path in [SHELL, *libraries_of(SHELL)]:
            place = cls.root / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(os.path.realpath(path), place)
            place.chmod(0o755)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def of_shell(self, command, *arguments, code=0):
        """What a command prints of the root when its program is the shell."""
        actual, out, errors = run(command, self.root, "--cmd", SHELL, *arguments)
        self.assertEqual((actual, errors), (code, ""))
        return out


class Libs(ShellRoot):
    def libs(self, *arguments, code=0):
        return self.of_shell("libs", *arguments, code=code)

    def test_the_list_is_what_ldd_says_and_the_program(self):
        self.assertEqual(self.libs("--list").splitlines(), sorted([SHELL, *libraries_of(SHELL)]))

    def test_the_table_and_the_tree_name_every_object(self):
        table, tree = self.libs(), self.libs("--tree")
        for path in [SHELL, *libraries_of(SHELL)]:
            self.assertIn(os.path.basename(path), table)
            self.assertIn(path, tree)
        self.assertTrue(tree.startswith(SHELL))

    def test_the_copy_names_the_stage(self):
        lines = [line for line in self.libs("--copy-from", "build").splitlines() if not line.startswith("#")]
        self.assertTrue(lines[0].startswith("COPY --from=build "))
        self.assertIn(SHELL, "".join(lines))

    def test_json_holds_the_chain_and_the_copy(self):
        answer = json.loads(self.libs("--json"))
        self.assertEqual(answer["schema"], "imgslim.libs/1")
        self.assertEqual(answer["runtime"]["command"], [SHELL])
        self.assertTrue(answer["copy"])

    def test_a_saved_report_shows_the_block_again(self):
        report = self.root.parent / "libs-test-report.json"
        self.assertEqual(run("analyze", self.root, "--cmd", SHELL, "-o", f"json={report}")[0], 0)
        self.addCleanup(report.unlink)
        code, out, _ = run("render", report)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"LIBRARIES  \d+ of \d+ ELF files load at start")

    def test_an_image_without_a_command_is_told_so(self):
        code, out, errors = run("libs", self.root)
        self.assertEqual(code, 3)
        self.assertIn("--cmd", errors)
        self.assertIn("no command", out)

    def test_a_trace_counts_as_use_and_is_told_everywhere(self):
        data = self.root / "opt" / "data"
        data.mkdir(parents=True, exist_ok=True)
        (data / "words.txt").write_text("words")
        trace = self.root.parent / "libs-test-trace.txt"
        trace.write_text(f"# what ran\n{SHELL}\nopt/data/words.txt\n/no/such/file\n")
        self.addCleanup(trace.unlink)
        report = json.loads(self.of_shell("analyze", "--trace", trace, "--json"))
        self.assertEqual(report["runtime"]["trace"],
                         {"sources": [str(trace)], "covers": True, "paths": 3, "missing_paths": 1, "files": 2,
                          "visible_bytes": 5 + os.path.getsize(SHELL), "added_files": 1, "added_bytes": 5})
        words = [file for file in report["runtime"]["files"] if file["path"] == "opt/data/words.txt"]
        self.assertEqual([(file["via"], file["detail"]) for file in words], [("trace", f"{trace}:3")])
        self.assertIn(("trace-path-missing", f"{trace}:4"), [(n["code"], n["where"]) for n in report["notes"]])
        page = " ".join(self.of_shell("analyze", "--trace", trace).split())
        self.assertIn("1 with 5 B not known from the command; 1 path not in the image", page)
        self.assertIn("words.txt", self.libs("--trace", trace, "--copy-from", "build"))
        self.assertNotIn("words.txt", self.libs("--copy-from", "build"))
        code, out, _ = run("why", self.root, "/opt/data/words.txt", "--cmd", SHELL, "--trace", trace)
        self.assertEqual(code, 0)
        self.assertIn("opened in the trace", out)

    def test_a_line_of_strace_is_no_path(self):
        trace = self.root.parent / "libs-test-strace.txt"
        trace.write_text('/bin/sh\nopenat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3\n')
        self.addCleanup(trace.unlink)
        code, out, errors = run("analyze", self.root, "--trace", trace)
        self.assertEqual((code, out), (2, ""))
        self.assertIn(f"{trace}:2: no path: ", errors)
        self.assertEqual(run("analyze", self.root, "--trace", self.root / "no-such")[0], 5)

    def test_what_cannot_be_understood_is_a_usage_error(self):
        for arguments in (["--list", "--tree"], ["--tree", "--copy-from", "x"], ["--tier", "sure"], ["--cpu", "z80"],
                          ["--cmd", "'open"], ["-o", "ncdu"]):
            code, out, errors = run("libs", self.root, *arguments)
            self.assertEqual((code, out), (2, ""), arguments)
            self.assertRegex(errors, r"\Aimgslim: [^\n]+\n\Z")

    def test_a_command_that_is_not_there_is_a_broken_one(self):
        code, out, _ = run("analyze", self.root, "--cmd", "no-such-program")
        self.assertEqual(code, 0)
        self.assertIn("BROKEN", out)
        self.assertIn("no-such-program", out)


if __name__ == "__main__":
    IMGSLIM = sys.argv.pop(1)
    unittest.main()
