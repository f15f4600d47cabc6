#!/usr/bin/env python3
"""`imgslim lint`, `rules` and `explain` as a user meets them: files, choices, configuration, formats, exit codes.

usage: lint_test.py IMGSLIM [SARIF-SCHEMA]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

IMGSLIM = ""
BAD = "FROM debian:12\nRUN apt-get update && apt-get install curl\n"
GOOD = ("FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl"
        " && rm -rf /var/lib/apt/lists/*\nUSER 1000\n")
FORMATS = ["text", "json", "sarif", "github", "gitlab", "gcc", "checkstyle", "junit", "rdjson", "markdown"]


NO_CURL = {"id": "SL9990", "title": "No curl", "severity": "error", "profiles": ["slim"], "family": "style",
           "needs": "dockerfile", "match": {"instr": "RUN", "cmd": {"name": "curl"}}, "why": "w", "fix": "f",
           "tests": {"good": ["RUN ls"], "bad": ["RUN curl x"]}}


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.home = self.root / "home"
        self.home.mkdir()
        self.work = self.root / "work"
        (self.work / ".git").mkdir(parents=True)

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_it(self, *arguments, stdin="", **environment):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), **environment}
        result = subprocess.run([IMGSLIM, *arguments], input=stdin.encode(), capture_output=True, timeout=60,
                                cwd=self.work, env=env)
        return result.returncode, result.stdout.decode(), result.stderr.decode()

    def rules_of(self, *arguments, **options):
        code, out, error = self.run_it("lint", "-o", "json", *arguments, **options)
        self.assertIn(code, (0, 1), error)
        return [finding["rule"] for finding in json.loads(out)["findings"]]


class Files(Case):
    def test_without_arguments_the_dockerfile_here_is_read(self):
        self.write("Dockerfile", BAD)
        self.assertIn("SL3001", self.rules_of())

    def test_nothing_to_read_is_an_input_error(self):
        self.assertEqual(self.run_it("lint")[0], 3)
        self.assertEqual(self.run_it("lint", "nowhere")[0], 5)

    def test_a_fragment_on_standard_input_is_linted(self):
        self.assertIn("DL3014", self.rules_of("-", stdin="RUN apt-get install curl\n"))

    def test_directories_are_searched_and_patterns_matched(self):
        self.write("a/Dockerfile", BAD)
        self.write("b/web.Dockerfile", GOOD)
        self.write("b/Containerfile", GOOD)
        self.write("node_modules/x/Dockerfile", BAD)
        for argument in (".", "**/*ile"):
            out = json.loads(self.run_it("lint", "-o", "json", argument)[1])
            self.assertEqual(sorted(out["dockerfile"]["files"]), ["a/Dockerfile", "b/Containerfile", "b/web.Dockerfile"])


class Choices(Case):
    def setUp(self):
        super().setUp()
        self.write("Dockerfile", BAD)

    def test_the_compat_profile_speaks_with_upstream_ids(self):
        rules = self.rules_of("--profile", "compat")
        self.assertIn("DL3009", rules)
        self.assertNotIn("SL3001", rules)

    def test_select_and_ignore_take_ids_prefixes_and_aliases(self):
        self.assertEqual(set(self.rules_of("--select", "SL30")), {"SL3001", "SL3003"})
        self.assertNotIn("SL3001", self.rules_of("--ignore", "hadolint/DL3009"))
        self.assertEqual(self.rules_of("--select", "DL3057", "--profile", "compat"), ["DL3057"])

    def test_unknown_rules_and_levels_are_usage_errors(self):
        self.assertEqual(self.run_it("lint", "--select", "SL9998")[0], 2)
        self.assertEqual(self.run_it("lint", "--severity", "SL3001=loud")[0], 2)
        code, _, error = self.run_it("lint", "-o", "sariff")
        self.assertEqual(code, 2)
        self.assertIn('did you mean "sarif"', error)

    def test_the_exit_code_depends_on_severity_and_threshold_alone(self):
        self.assertEqual(self.run_it("lint")[0], 1)
        self.assertEqual(self.run_it("lint", "--fail-on", "error")[0], 0)
        self.assertEqual(self.run_it("lint", "--fail-on", "none")[0], 0)
        self.assertEqual(self.run_it("lint", "--fail-on", "error", "--severity", "SL3001=error")[0], 1)
        for name in FORMATS:
            self.assertEqual(self.run_it("lint", "-o", name)[0], 1, name)
            self.assertEqual(self.run_it("lint", "-o", name, CI="true", GITHUB_ACTIONS="true")[0], 1, name)

    def test_comments_suppress_by_any_tools_id(self):
        for comment in ("# hadolint ignore=DL3009,DL3014,DL3015", '# imgslim ignore=SL3001,DL3014,SL3003 reason="x"',
                        "# hadolint global ignore=DL3009,DL3014,DL3015"):
            self.write("Dockerfile", BAD.replace("RUN", comment + "\nRUN"))
            self.assertEqual(self.run_it("lint")[0], 0, comment)
            self.assertEqual(self.run_it("lint", "--no-pragmas")[0], 1, comment)
        self.write("Dockerfile", BAD.replace("RUN", "# hadolint ignore=DL3009,nonsense\nRUN"))
        self.assertIn("SL3001", self.rules_of())

    def test_build_arguments_and_targets_count(self):
        self.write("Dockerfile", "ARG TAG=latest\nFROM debian:$TAG AS a\nFROM debian:12\nUSER 1\n")
        self.assertIn("SL1012", self.rules_of("--target", "a"))
        self.assertNotIn("SL1012", self.rules_of("--target", "a", "--build-arg", "TAG=12"))
        self.assertNotIn("SL1012", self.rules_of())


class Configuration(Case):
    def setUp(self):
        super().setUp()
        self.write("Dockerfile", BAD)

    def test_hadolints_file_and_variables_count(self):
        self.write(".hadolint.yaml", "ignored: [DL3009]\noverride:\n  error: [DL3014]\nfailure-threshold: error\n")
        self.assertNotIn("DL3009", self.rules_of("--profile", "compat"))
        self.assertEqual(self.run_it("lint", "--profile", "compat")[0], 1)
        rules = self.rules_of("--profile", "compat", HADOLINT_IGNORE="DL3014")
        self.assertFalse({"DL3009", "DL3014"} & set(rules))
        self.assertIn("DL3009", self.rules_of("--profile", "compat", "--no-config"))

    def test_labels_and_registries_of_the_configuration(self):
        self.write("Dockerfile", "FROM quay.io/a/b:1\nLABEL v=x\n")
        self.write(".hadolint.yaml", "trustedRegistries: [docker.io]\nlabel-schema: {v: semver, m: text}\n")
        self.assertLessEqual({"DL3026", "DL3049", "DL3056"}, set(self.rules_of("--profile", "compat")))

    def test_own_configuration_is_strict(self):
        self.write(".imgslim.yaml", "version: 1\nrules:\n  profile: compat\n  ignore: [DL3014]\n")
        rules = self.rules_of()
        self.assertIn("DL3009", rules)
        self.assertNotIn("DL3014", rules)
        for text, place in (("version: 1\nruless: {}\n", ":2:1: unknown key"), ("version: 1\nversion: 1\n", ":2:1: duplicate"),
                            ("version: 1\nrules: {profile: slimm}\n", ":2:18:"), ("version: 2\n", ":1:10:"),
                            ("version: 1\nrules: [\n", "")):
            self.write(".imgslim.yaml", text)
            code, _, error = self.run_it("lint")
            self.assertEqual(code, 2, text)
            self.assertIn(".imgslim.yaml" + place, error)

    def test_waivers_have_a_reason_and_an_end(self):
        waiver = "version: 1\nrules:\n  ignore:\n    - {rule: SL3001, reason: air-gapped, until: %s}\n"
        self.write(".imgslim.yaml", waiver % "2999-01-01")
        self.assertNotIn("SL3001", self.rules_of())
        self.write(".imgslim.yaml", waiver % "2000-01-01")
        self.assertIn("SL3001", self.rules_of())
        self.write(".imgslim.yaml", "version: 1\nrules:\n  ignore:\n    - {rule: SL3001}\n")
        self.assertEqual(self.run_it("lint")[0], 2)


class Formats(Case):
    def setUp(self):
        super().setUp()
        self.write("Dockerfile", BAD + "COPY <script>&\"'%,:.txt ./b\n")

    def test_several_outputs_come_from_one_run(self):
        code, out, _ = self.run_it("lint", "-o", "text", "-o", "json=a.json", "-o", "sarif=b.sarif")
        self.assertEqual(code, 1)
        self.assertIn("Dockerfile:2:", out)
        self.assertTrue(json.loads((self.work / "a.json").read_text())["findings"])
        self.assertTrue(json.loads((self.work / "b.sarif").read_text())["runs"][0]["results"])
        self.assertEqual(self.run_it("lint", "-o", "json", "-o", "text")[0], 2)

    def test_text_has_the_line_and_a_caret(self):
        out = self.run_it("lint", "--select", "DL3014")[1]
        self.assertIn("  2 | RUN apt-get update && apt-get install curl\n    |                       ^~~~", out)

    def test_sarif_tells_rules_regions_and_fingerprints(self):
        run = json.loads(self.run_it("lint", "-o", "sarif")[1])["runs"][0]
        rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
        for result in run["results"]:
            self.assertIn(result["ruleId"], rules)
            region = result["locations"][0]["physicalLocation"]["region"]
            self.assertLessEqual({"startLine", "startColumn", "endLine", "endColumn"}, set(region))
            self.assertIn("primaryLocationLineHash", result["partialFingerprints"])
        self.assertTrue(any("fixes" in result for result in run["results"]))

    def test_fingerprints_do_not_move_with_lines(self):
        def prints():
            return {row["fingerprint"] for row in json.loads(self.run_it("lint", "-o", "gitlab")[1])}
        before = prints()
        self.write("Dockerfile", "# a line\n\n" + (self.work / "Dockerfile").read_text())
        self.assertEqual(before, prints())

    def test_xml_is_well_formed_and_commands_are_escaped(self):
        for name in ("checkstyle", "junit"):
            ElementTree.fromstring(self.run_it("lint", "--profile", "compat", "-o", name)[1])
        self.write("a,b:c.Dockerfile", BAD)
        line = self.run_it("lint", "-o", "github", "a,b:c.Dockerfile")[1].splitlines()[0]
        self.assertIn("file=a%2Cb%3Ac.Dockerfile,line=2", line)


class Fixes(Case):
    def test_fix_writes_what_is_sure_and_once_more_changes_nothing(self):
        path = self.write("Dockerfile", "FROM debian:12\nRUN apt-get install curl\nMAINTAINER me\n")
        diff = self.run_it("lint", "--diff")[1]
        self.assertIn("+RUN apt-get install -y curl", diff)
        self.assertNotIn("-y", path.read_text())
        self.run_it("lint", "--fix")
        fixed = path.read_text()
        self.assertIn("apt-get install -y curl", fixed)
        self.assertNotIn("DL3014", self.rules_of())
        self.run_it("lint", "--fix")
        self.assertEqual(fixed, path.read_text())

    def test_the_patch_makes_what_fix_makes(self):
        text = "FROM debian:12\nRUN apt-get update \\\n && apt-get install curl\nMAINTAINER a\\b"
        path = self.write("images/Dockerfile", text)
        patch = self.run_it("lint", "--diff", "images/Dockerfile")[1]
        self.assertEqual(path.read_text(), text)
        done = subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=self.work, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        patched = path.read_text()
        path.write_text(text)
        self.run_it("lint", "--fix", "images/Dockerfile")
        self.assertEqual(patched, path.read_text())
        self.assertIn("curl \\\n && rm -rf /var/lib/apt/lists/*\n", patched)
        self.assertEqual(patched, self.run_it("lint", "--fix", "-", stdin=text)[1])

    def test_json_has_the_patch_of_each_finding_with_edits(self):
        text = "FROM debian:12\nRUN apt-get update && apt-get install curl\nMAINTAINER me\n"
        path = self.write("images/Dockerfile", text)
        findings = json.loads(self.run_it("lint", "-o", "json", "images/Dockerfile")[1])["findings"]
        patches = {f["rule"]: f["fix"]["patch"] for f in findings if f["fix"] and f["fix"]["edits"]}
        self.assertIn("DL3014", patches)
        for rule, patch in patches.items():
            path.write_text(text)
            done = subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=self.work, capture_output=True)
            self.assertEqual(done.returncode, 0, (rule, done.stderr))
            self.assertNotEqual(path.read_text(), text)
            self.assertNotIn(rule, self.rules_of("images/Dockerfile"))

    def test_fix_keeps_the_mode_and_links(self):
        path = self.write("real", BAD)
        path.chmod(0o640)
        (self.work / "Dockerfile").symlink_to("real")
        self.run_it("lint", "--fix", "Dockerfile")
        self.assertTrue((self.work / "Dockerfile").is_symlink())
        self.assertNotEqual(path.read_text(), BAD)
        self.assertEqual(path.stat().st_mode & 0o777, 0o640)
        self.assertEqual(sorted(p.name for p in self.work.iterdir()), [".git", "Dockerfile", "real"])

    def test_sarif_has_the_edits_as_the_file_needs_them(self):
        path = self.write("Dockerfile", "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y curl\n")
        results = json.loads(self.run_it("lint", "--select", "SL3001", "-o", "sarif")[1])["runs"][0]["results"]
        change = results[0]["fixes"][0]["artifactChanges"][0]["replacements"][0]
        lines = path.read_text().splitlines(keepends=True)
        line, column = change["deletedRegion"]["startLine"] - 1, change["deletedRegion"]["startColumn"] - 1
        lines[line] = lines[line][:column] + change["insertedContent"]["text"] + lines[line][column:]
        self.run_it("lint", "--fix", "--select", "SL3001")
        self.assertEqual("".join(lines), path.read_text())


class Trees(Case):
    def test_a_file_with_problems_still_has_a_tree(self):
        self.write("Dockerfile", "FRMO a\nRUN <<E\ndir C:\\x\nE\nCOPY x\n")
        code, out, _ = self.run_it("lint", "--ast")
        self.assertEqual(code, 0)
        tree = json.loads(out)
        self.assertEqual([i["keyword"] for i in tree["instructions"]], ["FRMO", "RUN", "COPY"])
        self.assertEqual(tree["instructions"][1]["heredocs"][0]["body"], "dir C:\\x\n")
        self.assertEqual([p["kind"] for p in tree["problems"]], ["unknown-instruction", "missing-arguments"])
        self.assertEqual(tree["problems"][1]["span"]["line"], 5)


class Rules(Case):
    def test_rules_are_listed_tested_and_explained(self):
        listed = json.loads(self.run_it("rules", "-o", "json")[1])["rules"]
        self.assertGreater(len(listed), 90)
        code, out, _ = self.run_it("rules", "test")
        self.assertEqual(code, 0, out)
        self.assertIn("SL3001", self.run_it("explain", "S6587")[1])
        self.assertIn("SL6008", self.run_it("explain", "SL6008")[1])
        self.assertEqual(self.run_it("explain", "nothing")[0], 2)

    def test_rules_of_a_repository_are_found_from_below_and_not_from_outside(self):
        self.write(".imgslim/rules/SL9990.json", json.dumps(NO_CURL))
        below = self.work / "a" / "b"
        below.mkdir(parents=True)
        outer, self.work = self.work, below
        lint = ("-", "--select", "SL9990")
        self.assertEqual(self.rules_of(*lint, stdin="RUN curl x\n"), ["SL9990"])
        self.assertIn("No curl", self.run_it("explain", "SL9990")[1])
        self.assertEqual(self.run_it("lint", *lint, "--no-config", stdin="RUN curl x\n")[0], 2)
        self.assertEqual(self.run_it("lint", *lint, "--rules", str(self.home), stdin="RUN curl x\n")[0], 2)
        self.work = outer
        self.write("nested/.git/HEAD", "")
        self.work = outer / "nested"
        self.assertEqual(self.run_it("explain", "SL9990")[0], 2)

    def test_a_directory_of_rules_goes_over_the_built_in_ones(self):
        rule = json.loads(json.dumps(NO_CURL))
        self.write("mine/SL9990.json", json.dumps(rule, indent=1))
        self.assertIn("SL9990", self.rules_of("--rules", "mine", "-", stdin="RUN curl x\n"))
        self.assertEqual(self.run_it("rules", "test", "mine")[0], 0)
        rule["tests"]["bad"] = ["RUN ls"]
        self.write("mine/SL9990.json", json.dumps(rule, indent=1))
        self.assertEqual(self.run_it("rules", "test", "mine")[0], 1)
        rule["matchh"] = rule.pop("match")
        self.write("mine/SL9990.json", json.dumps(rule, indent=1))
        code, _, error = self.run_it("lint", "--rules", "mine", "-", stdin="RUN ls\n")
        self.assertEqual(code, 2)
        self.assertRegex(error, r'SL9990\.json:\d+:\d+: unknown key "matchh"; did you mean "match"')


if __name__ == "__main__":
    IMGSLIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
