"""What imgslim says of a program's memory, beside what was measured: rows that a fit and a comparison are made of."""
import hashlib
import json
import os
import shlex
import statistics
import subprocess

PARTS = ["header", "text", "rodata", "relro", "data", "bss"]
KIB = 1024
ANSWER_FORMAT = 3  # counted up when more of a report is kept


class Sample:
    """One program: measured in its runs, and predicted."""

    def __init__(self, program, measured, answer):
        self.program, self.runs = program, measured["runs"]
        self.memory = answer["memory"]
        self.main = self.memory["startup"]["processes"][0]
        self.modules = answer["sources"].get(str(self.main["process"]), 0)
        self.truth = [main_process(run, "/" + self.main["program"]) for run in self.runs]
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

    def application_kib(self):
        return self.main["application_code_bytes"] / KIB

    def pool(self):
        """(process that forks workers as imgslim sees it, that process as it was measured, KiB that all of its workers have of
        their own) of each run; the latter is what the container has besides its other processes."""
        server = next((process for process in self.memory["startup"]["processes"] if process["workers"]), None)
        if not server:
            return
        for run in self.runs:
            path = "/" + server["program"]
            parent = next((process for process in run["processes"] if process["program"] == path), None)
            if not parent or not run["cgroup"]:
                continue
            others = sum(process["anonymous"] for process in run["processes"] if process["program"] != path)
            yield server, parent, max(0, run["cgroup"]["rss"] - parent["anonymous"] - others)


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
