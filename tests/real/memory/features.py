"""What imgslim says of a program's memory, beside what was measured: rows that a fit and a comparison are made of."""
import hashlib
import json
import os
import shlex
import statistics
import subprocess

PARTS = ["header", "text", "rodata", "relro", "data", "bss"]
KIB = 1024
ANSWER_FORMAT = 4  # counted up when more of a report is kept
# Servers that leave the application to their workers, as imgslim's script_workers() names them.
LOAD_IN_WORKERS = {"gunicorn", "unicorn", "puma", "uvicorn", "starman"}


class Sample:
    """One program: measured in its runs, and predicted."""

    def __init__(self, program, measured, answer):
        self.program, self.runs = program, measured["runs"]
        self.memory = answer["memory"]
        self.main = self.memory["startup"]["processes"][0]
        self.server = self.main if self.main["workers"] else None
        self.modules = answer["sources"].get(str(self.main["process"]), 0)
        self.truth = [self.process_with_application(run) for run in self.runs]
        self.predicted = {"/" + row["path"]: row for row in self.memory["startup"]["objects"]
                          if self.main["process"] in row["processes"]}
        self.means, self.known_rows = {}, None

    def mean(self, key):
        if key not in self.means:
            self.means[key] = statistics.mean(process[key] for process in self.truth)
        return self.means[key]

    def part(self, path, part):
        """(size, present, own) in KiB, means over runs; None when it was not mapped."""
        rows = [process["objects"][path][part] for process in self.truth if part in process["objects"].get(path, {})]
        return [statistics.mean(column) for column in zip(*rows)] if rows else None

    def rows(self):
        """(path, object row, part row, size, present, own) of what is both predicted and measured."""
        if self.known_rows is None:
            self.known_rows = [(path, row, part, *found) for path, row in self.predicted.items() for part in row["parts"]
                               if (found := self.part(path, part["part"]))]
        return self.known_rows

    def object_kib(self, path):
        parts = [self.part(path, part) for part in PARTS]
        return sum(found[1] for found in parts if found)

    def mapped(self):
        """Paths that process 1 has mapped in every run."""
        return set.intersection(*(set(process["objects"]) for process in self.truth))

    def binary(self):
        return os.path.basename(self.truth[0]["program"])

    def runtime(self):
        return self.main["runtime"]

    def code_kib(self):
        return self.main["code_bytes"] / KIB

    def added_kib(self):
        """What imgslim adds to the heap of the runtime and its code."""
        return (self.main["buffer_bytes"] + self.main["bytecode_bytes"]) / KIB

    def application_kib(self):
        return self.main["application_code_bytes"] / KIB

    def process_with_application(self, run):
        """The process that became the program; of a server that leaves the application to its workers, one of them."""
        first = main_process(run, "/" + self.main["program"])
        if not self.server or self.server["worker_pool"] not in LOAD_IN_WORKERS:
            return first
        return joined([process for process in run["processes"] if process["program"] == first["program"]])

    def pools(self):
        """The server with its workers as they were measured, of each run."""
        for run in self.runs if self.server else ():
            processes = [process for process in run["processes"] if process["program"] == "/" + self.server["program"]]
            if processes and run["cgroup"]:
                yield Pool(processes, run, self.server["workers"])

    def rss_kib(self):
        """Of the program, with all workers: pages that they share count once."""
        pools = list(self.pools())
        return statistics.mean(pool.rss for pool in pools) if pools else self.mean("rss")

    def own_kib(self):
        pools = list(self.pools())
        return statistics.mean(pool.anonymous for pool in pools) if pools else self.mean("anonymous")


class Pool:
    """A server and its workers in one run, in KiB."""

    def __init__(self, processes, run, workers):
        self.workers, server = workers, processes[0]
        others = sum(process["anonymous"] for process in run["processes"] if process["program"] != server["program"])
        self.anonymous = run["cgroup"]["rss"] - others  # the cgroup's counts a page once that several processes have
        helpers = sorted(process["anonymous"] for process in processes[1:])[:max(0, len(processes) - 1 - workers)]
        self.server = server["rest_anonymous"] + sum(helpers)  # with processes besides that are no workers
        self.heap = max(process["rest_anonymous"] for process in processes)  # of what has the application
        self.of_workers = max(0, self.anonymous - server["anonymous"] - sum(helpers))
        self.rss = self.anonymous + shared_kib(processes)


def joined(processes):
    """A server and a worker as one process that serves by itself: a forked process has only those pages of files in its tables that
    it has touched itself, and the server has nothing of the application."""
    rest, anonymous = (max(process[key] for process in processes) for key in ("rest", "rest_anonymous"))
    objects = {}
    for process in processes:
        for path, parts in process["objects"].items():
            known = objects.setdefault(path, {})
            for part, row in parts.items():
                known[part] = [max(pair) for pair in zip(row, known.get(part, row))]
    of_objects = [row for parts in objects.values() for row in parts.values()]
    return {**processes[0], "objects": objects, "rest": rest, "rest_anonymous": anonymous, "rss": rest + sum(row[1] for row in of_objects),
            "anonymous": anonymous + sum(row[2] for row in of_objects)}


def shared_kib(processes):
    """Pages of files that the processes have in common or by themselves, as far as each file's largest number of them tells."""
    most = {}
    for process in processes:
        for path, parts in process["objects"].items():
            for part, (_, present, own) in parts.items():
                most[path, part] = max(most.get((path, part), 0), present - own)
        most["rest"] = max(most.get("rest", 0), process["rest"] - process["rest_anonymous"])
    return sum(most.values())


def main_process(run, program):
    """The process that became the program, else the first one: wrappers may stay in front of it."""
    return next((process for process in run["processes"] if process["program"] == program), run["processes"][0])


def digest_of(path):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def answer_of(cache, imgslim, root, program):
    """The report of imgslim for a program, kept for the executable and the image."""
    kept = os.path.join(cache, "memory", program["name"] + ".answer.json")
    command = [imgslim, "analyze", root.image, "-o", "json"]
    if program["name"] != program["root"]:
        command += ["--cmd", shlex.join(program["cmd"])]
    key = json.dumps([ANSWER_FORMAT, command[2:], digest_of(imgslim), root.key()])
    if os.path.exists(kept):
        with open(kept) as stream:
            known = json.load(stream)
        if known["key"] == key:
            return known
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"imgslim ended with {done.returncode}: {done.stderr.strip()}")
    report = json.loads(done.stdout)
    known = {"key": key, "memory": report.get("memory"), "sources": source_counts(report)}
    with open(kept, "w") as stream:
        json.dump(known, stream)
    return known


def source_counts(report):
    """How many source files each process loads, as imgslim counts them."""
    counts = {}
    for row in (report.get("runtime") or {"files": []})["files"]:
        if row["use"] == "source" and row["confidence"] != "possible":
            for process in row["processes"]:
                counts[str(process)] = counts.get(str(process), 0) + 1
    return counts


def sample_of(cache, imgslim, root, program, measured):
    known = answer_of(cache, imgslim, root, program)
    if not known["memory"]:
        raise RuntimeError("no program is known to imgslim")
    return Sample(program, measured, known)
