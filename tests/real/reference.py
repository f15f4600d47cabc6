#!/usr/bin/env python3
"""What an image's layers come to, in the plainest Python that can say it: an answer to compare imgslim's with.

It follows the OCI image specification (layer.md) for what is visible, and docs/how-sizes-are-counted.md for what is
wasted and by whom. Nothing is shared with the C++: tarfile reads, dictionaries merge, SHA-256 tells equal contents.
Zstandard layers need the program zstd.

usage: reference.py IMAGE [--platform OS/ARCH]     prints {"totals", "layers", "waste", "tree"} as JSON
"""
import argparse
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
from decimal import Decimal

KINDS = {tarfile.DIRTYPE: "directory", tarfile.SYMTYPE: "symlink", tarfile.CHRTYPE: "character_device",
         tarfile.BLKTYPE: "block_device", tarfile.FIFOTYPE: "fifo"}


class Inode:
    """What one tar entry creates; hard links are further names of it."""

    def __init__(self, path, layer, kind, size=0, digest="", meta=None, link=""):
        self.path, self.layer, self.kind, self.size, self.digest = path, layer, kind, size, digest
        self.meta, self.link = meta, link
        self.names, self.fate, self.cause, self.attributes = 0, "visible", layer, []


class Name:
    """A place in the merged tree."""

    def __init__(self, inode):
        self.inode, self.children = inode, {}


class Merger:
    def __init__(self):
        self.root = Name(Inode("", -1, "directory"))
        self.inodes = []

    def add_layer(self, index, entries):
        for entry in entries:
            self.apply_whiteout(index, entry)
        for entry in entries:
            if not os.path.basename(entry.path).startswith(".wh."):
                self.add_entry(index, entry)
            else:  # never visible: what it stores is wasted by its own layer
                entry.inode.fate = "marker"
                self.inodes.append(entry.inode)

    def apply_whiteout(self, index, entry):
        directory, base = os.path.split(entry.path)
        if base == ".wh..wh..opq":
            at = self.find(directory, follow_last=True)
            for name in list(at.children) if at else []:
                self.remove(at, name, "deleted_by_opaque", index)
        elif base.startswith(".wh.") and not base.startswith(".wh..wh.") and base[4:] not in ("", ".", ".."):
            at = self.find(directory, follow_last=True)
            if at and base[4:] in at.children:
                self.remove(at, base[4:], "deleted", index)

    def add_entry(self, index, entry):
        if entry.path == "":
            self.root.inode.meta = entry.meta
            return
        inode = entry.inode
        if entry.kind == "hardlink":
            target = self.find(entry.link)
            inode = target.inode if target and target.inode.kind != "directory" else Inode(entry.path, index, "file")
        else:
            self.inodes.append(inode)
        parent = self.make_parents(index, os.path.dirname(entry.path))
        base = os.path.basename(entry.path)
        old = parent.children.get(base)
        if old and old.inode.kind == "directory" and inode.kind == "directory":
            old.inode = inode
        else:
            inode.names += 1
            if old:
                self.remove(parent, base, "replaced", index, inode)
            parent.children[base] = Name(inode)

    def make_parents(self, index, directory):
        at, hops, rest = self.root, 40, [name for name in directory.split("/") if name]
        trail = []
        while rest:
            name = rest.pop(0)
            child = at.children.get(name)
            if child and child.inode.kind == "symlink" and hops > 0:  # followed inside the image, as umoci does
                rest = [part for part in clean(link_path(trail, child.inode.link)).split("/") if part] + rest
                at, trail, hops = self.root, [], hops - 1
                continue
            trail.append(name)
            if child is None or child.inode.kind != "directory":
                implied = Inode("/".join(trail), index, "directory")
                if child:
                    self.remove(at, name, "replaced", index, implied)
                child = at.children[name] = Name(implied)
            at = child
        return at

    def find(self, path, follow_last=False):
        """The name at a path; symlinks on the way are followed, one at its end only when asked."""
        at, hops, rest, trail = self.root, 40, [name for name in path.split("/") if name], []
        while rest:
            name = rest.pop(0)
            child = at.children.get(name)
            if child is None:
                return None
            if child.inode.kind == "symlink" and (rest or follow_last):
                hops -= 1
                if hops < 0:
                    return None
                rest = [part for part in clean(link_path(trail, child.inode.link)).split("/") if part] + rest
                at, trail = self.root, []
                continue
            trail.append(name)
            at = child
        return at

    def remove(self, parent, base, why, cause, new=None):
        stack, top = [parent.children.pop(base)], True
        while stack:
            name = stack.pop()
            stack.extend(name.children.values())
            self.kill(name.inode, why, cause, new if top else None)
            top = False

    @staticmethod
    def kill(inode, why, cause, new):
        inode.names -= 1
        if inode.names > 0:
            return
        inode.fate, inode.cause = why, cause
        if inode.layer == cause:
            inode.fate = "shadowed_in_layer"
        elif why == "replaced":
            inode.fate, inode.attributes = compare(inode, new)


