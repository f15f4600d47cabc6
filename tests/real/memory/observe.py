"""Starts a program of the run-time closure's roots as a container's process 1 and reads its memory when it has come to rest: a
server when no process of it has used the CPU for a while, a tool when it is about to exit (ptrace(2), PTRACE_O_TRACEEXIT).

The root is unpacked from the program's layer, over the base of its suite, in a mount namespace of this process alone. Files are
dropped from the page cache first, so that they come back as page faults bring them in and not as unpacking left them."""
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "closure"))
import launch  # noqa: E402
import pages  # noqa: E402
import roots  # noqa: E402
import truth  # noqa: E402

QUIET_SECONDS, LONGEST_SECONDS = 0.8, 60
SEIZE, DETACH, CONTINUE, TRACE_EXIT, EXIT_KILL = 0x4206, 17, 7, 0x40, 1 << 20
EVENT_EXIT, ALL_CHILDREN = 6, 0x40000000
# PHP unloads its extensions before it ends (zend_API.c, module_destructor): a tool is to be seen as it was before.
STAYS_MAPPED = {"ZEND_DONT_UNLOAD_MODULES": "1"}
# Node frees its heap before it ends: it is held in its last event, and is at rest then.
HELD_SCRIPT = "/.held.js"
HELD_TEXT = "process.on('exit', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));\n"
CGROUPS = "/sys/fs/cgroup/memory"  # version 1; without it nothing is read of the cgroup, and no limit can be set
C_LIBRARY = "/usr/lib/x86_64-linux-gnu/libc.so.6"  # whatever runs on the base has it mapped
NAMESPACES = launch.CLONE_NEWPID | launch.CLONE_NEWNET | launch.CLONE_NEWIPC | launch.CLONE_NEWUTS


class NotMeasured(Exception):
    """The program did not start, or ended before anything could be read."""


def unpack(root):
    """The layer as an overlay's upper directory."""
    upper = root.path("memory/upper")
    if os.path.exists(upper + ".complete"):
        return upper
    os.makedirs(upper, exist_ok=True)
    plain = subprocess.Popen(["zstd", "-dcq", root.path("layer")], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=plain.stdout, mode="r|") as layer:
        layer.extraction_filter = lambda member, _: member
        for member in layer:
            directory, name = os.path.split(member.name)
            if name == ".wh..wh..opq":
                os.setxattr(os.path.join(upper, directory), "trusted.overlay.opaque", b"y")
            elif name.startswith(".wh."):
                os.mknod(os.path.join(upper, directory, name[4:]), 0o600 | 0o020000, 0)
            else:
                layer.extract(member, upper, numeric_owner=True)
    if plain.wait() != 0:
        raise NotMeasured("zstd failed")
    subprocess.run(["sync", "-f", upper], check=True)
    forget(upper)
    open(upper + ".complete", "w").close()
    return upper


def drop(root):
    """What unpack() and measure() left on the disk."""
    subprocess.run(["rm", "-rf", root.path("memory")], check=True)


def forget(directory):
    for parent, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path):
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)


@contextlib.contextmanager
def memory_cgroup(limit=None):
    """A memory cgroup of its own, removed when its processes are gone."""
    if not os.path.isdir(CGROUPS):
        raise NotMeasured("no memory controller of cgroup v1")
    path = tempfile.mkdtemp(prefix="imgslim-", dir=CGROUPS)
    try:
        if limit is not None:
            with open(path + "/memory.limit_in_bytes", "w") as stream:
                stream.write(str(limit))
        yield path
    finally:
        for _ in range(40):
            try:
                os.rmdir(path)
                break
            except OSError:
                time.sleep(0.05)


