"""Which ELF files a program's processes really map: it is started in its root, asked something, and killed.

Two witnesses are joined. strace sees every mmap and execve of every process, also of short-lived ones, but not the program and
its dynamic linker, which execve itself maps; those are read from the executed file (PT_INTERP, "#!"). Snapshots of /proc/PID/maps
see what is mapped at a moment, whoever did it. A file is its inode: names that are hard links of each other are one.
"""
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time

import elf
import roots

FORMAT = 2  # counted up when this file finds another truth for the same inputs
HERE = os.path.dirname(os.path.abspath(__file__))
DEVICES = {"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9}
START_SECONDS, RUN_SECONDS, SNAPSHOT_SECONDS = 40, 120, 0.25
STRACE = ["strace", "-f", "-qq", "-y", "--seccomp-bpf", "--pidns-translation", "-s", "256",
          "-e", "trace=execve,mmap,clone,clone3,fork,vfork,chdir,fchdir", "-e", "signal=none"]


class NoTruth(Exception):
    """The program did not start or did not answer: there is nothing to compare with."""


def truth_of(root):
    """The kept truth of a root, or a new one."""
    program, kept = root.program, root.path("truth.json")
    key = json.dumps([FORMAT, root.key(), {name: program.get(name) for name in (
        "entrypoint", "cmd", "env", "user", "workdir", "request", "seconds", "status")}], sort_keys=True)
    if os.path.exists(kept):
        with open(kept) as stream:
            truth = json.load(stream)
        if truth["key"] == key:
            return truth
    root.build(with_upper=True)
    run = root.path("run")
    shutil.rmtree(run, ignore_errors=True)
    with roots.overlay(root.lower(), run + "/upper", run + "/work", run + "/merged") as merged:
        furnish(merged)
        truth = Observation(root, merged, run).result()
    truth["key"] = key
    with open(kept, "w") as stream:
        json.dump(truth, stream, indent=1, sort_keys=True)
    root.drop_upper()
    return truth


def furnish(merged):
    """What an engine puts into every container."""
    for place, kind in (("dev", "tmpfs"), ("sys", "sysfs"), ("dev/shm", "tmpfs"), ("dev/pts", "devpts")):
        os.makedirs(os.path.join(merged, place), exist_ok=True)
        roots.call(roots.LIBC.mount(kind.encode(), os.path.join(merged, place).encode(), kind.encode(), 0, None))
        if place == "dev":
            for name, minor in DEVICES.items():
                os.mknod(os.path.join(merged, "dev", name), 0o666 | stat.S_IFCHR, os.makedev(1, minor))
                os.chmod(os.path.join(merged, "dev", name), 0o666)
    os.mknod(merged + "/dev/tty", 0o666 | stat.S_IFCHR, os.makedev(5, 0))
    os.symlink("pts/ptmx", merged + "/dev/ptmx")
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink("/proc/self/" + target, os.path.join(merged, "dev", name))
    os.chmod(merged + "/dev/shm", 0o1777)
    for name, text in (("hosts", "127.0.0.1 localhost\n::1 localhost\n127.0.0.2 container\n"), ("hostname", "container\n"),
                       ("resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")):
        with open(os.path.join(merged, "etc", name), "w") as stream:
            stream.write(text)


class Observation:
    def __init__(self, root, merged, run):
        self.program, self.lower, self.merged, self.run = root.program, root.lower(), merged, run
        self.log, self.trace, self.pidfile = run + "/output", run + "/trace", run + "/pid"
        self.snapshots = {}  # (process 1?, program) -> paths that it has mapped
        self.first_pid = None

    def result(self):
        answered = self.watch()
        records = Trace(self.trace, self.first_pid, self.merged)
        inodes = Inodes(self.merged, self.lower)
        objects = {}
        last = records.last_program_of_first
        for is_first, program, path in records.mapped | self.mapped_in_snapshots():
            found = inodes.object_of(path)
            if not found:
                continue
            entry = objects.setdefault(found, {"path": found, "size": os.path.getsize(self.merged + found), "pid1": False,
                                               "processes": set()})
            entry["processes"].add(program)
            entry["pid1"] |= is_first and program == last and path in records.mapped_by_last_image(self.snapshots)
        self.judge(answered, objects)
        return {"objects": finish(self.merged, objects), "programs": records.commands, "aliases": inodes.aliases(objects)}

    def watch(self):
        """Runs the program, its client and the snapshots. True when the client was answered or the program did its work."""
        description = self.run + "/launch.json"
        argv = self.program.get("entrypoint", []) + self.program.get("cmd", [])
        environment = {"PATH": roots.PATH, "HOME": "/root", "HOSTNAME": "container"}
        environment.update(dict(item.split("=", 1) for item in self.program.get("env", [])))
        with open(description, "w") as stream:
            json.dump({"root": self.merged, "argv": argv, "environment": environment, "user": self.program.get("user", ""),
                       "workdir": self.program.get("workdir") or "/", "pidfile": self.pidfile}, stream)
        with open(self.log, "w") as log:
            traced = subprocess.Popen([*STRACE, "-o", self.trace, "python3", "-B", os.path.join(HERE, "launch.py"), description],
                                      stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            self.wait_for_pid(traced)
            if "request" in self.program:
                return self.ask(traced)
            if "seconds" in self.program:  # a server that nobody can ask without more tools: still alive is an answer
                return not self.wait(traced, self.program["seconds"])
            return self.wait(traced, RUN_SECONDS) and traced.returncode == self.program.get("status", 0)
        finally:
            self.kill(traced)

    def wait_for_pid(self, traced):
        until = time.monotonic() + START_SECONDS
        while not os.path.exists(self.pidfile):
            if traced.poll() is not None or time.monotonic() > until:
                raise NoTruth("not started: " + roots.last_line(self.log))
            time.sleep(0.02)
        self.first_pid = int(roots.read(self.pidfile))

    def wait(self, traced, seconds):
        """Takes snapshots until the program ended (True) or the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if traced.poll() is not None:
                return True
            self.take_snapshot()
            time.sleep(SNAPSHOT_SECONDS)
        return traced.poll() is not None

    def ask(self, traced):
        """The client runs outside, in the container's network; $ROOT is there for `chroot $ROOT CLIENT`."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and traced.poll() is None:
            with open(self.run + "/client", "w") as log:
                client = ["nsenter", "-t", str(self.first_pid), "-n", "timeout", "20", "bash", "-c", self.program["request"]]
                if subprocess.run(client, env={**os.environ, "ROOT": self.merged}, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, check=False).returncode == 0:
                    self.wait(traced, 1)
                    return True
            self.wait(traced, 0.5)
        return False

    def take_snapshot(self):
        try:
            namespace = os.readlink(f"/proc/{self.first_pid}/ns/pid")
        except OSError:
            return
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/root") != self.merged or os.readlink(f"/proc/{pid}/ns/pid") != namespace:
                    continue
                program = os.readlink(f"/proc/{pid}/exe")
                maps = roots.read(f"/proc/{pid}/maps")
                if os.readlink(f"/proc/{pid}/exe") != program:
                    continue  # it executed another program meanwhile
            except OSError:
                continue
            paths = {line.split(None, 5)[5] for line in maps.splitlines() if len(line.split(None, 5)) == 6}
            key = int(pid) == self.first_pid, inside(program, self.merged) or program
            self.snapshots.setdefault(key, set()).update(filter(None, (inside(path, self.merged) for path in paths)))

    def mapped_in_snapshots(self):
        return {(first, program, path) for (first, program), paths in self.snapshots.items() for path in paths}

    def kill(self, traced):
        if self.first_pid and traced.poll() is None:
            try:
                os.kill(self.first_pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            traced.wait(10)
        except subprocess.TimeoutExpired:
            traced.kill()
            traced.wait()

    def judge(self, answered, objects):
        if not answered:
            raise NoTruth(f"no answer: {roots.last_line(self.run + '/client') if 'request' in self.program else ''} "
                          f"{roots.last_line(self.log)}")
        if not any(entry["pid1"] for entry in objects.values()):
            raise NoTruth("process 1 mapped no ELF file of the image")


def inside(path, merged):
    return path[len(merged):] if path.startswith(merged + "/") else None


class Inodes:
    """From a path as a witness saw it to the one name under which a file is compared."""

    def __init__(self, merged, lower):
        self.merged, self.lower, self.links = merged, lower, {}
        for parent, _, names in os.walk(merged + "/usr"):
            for name in names:
                status = os.lstat(os.path.join(parent, name))
                if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
                    self.links.setdefault(status.st_ino, []).append(os.path.join(parent, name)[len(merged):])

    def object_of(self, path):
        """Canonical path of an ELF file of the image; None for what is none, is gone, or was made at run time."""
        if not any(os.path.lexists(directory + path) for directory in self.lower):
            return None
        try:
            status = os.lstat(self.merged + path)
            if not stat.S_ISREG(status.st_mode) or not elf.is_elf(self.merged + path):
                return None
        except OSError:
            return None
        return min(self.links[status.st_ino]) if status.st_nlink > 1 and status.st_ino in self.links else path

    def aliases(self, objects):
        """Other names of the objects that have several."""
        return {name: min(names) for names in self.links.values() if min(names) in objects for name in names if name != min(names)}


class Trace:
    """What strace wrote."""

    LINE = re.compile(r"(\d+) +(.*)")
    MAP = re.compile(r"mmap\(.*?, \d+<(/[^>]*)>(?:\(deleted\))?, ")
    EXEC = re.compile(r'execve\("((?:[^"\\]|\\.)*)", \[(.*)')
    MOVE = re.compile(r'f?chdir\((?:"((?:[^"\\]|\\.)*)"|\d+<([^>]*)>)')
    RESUMED = re.compile(r"<\.\.\. (?:execve|f?chdir) resumed>")
    CHILD = re.compile(r"(?:<\.\.\. )?(?:clone3?|v?fork)(?:\(| resumed>).* = (\d+)(?: /\* (\d+) in strace's PID NS \*/)?$")

    def __init__(self, path, first, merged):
        self.first, self.merged = first, merged
        self.mapped, self.commands = set(), []
        self.program, self.leader, self.pending = {}, {}, {}
        self.directory = {}  # process -> where its relative paths begin
        self.last_program_of_first, self.last_image = None, set()
        lines = roots.read(path).splitlines()
        self.parents = self.children_of(lines)
        for line in lines:
            if match := self.LINE.fullmatch(line):
                self.event(int(match[1]), match[2])

    def children_of(self, lines):
        """Child -> (parent, whether it is a thread of it)."""
        parents, flags = {}, {}
        for line in lines:
            pid, text = self.LINE.fullmatch(line).groups() if self.LINE.fullmatch(line) else (None, "")
            if "clone" not in text and "fork" not in text:
                continue
            if "CLONE_" in text:
                flags[pid] = text
            if match := self.CHILD.match(text):
                parents[int(match[2] or match[1])] = int(pid), "CLONE_THREAD" in flags.pop(pid, "") or "CLONE_THREAD" in text
        return parents

    def resolve(self, pid):
        """(the process that a thread belongs to, its program)"""
        if pid not in self.leader:
            parent, thread = self.parents.get(pid, (None, False))
            at, program = self.resolve(parent) if parent else (pid, None)
            self.leader[pid] = at if thread and pid != self.first else pid
            self.program.setdefault(self.leader[pid], program)
            self.directory.setdefault(self.leader[pid], self.directory.get(at, "/"))
        return self.leader[pid], self.program.get(self.leader[pid])

    def event(self, pid, text):
        leader, program = self.resolve(pid)
        if match := self.MAP.match(text):
            self.map(leader, program, inside(match[1], self.merged))
        elif match := self.EXEC.match(text) or self.MOVE.match(text):
            if text.endswith("<unfinished ...>"):
                self.pending[pid] = match
            elif text.endswith(" = 0"):
                self.done(leader, match)
        elif match := self.CHILD.match(text):  # which begins where its parent is now
            self.directory.setdefault(int(match[2] or match[1]), self.directory.get(leader, "/"))
        elif self.RESUMED.match(text) and (match := self.pending.pop(pid, None)) and text.endswith(" = 0"):
            self.done(leader, match)

    def done(self, leader, match):
        if match.re is self.EXEC:
            self.execute(leader, match)
        else:
            self.directory[leader] = self.path_of(leader, match[1]) if match[2] is None else inside(match[2], self.merged) or "/"

    def path_of(self, pid, path):
        return os.path.normpath(os.path.join(self.directory[pid], path))

    def map(self, leader, program, path):
        if path and program:
            self.mapped.add((leader == self.first, program, path))
            if leader == self.first:
                self.last_image.add(path)

    def execute(self, pid, match):
        path = self.path_of(pid, match[1])
        if path == "/proc/self/exe":  # as busybox starts its applets
            path = self.program.get(pid) or path
        files = elf.executed_files(self.merged, path)
        if not files:
            return  # outside: the launcher itself
        if self.program.get(self.first) is None and pid != self.first:
            return
        self.program[pid] = files[0]
        if pid == self.first:
            self.last_program_of_first, self.last_image = files[0], set()
        self.commands.append({"pid1": pid == self.first, "program": files[0], "argv": match[2][:300]})
        for file in files:
            self.map(pid, files[0], file)

    def mapped_by_last_image(self, snapshots):
        return self.last_image | snapshots.get((True, self.last_program_of_first), set())


def finish(merged, objects):
    """As JSON, with who needs whom: a missed object that a missed object needs has no reason of its own."""
    dynamic = {path: elf.dynamic(merged + path) for path in objects}
    for path, entry in objects.items():
        names = {os.path.basename(path), dynamic[path]["soname"]}
        entry["needed_by"] = sorted(other for other in objects if names & set(dynamic[other]["needed"]))
        entry["processes"] = sorted(entry["processes"])
    return [objects[path] for path in sorted(objects)]
