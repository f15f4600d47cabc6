#!/usr/bin/env python3
"""Measures imgslim, the floor and the tools that people use today on the same images, in one run.

usage: run_bench.py --imgslim PROGRAM --floor PROGRAM --bench DIR --work DIR [--dive PROGRAM] [--engine-pid PID] [--short]

"floor" reads and hashes: both digests of each layer. "files" also finds the files and hashes the content of each: the least
that an analysis does.

CPU seconds, wall seconds and peak resident memory come from wait4(2); each figure is the smallest of its runs, which
alternate between the programs. Compare ratios of one run, not seconds of two: the machine may be busy.
"""
import argparse
import dataclasses
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "real"))

import reference  # noqa: E402

MIB = 1 << 20
# Without them dive's exit code says whether the image is good, not whether dive worked.
DIVE_RULES_OFF = ["--lowestEfficiency", "0", "--highestWastedBytes", "disabled", "--highestUserWastedPercent", "disabled"]
TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Cost:
    cpu: float
    wall: float
    rss_bytes: int

    def better(self, other):
        return Cost(min(self.cpu, other.cpu), min(self.wall, other.wall), min(self.rss_bytes, other.rss_bytes))


def measure(command, environment=None):
    """The cost of one command that must succeed."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                                 env=dict(os.environ, **(environment or {})))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            errors.seek(0)
            raise RuntimeError(f"{command[0]} exits {child.returncode}: {errors.read().decode(errors='replace')[-300:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss * 1024)


def spans(image):
    """The layers of an image as FILE:OFFSET:SIZE, for the floor. Members of an archive are contiguous."""
    if os.path.isdir(image):
        return [f"{stream.name}:0:{os.path.getsize(stream.name)}" for stream in reference.open_layers(image)]
    blobs = reference.Blobs(image)
    members = [blobs.member(name) for name in reference.layer_names(blobs, None)]
    return [f"{image}:{member.offset_data}:{member.size}" for member in members]


class Bench:
    def __init__(self, options):
        self.options, self.runs = options, 1 if options.short else 3

    def best(self, programs):
        """The smallest cost of each named (command, environment), runs alternating; a failure is told and left out."""
        best = {}
        for _ in range(self.runs):
            for name, run in list(programs.items()):
                try:
                    cost = run()
                except (RuntimeError, subprocess.CalledProcessError) as error:
                    print(f"  SKIPPED: {name}: {error}")
                    del programs[name]
                    best.pop(name, None)
                    continue
                best[name] = best[name].better(cost) if name in best else cost
        return best

    def imgslim(self, image, threads):
        return lambda: measure([self.options.imgslim, "analyze", image, "--threads", str(threads), "-o", "json=/dev/null", "-q"])

    def compare_forms(self):
        for form, title in (("oci-gzip.tar", "gzip"), ("oci-zstd.tar", "zstd"), ("docker-archive.tar", "plain")):
            image = os.path.join(self.options.bench, form)
            warm(image)
            layers = spans(image)
            blob_bytes = sum(int(span.rsplit(":", 1)[1]) for span in layers)
            print(f"\n{title}: {len(layers)} layers, {blob_bytes / 1e6:.0f} MB as stored")
            programs = {}
            for threads in (1, 2):
                programs[f"floor {threads}"] = lambda n=threads: measure([self.options.floor, "--threads", str(n), *layers])
                programs[f"files {threads}"] = lambda n=threads: measure([self.options.floor, "--files", "--threads", str(n), *layers])
                programs[f"imgslim {threads}"] = self.imgslim(image, threads)
            self.print_ratios(self.best(programs), self.best_of_others(form, image))

    def best_of_others(self, form, image):
        """The others are slow: one run each."""
        runs, self.runs = self.runs, 1
        try:
            return self.best(self.others(form, image))
        finally:
            self.runs = runs

    def others(self, form, image):
        programs = {}
        if self.options.dive:
            programs["dive"] = lambda: measure([self.options.dive, "--source", "docker-archive", *DIVE_RULES_OFF, image], {"CI": "true"})
        else:
            print("  SKIPPED: dive is not installed (go install github.com/wagoodman/dive/cmd/dive@latest)")
        if form.startswith("oci-") and shutil.which("umoci"):
            programs["umoci unpack"] = lambda: self.umoci(form)
        elif form.startswith("oci-"):
            print("  SKIPPED: umoci is not installed")
        if form == "docker-archive.tar" and self.options.engine_pid:
            programs["docker load"] = lambda: self.docker_load(image)
        elif form == "docker-archive.tar":
            print("  SKIPPED: docker load: no Docker Engine here")
        return programs

    def umoci(self, form):
        layout = os.path.join(self.options.bench, form.removesuffix(".tar"))
        bundle = tempfile.mkdtemp(dir=self.options.work)
        try:
            rootless = [] if os.geteuid() == 0 else ["--rootless"]
            return measure(["umoci", "unpack", *rootless, "--image", layout + ":bench", bundle + "/b"])
        finally:
            shutil.rmtree(bundle, ignore_errors=True)

    def docker_load(self, image):
        """The engine works in processes of its own: its CPU time before and after. The memory is the client's alone."""
        subprocess.run(["docker", "rmi", "--force", "imgslim-real/bench"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = process_cpu(self.options.engine_pid)
        cost = measure(["docker", "load", "--quiet", "--input", image])
        cost.cpu += process_cpu(self.options.engine_pid) - before
        return cost

    def print_ratios(self, ours, others):
        print(f"  {'':<16} {'CPU s':>8} {'wall s':>8} {'RSS MiB':>8} {'CPU / imgslim':>14} {'wall / imgslim':>15}")
        for name, cost in [*ours.items(), *others.items()]:
            threads = name.rsplit(" ", 1)[1] if name.rsplit(" ", 1)[-1] in ("1", "2") else "2"
            base = ours.get(f"imgslim {threads}")
            ratios = f"{cost.cpu / base.cpu:>14.2f} {cost.wall / base.wall:>15.2f}" if base else ""
            print(f"  {name:<16} {cost.cpu:>8.2f} {cost.wall:>8.2f} {cost.rss_bytes / MIB:>8.0f} {ratios}", flush=True)
        for threads in ("1", "2"):
            mine = ours.get(f"imgslim {threads}")
            for name, title in (("floor", "digests"), ("files", "digests and files")):
                least = ours.get(f"{name} {threads}")
                if least and mine:
                    print(f"  imgslim / {title} at {threads} threads: CPU {mine.cpu / least.cpu:.2f}, wall {mine.wall / least.wall:.2f}")

    def synthetic(self, shape, scale):
        layout = os.path.join(self.options.work, f"{shape}-{scale}")
        subprocess.run([sys.executable, os.path.join(HERE, "make_synthetic.py"), shape, layout, "--scale", str(scale)], check=True)
        return layout

    def scale(self):
        print(f"\nscale, 2 threads\n  {'':<34} {'CPU s':>8} {'wall s':>8} {'RSS MiB':>8}")
        cases = [("whiteouts", 1, "50,000 files x 5,000 whiteouts"), ("files", 1, "1 million files")]
        if not self.options.short:
            cases += [("files", 3, "3 million files"), ("large", 10, "10 GiB, 600,000 files")]
        for shape, scale, title in cases:
            cost = self.best({title: self.imgslim(self.synthetic(shape, scale), 2)}).get(title)
            if cost:
                print(f"  {title:<34} {cost.cpu:>8.2f} {cost.wall:>8.2f} {cost.rss_bytes / MIB:>8.0f}", flush=True)

    def growth(self):
        """How CPU time grows with each size: the exponent, 1 being linear."""
        print(f"\ngrowth, 1 thread\n  {'':<12} CPU s at x1, x2, x4, x8            exponent")
        sizes = (1, 2, 4) if self.options.short else (1, 2, 4, 8)
        for shape in ("bytes", "entries", "layers", "whiteouts"):
            costs = []
            for scale in sizes:
                image = self.synthetic(shape, scale)
                costs.append(min(self.imgslim(image, 1)().cpu for _ in range(3)))
            exponent = math.log(costs[-1] / costs[0]) / math.log(sizes[-1] / sizes[0])
            print(f"  {shape:<12} {'  '.join(f'{cost:7.3f}' for cost in costs):<36} {exponent:.2f}", flush=True)


def warm(path):
    """Reads a file once, so that nobody pays for the disk."""
    with open(path, "rb") as file:
        while file.read(4 * MIB):
            pass


def process_cpu(pid):
    """CPU seconds of a process and its ended children, proc(5)."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / TICK


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("imgslim", "floor", "bench", "work"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--dive")
    parser.add_argument("--engine-pid", type=int)
    parser.add_argument("--short", action="store_true")
    bench = Bench(parser.parse_args())
    bench.compare_forms()
    bench.scale()
    bench.growth()


if __name__ == "__main__":
    main()
