#!/usr/bin/env python3
"""Makes images of a chosen shape, fast and the same every time, to see how cost grows with each of its sizes.

usage: make_synthetic.py SHAPE DIR [--scale N]    writes an OCI layout (gzip layers) into DIR
  whiteouts   50,000 files and a layer of N x 5,000 whiteouts
  files       N x 1,000,000 empty files in one layer
  entries     N x 50,000 files of 100 bytes in one layer
  bytes       N x 64 MiB in 64 files
  layers      N x 16 layers of 500 files each
  large       N x 1 GiB in 60,000 files, a layer per GiB

A layer's gzip stream is put together from members compressed before (RFC 1952, 2.2: members may be concatenated), so a
10 GiB image takes as long as hashing it.
"""
import argparse
import gzip
import hashlib
import json
import os
import random
import sys

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


def header(name, size, kind=b"0"):
    """A ustar header; numbers in octal, the checksum over all bytes with its own field as blanks."""
    block = b"%-100b0000644\0000000000\0000000000\0%011o\00014000000000\0        %b%-100bustar\00000%247b" % (
        name.ljust(100, b"\0"), size, kind, b"".ljust(100, b"\0"), b"".ljust(247, b"\0"))
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


class LayerWriter:
    """A gzip layer in an OCI layout; plain bytes and ready-made members alternate."""

    LEVEL = 6
    FLUSH = MIB

    def __init__(self, layout):
        self.layout, self.path = layout, os.path.join(layout, "new")
        self.file = open(self.path, "wb")
        self.blob, self.plain, self.bytes = hashlib.sha256(), hashlib.sha256(), 0
        self.pending = bytearray()

    def add(self, data):
        self.pending += data
        if len(self.pending) >= self.FLUSH:
            self.flush()

    def flush(self):
        if self.pending:
            data, self.pending = bytes(self.pending), bytearray()
            self.add_member(data, gzip.compress(data, self.LEVEL, mtime=0))

    def add_member(self, plain, member):
        self.plain.update(plain)
        self.blob.update(member)
        self.file.write(member)
        self.bytes += len(member)

    def finish(self):
        self.add(bytes(1024))
        self.flush()
        self.file.close()
        digest = self.blob.hexdigest()
        os.replace(self.path, blob_path(self.layout, digest))
        descriptor = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + digest, "size": self.bytes}
        return descriptor, "sha256:" + self.plain.hexdigest()


def blob_path(layout, digest):
    return os.path.join(layout, "blobs", "sha256", digest)


def write_blob(layout, media_type, value):
    data = json.dumps(value, sort_keys=True).encode()
    digest = hashlib.sha256(data).hexdigest()
    with open(blob_path(layout, digest), "wb") as out:
        out.write(data)
    return {"mediaType": "application/vnd.oci.image." + media_type, "digest": "sha256:" + digest, "size": len(data)}


def write_image(layout, layers):
    """The manifest and index over finished layers."""
    config = write_blob(layout, "config.v1+json", {
        "architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id in layers]},
        "history": [{"created_by": f"RUN step {index}"} for index in range(len(layers))]})
    manifest = write_blob(layout, "manifest.v1+json", {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
        "layers": [descriptor for descriptor, _ in layers]})
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "synthetic"}
    for name, value in (("index.json", {"schemaVersion": 2, "manifests": [manifest]}), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(os.path.join(layout, name), "w") as out:
            json.dump(value, out)


def text(seed, size):
    """Words, which gzip makes about 2.6 times smaller."""
    source = random.Random(seed)
    words = [bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz0123456789", k=source.randint(3, 12))) for _ in range(4000)]
    out = bytearray()
    while len(out) < size:
        out += b" ".join(source.choices(words, k=2000))
    return bytes(out[:size])


def padded(data):
    return data + bytes(-len(data) % 512)


def path_of(index):
    return b"srv/data/%03d/%03d/file-%d" % (index // 100_000, index // 500 % 200, index)


def small_files(layout, first, count, size):
    layer = LayerWriter(layout)
    content = text(first, size)
    for index in range(first, first + count):
        body = padded(b"%d %b" % (index, content))[:-(-size // 512) * 512] if size else b""
        layer.add(header(path_of(index), size) + body)
    return layer.finish()


def whiteout_layer(layout, count, stride):
    layer = LayerWriter(layout)
    for index in range(0, count * stride, stride):
        directory, name = path_of(index).rsplit(b"/", 1)
        layer.add(header(directory + b"/.wh." + name, 0))
    return layer.finish()


def large_files(layout, seed, count, total):
    """Files with bodies from a stock of members, each body with a number of its own in front."""
    layer = LayerWriter(layout)
    stock = []
    for number in range(8):
        size = total // count // 512 * 512 * (number + 1) // 4 // 512 * 512
        body = text(seed * 8 + number, size)
        stock.append((body, gzip.compress(body, 6, mtime=0)))
    written = 0
    for index in range(count):
        body, member = stock[index % len(stock)]
        unique = padded(b"file %d of layer %d" % (index, seed))
        layer.add(header(path_of(seed * count + index), len(unique) + len(body)) + unique)
        layer.flush()
        layer.add_member(body, member)
        written += len(body) + len(unique)
    return layer.finish()


def shape_layers(shape, layout, scale):
    if shape == "whiteouts":
        return [small_files(layout, 0, 50_000, 20), whiteout_layer(layout, 5_000 * scale, max(1, 10 // scale))]
    if shape == "files":
        return [small_files(layout, 0, 1_000_000 * scale, 0)]
    if shape == "entries":
        return [small_files(layout, 0, 50_000 * scale, 100)]
    if shape == "bytes":
        return [large_files(layout, 0, 64 * scale, 64 * MIB * scale)]
    if shape == "layers":
        return [small_files(layout, index * 500, 500, 100) for index in range(16 * scale)]
    return [large_files(layout, index, 60_000, GIB) for index in range(scale)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=["whiteouts", "files", "entries", "bytes", "layers", "large"])
    parser.add_argument("directory")
    parser.add_argument("--scale", type=int, default=1)
    options = parser.parse_args()
    if os.path.exists(os.path.join(options.directory, "index.json")):
        sys.exit(0)  # made before: the same input gives the same bytes
    os.makedirs(os.path.join(options.directory, "blobs", "sha256"), exist_ok=True)
    write_image(options.directory, shape_layers(options.shape, options.directory, options.scale))


if __name__ == "__main__":
    main()
