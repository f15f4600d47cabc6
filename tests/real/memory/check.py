#!/usr/bin/env python3
"""Holds what imgslim says of memory against this machine: containers are started, under limits too, and their memory is read.

usage: check.py [--imgslim PROGRAM] [--cache DIR] [CHECK…]

Checks: startup (the estimate, its largest files, files that nothing reads), limits, go, dotnet (heaps of Java, Node, Go and .NET at
each limit), versions (which of them read cgroup v2), arenas (of glibc, for threads), floor (the least limit that a container starts
with), measure (imgslim's own measuring), replica (what tools show of a first and a second container), sharing (a layer that stores
files again), flags (options of Java), bytecode (Python modules without bytecode), touch (a Java heap that is touched at start),
linked (a library that nothing uses, a packed program). Needs root, cgroup v1 with the memory controller, and the roots of
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

import measure
import observe
import roots
import truth
from claims import MIB, Skip, chroot, furnished, rules
from heap_checks import HeapChecks
from start_checks import StartChecks

WRONG_FLAGS = ["-XX:+UseCGroupMemoryLimitForHeap", "-XX:MaxPermSize=64m", "-XX:+UseConcMarkSweepGC", "-XX:+NoSuchFlagAnywhere"]
CHECKS = ["startup", "limits", "go", "dotnet", "versions", "arenas", "floor", "measure", "replica", "sharing", "flags", "bytecode", "touch", "linked"]

# A program linked with libraries that it does not use, the same linked as it should be, and one packed by UPX.
LINKED = {"name": "memory-linked", "suite": "trixie", "packages": ["gcc", "libc6-dev", "libssl-dev", "upx-ucl"],
          "setup": "echo '#include <unistd.h>\nint main(void) { return pause(); }' > /tmp/wait.c\n"
                   "gcc -o /usr/bin/linked -Wl,--no-as-needed /tmp/wait.c -lssl -lcrypto\n"
                   "gcc -o /usr/bin/needed -Wl,--as-needed /tmp/wait.c -lssl -lcrypto\n"
                   "upx -q -o /usr/bin/packed /usr/bin/bash > /dev/null"}


class Checks(StartChecks, HeapChecks):
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
        for name in ("java17", "java21"):
            _, root = self.program(name)
            with furnished(root) as merged:
                self.compare_flags(name, root, merged)
            observe.drop(root)

    def compare_flags(self, name, root, merged):
        listing = chroot(merged, ["java", "-XX:+UnlockDiagnosticVMOptions", "-XX:+UnlockExperimentalVMOptions", "-XX:+PrintFlagsFinal", "-version"])
        names = re.findall(r"^\s*\S+ (\w+) +:?=", listing.stdout, re.M)
        self.expect(len(names) > 500, f"{len(names)} flags of {name}")
        said = self.ask(root.image, "--cmd", shlex.join(["java", *(f"-XX:+{flag}" for flag in names), "Hello"]))
        wrong = [finding["message"] for finding in rules(said, "SL6009")]
        self.expect(not wrong, f"{len(wrong)} of {len(names)} valid flags are said to be unknown: {wrong[:3]}")
        for flag in WRONG_FLAGS:
            found = any(flag in finding["message"] for finding in rules(self.ask(root.image, "--cmd", f"java {flag} -cp /app Hello"), "SL6009"))
            refused = "Unrecognized VM option" in chroot(merged, ["java", flag, "-version"]).stderr
            self.expect(found == refused, f"{flag}: {'refused' if refused else 'taken'} by {name}, {'a finding' if found else 'no finding'}")

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
        root = self.root_for(LINKED)
        of = {}
        for name, command in (("linked", ["/usr/bin/linked"]), ("needed", ["/usr/bin/needed"]),
                              ("packed", ["/usr/bin/packed", "-c", "sleep 1000; :"]), ("bash", ["/usr/bin/bash", "-c", "sleep 1000; :"])):
            run = observe.measure(root, {**LINKED, "cmd": command, "stays": True}, 1)[0]
            of[name] = run["processes"][0], self.ask(root.image, "--cmd", shlex.join(command), command="analyze")["findings"]
        observe.drop(root)
        said = [finding["saving"]["rss_bytes"] for finding in of["linked"][1] if finding["rule"] == "SL6002"]
        self.expect(len(said) == 1, "a program with libraries that it does not use is found")
        self.expect(not rules({"findings": of["needed"][1]}, "SL6002"), "the same program without them is not")
        self.near(sum(said), (of["linked"][0]["rss"] - of["needed"][0]["rss"]) * 1024, "memory that unused libraries cost")
        packed = [finding for finding in of["packed"][1] if finding["rule"] == "SL6003"]
        self.expect([finding["evidence"][0]["path"].lstrip("/") for finding in packed] == ["usr/bin/packed"], "one packed program is found")
        more = of["packed"][0]["anonymous"] - of["bash"][0]["anonymous"]
        self.expect(more > 1000, f"a packed shell has {more} KiB more of its own than a plain one")


def own(answer):
    startup = answer["memory"]["startup"]
    return startup["anonymous_bytes"] + startup["file_private_bytes"]


def mean_own(runs):
    return statistics.mean(run["processes"][0]["anonymous"] for run in runs)


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


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("--imgslim", default="build/release/imgslim")
    parser.add_argument("--cache", default=measure.build.DEFAULT_CACHE)
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    options = parser.parse_args()
    roots.private_mounts()
    passed = failed = skipped = 0
    for name in options.checks or CHECKS:
        print(name, flush=True)
        checks = Checks(options)
        try:
            getattr(checks, name)()
        except (Skip, observe.NotMeasured, roots.BuildError, OSError) as reason:
            skipped += 1
            print(f"  {name} SKIPPED: {type(reason).__name__}: {reason}", flush=True)
            continue
        passed, failed = passed + (not checks.problems), failed + bool(checks.problems)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