def compare(old, new):
    """The fate of `old` when `new` takes its name; of what was below a replaced directory `new` is None."""
    if new is None or new.kind != old.kind:
        return "type_replaced", []
    if (new.size, new.digest) != (old.size, old.digest):
        return "overwritten", []
    differences = [field for field in ("mode", "uid", "gid", "mtime", "xattrs") if new.meta[field] != old.meta[field]]
    return ("metadata_only", differences) if differences else ("identical", [])


def link_path(directory, target):
    return target if target.startswith("/") else "/".join(directory) + "/" + target


class Entry:
    def __init__(self, path, kind, link, meta, inode):
        self.path, self.kind, self.link, self.meta, self.inode = path, kind, link, meta, inode


def clean(path):
    parts = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def metadata(member):
    mtime = member.pax_headers.get("mtime")
    mtime_ns = int(Decimal(mtime).scaleb(9)) if mtime else int(member.mtime) * 10**9
    xattrs = {key: value for key, value in member.pax_headers.items() if key.startswith("SCHILY.xattr.")}
    return {"mode": member.mode & 0o7777, "uid": member.uid, "gid": member.gid, "mtime": mtime_ns, "xattrs": xattrs}


class Counted(io.RawIOBase):
    """Passes bytes on, counts and hashes them."""

    def __init__(self, source):
        self.source, self.bytes, self.hash = source, 0, hashlib.sha256()

    def read(self, size=-1):
        data = self.source.read(size)
        self.bytes += len(data)
        self.hash.update(data)
        return data


def plain(stream, magic):
    """(stream of the uncompressed bytes, whether the blob was compressed)."""
    if magic[:3] == b"\x1f\x8b\x08":
        return gzip.GzipFile(fileobj=stream), True
    if magic == b"\x28\xb5\x2f\xfd":
        import tempfile
        copy = tempfile.TemporaryFile()
        while block := stream.read(1 << 20):
            copy.write(block)
        copy.seek(0)
        return subprocess.Popen(["zstd", "-dc"], stdin=copy, stdout=subprocess.PIPE).stdout, True
    return stream, False


def read_layer(stream, index):
    """The entries of a layer and its sums."""
    stream.seek(0)
    magic = stream.read(4)
    stream.seek(0)
    opened, compressed = plain(stream, magic)
    counted = Counted(opened)
    entries = []
    if magic:  # no bytes at all are an empty layer
        with tarfile.open(fileobj=counted, mode="r|", errorlevel=2) as tar:
            for member in tar:
                entries.append(read_member(tar, member, index))
                tar.members = []
    while counted.read(1 << 20):
        pass
    payload = sum(entry.inode.size for entry in entries)
    symlinks = sum(len(os.fsencode(entry.link)) for entry in entries if entry.kind == "symlink")
    return entries, {"index": index, "diff_id": "sha256:" + counted.hash.hexdigest(), "stored_bytes": counted.bytes,
                     "payload_bytes": payload, "symlink_bytes": symlinks, "entries": len(entries),
                     "compressed_bytes": stream.seek(0, os.SEEK_END) if compressed else None}


def read_member(tar, member, index):
    path, kind, size, digest = clean(member.name), KINDS.get(member.type, "file"), 0, ""
    if member.islnk():
        kind = "hardlink"
    elif kind == "file":
        size, digest = hash_content(tar, member)
    link = clean(member.linkname) if kind == "hardlink" else member.linkname
    meta = metadata(member)
    return Entry(path, kind, link, meta, Inode(path, index, kind, size, digest, meta, link))


def hash_content(tar, member):
    content, digest, stored = tar.extractfile(member), hashlib.sha256(), 0
    segments = member.sparse if member.sparse is not None else [(0, member.size)]
    if member.sparse is not None:
        return sum(length for _, length in segments), "sparse:" + str(segments)
    while block := content.read(1 << 20):
        digest.update(block)
        stored += len(block)
    return stored, digest.hexdigest()


class Blobs:
    """The named files of an image: of a directory or of a tar archive, whose links are followed."""

    def __init__(self, path):
        self.directory = path if os.path.isdir(path) else None
        self.members = {}
        if not self.directory:
            self.tar = tarfile.open(path)
            self.members = {clean(member.name): member for member in self.tar}

    def has(self, name):
        return os.path.exists(os.path.join(self.directory, name)) if self.directory else name in self.members

    def open(self, name):
        if self.directory:
            return open(os.path.join(self.directory, name), "rb")
        return self.tar.extractfile(self.member(name))

    def member(self, name):
        """Of an archive: where a file's bytes are, links followed."""
        member = self.members[clean(name)]
        while member.issym() or member.islnk():
            base = os.path.dirname(clean(member.name)) if member.issym() else ""
            member = self.members[clean(base + "/" + member.linkname)]
        return member

    def json(self, name):
        with self.open(name) as file:
            return json.load(file)


