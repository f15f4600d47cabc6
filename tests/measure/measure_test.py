#!/usr/bin/env python3
"""`imgslim measure`: refuses to execute an image unasked, measures a program of this machine in a small image, and leaves nothing.

usage: measure_test.py IMGSLIM     the executable
"""
import ctypes
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import unittest
import unittest.mock

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "app"))
import images  # noqa: E402
import libs_test  # noqa: E402

SLEEP = os.path.realpath(shutil.which("sleep"))
SKIPPED, CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET = 77, 0x10000000, 0x20000, 0x40000000


def layer_with(paths):
    """A layer with files of this machine, executable, as its loader names them."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as layer:
        for path in paths:
            member = layer.gettarinfo(os.path.realpath(path), path.lstrip("/"))
            member.mode = 0o755
            with open(os.path.realpath(path), "rb") as content:
                layer.addfile(member, content)
    return stream.getvalue()


class Measure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        layout = images.Layout().image([layer_with([SLEEP, *libs_test.libraries_of(SLEEP)])])
        cls.image = images.write_directory(os.path.join(cls.folder.name, "image"), layout.members())

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def measure(self, *arguments):
        with tempfile.TemporaryDirectory(dir="/var/tmp") as directory, unittest.mock.patch.dict(os.environ, TMPDIR=directory):
            result = libs_test.run("measure", self.image, *arguments)
            self.assertEqual(os.listdir(directory), [])
        return result

    def test_nothing_is_executed_unasked(self):
        code, out, errors = self.measure("--cmd", f"{SLEEP} 1000")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("--run", errors)

    def test_the_program_is_started_and_compared_object_by_object(self):
        code, out, errors = self.measure("--cmd", f"{SLEEP} 1000", "--run", "-o", "json")
        self.assertEqual((code, errors), (0, ""))
        answer = json.loads(out)
        self.assertEqual(answer["program"], SLEEP.lstrip("/"))
        self.assertEqual(answer["processes"], 1)
        self.assertGreater(answer["measured_bytes"], 500_000)
        both = [row for row in answer["objects"] if row["predicted"] and row["mapped"]]
        self.assertGreaterEqual(len(both), 3)
        for row in both:
            self.assertGreater(row["measured_bytes"], 0)
        self.assertLess(abs(answer["estimate"]["estimate"] / answer["measured_bytes"] - 1), 0.5)

    def test_a_program_that_ends_and_one_that_is_not_there_are_errors(self):
        code, _, errors = self.measure("--cmd", f"{SLEEP} 0", "--run")
        self.assertEqual(code, 3)
        self.assertIn("ended before it could be measured", errors)


def can_make_namespaces():
    child = os.fork()
    if child == 0:
        flags = CLONE_NEWNS | CLONE_NEWNET | (0 if os.geteuid() == 0 else CLONE_NEWUSER)
        os._exit(0 if ctypes.CDLL(None).unshare(flags) == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


if __name__ == "__main__":
    if not can_make_namespaces():
        print("measure SKIPPED: this kernel lets nobody make namespaces here")
        sys.exit(SKIPPED)
    libs_test.IMGSLIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
