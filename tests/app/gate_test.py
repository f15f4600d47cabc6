#!/usr/bin/env python3
"""`imgslim check`, `diff` and `init` as a user meets them: both sides of every limit, exit codes, outputs, baselines.

usage: gate_test.py IMGSLIM     the executable
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from images import Layout, docker_archive, tar  # noqa: E402

IMGSLIM = ""
STATUS = b"Package: gcc\nStatus: install ok installed\nVersion: 12\nArchitecture: amd64\n\n"
BASE = tar({"usr/bin/app": b"x" * 5000, "usr/lib/a.so": b"l" * 3000, "var/lib/dpkg/status": STATUS,
            "var/lib/dpkg/info/gcc.list": b"/usr/lib/a.so\n"})
TOP = tar({"usr/bin/app": b"y" * 6000, "opt/data": b"d" * 2000})
UNPACKED = 5000 + 3000 + len(STATUS) + len(b"/usr/lib/a.so\n") + 6000 + 2000


def run(*arguments, **options):
    result = subprocess.run([IMGSLIM, *arguments], capture_output=True, timeout=60, **options)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        os.mkdir(self.path(".git"))  # the search for a configuration ends here
        self.image = self.file("app.tar", tar(docker_archive([BASE, TOP])))
        self.environment = {name: value for name, value in os.environ.items() if name != "XDG_CONFIG_HOME"}
        self.environment["HOME"] = self.directory

    def path(self, name):
        return os.path.join(self.directory, name)

    def file(self, name, content):
        with open(self.path(name), "wb") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def run_here(self, *arguments, **environment):
        return run(*arguments, cwd=self.directory, env={**self.environment, **environment})

    def check(self, code, *arguments, image=None, **environment):
        actual, out, errors = self.run_here("check", image or self.image, *arguments, **environment)
        self.assertEqual(actual, code, (arguments, out, errors))
        return out, errors

    def verdict(self, code, *arguments, **options):
        return json.loads(self.check(code, *arguments, "-o", "json", **options)[0])["verdict"]

    def values(self):
        """The value of each kind of check, measured by limits that nothing passes."""
        checks = self.verdict(0, *self.limits("1GB"), "--max-layers", "9")["checks"]
        return {check["name"]: check["value"] for check in checks}

    @staticmethod
    def limits(size):
        return ("--max-size", size, "--max-pull", size, "--max-wasted", size, "--max-layer", size,
                "--max-path", f"usr/bin={size}", "--max-package", f"gcc={size}")


class Limits(Case):
    def test_a_value_equal_to_its_limit_passes_and_one_more_fails(self):
        values = self.values()
        self.assertEqual((values["unpacked"], values["wasted"], values["path"], values["package"], values["layers"]),
                         (UNPACKED, 5000, 6000, 3000, 2))
        flags = {"unpacked": "--max-size {}", "pull": "--max-pull {}", "wasted": "--max-wasted {}",
                 "layer": "--max-layer {}", "path": "--max-path usr/bin={}", "package": "--max-package gcc={}",
                 "layers": "--max-layers {}"}
        for name, flag in flags.items():
            self.check(0, *flag.format(values[name]).split())
            verdict = self.verdict(1, *flag.format(values[name] - 1).split())
            failed = [check for check in verdict["checks"] if not check["passed"]]
            self.assertEqual([(check["name"], check["value"], check["limit"]) for check in failed],
                             [(name, values[name], values[name] - 1)])

    def test_a_percentage_fails_only_together_with_its_size(self):
        share = 100 * 5000 / UNPACKED
        self.check(0, "--max-wasted", f"1kB|{share + 1:.2f}%")
        self.check(0, "--max-wasted", f"5kB|{share - 1:.2f}%")
        self.check(1, "--max-wasted", f"1kB|{share - 1:.2f}%")
        _, errors = self.check(2, "--max-wasted", "3%")
        self.assertIn("give a size beside it", errors)

    def test_path_globs_count_what_is_below_and_stop_at_slashes(self):
        for glob, size in (("/usr/**", 9000), ("usr/*/app", 6000), ("*/app", 0), ("opt/", 2000)):
            self.check(0, "--max-path", f"{glob}={size}")
            if size:
                self.check(1, "--max-path", f"{glob}={size - 1}")

    def test_memory_that_nobody_knows_is_no_pass(self):
        out, _ = self.check(1, "--max-rss", "1GB")
        self.assertIn("name one with --cmd", " ".join(out.split()))

    def test_formats_and_environment_never_change_the_verdict(self):
        for limit, code in (("1GB", 0), ("1kB", 1)):
            for outputs in (("text",), ("json",), ("markdown",), ("sarif",), ("gitlab",), ("ncdu",),
                            ("json=r.json", "text", "github=g.txt")):
                arguments = [part for output in outputs for part in ("-o", output)]
                self.check(code, "--max-size", limit, *arguments)
            for environment in ({"CI": "true"}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"},
                                {"GITHUB_ACTIONS": "true"}, {"LC_ALL": "C"}):
                self.check(code, "--max-size", limit, **environment)
            self.check(code, "--max-size", limit, "-q", "--plain", "--units", "iec", "--top", "1")

    def test_exit_code_n_replaces_1_only(self):
        self.check(7, "--max-size", "1kB", "--exit-code", "7")
        self.check(0, "--max-size", "1kB", "--exit-code", "0")
        self.check(0, "--max-size", "1GB", "--exit-code", "7")
        self.check(2, "--max-size", "much", "--exit-code", "0")
        self.check(5, "--exit-code", "0", image=self.path("nothing"))

    def test_the_verdict_is_the_last_line_and_lines_fit(self):
        for limit, code, word in (("1GB", 0, "PASSED"), ("1kB", 1, "FAILED")):
            out, _ = self.check(code, *self.limits(limit), "--max-layers", "9")
            lines = out.splitlines()
            self.assertIn(word, lines[-1])
            self.assertLessEqual(max(map(len, lines)), 80)
            report = self.file("r.json", self.check(code, *self.limits(limit), "--max-layers", "9", "-o", "json")[0])
            again = self.run_here("render", report)[1]
            self.assertEqual(again.splitlines()[-8:], lines[-8:])

    def test_other_exit_codes_are_those_of_the_table(self):
        self.check(2, "--max-sise", "1kB")
        self.check(3, image=self.file("broken", b"no image at all" * 100))
        self.check(4, "--limit", "layer-entries=1")
        self.check(5, image=self.path("nothing"))

    def test_an_image_with_missing_blobs_is_no_pass(self):
        layout = Layout().image([BASE, TOP]).members()
        layers = [name for name, content in layout.items() if content.startswith(b"\x1f\x8b")]
        del layout[layers[-1]]
        image = self.file("partial.tar", tar(layout))
        out, _ = self.check(1, "--max-size", "1GB", "--allow-missing", image=image)
        self.assertIn("left out", out)


class Baselines(Case):
    def setUp(self):
        super().setUp()
        self.grown = self.file("grown.tar", tar(docker_archive([BASE, TOP, tar({"opt/more": b"m" * 700})], ("app:2",))))
        self.report = self.file("base.json", self.check(0, "-o", "json")[0])
        self.lock = self.path("imgslim.lock.json")
        self.check(0, "--write-lock", self.lock)

    def test_growth_is_held_against_a_report_a_lock_and_an_image_alike(self):
        for baseline in (self.report, self.lock, self.image):
            for increase, code in (("700", 0), ("699", 1), ("1|5%", 0), ("1|1%", 1), ("700|1%", 0)):
                self.check(code, "--baseline", baseline, "--max-increase", increase, image=self.grown)
        verdict = self.verdict(1, "--baseline", self.lock, "--max-increase", "699", image=self.grown)
        self.assertEqual((verdict["checks"][0]["baseline"], verdict["checks"][0]["value"]), (UNPACKED, UNPACKED + 700))

    def test_growth_without_a_baseline_is_a_usage_error(self):
        self.assertIn("--baseline", self.check(2, "--max-increase", "1kB")[1])

    def test_a_baseline_from_a_pipe_is_read_as_a_report(self):
        pipe = self.path("pipe")
        os.mkfifo(pipe)
        writer = subprocess.Popen(["sh", "-c", f"cat '{self.report}' > '{pipe}'"])
        self.check(1, "--baseline", pipe, "--max-increase", "1", image=self.grown)
        writer.wait(timeout=10)

    def test_a_lock_is_deterministic_and_has_a_line_for_each_layer_and_package(self):
        with open(self.lock, encoding="utf-8") as stream:
            first = stream.read()
        self.check(1, "--max-size", "1", "--write-lock", self.lock)
        with open(self.lock, encoding="utf-8") as stream:
            self.assertEqual(stream.read(), first)
        self.assertEqual(sum('"diff_id"' in line for line in first.splitlines()), 2)
        self.assertEqual(sum('"name":"gcc"' in line.replace(" ", "") for line in first.splitlines()), 1)

    def test_broken_baselines_are_refused(self):
        for content in (b'{"schema": "imgslim.lock/2"}', b'{"schema": "imgslim.lock/1"}', b"{", b'{"schema": "x"}'):
            self.check(3, "--baseline", self.file("bad.json", content), "--max-increase", "1")
        self.check(5, "--baseline", self.path("nothing.json"), "--max-increase", "1")

    def test_another_platform_is_refused_and_goes_on_loudly(self):
        with open(self.report, encoding="utf-8") as stream:
            other = stream.read().replace("linux/amd64", "linux/arm64")
        other = self.file("arm.json", other)
        for command in (("check", self.image, "--baseline", other), ("diff", other, self.image)):
            code, _, errors = self.run_here(*command)
            self.assertEqual(code, 2)
            self.assertIn("linux/arm64 and linux/amd64", errors)
            code, _, errors = self.run_here(*command, "--other-platform")
            self.assertEqual(code, 0)
            self.assertIn("warning", errors)

    def assert_fits_schema(self, diff):
        self.assertEqual(diff["schema"], "imgslim.diff/1")
        try:
            import jsonschema
        except ImportError:
            return
        with open(os.path.join(os.path.dirname(__file__), "../../docs/diff.schema.json"), encoding="utf-8") as stream:
            jsonschema.validate(diff, json.load(stream))

    def test_diff_says_what_grew_and_sums(self):
        for base in (self.image, self.report, self.lock):
            code, out, _ = self.run_here("diff", base, self.grown, "-o", "json")
            self.assertEqual(code, 0)
            diff = json.loads(out)
            self.assert_fits_schema(diff)
            change = lambda number: number["after"] - number["before"]
            self.assertEqual(change(diff["totals"]["payload_bytes"]), 700)
            for rows, member in (("layers", "payload_bytes"), ("packages", "visible_bytes"), ("paths", "visible_bytes")):
                self.assertEqual(sum(change(row[member]) for row in diff[rows]), 700, (base, rows))
            self.assertEqual([layer["change"] for layer in diff["layers"]], ["same", "same", "added"])
        code, out, _ = self.run_here("diff", self.image, self.grown)
        self.assertIn("GREW", out.splitlines()[-1])
        self.assertLessEqual(max(map(len, out.splitlines())), 80)
        self.assertIn("unchanged", self.run_here("diff", self.image, self.report)[1].splitlines()[-1])
        self.assertIn("SHRANK", self.run_here("diff", self.grown, self.image)[1].splitlines()[-1])
        self.assertTrue(self.run_here("diff", self.image, self.grown, "-o", "markdown")[1].startswith("<!-- imgslim:"))
        self.assertEqual(self.run_here("diff", self.image, self.grown, "-o", "sarif")[0], 2)


class Configuration(Case):
    def config(self, text):
        return self.file(".imgslim.yaml", "version: 1\n" + text)

    def test_the_entry_of_the_image_counts_and_flags_win(self):
        self.config("images:\n  - match: 'other*'\n    budget: {unpacked: 1}\n"
                    "  - match: 'app:*'\n    budget: {unpacked: 1kB}\n    message: ask us\n")
        out, _ = self.check(1)
        self.assertIn("ask us", out)
        self.assertIn(".imgslim.yaml:6", out)
        self.check(0, "--max-size", "1GB")
        self.check(0, "--no-config")
        self.config("images:\n  - file: app.tar\n    budget: {paths: {'usr/**': 1kB}}\n")
        self.check(1)
        self.config("images:\n  - match: 'other*'\n    budget: {unpacked: 1}\n")
        self.assertIn("is for", self.check(2)[1])

    def test_mistakes_are_told_with_their_place(self):
        for text, place, piece in (
                ("images:\n  - budget: {unpaked: 1}\n", "3:14", 'did you mean "unpacked"'),
                ("images:\n  - budget: {unpacked: 1QB}\n", "3:24", "unknown unit"),
                ("images:\n  - budget: {wasted: {percent: 5}}\n", "3:22", "belong together"),
                ("images:\n  - budget: {unpacked: 1, unpacked: 2}\n", "3:27", "duplicate"),
                ("images:\n  - waivers: [{budget: unpacked}]\n", "3:15", "reason"),
                ("images:\n  - waivers: [{budget: unpacked, reason: r, until: 2027-13-01}]\n", "3:52", "no date"),
                ("images:\n  - budget: {layers: many}\n", "3:22", "number of layers"),
                ("comment: {min-chnge: 1MB}\n", "2:11", 'did you mean "min-change"'),
                ("comment: {min-change: 1QB}\n", "2:23", "unknown unit"),
                ("comment: {max-suggestions: all}\n", "2:28", "a number"),
                ("comment: {when: on-change}\n", "2:17", "docs/ci.md")):
            self.config(text)
            _, errors = self.check(2)
            self.assertIn(f".imgslim.yaml:{place}: ", errors)
            self.assertIn(piece, errors)

    def test_a_waiver_is_reported_and_ends(self):
        entry = "images:\n  - budget: {unpacked: 1kB}\n    waivers: [{budget: unpacked, reason: moving house, until: %s}]\n"
        self.config(entry % "2999-01-01")
        out, _ = self.check(0)
        self.assertIn("moving house (until 2999-01-01)", " ".join(out.split()))
        self.assertIn("PASSED  2 checks, 1 of them waived", out)
        self.config(entry % "2020-01-01")
        out, _ = self.check(1)
        self.assertIn("its waiver ended on 2020-01-01", " ".join(out.split()))

    def test_the_comment_goes_by_the_configuration_and_flags_win(self):
        self.config("comment: {key: from-file, min-change: 1GB}\n")
        grown = self.file("grown.tar", tar(docker_archive([BASE, TOP, tar({"opt/more": b"m" * 7_000_000})])))
        for command in (("check", grown, "--baseline", self.image), ("diff", self.image, grown)):
            code, out, _ = self.run_here(*command, "-o", "markdown")
            self.assertEqual(code, 0, command)
            self.assertTrue(out.startswith("<!-- imgslim:id=from-file change=small "), out)
            code, out, _ = self.run_here(*command, "-o", "markdown", "--min-change", "1MB", "--comment-key", "flag")
            self.assertTrue(out.startswith("<!-- imgslim:id=flag change=large "), out)
        self.assertIn("id=from-file", self.run_here("analyze", self.image, "-o", "markdown")[1])

    def test_growth_over_a_committed_lock(self):
        self.check(0, "--write-lock", self.path("imgslim.lock.json"))
        self.config("images:\n  - growth: {unpacked: {max: 100, percent: 1}, over: imgslim.lock.json}\n")
        self.check(0)
        grown = self.file("grown.tar", tar(docker_archive([BASE, TOP, tar({"opt/more": b"m" * 700})])))
        self.check(1, image=grown)


class Init(Case):
    def test_a_config_of_today_passes_and_is_not_overwritten(self):
        code, _, errors = self.run_here("init", self.image)
        self.assertEqual(code, 0, errors)
        self.check(0)
        self.assertEqual(self.run_here("init", self.image)[0], 2)
        self.assertEqual(self.run_here("init", self.image, "--force")[0], 0)
        bigger = self.file("big.tar", tar(docker_archive([BASE, TOP, tar({"opt/more": b"m" * UNPACKED})])))
        self.check(1, image=bigger)
        self.assertEqual(self.run_here("init")[0], 2)

    def test_rules_of_dive_become_budgets_with_a_warning(self):
        dive = self.file(".dive-ci", "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n"
                                     "  highestUserWastedPercent: disabled\n")
        _, errors = self.check(1, "--dive-ci", dive)
        self.assertIn("dive adds the copy that stays visible", errors)
        self.assertEqual(self.run_here("init", "--from", dive)[0], 0)
        self.check(1)
        lax = self.file(".dive-ci", "rules:\n  lowestEfficiency: '0.1'\n  highestWastedBytes: 20MB\n")
        self.check(0, "--no-config", "--dive-ci", lax)
        bad = self.file(".dive-ci", "rules:\n  lowestEficiency: 0.95\n")
        self.assertIn("2:3", self.check(2, "--no-config", "--dive-ci", bad)[1])


def main():
    global IMGSLIM
    IMGSLIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()


if __name__ == "__main__":
    main()
