#!/usr/bin/env python3
"""Holds what imgslim says of memory against this machine: containers are started, under limits too, and their memory is read.

usage: check.py [--imgslim PROGRAM] [--cache DIR] [CHECK…]

Checks: limits (heaps of Java and Node at each limit), floor (the least limit that a container starts with), replica (what tools show
of a first and a second container), sharing (a layer that stores files again), flags (options of Java), bytecode (Python modules
without bytecode), touch (a Java heap that is touched at start), linked (a library that nothing uses, a packed program). Needs root, cgroup v1 or v2 with the memory controller, and the roots of
tests/real/closure. Last line: `N passed, N failed, N skipped`.
"""
import argparse
import json
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "closure"))
import measure  # noqa: E402
import observe  # noqa: E402
import roots  # noqa: E402
import truth  # noqa: E402

MIB = 1 << 20
TOLERANCE = 0.2
JAVA_LIMITS = [64, 128, 200, 240, 256, 400, 512, 768, 1024, 1791, 1792, 2048, 3072, 4096]
NODE_LIMITS = [64, 128, 256, 300, 400, 512, 600, 768, 1024, 1536, 2048, 3000, 4096, 6000, 8192, 12000, 15000, 16000]
WRONG_FLAGS = ["-XX:+UseCGroupMemoryLimitForHeap", "-XX:MaxPermSize=64m", "-XX:+UseConcMarkSweepGC", "-XX:+NoSuchFlagAnywhere"]


# A program linked with libraries that it does not use, the same linked as it should be, and one packed by UPX.
LINKED = {"name": "memory-linked", "root": "memory-linked", "suite": "trixie", "packages": ["gcc", "libc6-dev", "libssl-dev", "upx-ucl"],
          "setup": "echo '#include <unistd.h>\nint main(void) { return pause(); }' > /tmp/wait.c\n"
                   "gcc -o /usr/bin/linked -Wl,--no-as-needed /tmp/wait.c -lssl -lcrypto\n"
                   "gcc -o /usr/bin/needed -Wl,--as-needed /tmp/wait.c -lssl -lcrypto\n"
                   "upx -q -o /usr/bin/packed /usr/bin/bash > /dev/null"}


class Skip(Exception):
    """Something that the check needs is not here."""


