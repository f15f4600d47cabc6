#!/usr/bin/env python3
"""Validates reports against docs/report.schema.json, and their sums against each other.

usage: validate.py SCHEMA REPORT...

Also shows that the schema has teeth: every report must be refused once any one required member is taken out.
"""
import json
import sys

import jsonschema

CUTTABLE = {"waste": ("bytes", "wasted_bytes"), "packages": ("visible_bytes", "visible_bytes"),
            "paths": ("own_visible_bytes", "visible_bytes"), "classes": ("visible_bytes", "visible_bytes"),
            "duplicates": ("wasted_bytes", "duplicate_bytes")}


def check_sums(report):
    totals = report["totals"]
    assert totals["payload_bytes"] == totals["visible_bytes"] + totals["wasted_bytes"], "payload is not visible + wasted"
    assert sum(layer["payload_bytes"] for layer in report["layers"]) == totals["payload_bytes"], "layers"
    assert sum(report["wasted_by_fate"].values()) == totals["wasted_bytes"], "wasted_by_fate"
    assert sum(report["base"]["wasted_bytes"].values()) == totals["wasted_bytes"], "base.wasted_bytes"
    for section, (member, total) in CUTTABLE.items():
        if section not in report.get("omitted", {}):
            assert sum(row[member] for row in report[section]) == totals[total], section


def refuses_each_loss(validator, document):
    """Takes each required member out of the document in turn; asserts that the schema refuses what is left."""
    pending = [(document, validator.schema)]
    while pending:
        node, schema = pending.pop()
        if "$ref" in schema:
            schema = validator.schema["$defs"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(node, list) and node and "items" in schema:
            pending.append((node[0], schema["items"]))
        if not isinstance(node, dict):
            continue
        for name in schema.get("required", []):
            value = node.pop(name)
            assert not validator.is_valid(document), f"accepted without {name}"
            node[name] = value
        pending += [(value, schema["properties"][name]) for name, value in node.items()
                    if name in schema.get("properties", {})]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failures = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            report = json.load(file)
        for error in validator.iter_errors(report):
            print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
            failures += 1
        try:
            if "hostile" not in path:
                check_sums(report)
            refuses_each_loss(validator, report)
        except AssertionError as error:
            print(f"{path}: {error}")
            failures += 1
    print(f"{len(sys.argv) - 2} reports, {failures} failures")
    return 1 if failures or len(sys.argv) < 3 else 0


if __name__ == "__main__":
    sys.exit(main())
