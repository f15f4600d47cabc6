#!/usr/bin/env python3
"""Rule files against their schema, their pages against them, and what names are left over."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = sorted(path for path in (ROOT / "rules").glob("*.json") if path.name != "schema.json")


class RuleFiles(unittest.TestCase):
    def test_each_fits_the_schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed")
        schema = json.loads((ROOT / "rules" / "schema.json").read_text())
        validator = jsonschema.Draft202012Validator(schema)
        for path in FILES:
            problems = [error.message for error in validator.iter_errors(json.loads(path.read_text()))]
            self.assertEqual(problems, [], path.name)

    def test_each_is_named_by_its_id_and_has_cases(self):
        for path in FILES:
            rule = json.loads(path.read_text())
            self.assertEqual(path.stem, rule["id"])
            if rule["needs"] != "image":
                self.assertTrue(rule["tests"]["good"] and rule["tests"]["bad"], path.name)

    def test_all_upstream_rules_are_there(self):
        ids = {path.stem for path in FILES}
        missing = {f"DL{n}" for n in [1001, *range(3000, 3005), *range(3006, 3017), *range(3018, 3031), *range(3032, 3039),
                                      *range(3040, 3068), 4000, 4001, 4003, 4004, 4005, 4006]} - ids
        self.assertEqual(missing, set())
        self.assertEqual(len([i for i in ids if i.startswith("DL")]) - 1, 71)  # and DL1000, the parser's
        self.assertEqual(len([i for i in ids if not i.startswith(("DL", "SL"))]), 22)

    def test_every_id_in_the_code_has_a_file(self):
        ids = {path.stem for path in FILES}
        sources = [path for module in ("runtime", "memory", "analysis", "image_rules")
                   for path in (ROOT / "src" / module).glob("*.cpp")]
        named = {name for path in sources for name in re.findall(r'"(SL\d{4})"', path.read_text())}
        self.assertIn("SL6008", named)
        self.assertEqual(named - ids, set())

    def test_replaced_rules_exist(self):
        ids = {path.stem for path in FILES}
        for path in FILES:
            self.assertLessEqual(set(json.loads(path.read_text()).get("replaces", [])), ids, path.name)

    def test_pages_are_what_the_files_say(self):
        result = subprocess.run([ROOT / "ci" / "make-rule-docs", "--check"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_stale_page_is_noticed(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "rules"
            folder.mkdir()
            (folder / "DL4000.json").write_text((ROOT / "rules" / "DL4000.json").read_text())
            run = lambda *a: subprocess.run([ROOT / "ci" / "make-rule-docs", *a, name], capture_output=True).returncode
            self.assertEqual(run("--check"), 1)
            self.assertEqual((run(), run("--check")), (0, 0))


if __name__ == "__main__":
    unittest.main()