class Container:
    """One start of a program."""

    def __init__(self, program, merged, log):
        self.program, self.merged, self.log = program, merged, log
        self.held = is_held(program)
        self.stays = stays(program) or self.held
        self.cgroup, self.limit = None, None

    def measure(self):
        with memory_cgroup(self.limit) if os.path.isdir(CGROUPS) else contextlib.nullcontext() as self.cgroup:
            self.start()
            try:
                self.wait_until_idle() if self.stays else self.wait_for_exit()
                result = {"processes": self.read(), "cgroup": self.read_cgroup()}
                if not result["processes"]:
                    raise NotMeasured("ended: " + roots.last_line(self.log))
                result["killed"] = bool(self.cgroup) and "oom_kill 0" not in roots.read(self.cgroup + "/memory.oom_control")
                return result
            finally:
                self.end()

    def start(self):
        if self.held:
            with open(self.merged + HELD_SCRIPT, "w") as stream:
                stream.write(HELD_TEXT)
        pid_end, pid_begin = os.pipe()
        go_end, self.go = os.pipe()
        self.outside = os.fork()
        if self.outside == 0:
            self.outer(pid_begin, go_end)
        os.close(pid_begin)
        os.close(go_end)
        with os.fdopen(pid_end) as stream:
            self.first = int(stream.readline() or 0)
        if not self.first:
            raise NotMeasured("no process")
        if not self.stays:
            self.call_ptrace(SEIZE, TRACE_EXIT | EXIT_KILL)
        self.began = time.monotonic()
        os.write(self.go, b"x")

    def outer(self, pid_begin, go_end):
        try:
            os.setsid()
            null, log = os.open("/dev/null", os.O_RDONLY), os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            for target, source in ((0, null), (1, log), (2, log)):
                os.dup2(source, target)
            if launch.LIBC.unshare(NAMESPACES) != 0:
                os._exit(1)
            inside = os.fork()
            if inside == 0:
                self.inner(go_end)
            os.write(pid_begin, f"{inside}\n".encode())
            os.close(pid_begin)
            os.waitpid(inside, 0)
        finally:
            os._exit(0)

    def inner(self, go_end):
        os.read(go_end, 1)
        os.closerange(3, 64)
        if self.cgroup:
            with open(self.cgroup + "/cgroup.procs", "w") as stream:
                stream.write("0")  # the writer itself
        environment = {"PATH": roots.PATH, "HOME": "/root", "HOSTNAME": "container"}
        environment.update(dict(item.split("=", 1) for item in self.program.get("env", [])))
        environment.update(STAYS_MAPPED)
        if self.held:
            environment["NODE_OPTIONS"] = f"{environment.get('NODE_OPTIONS', '')} --require={HELD_SCRIPT}".strip()
        launch.become({"root": self.merged, "argv": self.program.get("entrypoint", []) + self.program.get("cmd", []),
                       "environment": environment, "user": self.program.get("user", ""),
                       "workdir": self.program.get("workdir") or "/"})

    def call_ptrace(self, request, data=0):
        launch.LIBC.ptrace.argtypes = [ctypes.c_long] * 4
        if launch.LIBC.ptrace(request, self.first, 0, data) != 0:
            raise NotMeasured("ptrace: " + os.strerror(ctypes.get_errno()))

    def wait_for_exit(self):
        while time.monotonic() - self.began < LONGEST_SECONDS:
            pid, status = os.waitpid(self.first, os.WNOHANG | ALL_CHILDREN)
            if pid == 0:
                time.sleep(0.002)
            elif not os.WIFSTOPPED(status):
                raise NotMeasured("ended unseen")
            elif status >> 16 == EVENT_EXIT:
                return
            else:
                self.call_ptrace(CONTINUE, os.WSTOPSIG(status) if status >> 16 == 0 else 0)
        raise NotMeasured("does not end")

    def wait_until_idle(self):
        spent, since = -1, time.monotonic()
        while time.monotonic() - self.began < LONGEST_SECONDS:
            time.sleep(0.05)
            pids = self.pids()
            now = sum(map(cpu_ticks, pids))
            if now != spent or any(map(wants_to_run, pids)):
                spent, since = now, time.monotonic()
            if time.monotonic() - since > QUIET_SECONDS and time.monotonic() - self.began > 1.2:
                return

    def pids(self):
        """Of the container, process 1 first."""
        try:
            namespace = os.readlink(f"/proc/{self.first}/ns/pid")
        except OSError:
            return []
        found = []
        for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
            try:
                if os.readlink(f"/proc/{pid}/ns/pid") == namespace:
                    found.append(pid)
            except OSError:
                continue
        return sorted(found, key=lambda pid: (pid != self.first, pid))

    def read(self):
        processes = []
        for pid in self.pids():
            try:
                program = os.readlink(f"/proc/{pid}/exe")
                found = pages.read_process(pid, self.merged)
                parent = int(open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if found:
                processes.append({"first": pid == self.first, "pid": pid, "parent": parent,
                                  "program": truth.inside(program, self.merged) or program, **found})
        return processes

    def read_cgroup(self):
        if not self.cgroup:
            return None
        read = lambda name: int(roots.read(f"{self.cgroup}/memory.{name}"))
        stat = dict(line.split() for line in roots.read(self.cgroup + "/memory.stat").splitlines())
        return {"usage": read("usage_in_bytes") // 1024, "kernel": read("kmem.usage_in_bytes") // 1024,
                **{name: int(stat["total_" + name]) // 1024 for name in ("rss", "cache", "inactive_file", "shmem")}}

    def end(self):
        if not self.stays:
            launch.LIBC.ptrace(DETACH, self.first, 0, 0)
        try:
            os.kill(self.first, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.outside, 0)
        os.close(self.go)


def stays(program):
    return program.get("stays", "request" in program or "seconds" in program)


def is_held(program):
    return program.get("kind") == "node" and not stays(program)


def cpu_ticks(pid):
    try:
        fields = roots.read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, IndexError):
        return 0


def wants_to_run(pid):
    """A thread has no CPU only because others have it, or waits for a disk: on a busy machine that is not idleness."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        return any(roots.read(f"/proc/{pid}/task/{thread}/stat").rpartition(")")[2].split()[0] in "RD" for thread in threads)
    except (OSError, IndexError):
        return False


@contextlib.contextmanager
def mounted(root):
    """(a file system of the root as a container would have it, a place for output)"""
    upper, run = unpack(root), root.path("memory/run")
    subprocess.run(["rm", "-rf", run], check=True)
    with roots.overlay([upper, os.path.join(root.base, "root")], run + "/upper", run + "/work", run + "/merged") as merged:
        truth.furnish(merged)
        yield merged, run + "/output"
    subprocess.run(["rm", "-rf", run], check=True)


def is_cached(path):
    """Whether a page of a file is in the page cache."""
    done = subprocess.run(["fincore", "--bytes", "--raw", "--noheadings", "--output", "RES", path], capture_output=True, text=True, check=False)
    return done.returncode != 0 or any(int(word) for word in done.stdout.split())


def measure(root, program, runs):
    """`runs` starts of a program, each in a file system of its own. Before the first one all files are dropped from the page
    cache; it is "cold" when that was so, since what other programs on the same base have mapped stays."""
    base = os.path.join(root.base, "root")
    results = []
    for index in range(runs):
        with mounted(root) as (merged, log):
            if index == 0:
                forget(unpack(root))
                forget(base)
            cold = index == 0 and not is_cached(os.path.realpath(base + C_LIBRARY))
            results.append({**Container(program, merged, log).measure(), "cold": cold})
    return results
