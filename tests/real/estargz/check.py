#!/usr/bin/env python3
"""Layers of eStargz, as stargz-snapshotter's own library writes them: read, and their prefetch landmarks taken as a trace.

usage: check.py [--imgslim PROGRAM] [--cache DIR] [--scratch DIR] [--keep]
  --scratch  where the image is built (default: estargz/ in the cache)

A real image is built and its command run under strace. What it opened is what an optimizer puts in front of the landmark.
Last line: `N passed, N failed, N skipped`.
"""
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "savings"))
import probe  # noqa: E402
import store  # noqa: E402

SAYS = "fast was loaded"


class Image:
    """The image as it was built, its files, and what its command opened."""

    def __init__(self, options):
        debian = os.path.join(options.cache, "base-bookworm")
        if not os.path.exists(os.path.join(debian, "rootfs.tar")):
            raise store.BuildError("no base: tests/real/build-images --base")
        shutil.rmtree(options.scratch, ignore_errors=True)
        os.makedirs(options.scratch, exist_ok=True)
        self.directory = options.scratch
        images = store.Store(options.scratch, self.path("log"))
        base = images.build("debian", os.path.join(debian, "Dockerfile"), debian, "scratch")
        image = images.build("estargz", os.path.join(HERE, "Dockerfile"), HERE, base)
        self.layout = images.push(image, self.path("before"))
        with images.mounted(image) as root:
            self.opened = self.trace(root)
        images.forget(image, base)

    def path(self, name):
        return os.path.join(self.directory, name)

    def trace(self, root):
        """Clean paths of the files that the command opens, in order."""
        probe.truth.furnish(root)
        command = self.layout.config["Cmd"]
        log = self.path("strace")
        done = subprocess.run(["strace", "-f", "-z", "-e", "trace=execve,open,openat", "-o", log, "chroot", root, *command],
                              env={"PATH": probe.roots.PATH}, capture_output=True, text=True, check=False)
        if SAYS not in done.stdout:
            raise store.BuildError(f"the program does not work: {done.stdout} {done.stderr}"[:300])
        paths = []
        for path in re.findall(r'"(/[^"]*)"', open(log).read()):
            real = os.path.realpath(root + path)
            if real.startswith(root + "/usr/") or real.startswith(root + "/srv/"):
                if os.path.isfile(real) and real[len(root) + 1:] not in paths:
                    paths.append(real[len(root) + 1:])
        return paths


def names_in(layer):
    listed = subprocess.run(["tar", "-tf", layer], capture_output=True, text=True, check=True).stdout
    return {os.path.normpath(name) for name in listed.splitlines() if not name.endswith("/")}


def blob(directory, content):
    digest = hashlib.sha256(content).hexdigest()
    with open(os.path.join(directory, "blobs/sha256", digest), "wb") as stream:
        stream.write(content)
    return {"digest": "sha256:" + digest, "size": len(content)}


def convert(image, converter, name, plain=()):
    """A layout of the image's layers in eStargz, those at `plain` left as they are."""
    before, directory = image.layout, image.path(name)
    os.makedirs(os.path.join(directory, "blobs/sha256"))
    config = json.loads(before.blob(before.manifest["config"]["digest"]))
    layers, expected = [], []
    for at, layer in enumerate(before.manifest["layers"]):
        content = before.blob(layer["digest"])
        if at not in plain:
            tar, output = image.path("layer.tar"), image.path("layer.tar.gz")
            with open(tar, "wb") as stream:
                stream.write(gzip.decompress(content))
            there = names_in(tar)
            first = [path for path in image.opened if path in there]
            done = subprocess.run([converter, tar, output, *first], capture_output=True, text=True, check=True)
            config["rootfs"]["diff_ids"][at] = done.stdout.strip()
            with open(output, "rb") as stream:
                content = stream.read()
            if first:
                expected.append(f"prefetch landmark of layer {at + 1}")
        layers.append({**layer, **blob(directory, content)})
    manifest = {**before.manifest, "layers": layers}
    manifest["config"] = {**manifest["config"], **blob(directory, json.dumps(config).encode())}
    media = "application/vnd.oci.image.manifest.v1+json"
    index = {"schemaVersion": 2, "manifests": [{"mediaType": media, **blob(directory, json.dumps(manifest).encode())}]}
    for file, value in (("index.json", index), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(os.path.join(directory, file), "w") as stream:
            json.dump(value, stream)
    return directory, expected


def analyze(imgslim, directory, *options):
    done = subprocess.run([imgslim, "analyze", directory, "--strict", "--json", *options], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise store.BuildError(f"imgslim ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


def try_image(options, image, converter):
    """(claim, whether it is true) of each thing that must be so."""
    plain = analyze(options.imgslim, image.layout.directory)
    directory, expected = convert(image, converter, "converted")
    report = analyze(options.imgslim, directory)
    trace = report["runtime"]["trace"]
    yield "the plain image has no trace", plain["runtime"].get("trace") is None
    yield f"{len(expected)} layers have a landmark that files stand before", trace["sources"] == expected and len(expected) == 3
    yield f"each of the {len(image.opened)} files that were opened is there", trace["files"] == len(image.opened) == trace["paths"]
    yield "all layers together are a trace of the image", trace["covers"] and trace["missing_paths"] == 0
    yield "the plain image's layers are the same otherwise", all(
        ours["payload_bytes"] - theirs["payload_bytes"] in range(1, 10 << 20) for ours, theirs in zip(report["layers"], plain["layers"]))
    libraries = json.loads(subprocess.run([options.imgslim, "libs", directory, "--json"], capture_output=True, check=True).stdout)
    listed = json.dumps(libraries)
    yield "what nobody could have known is told as used", "trace" in listed
    later = len(image.layout.manifest["layers"]) - 1
    added = analyze(options.imgslim, convert(image, converter, "added-later", [later])[0])
    yield "a layer without a landmark was never looked at", not added["runtime"]["trace"]["covers"]


def main():
    options = store.parser(__doc__).parse_args()
    options.scratch = options.scratch or os.path.join(options.cache, "estargz")
    probe.roots.private_mounts()
    passed = failed = skipped = 0
    try:
        image = Image(options)
        converter = image.path("convert")
        subprocess.run(["go", "build", "-o", converter, "."], cwd=os.path.join(HERE, "convert"), check=True)
    except (store.BuildError, OSError, subprocess.CalledProcessError) as error:
        print(f"estargz SKIPPED: {error}")
        skipped = 1
    else:
        for claim, holds in try_image(options, image, converter):
            print(f"estargz: {claim}{'' if holds else '  FAILED'}", flush=True)
            passed, failed = passed + bool(holds), failed + (not holds)
    store.end(options, passed, failed, skipped)


if __name__ == "__main__":
    main()
