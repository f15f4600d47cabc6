"""Independent answers about an image, and their comparison with imgslim's.

Oracles: tests/real/reference.py (merge and accounting), `umoci unpack` (the OCI specification's reading, on a real file
system), a real Docker Engine (`docker load`, `docker export`, `docker history`). A comparison returns a list of
differences, each a line to print; the few that are right are named in DOCKER_ADDS with their reason.
"""
import collections
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import tarfile
import tempfile

import reference

try:
    import jsonschema
except ImportError:
    jsonschema = None

# What a Docker Engine itself puts into a container's root (moby: daemon/initlayer, SetupInitLayer), whatever the image.
DOCKER_ADDS = {
    ".dockerenv": "tells programs that they are in a container",
    "dev": "made for the device mount", "dev/console": "mount point", "dev/pts": "mount point", "dev/shm": "mount point",
    "proc": "mount point", "sys": "mount point",
    "etc": "made for the files below", "etc/hosts": "mount point of a file", "etc/hostname": "mount point of a file",
    "etc/resolv.conf": "mount point of a file", "etc/mtab": "symlink to /proc/mounts",
}

# Files that package managers rewrite at every run: imgslim may give their waste the fate package_database.
PACKAGE_DATABASE = re.compile(
    r"(var/lib/dpkg/|lib/apk/db/|usr/lib/apk/db/|var/lib/rpm/|usr/lib/sysimage/rpm/).*|var/lib/apt/extended_states|var/cache/debconf/.*")


class ImgslimFailed(Exception):
    pass