def blob_path(digest):
    return "blobs/" + digest.replace(":", "/")


def oci_manifest(blobs, index, platform):
    """The manifest of a platform, or the only one."""
    found = []
    for descriptor in index["manifests"]:
        inner = blobs.json(blob_path(descriptor["digest"]))
        if "manifests" in inner:
            found.append(oci_manifest(blobs, inner, platform))
            continue
        config = blobs.json(blob_path(inner["config"]["digest"]))
        if platform in (None, config.get("os", "") + "/" + config.get("architecture", "")):
            found.append(inner)
    if len(found) != 1:
        raise SystemExit(f"{len(found)} manifests for platform {platform}")
    return found[0]


def layer_names(blobs, platform):
    """The files of an image's layers, lowest first."""
    if blobs.has("manifest.json"):
        manifest = blobs.json("manifest.json")
        if isinstance(manifest, list):
            return manifest[0]["Layers"]
        return [layer["digest"].split(":")[1] for layer in manifest["layers"]]
    if blobs.has("index.json"):
        return [blob_path(layer["digest"]) for layer in oci_manifest(blobs, blobs.json("index.json"), platform)["layers"]]
    return None


def open_layers(path, platform=None):
    blobs = Blobs(path)
    names = layer_names(blobs, platform)
    return [open(path, "rb")] if names is None else [blobs.open(name) for name in names]


def compressed_sizes(path, platform=None):
    """Per layer the size of its blob, None for a plain one: what differs between the forms of one image."""
    sizes = []
    for stream in open_layers(path, platform):
        compressed = stream.read(3) in (b"\x1f\x8b\x08", b"\x28\xb5\x2f")
        sizes.append(stream.seek(0, os.SEEK_END) if compressed else None)
    return sizes


def analyze(path, platform=None):
    merger, layers = Merger(), []
    for index, stream in enumerate(open_layers(path, platform)):
        entries, sums = read_layer(stream, index)
        merger.add_layer(index, entries)
        layers.append(sums)
    return summarize(merger, layers)


def summarize(merger, layers):
    dead = [inode for inode in merger.inodes if inode.names <= 0 and inode.kind == "file" and inode.size > 0]
    live = [inode for inode in merger.inodes if inode.names > 0 and inode.kind == "file"]
    for layer in layers:
        layer["visible_bytes"] = sum(inode.size for inode in live if inode.layer == layer["index"])
        layer["wasted_bytes"] = sum(inode.size for inode in dead if inode.layer == layer["index"])
        layer["caused_waste_bytes"] = sum(inode.size for inode in dead if inode.cause == layer["index"])
    groups = {}
    for inode in live:
        groups.setdefault(inode.digest, []).append(inode.size)
    payload, visible = (sum(layer[field] for layer in layers) for field in ("payload_bytes", "visible_bytes"))
    wasted = sum(inode.size for inode in dead)
    assert payload == visible + wasted, "an entry is neither visible nor dead"
    totals = {"layers": len(layers), "entries": sum(layer["entries"] for layer in layers),
              "stored_bytes": sum(layer["stored_bytes"] for layer in layers), "payload_bytes": payload,
              "visible_bytes": visible, "wasted_bytes": wasted, "efficiency": round(visible / payload, 6) if payload else 1,
              "duplicate_bytes": sum((len(sizes) - 1) * sizes[0] for sizes in groups.values())}
    waste = [{"path": inode.path, "bytes": inode.size, "fate": inode.fate, "origin_layer": inode.layer,
              "cause_layer": inode.cause, "attributes": inode.attributes} for inode in dead]
    return {"totals": totals, "layers": layers, "waste": waste, "tree": list(walk(merger.root, ""))}


def walk(name, path):
    for base in sorted(name.children):
        child, inner = name.children[base], path + "/" + base if path else base
        inode = child.inode
        if inode.meta is None:  # a directory that no entry states: nothing is known but that it is there
            yield {"path": inner, "kind": inode.kind}
        else:
            yield {"path": inner, "kind": inode.kind, "bytes": inode.size, "mode": inode.meta["mode"], "uid": inode.meta["uid"],
                   "gid": inode.meta["gid"], "link": inode.link if inode.kind == "symlink" else "", "layer": inode.layer, "sha256": inode.digest}
        yield from walk(child, inner)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("image")
    parser.add_argument("--platform")
    options = parser.parse_args()
    print(json.dumps(analyze(options.image, options.platform), indent=1))


if __name__ == "__main__":
    main()