class Checks:
    def __init__(self, options):
        self.options, self.problems = options, []

    def expect(self, good, text):
        print(f"  {'' if good else 'FAILED: '}{text}", flush=True)
        if not good:
            self.problems.append(text)

    def near(self, said, measured, what):
        off = said / measured - 1 if measured else 0
        self.expect(abs(off) <= TOLERANCE, f"{what}: said {said / MIB:.1f} MiB, measured {measured / MIB:.1f} ({100 * off:+.0f} %)")

    def program(self, name):
        found = next((program for program in measure.programs() if program["name"] == name), None)
        if not found:
            raise Skip(f"no program {name}")
        root = measure.root_of(self.options.cache, found)
        if not os.path.exists(root.image):
            raise Skip(f"no image of {name}: ci/test-real --closure builds it")
        return found, root

    def ask(self, image, *more, status=(0,)):
        done = subprocess.run([self.options.imgslim, "memory", image, "-o", "json", *more], capture_output=True, text=True, check=False)
        if done.returncode not in status:
            raise RuntimeError(f"imgslim ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    # ---- heaps of runtimes under a limit

    def limits(self):
        self.compare_heaps("java17", "java -cp /app Hello", JAVA_LIMITS, 0, lambda limit: java_heap(limit))
        self.compare_heaps("node-ws", "node server.js", NODE_LIMITS, MIB, lambda limit: node_heap(limit))

    def compare_heaps(self, name, command, limits, tolerance, measure_heap):
        _, root = self.program(name)
        for limit in limits:
            heap = self.ask(root.image, "--cmd", command, "--limit", f"{limit}MiB", "--cpus", str(os.cpu_count()), status=(0, 1))
            said = heap["memory"]["limit"]["heaps"][0]
            real, collector = measure_heap(limit * MIB)
            same = abs(said["heap_bytes"] - real) <= tolerance and (not collector or said["collector"] == collector)
            self.expect(same, f"{name} at {limit} MiB: said {said['heap_bytes'] / MIB:.0f} MiB {said['collector']}, real {real / MIB:.0f} {collector}")

    # ---- the least limit

    def floor(self):
        for name in ("python", "perl", "redis", "node", "java17"):
            program, root = self.program(name)
            said = self.ask(root.image)["memory"]["startup"]["floor_bytes"]
            with observe.mounted(root) as (merged, log):
                least = least_limit(program, merged, log)
            observe.drop(root)
            self.expect(said["low"] <= least <= said["high"],
                        f"{name} starts with {least / MIB:.1f} MiB; said {said['low'] / MIB:.1f} to {said['high'] / MIB:.1f}")

    # ---- a second container

    def replica(self):
        for name in ("nginx", "python", "redis", "node", "java17", "caddy"):
            program, root = self.program(name)
            first, run = measure.measured(self.options.cache, program, 2, again=True)["runs"]
            if not run["cgroup"]:
                raise Skip("no memory controller")
            memory = self.ask(root.image)["memory"]
            views = {view["tool"]: view for view in memory["tools"]}
            self.first_replica(name, views, first)
            shown = (run["cgroup"]["usage"] - run["cgroup"]["inactive_file"]) * 1024
            floor = memory["startup"]["floor_bytes"]
            if memory["startup"]["processes"][0]["profile"] == "native":  # its configuration decides: the range must hold
                self.expect(floor["low"] <= shown <= floor["high"], f"{name}: docker stats of a next replica is {shown / MIB:.1f} MiB, "
                            f"said {floor['low'] / MIB:.1f} to {floor['high'] / MIB:.1f}")
                continue
            self.near(views["docker stats"]["next_replica"], shown, f"{name}: docker stats of a next replica")
            self.near(views["container_memory_rss"]["next_replica"], run["cgroup"]["rss"] * 1024, f"{name}: container_memory_rss")

    def first_replica(self, name, views, run):
        """When the page cache could not be emptied, for another container has files of the base mapped, there is none."""
        if not run["cold"]:
            print(f"  {name}: the base is in use, no first replica")
            return
        brought = (run["cgroup"]["usage"] - run["cgroup"]["rss"] - run["cgroup"]["kernel"]) * 1024
        view = views["podman stats"]
        self.near(view["first_replica"] - view["next_replica"], brought, f"{name}: page cache that a first replica brings in")

    # ---- sharing

    def sharing(self):
        program, root = self.program("python")
        self.expect(self.ask(root.image)["memory"]["sharing"]["lost_bytes"] == 0, "no sharing is lost without a copying layer")
        with tempfile.TemporaryDirectory(dir=self.options.cache) as place:
            upper, work = os.path.join(place, "upper"), os.path.join(place, "work")
            lower = [observe.unpack(root), os.path.join(root.base, "root")]
            with roots.overlay(lower, upper, work, os.path.join(place, "merged")) as merged:
                subprocess.run(["chmod", "-R", "a+rX,u+s", merged + "/usr/lib/x86_64-linux-gnu", merged + "/usr/bin"], check=True)
            image = add_layer(root, upper, os.path.join(place, "image"), "RUN chmod -R a+rX,u+s /usr/lib/x86_64-linux-gnu /usr/bin")
            said = self.ask(image)["memory"]["sharing"]
            run = observe.Container(program, None, os.path.join(place, "output"))
            with roots.overlay([upper, *lower], place + "/run-upper", place + "/run-work", place + "/run") as merged:
                truth.furnish(merged)
                run.merged = merged
                first = run.measure()["processes"][0]
            lost = sum((row[1] - row[2]) * 1024 for path, rows in first["objects"].items() for row in rows.values()
                       if os.path.exists(upper + path))
            self.near(said["lost_bytes"], lost, "sharing lost to chmod -R")
            copied = sum(os.lstat(os.path.join(parent, name)).st_size for parent, _, names in os.walk(upper) for name in names
                         if not os.path.islink(os.path.join(parent, name)))
            self.near(said["layers"][0]["copied_bytes"], copied, "stored again by chmod -R")
            self.expect("chmod -R" in said["layers"][0]["instruction"], f"names {said['layers'][0]['instruction']}")
        observe.drop(root)

    # ---- options of Java

    def flags(self):
        _, root = self.program("java17")
        with observe.mounted(root) as (merged, _):
            roots.call(roots.LIBC.mount(b"proc", (merged + "/proc").encode(), b"proc", 0, None))
            listing = chroot(merged, ["java", "-XX:+UnlockDiagnosticVMOptions", "-XX:+UnlockExperimentalVMOptions", "-XX:+PrintFlagsFinal", "-version"])
            names = re.findall(r"^\s*\S+ (\w+) +:?=", listing.stdout, re.M)
            self.expect(len(names) > 500, f"{len(names)} flags of the machine")
            said = self.ask(root.image, "--cmd", shlex.join(["java", *(f"-XX:+{name}" for name in names), "Hello"]))
            wrong = [finding["message"] for finding in said["findings"] if finding["rule"] == "SL6009"]
            self.expect(not wrong, f"{len(wrong)} of {len(names)} valid flags are said to be unknown: {wrong[:3]}")
            for flag in WRONG_FLAGS:
                findings = self.ask(root.image, "--cmd", f"java {flag} -cp /app Hello")["findings"]
                found = any(finding["rule"] == "SL6009" and flag in finding["message"] for finding in findings)
                refused = "Unrecognized VM option" in chroot(merged, ["java", flag, "-version"]).stderr
                self.expect(found == refused, f"{flag}: {'refused' if refused else 'taken'} by Java, {'a finding' if found else 'no finding'}")
        observe.drop(root)

    # ---- Python without bytecode

    def bytecode(self):
        name = "python-django"
        program, root = self.program(name)
        command = shlex.join(program["cmd"])
        with_bytecode = self.ask(root.image, "--cmd", command)
        self.expect(not rules(with_bytecode, "SL6011"), "silent where bytecode is valid")
        anew = next(each for each in measure.programs() if each["name"] == name + "-anew")
        runs = [measure.measured(self.options.cache, each, 2)["runs"] for each in (program, anew)]
        more = (mean_own(runs[1]) - mean_own(runs[0])) * 1024
        with observe.mounted(root) as (merged, _):
            subprocess.run(f"find {merged}/usr/lib -name __pycache__ -prune -exec rm -r {{}} +", shell=True, check=True)
            said = self.ask(merged, "--cmd", command)
        self.expect(len(rules(said, "SL6011")) == 1, "speaks where bytecode is missing")
        difference = own(said) - own(with_bytecode)
        off = difference / more - 1
        self.expect(abs(off) <= 0.3, f"compiling anew: said {difference / MIB:.1f} MiB more of its own, measured {more / MIB:.1f} ({100 * off:+.0f} %)")
        observe.drop(root)

    # ---- heaps that are touched at start

    def touch(self):
        for name in ("java17-UseSerialGC--Xms128m--AlwaysPreTouch", "java21-UseSerialGC--Xms128m--AlwaysPreTouch"):
            program, root = self.program(name)
            plain = self.ask(root.image, "--cmd", shlex.join(word for word in program["cmd"] if "AlwaysPreTouch" not in word and "Xms" not in word))
            only_size = self.ask(root.image, "--cmd", shlex.join(word for word in program["cmd"] if "AlwaysPreTouch" not in word))
            touched = self.ask(root.image, "--cmd", shlex.join(program["cmd"]))
            rss = [answer["memory"]["startup"]["rss_bytes"]["estimate"] for answer in (plain, only_size, touched)]
            self.expect(rss[0] == rss[1], f"{name}: -Xms alone adds {(rss[1] - rss[0]) / MIB:.1f} MiB")
            runs = measure.measured(self.options.cache, program, 2)["runs"]
            self.near(rss[2], statistics.mean(run["processes"][0]["rss"] for run in runs) * 1024, f"{name}: RSS")


    # ---- what should not be loaded, or not in this form

    def linked(self):
        root = roots.Root(self.options.cache, LINKED)
        root.build()
        root.drop_upper()
        of = {}
        for name, command in (("linked", ["/usr/bin/linked"]), ("needed", ["/usr/bin/needed"]),
                              ("packed", ["/usr/bin/packed", "-c", "sleep 1000; :"]), ("bash", ["/usr/bin/bash", "-c", "sleep 1000; :"])):
            run = observe.measure(root, {**LINKED, "cmd": command, "stays": True}, 1)[0]
            done = subprocess.run([self.options.imgslim, "analyze", root.image, "--cmd", shlex.join(command), "-o", "json"],
                                  capture_output=True, text=True, check=True)
            of[name] = run["processes"][0], json.loads(done.stdout)["findings"]
        observe.drop(root)
        said = [finding["saving"]["rss_bytes"] for finding in of["linked"][1] if finding["rule"] == "SL6002"]
        self.expect(len(said) == 1, "a program with libraries that it does not use is found")
        self.expect(not rules({"findings": of["needed"][1]}, "SL6002"), "the same program without them is not")
        self.near(sum(said), (of["linked"][0]["rss"] - of["needed"][0]["rss"]) * 1024, "memory that unused libraries cost")
        packed = [finding for finding in of["packed"][1] if finding["rule"] == "SL6003"]
        self.expect([finding["evidence"][0]["path"].lstrip("/") for finding in packed] == ["usr/bin/packed"], "one packed program is found")
        more = of["packed"][0]["anonymous"] - of["bash"][0]["anonymous"]
        self.expect(more > 1000, f"a packed shell has {more} KiB more of its own than a plain one")


def rules(answer, rule):
    return [finding for finding in answer["findings"] if finding["rule"] == rule]


def own(answer):
    startup = answer["memory"]["startup"]
    return startup["anonymous_bytes"] + startup["file_private_bytes"]


def mean_own(runs):
    return statistics.mean(run["processes"][0]["anonymous"] for run in runs)


def chroot(merged, argv):
    return subprocess.run(["chroot", merged, *argv], capture_output=True, text=True, check=False)


def add_layer(root, upper, image, instruction):
    """The root's image with one more layer."""
    shutil.copytree(root.image, image)
    blobs = os.path.join(image, "blobs", "sha256")
    roots.pack(upper, image + ".layer")
    diff_id, digest = roots.read(image + ".layer.digests").split()
    shutil.move(image + ".layer", os.path.join(blobs, digest))
    index = json.loads(roots.read(os.path.join(image, "index.json")))
    load = lambda descriptor: json.loads(roots.read(os.path.join(blobs, descriptor["digest"].removeprefix("sha256:"))))
    manifest = load(index["manifests"][0])
    config = load(manifest["config"])
    config["rootfs"]["diff_ids"].append("sha256:" + diff_id)
    config["history"].append({"created_by": instruction})
    manifest["config"] = roots.put_json(blobs, "application/vnd.oci.image.config.v1+json", config)
    manifest["layers"].append({"mediaType": "application/vnd.oci.image.layer.v1.tar+zstd", "digest": "sha256:" + digest,
                               "size": os.path.getsize(os.path.join(blobs, digest))})
    index["manifests"] = [roots.put_json(blobs, "application/vnd.oci.image.manifest.v1+json", manifest)]
    with open(os.path.join(image, "index.json"), "w") as stream:
        json.dump(index, stream)
    return image


def under_limit(limit, argv):
    """Runs a program of this machine in a cgroup with a memory limit."""
    with observe.memory_cgroup(limit) as cgroup:
        done = subprocess.run(["sh", "-c", 'echo 0 > "$0" && exec "$@"', cgroup + "/cgroup.procs", *argv], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{argv[0]} ended with {done.returncode}: {done.stderr[-300:]}")
    return done.stdout


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


def least_limit(program, merged, log):
    """The least memory limit under which a program comes to rest, by halving, to within 256 KiB; its files are in the page cache."""
    low, high = 0, 512 * MIB
    observe.Container(program, merged, log).measure()
    while high - low > MIB // 4:
        middle = (low + high) // 2
        if starts(program, merged, log, middle):
            high = middle
        else:
            low = middle
    return high


def starts(program, merged, log, limit):
    container = observe.Container(program, merged, log)
    container.limit = limit
    try:
        run = container.measure()
    except observe.NotMeasured:
        return False
    return run["processes"][0]["first"] and not run["killed"]


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--imgslim", default="build/release/imgslim")
    parser.add_argument("--cache", default=measure.build.DEFAULT_CACHE)
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    options = parser.parse_args()
    roots.private_mounts()
    passed = failed = skipped = 0
    for name in options.checks or ["limits", "floor", "replica", "sharing", "flags", "bytecode", "touch", "linked"]:
        print(name, flush=True)
        checks = Checks(options)
        try:
            getattr(checks, name)()
        except (Skip, observe.NotMeasured, OSError) as reason:
            skipped += 1
            print(f"  {name} SKIPPED: {type(reason).__name__}: {reason}", flush=True)
            continue
        passed, failed = passed + (not checks.problems), failed + bool(checks.problems)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
