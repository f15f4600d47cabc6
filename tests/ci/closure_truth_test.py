#!/usr/bin/env python3
"""tests/real/closure reads traces rightly, and its comparison fails on what must not happen."""
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "real/closure"))
import build  # noqa: E402  (found by the path above)
import check  # noqa: E402
import roots  # noqa: E402
import truth  # noqa: E402

# 10 is the launcher, 11 becomes process 1; 12 is a thread of it, 13 a child that executes another program.
TRACE = """\
10 execve("/usr/bin/python3", ["python3", "launch.py"], 0x1 /* 9 vars */) = 0
10 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3</usr/lib/outside.so>, 0) = 0x1
10 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 11
11 execve("/bin/absent", ["start"], 0x1 /* 3 vars */) = -1 ENOENT (No such file or directory)
11 execve("/bin/start", ["start"], 0x1 /* 3 vars */) = 0
11 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3<ROOT/lib/shell.so>, 0) = 0x1
11 execve("/bin/server", ["server"], 0x1 /* 3 vars */ <unfinished ...>
11 <... execve resumed>)             = 0
11 clone3({flags=CLONE_VM|CLONE_THREAD, exit_signal=0}, 88 <unfinished ...>
12 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3<ROOT/lib/thread.so>, 0 <unfinished ...>
11 <... clone3 resumed> => {parent_tid=[0]}, 88) = 2 /* 12 in strace's PID NS */
12 <... mmap resumed>) = 0x1
11 vfork( <unfinished ...>
13 execve("/bin/child", ["child"], 0x1 /* 3 vars */) = 0
11 <... vfork resumed>)              = 3 /* 13 in strace's PID NS */
13 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 3<ROOT/lib/child.so>, 0) = 0x1
13 execve("/proc/self/exe", ["applet"], 0x1 /* 3 vars */) = 0
"""


def read_trace():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "root")
        (root / "bin").mkdir(parents=True)
        (root / "bin/start").write_text("#!/bin/shell -e\n")
        for name in ("shell", "server", "child"):
            (root / "bin" / name).write_bytes(b"\x7fELF")
        file = pathlib.Path(folder, "trace")
        file.write_text(TRACE.replace("ROOT", str(root)))
        return truth.Trace(str(file), 11, str(root))


class Traces(unittest.TestCase):
    def test_every_process_of_the_root_is_seen_and_the_launcher_is_not(self):
        self.assertEqual([(entry["pid1"], entry["program"]) for entry in read_trace().commands],
                         [(True, "/bin/shell"), (True, "/bin/server"), (False, "/bin/child"), (False, "/bin/child")])

    def test_a_mapping_belongs_to_the_program_that_made_it(self):
        self.assertEqual(read_trace().mapped, {
            (True, "/bin/shell", "/bin/shell"), (True, "/bin/shell", "/lib/shell.so"), (True, "/bin/server", "/bin/server"),
            (True, "/bin/server", "/lib/thread.so"), (False, "/bin/child", "/bin/child"), (False, "/bin/child", "/lib/child.so")})

    def test_the_last_image_of_process_1_includes_its_threads_and_excludes_what_ran_before(self):
        trace = read_trace()
        self.assertEqual(trace.last_program_of_first, "/bin/server")
        self.assertEqual(trace.mapped_by_last_image({(True, "/bin/server"): {"/lib/seen.so"}, (True, "/bin/shell"): {"/lib/no.so"}}),
                         {"/bin/server", "/lib/thread.so", "/lib/seen.so"})


def outcome(rows, coverage="complete", kind="held-out"):
    """T is a program of process 1 with three libraries, of which `far` is another process's."""
    objects = [{"path": path, "size": size, "pid1": path != "/far", "processes": ["/main"], "needed_by": needed_by}
               for path, size, needed_by in (("/main", 10, []), ("/near", 20, ["/main"]), ("/plugin", 60, []), ("/far", 10, ["/plugin"]))]
    runtime = {"coverage": coverage, "objects": [{"path": path[1:], "confidence": tier, "via": "", "needed_by": "", "detail": ""}
                                                 for path, tier in rows.items()]}
    return check.Outcome({"name": "x", "set": kind}, {"objects": objects, "aliases": {"/near.so": "/near"}}, runtime)


class Comparisons(unittest.TestCase):
    def test_precision_and_recall_are_over_files_and_bytes(self):
        seen = outcome({"/main": "certain", "/near": "certain", "/wrong": "likely", "/plugin": "possible"}).counts(check.SURE)
        self.assertEqual([round(ratio, 3) for ratio in seen.ratios()], [0.667, 0.5, 0.667, 0.3, 0.333])

    def test_another_name_of_the_same_file_is_the_file(self):
        self.assertEqual(outcome({"/near.so": "certain"}).wrong("certain"), [])

    def test_a_wrong_certain_object_is_a_failure(self):
        everything = {"/main": "certain", "/near": "certain", "/plugin": "declared", "/far": "likely"}
        self.assertEqual(list(outcome(everything).problems()), [])
        self.assertEqual(len(list(outcome(everything | {"/wrong": "certain"}).problems())), 1)
        self.assertEqual(list(outcome(everything | {"/wrong": "likely"}).problems()), [])

    def test_a_hole_in_process_1_must_be_flagged(self):
        hole = {"/main": "certain", "/near": "certain"}
        self.assertEqual(len(list(outcome(hole, "rules").problems())), 1)
        self.assertEqual(list(outcome(hole, "unknown").problems()), [])

    def test_misses_are_told_by_their_first_cause(self):
        self.assertEqual(list(check.explain(outcome({"/main": "certain", "/near": "certain"}))),
                         ["missed: /plugin (process 1): opened by /main; 1 more by it"])

    def test_each_goal_is_judged(self):
        everything = {"/main": "certain", "/near": "certain", "/plugin": "declared", "/far": "likely"}
        self.assertEqual(check.judge_goals([outcome(everything)]), (3, 0))
        self.assertEqual(check.judge_goals([outcome({"/main": "certain", "/wrong": "likely"})]), (0, 3))


class Programs(unittest.TestCase):
    def test_every_program_can_be_built_and_started(self):
        programs = roots.programs()
        self.assertEqual(len({program["name"] for program in programs}), len(programs))
        for program in programs:
            self.assertIn(program["suite"], ("bookworm", "trixie"), program["name"])
            self.assertIn(program["set"], roots.SETS, program["name"])
            self.assertTrue(program["packages"] and (program.get("entrypoint") or program.get("cmd")), program["name"])

    def test_both_sets_are_large_and_of_many_kinds(self):
        programs = roots.programs()
        self.assertGreaterEqual(len({program["kind"] for program in programs}), 10)
        for name in ("tuned", "held-out"):
            self.assertGreaterEqual(sum(program["set"] == name for program in programs), 30)

    def test_the_short_programs_exist(self):
        self.assertLessEqual(set(check.SHORT), {program["name"] for program in roots.programs()})
        self.assertTrue(build.DEFAULT_CACHE.endswith("imgslim-real/closure"))


if __name__ == "__main__":
    unittest.main()
