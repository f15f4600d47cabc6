#!/usr/bin/env python3
"""The CI recipes: their YAML holds nothing that runs what others wrote, and their steps do what the runner would see.

usage: recipes_test.py [IMGSLIM]
"""
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

import yaml

from forge_server import Forge

ROOT = pathlib.Path(__file__).resolve().parents[2]
CI = ROOT / "ci"
IMGSLIM = ""
EXPRESSION = re.compile(r"\$\{\{|\$\[\[")
HEAD = "9f1c2ab4e07d3d5b0c1f6f4a2f7c8e9d0a1b2c3d"


def layout(path, text="hello\n"):
    """An OCI layout of one layer with one file, made by hand."""
    blobs = path / "blobs/sha256"
    blobs.mkdir(parents=True)

    def put(data):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        member = tarfile.TarInfo("data.txt")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text.encode()))
    data = layer.getvalue()
    config = {"architecture": "amd64", "os": "linux", "config": {"User": "1000"},
              "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(data).hexdigest()}"]},
              "history": [{"created_by": "COPY data.txt / # buildkit"}]}
    media = "application/vnd.oci.image."
    manifest = {"schemaVersion": 2, "mediaType": media + "manifest.v1+json",
                "config": put(json.dumps(config).encode()) | {"mediaType": media + "config.v1+json"},
                "layers": [put(data) | {"mediaType": media + "layer.v1.tar"}]}
    entry = put(json.dumps(manifest).encode()) | {"mediaType": manifest["mediaType"],
                                                 "annotations": {"org.opencontainers.image.ref.name": "api:1"}}
    (path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return path


def outputs_of(path):
    """$GITHUB_OUTPUT as the runner reads it."""
    values, lines = {}, iter(path.read_text().splitlines())
    for line in lines:
        name, heredoc, delimiter = line.partition("<<")
        if heredoc:
            value = []
            for part in lines:
                if part == delimiter:
                    break
                value.append(part)
            values[name] = "\n".join(value)
        else:
            name, _, values[name] = line.partition("=")
            values[name] = line.partition("=")[2]
    return values


class Files(unittest.TestCase):
    def load(self, path):
        return list(yaml.safe_load_all(path.read_text()))

    def test_all_yaml_is_yaml_and_no_step_runs_an_expression(self):
        files = [CI / "github/action.yml", *CI.glob("github/examples/*.yml")]
        self.assertEqual(len(files), 4)
        for path in files:
            (value,) = self.load(path)
            jobs = value.get("jobs") or {"action": value["runs"]}
            for job in jobs.values():
                for step in job["steps"]:
                    self.assertNotRegex(step.get("run", ""), EXPRESSION, path)
                    if "uses" in step:
                        self.assertRegex(step["uses"], r"@([0-9a-f]{40}|REVISION)$", path)

    def test_no_script_evaluates_text(self):
        for path in CI.rglob("*"):
            if path.suffix in {".sh", ".yml"}:
                self.assertNotRegex(path.read_text(), r"\beval\b|\bnpm\b|\bsh -c\b|set -x", path)

    def test_the_action_has_the_inputs_and_outputs_of_its_page_and_each_output_is_written(self):
        (action,) = self.load(CI / "github/action.yml")
        self.assertEqual(set(action["inputs"]), {"image", "baseline", "config", "dockerfile", "comment", "comment-key",
                                                 "github-token", "sarif-file", "version"})
        self.assertEqual(set(action["outputs"]), {"verdict", "unpacked", "pull", "delta", "report", "markdown"})
        self.assertEqual(action["runs"]["using"], "composite")
        check = (CI / "github/check.sh").read_text()
        for name in action["outputs"]:
            self.assertRegex(check, rf"output {name}\b")
        page = (ROOT / "docs/ci.md").read_text()
        for name in [*action["inputs"], *action["outputs"]]:
            self.assertIn(f"`{name}`", page)

    def test_each_script_of_the_action_is_there_and_may_run(self):
        (action,) = self.load(CI / "github/action.yml")
        for step in action["runs"]["steps"]:
            script = CI / "github" / re.search(r"GITHUB_ACTION_PATH/([\w-]+\.sh)", step["run"])[1]
            self.assertTrue(script.stat().st_mode & stat.S_IXUSR, script)
            used = set(re.findall(r"\b(?:INPUT|IMGSLIM)_[A-Z_]+", script.read_text() + (CI / "sticky-comment.sh").read_text()))
            for name in step.get("env", {}):
                self.assertIn(name, used | {"GITHUB_TOKEN", "IMGSLIM_BODY"}, script)

    def test_workflows_have_no_more_rights_than_they_need(self):
        for path in CI.glob("github/examples/*.yml"):
            (flow,) = self.load(path)
            self.assertNotIn("pull_request_target", path.read_text())
            self.assertEqual(flow["permissions"]["contents"], "read")
        (analyze,) = self.load(CI / "github/examples/imgslim-analyze.yml")
        self.assertEqual(analyze["permissions"], {"contents": "read"})
        (comment,) = self.load(CI / "github/examples/imgslim-comment.yml")
        self.assertEqual(comment[True]["workflow_run"]["workflows"], [analyze["name"]])
        self.assertNotIn("secrets.", (CI / "github/examples/imgslim-analyze.yml").read_text())

    def test_the_component_is_a_component(self):
        spec, body = self.load(CI / "gitlab/templates/imgslim.yml")
        names = set(re.findall(r"\$\[\[ inputs\.([a-z-]+) \]\]", (CI / "gitlab/templates/imgslim.yml").read_text()))
        self.assertEqual(names, set(spec["spec"]["inputs"]))
        self.assertFalse({"default", "variables", "stages", "workflow"} & set(body))
        (job,) = body.values()
        self.assertEqual(job["artifacts"]["reports"], {"codequality": "gl-code-quality.json"})
        for line in job["script"]:
            self.assertNotRegex(line, EXPRESSION)

    def test_hooks_are_hooks(self):
        (hooks,) = self.load(ROOT / ".pre-commit-hooks.yaml")
        self.assertEqual({hook["id"]: hook["language"] for hook in hooks},
                         {"imgslim-lint": "system", "imgslim-lint-fix": "system", "imgslim-lint-docker": "docker_image"})


class Step(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        (self.root / "temp").mkdir()
        self.forge = Forge()
        self.addCleanup(self.forge.stop)

    def run_step(self, script, *arguments, code=0, **environment):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.root), "RUNNER_TEMP": str(self.root / "temp"),
               "GITHUB_OUTPUT": str(self.root / "output"), "GITHUB_STEP_SUMMARY": str(self.root / "summary.md"),
               "IMGSLIM_RETRY_SECONDS": "0", **environment}
        result = subprocess.run([CI / script, *arguments], env=env, cwd=self.root, capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def outputs(self):
        return outputs_of(self.root / "output")


class Install(Step):
    def release(self, program=b"#!/bin/sh\necho imgslim 9.8.7\n"):
        machine = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
        name = f"imgslim-9.8.7-linux-{machine}"
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            member = tarfile.TarInfo(f"{name}/bin/imgslim")
            member.size, member.mode = len(program), 0o755
            tar.addfile(member, io.BytesIO(program))
        data = packed.getvalue()
        self.forge.files[f"/download/v9.8.7/{name}.tar.gz"] = data
        (self.root / "checksums").write_text(f"# list\n{hashlib.sha256(data).hexdigest()}  {name}.tar.gz\n")
        return {"IMGSLIM_RELEASES": self.forge.url + "/download", "IMGSLIM_CHECKSUMS": str(self.root / "checksums")}, name

    def test_a_release_of_the_list_is_downloaded_checked_and_given(self):
        environment, _ = self.release()
        for version in ("9.8.7", ""):
            self.assertIn("imgslim 9.8.7", self.run_step("github/install.sh", INPUT_VERSION=version, **environment))
        self.assertTrue(self.outputs()["imgslim"].startswith(str(self.root / "temp")))

    def test_what_was_tampered_with_is_not_run(self):
        environment, name = self.release()
        packed = self.forge.files[f"/download/v9.8.7/{name}.tar.gz"]
        self.release(b"#!/bin/sh\ntouch gone\n")
        self.forge.files[f"/download/v9.8.7/{name}.tar.gz"], tampered = packed, self.forge.files[f"/download/v9.8.7/{name}.tar.gz"]
        self.assertNotEqual(packed, tampered)
        out = self.run_step("github/install.sh", INPUT_VERSION="9.8.7", code=1, **environment)
        self.assertIn("checksum", out)
        self.assertFalse((self.root / "output").exists() or (self.root / "gone").exists())

    def test_unknown_versions_and_places_are_refused(self):
        environment, _ = self.release()
        self.assertIn("knows no release 1.0.0", self.run_step("github/install.sh", INPUT_VERSION="1.0.0", code=1, **environment))
        for version in ("../x", "$(touch gone)", "9.8.7\nx"):
            self.run_step("github/install.sh", INPUT_VERSION=version, code=1, **environment)
        environment["IMGSLIM_RELEASES"] = "http://example.com"
        self.assertIn("https", self.run_step("github/install.sh", INPUT_VERSION="9.8.7", code=1, **environment))

    def test_an_installed_program_is_taken_where_that_is_wanted(self):
        program = self.root / "mine"
        program.write_text("#!/bin/sh\necho mine\n")
        program.chmod(0o755)
        self.assertIn("mine", self.run_step("github/install.sh", INPUT_VERSION="path", IMGSLIM_BIN=str(program)))
        self.assertEqual(self.outputs()["imgslim"], str(program))
        self.run_step("github/install.sh", INPUT_VERSION="path", IMGSLIM_BIN="/nowhere", code=1)


class Verdict(Step):
    def test_the_job_ends_as_the_check_did(self):
        for given, code in (("0", 0), ("1", 1), ("", 70), ("3", 70)):
            self.run_step("github/verdict.sh", IMGSLIM_EXIT_CODE=given, code=code)


class Check(Step):
    """The steps of the action in their order, and what they leave."""

    def setUp(self):
        super().setUp()
        if not IMGSLIM:
            self.skipTest("no imgslim was given")
        self.small = layout(self.root / "small")
        self.large = layout(self.root / "large", "x" * 3_000_000)
        (self.root / ".git").mkdir()

    def check(self, **environment):
        (self.root / "output").unlink(missing_ok=True)
        return self.run_step("github/check.sh", IMGSLIM_BIN=IMGSLIM, **environment)

    def config(self, text):
        (self.root / "config.yaml").write_text(text)
        return {"INPUT_CONFIG": "config.yaml"}

    def test_growth_over_a_budget_is_an_output_and_fails_only_in_the_last_step(self):
        config = self.config("version: 1\nimages:\n  - name: api\n    budget: {unpacked: 1MB}\n")
        self.check(INPUT_IMAGE="large", INPUT_BASELINE="small", **config)
        outputs = self.outputs()
        self.assertEqual((outputs["verdict"], outputs["unpacked"], outputs["delta"], outputs["exit-code"]),
                         ("failed", "3000000", str(3_000_000 - 6), "1"))
        self.assertEqual(json.loads(pathlib.Path(outputs["report"]).read_text())["totals"]["payload_bytes"], 3_000_000)
        comment = pathlib.Path(outputs["markdown"]).read_text()
        self.assertTrue(comment.startswith("<!-- imgslim:id="))
        self.assertIn("grows by **3.0 MB**", comment)
        self.assertIn("❌", comment)
        self.assertEqual((self.root / "summary.md").read_text(), comment.partition("\n")[2])
        self.run_step("github/verdict.sh", IMGSLIM_EXIT_CODE=outputs["exit-code"], code=1)

    def test_no_change_passes_and_says_nothing_on_the_pull_request(self):
        self.check(INPUT_IMAGE="small", INPUT_BASELINE="small", INPUT_COMMENT_KEY="web")
        outputs = self.outputs()
        self.assertEqual((outputs["verdict"], outputs["delta"]), ("passed", "0"))
        self.assertTrue(pathlib.Path(outputs["markdown"]).read_text().startswith("<!-- imgslim:id=web change=none "))
        self.post(outputs["markdown"])
        self.assertEqual(self.forge.comments, [])

    def test_without_a_baseline_there_is_no_delta(self):
        self.check(INPUT_IMAGE="small", INPUT_SARIF_FILE="out.sarif")
        self.assertEqual(self.outputs()["delta"], "")
        self.assertEqual(json.loads((self.root / "out.sarif").read_text())["version"], "2.1.0")

    def test_what_is_no_image_ends_at_once(self):
        self.run_step("github/check.sh", IMGSLIM_BIN=IMGSLIM, INPUT_IMAGE="nothing", code=5)
        self.run_step("github/check.sh", IMGSLIM_BIN=IMGSLIM, INPUT_IMAGE="--help", code=5)

    def post(self, body, run="10", **environment):
        (self.root / "event.json").write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": HEAD}}}))
        return self.run_step("github/post-comment.sh", body, GITHUB_TOKEN="t0ken", GITHUB_API_URL=self.forge.url,
                             GITHUB_REPOSITORY="o/r", GITHUB_RUN_ID=run, GITHUB_EVENT_PATH=str(self.root / "event.json"),
                             IMGSLIM_SUMMARY="written", **environment)

    def test_a_pull_request_from_first_push_to_last(self):
        self.check(INPUT_IMAGE="large", INPUT_BASELINE="small")
        self.post(self.outputs()["markdown"], run="10")
        self.assertIn("grows by", self.forge.comments[0]["body"])
        self.check(INPUT_IMAGE="small", INPUT_BASELINE="small")
        self.post(self.outputs()["markdown"], run="11")
        self.assertEqual(len(self.forge.comments), 1)
        self.assertIn("size unchanged (+0 B unpacked)", self.forge.comments[0]["body"])
        self.check(INPUT_IMAGE="small", INPUT_BASELINE="large")
        self.post(self.outputs()["markdown"], run="12")
        self.assertIn("shrinks by **3.0 MB**", self.forge.comments[0]["body"])

    def test_the_job_of_gitlab_leaves_its_reports_and_ends_with_the_verdict(self):
        config = "version: 1\nimages:\n  - name: api\n    budget: {unpacked: 1MB}\n"
        (self.root / ".imgslim.yaml").write_text(config)
        self.run_step("gitlab/check.sh", IMGSLIM_BIN=IMGSLIM, INPUT_IMAGE="large", code=1)
        self.run_step("gitlab/check.sh", IMGSLIM_BIN=IMGSLIM, INPUT_IMAGE="small")
        for name in ("imgslim.json", "gl-code-quality.json"):
            json.loads((self.root / name).read_text())
        self.assertTrue((self.root / "imgslim.md").read_text().startswith("<!-- imgslim:id=api "))


class Fork(Step):
    """The second half of the recipe that is safe with forks."""

    def setUp(self):
        super().setUp()
        if not IMGSLIM:
            self.skipTest("no imgslim was given")
        report = self.root / "r.json"
        subprocess.run([IMGSLIM, "analyze", layout(self.root / "image"), "-o", f"json={report}"], check=True)
        self.report = report.read_text()
        self.event = {"workflow_run": {"id": 500, "run_attempt": 2, "head_sha": HEAD, "head_branch": "fix/a&b", "pull_requests": [],
                                       "head_repository": {"owner": {"login": "mallory"}}}}
        self.pulls = [{"number": 6, "head": {"sha": "0" * 40}}, {"number": 7, "head": {"sha": HEAD}}]

    def artifact(self, **members):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, text in members.items():
                archive.writestr(name.replace("__", "."), text)
        self.forge.files |= {
            "/repos/o/r/actions/runs/500/artifacts": json.dumps({"artifacts": [
                {"id": 8, "name": "imgslim", "expired": True}, {"id": 9, "name": "imgslim", "expired": False}]}).encode(),
            "/repos/o/r/actions/artifacts/9/zip": packed.getvalue(),
            "/repos/o/r/pulls": json.dumps(self.pulls).encode()}

    def comment(self, code=0):
        (self.root / "event.json").write_text(json.dumps(self.event))
        return self.run_step("github/comment-on-run.sh", code=code, INPUT_VERSION="path", IMGSLIM_BIN=IMGSLIM, GITHUB_TOKEN="t0ken",
                             GITHUB_API_URL=self.forge.url, GITHUB_REPOSITORY="o/r", GITHUB_EVENT_PATH=str(self.root / "event.json"),
                             GITHUB_RUN_ID="900", IMGSLIM_RELEASES="https://example.com")

    def test_the_report_is_rendered_here_and_posted_where_the_event_says(self):
        self.artifact(report__json=self.report, comment__md="<!-- imgslim:id=x v=1 -->\nhostile", number="6")
        self.comment()
        self.assertEqual(self.forge.writes(), [("POST", "/repos/o/r/issues/7/comments")])
        body = self.forge.comments[0]["body"]
        self.assertIn(f"head={HEAD} run=500 attempt=2 ", body.splitlines()[0])
        self.assertNotIn("hostile", body)
        asked = [path for _, path, _ in self.forge.requests if path.startswith("/repos/o/r/pulls")]
        self.assertEqual(asked, ["/repos/o/r/pulls?state=open&per_page=100&head=mallory%3Afix%2Fa%26b"])

    def test_the_number_of_the_event_is_taken_where_it_has_one(self):
        self.event["workflow_run"]["pull_requests"] = [{"number": 7, "head": {"sha": HEAD}}]
        self.artifact(report__json=self.report)
        self.comment()
        self.assertEqual(len(self.forge.comments), 1)
        self.assertFalse([path for _, path, _ in self.forge.requests if "/pulls" in path])

    def test_a_pull_request_that_moved_on_gets_nothing(self):
        self.pulls = [{"number": 7, "head": {"sha": "1" * 40}}]
        self.artifact(report__json=self.report)
        self.assertIn("no open pull request", self.comment())
        self.assertEqual(self.forge.writes(), [])

    def test_hostile_artifacts_are_refused_or_inert(self):
        self.artifact(report__json="{}")
        self.comment(code=3)
        self.artifact(other="x")
        self.assertIn("no report.json", self.comment(code=1))
        report = json.loads(self.report)
        report["image"]["reference"] = "evil\n/close\n@all <!-- --> \x1b[2J"
        self.artifact(report__json=json.dumps(report))
        self.comment()
        body = self.forge.comments[0]["body"]
        self.assertFalse([line for line in body.splitlines() if line.startswith("/")])
        self.assertNotIn("\x1b", body)
        self.assertEqual(self.forge.writes(), [("POST", "/repos/o/r/issues/7/comments")])


class PreCommit(unittest.TestCase):
    def test_the_hook_of_an_installed_program_runs(self):
        if not IMGSLIM or not shutil.which("pre-commit"):
            self.skipTest("pre-commit is not installed (ci/install-deps)")
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            hooks, project = root / "hooks", root / "project"
            env = {"PATH": f"{pathlib.Path(IMGSLIM).parent}:{os.environ['PATH']}", "HOME": folder, "GIT_CONFIG_GLOBAL": "/dev/null",
                   "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}

            def run(*command, cwd=project):
                return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=120)

            for directory in (hooks, project):
                directory.mkdir()
                run("git", "init", "-q", cwd=directory)
            shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
            run("git", "add", ".", cwd=hooks)
            run("git", "commit", "-qm", "hooks", cwd=hooks)
            revision = run("git", "rev-parse", "HEAD", cwd=hooks).stdout.strip()
            (project / ".pre-commit-config.yaml").write_text(
                f"repos:\n- repo: {hooks}\n  rev: {revision}\n  hooks:\n  - id: imgslim-lint\n")
            (project / "Dockerfile").write_text("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n")
            (project / "notes.txt").write_text("FROM x\n")
            run("git", "add", ".")
            failed = run("pre-commit", "run", "--all-files")
            self.assertEqual(failed.returncode, 1, failed.stdout + failed.stderr)
            self.assertIn("SL3001", failed.stdout)
            self.assertNotIn("notes.txt", failed.stdout)
            (project / "Dockerfile").write_text("FROM debian:12\nUSER 1000\n")
            self.assertEqual(run("pre-commit", "run", "--all-files").returncode, 0)


if __name__ == "__main__":
    missing = [tool for tool in ("curl", "jq", "unzip", "git") if not shutil.which(tool)]
    if missing:
        print("SKIPPED:", ", ".join(missing), "not installed (ci/install-deps)")
        sys.exit(77)
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        IMGSLIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