class Imgslim:
    def __init__(self, program):
        self.program = program

    def run(self, image, *options, stdin=None):
        """(exit code, JSON bytes, tree bytes, stderr) of one run."""
        with tempfile.TemporaryDirectory() as directory:
            report, tree = os.path.join(directory, "report.json"), os.path.join(directory, "tree.jsonl")
            command = [self.program, "analyze", image, "-o", "json=" + report, "-o", "tree=" + tree, *options]
            done = subprocess.run(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            return done.returncode, read(report), read(tree), done.stderr.decode(errors="replace").strip()

    def analyze(self, image, *options, stdin=None):
        """(report, tree rows by path); ImgslimFailed when there is none."""
        status, report, tree, message = self.run(image, *options, stdin=stdin)
        if status not in (0, 1) or not report:
            raise ImgslimFailed(f"exit {status}: {message}")
        return decode(json.loads(report)), tree_rows(tree)


def read(path):
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def decode(value):
    """Undoes the report's convention for bytes that are not UTF-8: "\\xNN", and "\\\\" for a backslash."""
    if isinstance(value, str):
        if "\\" not in value:
            return value
        raw = re.sub(rb"\\(\\|x([0-9a-fA-F]{2}))", lambda m: bytes([int(m[2], 16)]) if m[2] else b"\\", os.fsencode(value))
        return os.fsdecode(raw)
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        return {decode(key): decode(item) for key, item in value.items()}
    return value


def tree_rows(lines):
    """imgslim's tree output; its modes are octal text and its links null where there are none."""
    rows = [decode(json.loads(line)) for line in lines.splitlines()]
    for row in rows:
        row["mode"], row["link"] = int(row["mode"], 8), row["link"] or ""
    return by_path(rows)


def by_path(rows):
    return {row["path"]: row for row in rows}


def umoci_rows(layout, tag):
    """What umoci unpacks, as rows. Raises CalledProcessError when it refuses the image."""
    bundle = tempfile.mkdtemp(prefix="imgslim-umoci.")
    try:
        rootless = [] if os.geteuid() == 0 else ["--rootless"]
        subprocess.run(["umoci", "unpack", *rootless, "--image", f"{layout}:{tag}", bundle + "/b"], check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return by_path(walk_disk(bundle + "/b/rootfs"))
    finally:
        shutil.rmtree(bundle, ignore_errors=True)


DISK_KINDS = {stat.S_IFDIR: "directory", stat.S_IFREG: "file", stat.S_IFLNK: "symlink", stat.S_IFCHR: "character_device",
              stat.S_IFBLK: "block_device", stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}


def walk_disk(root):
    for directory, directories, files in os.walk(root):
        for name in directories + files:
            full = os.path.join(directory, name)
            status = os.lstat(full)
            kind = DISK_KINDS[stat.S_IFMT(status.st_mode)]
            row = {"path": os.path.relpath(full, root), "kind": kind, "mode": stat.S_IMODE(status.st_mode),
                   "uid": status.st_uid, "gid": status.st_gid, "bytes": status.st_size if kind == "file" else 0,
                   "link": os.readlink(full) if kind == "symlink" else ""}
            if kind == "file":
                with open(full, "rb") as file:
                    row["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
            yield row


def docker(*arguments):
    done = subprocess.run(["docker", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, ["docker", *arguments], stderr=done.stderr)
    return done.stdout.decode().strip()


def docker_load(archive):
    """Loads and returns the image's id or name."""
    return docker("load", "--input", archive).splitlines()[-1].split(": ", 1)[1]


def docker_rows(image):
    """The file system of a container of a loaded image, as rows."""
    container = docker("create", "--network", "none", image, "none")
    export = subprocess.Popen(["docker", "export", container], stdout=subprocess.PIPE)
    try:
        with tarfile.open(fileobj=export.stdout, mode="r|") as tar:
            return by_path(tar_rows(tar))
    finally:
        export.stdout.close()
        export.wait()
        docker("rm", container)


def tar_rows(tar):
    seen = {}
    for member in tar:
        path = reference.clean(member.name)
        if not path:
            continue
        if member.islnk():
            row = dict(seen[reference.clean(member.linkname)], path=path)
        else:
            kind = reference.KINDS.get(member.type, "file")
            row = {"path": path, "kind": kind, "mode": member.mode & 0o7777, "uid": member.uid,
                   "gid": member.gid, "bytes": 0,
                   "link": member.linkname if kind == "symlink" else ""}
            if kind == "file":
                row["bytes"], row["sha256"] = reference.hash_content(tar, member)
        seen[path] = row
        yield row


def compare_trees(ours, theirs, oracle, ignored=()):
    """Differences of two listings; a directory that only its children imply may lack a row of ours."""
    differences = []
    with_children = {parent for path in ours for parent in parents(path)}
    for path in sorted(set(ours) | set(theirs)):
        if path in ignored:
            continue
        if path not in ours:
            if theirs[path]["kind"] != "directory" or path not in with_children:
                differences.append(f"{printable(path)}: only {oracle} has it, a {theirs[path]['kind']}")
        elif path not in theirs:
            differences.append(f"{printable(path)}: {oracle} does not have it, a {ours[path]['kind']}")
        else:
            differences += compare_rows(path, ours[path], theirs[path], oracle)
    return differences


def compare_rows(path, ours, theirs, oracle):
    fields = ["kind", "uid", "gid", "layer", "sha256"]
    fields += {"file": ["bytes", "mode"], "symlink": ["link"]}.get(ours["kind"], ["mode"])
    if os.geteuid() != 0 and oracle == "umoci":
        fields = [field for field in fields if field not in ("uid", "gid")]
    return [f"{printable(path)}: {field} {ours[field]!r}, {oracle} {theirs[field]!r}"
            for field in fields if field in ours and field in theirs and ours[field] != theirs[field]]


def parents(path):
    while path := os.path.dirname(path):
        yield path


def printable(path):
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def schema_errors(report):
    """What of a report the published schema does not allow; nothing where python3-jsonschema is missing."""
    schema = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "report.schema.json")
    if jsonschema is None or not os.path.exists(schema):
        return []
    with open(schema) as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    return [f"schema: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(report)]


def compare_report(report, expected, oracle="reference"):
    """Differences of the report and of what reference.analyze() says."""
    differences = []
    for field, value in expected["totals"].items():
        if report["totals"].get(field) != value:
            differences.append(f"totals.{field} {report['totals'].get(field)}, {oracle} {value}")
    if len(report["layers"]) != len(expected["layers"]):
        return differences + [f"{len(report['layers'])} layers, {oracle} {len(expected['layers'])}"]
    for ours, theirs in zip(report["layers"], expected["layers"]):
        for field, value in theirs.items():
            if field != "symlink_bytes" and ours.get(field) != value:
                differences.append(f"layers[{theirs['index']}].{field} {ours.get(field)}, {oracle} {value}")
    return differences + compare_waste(report["waste"], expected["waste"], oracle)


def compare_waste(ours, theirs, oracle):
    databases = {row["path"] for row in ours if row["fate"] == "package_database"}
    wrong = [f"waste: {printable(path)} is called a package database" for path in databases if not PACKAGE_DATABASE.fullmatch(path)]
    left, right = (collections.Counter(waste_key(row, databases) for row in rows if row["bytes"]) for rows in (ours, theirs))
    return (wrong + [f"waste: only imgslim: {describe(key)}" for key in sorted(left - right)]
            + [f"waste: only {oracle}: {describe(key)}" for key in sorted(right - left)])


def waste_key(row, databases):
    fate, attributes = row["fate"], ",".join(sorted(name.rstrip("s") for name in row.get("attributes", [])))
    if row["path"] in databases:
        fate, attributes = "package_database", ""
    return row["path"], row["bytes"], fate, row["origin_layer"], row["cause_layer"], attributes


def describe(key):
    path, size, fate, origin, cause, attributes = key
    return f"{printable(path)} {size} {fate} of layer {origin} by {cause}" + (f" ({attributes})" if attributes else "")


def compare_history(report, expected, image):
    """`docker history` counts a layer's files and the targets of its symlinks: reconciled exactly, layer by layer."""
    sizes = [int(size) for size in docker("history", "--human=false", "--no-trunc", "--format", "{{.Size}}", image).splitlines()]
    ours = sorted(layer["payload_bytes"] + theirs["symlink_bytes"]
                  for layer, theirs in zip(report["layers"], expected["layers"]))
    theirs = sorted(size for size in sizes if size > 0)
    ours = [size for size in ours if size > 0]
    return [] if ours == theirs else [f"layer sizes {ours}, docker history {theirs}"]
