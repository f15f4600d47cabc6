#!/usr/bin/env python3
"""`imgslim memory` as a user meets it: sums, limits, exit codes, refusals.

usage: memory_test.py IMGSLIM     the executable
"""
import json
import os
import sys
import unittest

sys.dont_write_bytecode = True
import libs_test  # noqa: E402

SHELL = libs_test.SHELL


class Memory(libs_test.ShellRoot):
    def memory(self, *arguments, code=0):
        return self.of_shell("memory", *arguments, code=code)

    def test_kinds_objects_layers_and_packages_sum_to_the_estimate(self):
        startup = json.loads(self.memory("-o", "json"))["memory"]["startup"]
        total, heap = startup["rss_bytes"]["estimate"], startup["heap_bytes"]
        self.assertEqual(startup["anonymous_bytes"] + startup["file_shareable_bytes"] + startup["file_private_bytes"], total)
        self.assertEqual(sum(row["rss_bytes"]["estimate"] for row in startup["objects"]) + heap, total)
        self.assertEqual(sum(row["rss_bytes"] for row in startup["layers"]) + heap, total)
        self.assertEqual(sum(row["rss_bytes"] for row in startup["packages"]) + heap, total)
        self.assertGreater(startup["certain_bytes"], 0)
        self.assertLessEqual(startup["certain_bytes"], startup["rss_bytes"]["low"])

    def test_files_that_nothing_reads_change_nothing(self):
        before = self.memory("-o", "json")
        junk = self.root / "usr" / "junk"
        junk.parent.mkdir(exist_ok=True)
        junk.write_bytes(b"j" * 5_000_000)
        self.assertEqual(self.memory("-o", "json"), before)
        junk.unlink()

    def test_a_limit_below_the_start_is_exit_1_and_says_so(self):
        self.assertIn("the container does not start", self.memory("--limit", "64KiB", code=1))
        self.assertIn("the container starts", self.memory("--limit", "64Mi"))
        answer = json.loads(self.memory("--limit", "64KiB", "-o", "json", code=1))
        self.assertEqual(answer["memory"]["limit"]["verdict"], "does_not_start")
        self.assertEqual([finding["severity"] for finding in answer["findings"] if finding["rule"] == "SL6001"], ["error"])

    def test_limits_of_the_program_and_of_the_container_are_told_apart(self):
        self.assertIn("the container starts", self.memory("--limit", "layer-entries=1000", "--limit", "1GiB"))
        code, _, errors = libs_test.run("memory", self.root, "--limit", "many")
        self.assertEqual(code, 2)
        self.assertIn("many", errors)

    def test_every_line_fits_80_columns_and_names_the_objects(self):
        for arguments in ((), ("--table",), ("--limit", "64Mi")):
            text = self.memory(*arguments)
            self.assertLessEqual(max(map(len, text.splitlines())), 80)
            self.assertIn(os.path.basename(SHELL), text)
            self.assertIn("FIRST REPLICA", text)

    def test_an_image_without_a_command_is_refused_with_what_to_do(self):
        code, out, errors = libs_test.run("memory", self.root)
        self.assertEqual(code, 3)
        self.assertIn("--cmd", errors)
        self.assertIn("--cmd", out)


if __name__ == "__main__":
    libs_test.IMGSLIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
