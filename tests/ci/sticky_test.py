#!/usr/bin/env python3
"""ci/github/post-comment.sh and ci/gitlab/post-note.sh against a local server: what arrives, and what is left alone."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from forge_server import Forge

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHELLS = [shell for shell in (["dash"], ["busybox", "sh"], ["bash"]) if shutil.which(shell[0])]
BODY = "<!-- imgslim:id=api change=large v=1 -->\n### `api` grows by **41.8 MB**\n\nmore\n"
SMALL = "<!-- imgslim:id=api change=small v=1 -->\n### `api` size unchanged (+0.1 MB)\n"


class Recipe(unittest.TestCase):
    """The rules that both services share; the subclasses say which service."""
    kind = script = update = None
    shell = SHELLS[0]

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.forge = Forge(self.kind)
        self.addCleanup(self.forge.stop)

    def environment(self, run, attempt):
        raise NotImplementedError

    def post(self, body=BODY, run=10, attempt=1, **more):
        (self.root / "body.md").write_text(body)
        env = {"PATH": os.environ["PATH"], "TMPDIR": str(self.root), "IMGSLIM_RETRY_SECONDS": "0",
               **self.environment(run, attempt), **more}
        result = subprocess.run([*self.shell, ROOT / self.script, "body.md"], cwd=self.root, env=env,
                                capture_output=True, text=True, timeout=120)
        self.assertEqual(result.stdout, "")
        self.assertNotIn("t0ken", result.stderr)
        self.assertNotIn("\x1b", result.stderr)
        self.assertEqual(list(self.root.glob("tmp.*")), [], "temporary files stay behind")
        return result

    def ok(self, *arguments, **more):
        result = self.post(*arguments, **more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stderr

    def bodies(self):
        return [comment["body"] for comment in self.forge.comments]


class Rules:
    def test_growth_is_commented_on_with_the_marker_first(self):
        self.assertIn("commented", self.ok(run=812, attempt=2))
        marker, _, rest = self.bodies()[0].partition("\n")
        self.assertEqual(marker, "<!-- imgslim:id=api head=9f1c2ab run=812 attempt=2 v=1 -->")
        self.assertEqual(rest, BODY.partition("\n")[2])

    def test_a_second_push_changes_the_same_comment(self):
        self.ok(run=10)
        self.assertIn("up to date", self.ok(BODY.replace("41.8", "12.0"), run=11))
        self.assertEqual(len(self.bodies()), 1)
        self.assertIn("12.0", self.bodies()[0])
        self.assertIn("run=11 ", self.bodies()[0])
        self.assertEqual([method for method, _ in self.forge.writes()], ["POST", self.update])

    def test_shrinkage_to_nothing_of_note_turns_the_comment_into_the_small_form(self):
        self.ok(run=10)
        self.ok(SMALL, run=11)
        self.assertEqual(self.bodies()[0].splitlines()[1:], SMALL.splitlines()[1:])

    def test_no_change_makes_no_comment(self):
        self.assertIn("no comment", self.ok(SMALL))
        self.assertEqual(self.forge.writes(), [])

    def test_always_comments_on_no_change_too(self):
        self.ok(SMALL, IMGSLIM_COMMENT="always")
        self.assertEqual(len(self.bodies()), 1)

    def test_the_same_text_is_not_written_again(self):
        self.ok(run=10)
        self.assertIn("says the same", self.ok(run=11))
        self.assertEqual(len(self.forge.writes()), 1)

    def test_an_older_run_leaves_the_comment_of_a_newer_one(self):
        self.ok(run=12)
        for run, attempt in ((9, 1), (11, 5)):
            self.assertIn("newer run", self.ok(BODY.replace("41.8", "0.1"), run=run, attempt=attempt))
        self.assertIn("41.8", self.bodies()[0])

    def test_of_one_run_the_later_attempt_wins(self):
        self.ok(run=12, attempt=2)
        self.assertIn("newer run", self.ok(BODY.replace("41.8", "0.1"), run=12, attempt=1))
        self.ok(BODY.replace("41.8", "0.2"), run=12, attempt=3)
        self.assertIn("0.2", self.bodies()[0])

    def test_the_comment_is_found_behind_a_hundred_others(self):
        for number in range(70):
            self.forge.add(f"comment {number}", author="someone")
        self.ok(run=10)
        for number in range(70):
            self.forge.add(f"later {number}", author="someone")
        self.ok(BODY.replace("41.8", "1.0"), run=11)
        self.assertEqual(len(self.bodies()), 141)
        self.assertEqual([method for method, _ in self.forge.writes()], ["POST", self.update])

    def test_a_marker_that_somebody_else_wrote_is_text(self):
        forged = "<!-- imgslim:id=api head=x run=999999 attempt=1 v=1 -->\nmine"
        self.forge.add(forged, author="mallory")
        self.ok()
        self.assertEqual(len(self.bodies()), 2)
        self.assertEqual(self.bodies()[0], forged)

    def test_a_marker_below_the_first_line_is_text(self):
        self.forge.add("quoted\n<!-- imgslim:id=api head=x run=1 attempt=1 v=1 -->")
        self.ok()
        self.assertEqual(len(self.bodies()), 2)

    def test_keys_have_a_comment_each_and_none_is_the_start_of_another(self):
        self.ok(IMGSLIM_KEY="api")
        self.ok(IMGSLIM_KEY="api2")
        self.ok(IMGSLIM_KEY="ap")
        self.assertEqual(len(self.bodies()), 3)

    def test_a_hostile_key_cannot_leave_the_marker(self):
        self.ok(IMGSLIM_KEY="x --> <b>\n$(id)\"")
        self.assertRegex(self.bodies()[0], r"\A<!-- imgslim:id=[A-Za-z0-9._-]+ head=9f1c2ab run=10 attempt=1 v=1 -->\n### ")

    def test_a_hostile_body_arrives_as_it_is(self):
        hostile = BODY + "\"quote\\ $(touch gone) `touch gone` ' %s \u202e \u6f22 <!-- imgslim:id=other run=1 -->\nlast"
        self.ok(hostile)
        self.assertEqual(self.bodies()[0].partition("\n")[2], hostile.partition("\n")[2])
        self.assertFalse((self.root / "gone").exists())

    def test_errors_of_the_service_are_tried_again(self):
        self.forge.faults = [502, 503, 429]
        error = self.ok()
        self.assertEqual(len(self.bodies()), 1)
        self.assertIn("again in", error)

    def test_a_write_that_worked_and_was_answered_with_an_error_is_not_made_twice(self):
        self.forge.faults, self.forge.fault_is_late = [502], True
        self.assertIn("says the same", self.ok())
        self.assertEqual(len(self.bodies()), 1)

    def test_a_service_that_stays_down_fails_with_its_status(self):
        self.forge.faults = [500] * 20
        result = self.post()
        self.assertEqual(result.returncode, 1)
        self.assertIn("still answers 500: ::error::try[2J again", result.stderr)
        self.assertFalse(any(line.startswith("::") for line in result.stderr.splitlines()))

    def test_the_token_follows_no_page_to_another_host(self):
        other = Forge(self.kind)
        self.addCleanup(other.stop)
        for number in range(40):
            self.forge.add(f"comment {number}", author="someone")
        self.forge.foreign_next = other.url
        self.ok()
        self.assertEqual(other.requests, [])

    def test_a_body_that_is_too_long_is_refused_before_anything_is_sent(self):
        result = self.post(BODY + "x" * 60_000)
        self.assertEqual(result.returncode, 1)
        self.assertIn("more than 60000 bytes", result.stderr)
        self.assertEqual(self.forge.writes(), [])

    def test_without_a_request_to_comment_on_nothing_is_done(self):
        self.assertIn("no ", self.ok(**self.nowhere))
        self.assertEqual(self.forge.requests, [])


class OnGitHub(Recipe):
    kind, script, update = "github", "ci/github/post-comment.sh", "PATCH"
    nowhere = {"GITHUB_EVENT_PATH": "/dev/null"}

    def environment(self, run, attempt):
        event = self.root / "event.json"
        event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": "9f1c2ab"}}}))
        return {"GITHUB_TOKEN": "t0ken", "GITHUB_API_URL": self.forge.url, "GITHUB_REPOSITORY": "o/r",
                "GITHUB_EVENT_PATH": str(event), "GITHUB_RUN_ID": str(run), "GITHUB_RUN_ATTEMPT": str(attempt),
                "GITHUB_STEP_SUMMARY": str(self.root / "summary.md")}


class GitHub(Rules, OnGitHub):
    def test_the_token_of_a_workflow_that_may_not_ask_for_its_name_finds_its_comment(self):
        self.forge.user_status = 403
        self.ok(run=10)
        self.ok(BODY.replace("41.8", "2.0"), run=11)
        self.assertEqual(len(self.bodies()), 1)

    def test_from_a_fork_the_text_goes_to_the_summary_and_the_job_stays_green(self):
        self.forge.user_status = self.forge.write_status = 403
        self.assertIn("from a fork", self.ok())
        self.assertEqual((self.root / "summary.md").read_text(), BODY.partition("\n")[2])
        self.assertEqual(self.bodies(), [])

    def test_a_summary_that_is_written_is_not_written_again(self):
        self.forge.write_status = 403
        self.ok(IMGSLIM_SUMMARY="written")
        self.assertFalse((self.root / "summary.md").exists())

    def test_a_wrong_token_fails(self):
        result = self.post(GITHUB_TOKEN="other")
        self.assertEqual(result.returncode, 1)
        self.assertIn("401: Bad credentials", result.stderr)

    def test_the_number_can_be_given(self):
        self.ok(**self.nowhere, IMGSLIM_PULL_REQUEST="7", IMGSLIM_HEAD_SHA="abc")
        self.assertIn("head=abc ", self.bodies()[0])

    def test_what_is_no_number_is_refused(self):
        for name in ("IMGSLIM_PULL_REQUEST", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"):
            self.assertEqual(self.post(**{name: "7/../8"}).returncode, 1)
        self.assertEqual(self.post(IMGSLIM_HEAD_SHA="a --> b").returncode, 1)
        self.assertEqual(self.forge.writes(), [])

    def test_gh_is_asked_where_that_is_wanted(self):
        tools = self.root / "tools"
        tools.mkdir()
        stand_in = tools / "gh"  # `gh api -i -X METHOD [--input FILE] URL`, by curl
        stand_in.write_text('#!/bin/sh\nset -e\nshift 2\nif [ "$3" = --input ]; then set -- "$1" "$2" --data-binary "@$4" "$5"; fi\n'
                            'exec curl -gsi -H "Authorization: Bearer t0ken" "$@"\n')
        stand_in.chmod(0o755)
        path = f"{tools}:{os.environ['PATH']}"
        self.ok(run=10, PATH=path, IMGSLIM_USE_GH="1", GITHUB_TOKEN="")
        self.ok(BODY.replace("41.8", "2.0"), run=11, PATH=path, IMGSLIM_USE_GH="1", GITHUB_TOKEN="")
        self.assertEqual(len(self.bodies()), 1)
        self.assertIn("2.0", self.bodies()[0])


class GitLab(Rules, Recipe):
    kind, script, update = "gitlab", "ci/gitlab/post-note.sh", "PUT"
    nowhere = {"CI_MERGE_REQUEST_IID": ""}

    def environment(self, run, attempt):
        return {"IMGSLIM_GITLAB_TOKEN": "t0ken", "CI_API_V4_URL": self.forge.url, "CI_PROJECT_ID": "5",
                "CI_MERGE_REQUEST_IID": "7", "CI_COMMIT_SHA": "9f1c2ab", "CI_PIPELINE_ID": str(run), "CI_JOB_ID": str(attempt)}

    def test_without_a_token_the_job_says_why_and_stays_green(self):
        self.assertIn("fork", self.ok(IMGSLIM_GITLAB_TOKEN=""))
        self.assertEqual(self.forge.requests, [])

    def test_a_token_that_may_not_write_ends_well(self):
        self.forge.write_status = 403
        self.assertIn("may not comment", self.ok())


class OtherShells(OnGitHub):
    """Small images have busybox only, runners bash."""

    def test_each_shell_makes_finds_and_changes_the_comment(self):
        for shell in SHELLS[1:]:
            with self.subTest(shell):
                self.shell = shell
                for number in range(35):
                    self.forge.add(f"comment {number}", author="someone")
                self.ok(IMGSLIM_KEY=shell[0], run=10)
                self.forge.faults = [502]
                self.ok(BODY.replace("41.8", "1.0"), IMGSLIM_KEY=shell[0], run=11)
                ours = [body for body in self.bodies() if f"id={shell[0]} " in body]
                self.assertEqual(len(ours), 1)
                self.assertIn("1.0", ours[0])


if __name__ == "__main__":
    missing = [tool for tool in ("curl", "jq") if not shutil.which(tool)]
    if missing:
        print("SKIPPED:", ", ".join(missing), "not installed (ci/install-deps)")
        sys.exit(77)
    unittest.main()
