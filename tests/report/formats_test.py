#!/usr/bin/env python3
"""What is written for other programs, read as strictly as they read it: each format against its schema or rules.

usage: formats_test.py FILE…     files named NAME.FORMAT[.json|.xml|.txt], as those of tests/golden/report
"""
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

try:
    import jsonschema
except ImportError:
    print("SKIPPED: python3-jsonschema is not installed")
    sys.exit(77)

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
LEVELS = {"error": "error", "warning": "warning", "notice": "notice"}


def against(schema, text):
    schema = json.loads((SCHEMAS / schema).read_text())
    value = json.loads(text)
    jsonschema.validators.validator_for(schema)(schema).validate(value)
    return value


def sarif(text):
    """Beside the schema, what GitHub's code scanning asks for."""
    for run in against("sarif-2.1.0.json", text)["runs"]:
        rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
        for rule in rules.values():
            assert rule["shortDescription"]["text"] and rule["fullDescription"]["text"] and rule["help"]["text"], rule["id"]
        for result in run["results"]:
            assert result["ruleId"] in rules, result["ruleId"]
            region = result["locations"][0]["physicalLocation"]["region"]
            start, end = (region["startLine"], region["startColumn"]), (region["endLine"], region["endColumn"])
            assert (1, 1) <= start < end, region
            assert result["partialFingerprints"]["primaryLocationLineHash"]


def gitlab(text):
    prints = [row["fingerprint"] for row in against("gitlab-code-quality.json", text)]
    assert len(prints) == len(set(prints)), "equal fingerprints collapse to one"


def rdjson(text):
    for row in against("rdjson.json", text)["diagnostics"]:
        span = row["location"]["range"]
        assert (span["start"]["line"], span["start"]["column"]) <= (span["end"]["line"], span["end"]["column"])


def checkstyle(text):
    root = ElementTree.fromstring(text)
    assert root.tag == "checkstyle" and root.get("version")
    for file in root:
        assert file.tag == "file" and file.get("name")
        for error in file:
            assert error.tag == "error" and int(error.get("line")) >= 1 and int(error.get("column")) >= 1
            assert error.get("severity") in ("ignore", "info", "warning", "error") and error.get("message") and error.get("source")


def junit(text):
    root = ElementTree.fromstring(text)
    assert root.tag == "testsuites"
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases) and all(case.get("name") and case.get("classname") for case in cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert all(failure.get("message") for failure in suite.iter("failure"))


def github(text):
    """As the runner reads a line: the command, properties without ":" and ",", a message."""
    levels = collections.Counter()
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.+)", line)
        assert match, line
        levels[match[1]] += 1
        names = [part.partition("=")[0] for part in match[2].split(",")]
        assert set(names) <= {"file", "line", "col", "endLine", "endColumn", "title"} and len(set(names)) == len(names), line
    assert all(count <= 10 for count in levels.values()), levels


def azure(text):
    for line in text.splitlines():
        issue = re.fullmatch(r"##vso\[task\.logissue type=(error|warning);sourcepath=([^;\]]+);linenumber=\d+;columnnumber=\d+;code=([^;\]]+)\](.+)", line)
        assert issue or re.match(r"[^#:].*: note: ", line), line
        assert line.count("##vso[") <= 1


def gcc(text):
    for line in text.splitlines():
        assert re.fullmatch(r"[^:].*:\d+:\d+: (error|warning|note): .+ \[.+\]", line), line


def prometheus(text):
    """The text format, and what promtool says of the names when it is there."""
    series, declared, metric = set(), [], ""
    for line in text.splitlines():
        if comment := re.fullmatch(r"# (HELP|TYPE) (imgslim_[a-z_]+) (.+)", line):
            metric = comment[2]
            declared.append((comment[1], metric))
            assert comment[1] == "HELP" or comment[3] == "gauge", line
            continue
        sample = re.fullmatch(r'(imgslim_[a-z_]+)\{((?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)+)\} \d+', line)
        assert sample and sample[1] == metric, line
        assert line.rpartition(" ")[0] not in series, line
        series.add(line.rpartition(" ")[0])
    assert len(set(declared)) == len(declared), "a metric is declared once"
    if shutil.which("promtool"):
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def markdown(text):
    """No table row is cut, every fold is closed, and nothing hidden is in the source."""
    lines = text.splitlines()
    assert sum(line.startswith("<details>") for line in lines) == sum(line == "</details>" for line in lines)
    columns = 0
    for line in lines:
        bars = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (bars and columns) or bars == columns, line
        columns = bars
    assert len(text.encode()) <= 60_000


CHECKS = {check.__name__: check for check in (sarif, gitlab, rdjson, checkstyle, junit, github, azure, gcc, markdown, prometheus)}


def main(files):
    seen, failures = set(), 0
    for file in map(pathlib.Path, files):
        kind = file.name.split(".")[1]
        if kind not in CHECKS:
            continue
        text = file.read_text(encoding="utf-8")
        try:
            assert not HIDDEN.search(text), "a control or an invisible character"
            CHECKS[kind](text)
            seen.add(kind)
        except (AssertionError, jsonschema.ValidationError, ElementTree.ParseError, ValueError) as problem:
            print(f"{file.name}: {type(problem).__name__}: {str(problem)[:400]}")
            failures += 1
    missing = set(CHECKS) - seen
    if missing and not failures:
        print("no file of the formats", ", ".join(sorted(missing)))
    return 1 if failures or missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
