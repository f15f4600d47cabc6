"""The estimate of a start against a start, and `imgslim measure` against another way to measure the same."""
import json
import os
import shlex
import statistics
import subprocess
import tempfile

import measure
import observe
from claims import MIB, Claims

MEASURED_ALIKE = 0.03


class StartChecks(Claims):
    # ---- the estimate of a start, its parts, and what does not belong to it

    def startup(self):
        program, root = self.program("python")
        startup = self.ask(root.image)["memory"]["startup"]
        runs = measure.measured(self.options.cache, program, 2)["runs"]
        first = lambda key: statistics.mean(run["processes"][0][key] for run in runs) * 1024
        rss, interval = first("rss"), startup["rss_bytes"]
        self.expect(interval["low"] <= rss <= interval["high"] <= 2 * interval["low"],
                    f"RSS {rss / MIB:.1f} MiB; said {interval['low'] / MIB:.1f} to {interval['high'] / MIB:.1f}")
        self.near(startup["anonymous_bytes"] + startup["file_private_bytes"], first("anonymous"), "its own")
        self.near(startup["file_shareable_bytes"], rss - first("anonymous"), "pages of files")
        self.largest_objects(root, startup, runs)
        self.unread_files(root, startup)

    def largest_objects(self, root, startup, runs):
        """Sums over layers and packages, and the three files that hold most, each with its layer and package."""
        for table in ("layers", "packages"):
            total = sum(row["rss_bytes"] for row in startup[table]) + startup["heap_bytes"]
            self.expect(total == startup["rss_bytes"]["estimate"], f"{table} and heap sum to the estimate")
        analyzed = self.ask(root.image, command="analyze")
        loaded = sum(layer["mapped_bytes"] for layer in analyzed["layers"])
        self.expect(loaded == analyzed["runtime"]["loaded"]["bytes"], "mapped bytes of the layers sum to those of the run-time closure")
        resident = lambda path: statistics.mean(sum(row[1] for row in run["processes"][0]["objects"][path].values()) for run in runs) * 1024
        largest = sorted(set.intersection(*(set(run["processes"][0]["objects"]) for run in runs)), key=resident)[-3:]
        said = {"/" + row["path"]: row for row in startup["objects"]}
        for path in reversed(largest):
            self.expect(path in said, f"{path} is known")
            if path in said:
                self.near(said[path]["rss_bytes"]["estimate"], resident(path), path)
        packages = {row["package"] for row in analyzed["runtime"]["objects"] if "/" + row["path"] in largest}
        self.expect(len(packages) >= 2, f"packages of these: {', '.join(sorted(map(str, packages)))}")

    def unread_files(self, root, startup):
        with observe.mounted(root) as (merged, _):
            subprocess.run(["head", "-c", str(100 * MIB), "/dev/urandom"], stdout=open(merged + "/usr/share/unread", "wb"), check=True)
            more = self.ask(merged, "--cmd", shlex.join(root.program.get("entrypoint", []) + root.program["cmd"]))["memory"]["startup"]
        self.expect(more["rss_bytes"] == startup["rss_bytes"], "100 MiB of files that nothing reads change nothing")

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
            verdicts = [self.ask(root.image, "--limit", str(limit), status=(0, 1))["memory"]["limit"]["verdict"] for limit in (least // 4, least * 4)]
            self.expect(verdicts == ["does_not_start", "starts"], f"{name} at a quarter and at four times of that: {', '.join(verdicts)}")

    # ---- imgslim measure

    def measure(self):
        """Two ways to measure one start: imgslim's own container, and the one that the model is fitted in."""
        for name in ("python", "perl", "redis", "node", "nginx"):
            program, root = self.program(name)
            # The first run fills the page cache. Where addresses are random, small programs vary by a hundredth and more.
            others = [run["processes"][0] for run in observe.measure(root, program, 6)[1:]]
            other = others[-1]
            with tempfile.TemporaryDirectory(dir=self.options.cache) as place:
                answers = [json.loads(subprocess.run([self.options.imgslim, "measure", root.image, "--run", "-o", "json"], capture_output=True,
                                                     text=True, check=True, env={**os.environ, "TMPDIR": place}).stdout) for _ in range(3)]
            own = statistics.mean(answer["measured_bytes"] for answer in answers)
            self.near(own, statistics.mean(process["rss"] for process in others) * 1024, f"{name}: imgslim measure (said) and smaps of another container", MEASURED_ALIKE)
            mapped = {path for path in (*other["objects"], *other["files"]) if not path.endswith("(deleted)")}  # shared memory
            rows = {"/" + row["path"] for row in answers[0]["objects"] if row["mapped"]}
            self.expect(mapped == rows, f"{name}: the same {len(mapped)} files are mapped")
            observe.drop(root)


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
