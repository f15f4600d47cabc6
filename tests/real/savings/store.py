"""Images built by buildah in a store of their own, and what they weigh."""
import argparse
import contextlib
import gzip
import json
import os
import shutil
import subprocess
import sys
import tarfile

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
NAME = "localhost/savings/"
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "imgslim-real")


def parser(documentation):
    """The options of every check that builds images."""
    options = argparse.ArgumentParser(usage=documentation.split("usage: ")[1].split("\n")[0])
    options.add_argument("--imgslim", default="build/release/imgslim", type=os.path.abspath)
    options.add_argument("--cache", default=CACHE)
    options.add_argument("--scratch", type=os.path.abspath)
    options.add_argument("--keep", action="store_true")
    return options


def end(options, passed, failed, skipped):
    """The last line of such a check, and its exit code."""
    if not options.keep:
        shutil.rmtree(options.scratch, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(failed > 0)


class BuildError(Exception):
    """An image that cannot be built here: its last line says why."""


def build_options():
    """pip and npm inside trust what this machine trusts: a network may have certificates of its own."""
    options = ["--force-rm", "--isolation", "chroot", "--network", "host", "--layers", "--pull=never"]
    if not os.path.exists(CERTIFICATES):
        return options
    inside = "/run/build-certificates.crt"
    return options + ["--volume", f"{CERTIFICATES}:{inside}:ro", "--build-arg", f"PIP_CERT={inside}", "--build-arg",
                      f"NODE_EXTRA_CA_CERTS={inside}"]


def driver_for(directory):
    """overlay is fast; vfs works everywhere."""
    parts = {name: os.path.join(directory, "probe", name) for name in ("lower", "upper", "work", "merged")}
    for part in parts.values():
        os.makedirs(part, exist_ok=True)
    options = f"lowerdir={parts['lower']},upperdir={parts['upper']},workdir={parts['work']}"
    done = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, parts["merged"]], capture_output=True, check=False)
    if done.returncode == 0:
        subprocess.run(["umount", parts["merged"]], check=True)
    return "vfs" if done.returncode else "overlay"


class Store:
    def __init__(self, directory, log):
        self.log, driver = log, driver_for(directory)
        self.buildah = ["nice", "-n", "15", "buildah", "--root", f"{directory}/store-{driver}", "--runroot", f"{directory}/run-{driver}",
                        "--storage-driver", driver]

    def run(self, *arguments):
        with open(self.log, "a") as log:
            log.write(f"$ buildah {' '.join(arguments)}\n")
            log.flush()
            done = subprocess.run([*self.buildah, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                  text=True, check=False)
            log.write(done.stdout)
        if done.returncode != 0:
            raise BuildError(f"buildah {arguments[0]} ended with {done.returncode}: {self.last_lines()}")
        return done.stdout.strip()

    def last_lines(self):
        with open(self.log, errors="replace") as log:
            lines = [line.strip() for line in log.read().splitlines() if line.strip()]
        return " | ".join(lines[-3:])

    def build(self, name, dockerfile, context, base, form="oci"):
        """Gives the image's name in the store. Of the forms only "docker" has health checks."""
        self.run("bud", *build_options(), "--format", form, "--build-arg", f"BASE={base}", "-t", NAME + name, "-f", dockerfile, context)
        return NAME + name

    def push(self, image, directory, form="oci"):
        self.run("push", "--quiet", image, f"oci:{directory}:image" if form == "oci" else f"dir:{directory}")
        return Layout(directory)

    def forget(self, *images):
        for image in images:
            with contextlib.suppress(BuildError):
                self.run("rmi", "--force", image)

    @contextlib.contextmanager
    def mounted(self, image):
        container = self.run("from", "--pull=never", image)
        try:
            yield self.run("mount", container)
        finally:
            self.run("rm", container)


class Layout:
    """An OCI layout of one image, or a directory as skopeo's dir: writes it."""

    def __init__(self, directory):
        self.directory = directory
        self.is_oci = os.path.exists(os.path.join(directory, "index.json"))
        with open(os.path.join(directory, "index.json" if self.is_oci else "manifest.json")) as stream:
            self.manifest = json.load(stream)
        if self.is_oci:
            self.manifest = json.loads(self.blob(self.manifest["manifests"][0]["digest"]))
        self.config = json.loads(self.blob(self.manifest["config"]["digest"]))["config"]

    def path(self, digest):
        algorithm, name = digest.split(":")
        return os.path.join(self.directory, "blobs", algorithm, name) if self.is_oci else os.path.join(self.directory, name)

    def blob(self, digest):
        with open(self.path(digest), "rb") as stream:
            return stream.read()

    def weigh(self, known):
        """(contents of all regular files of all layers, compressed layers); `known` keeps the first by digest."""
        payload = 0
        for layer in self.manifest["layers"]:
            if layer["digest"] not in known:
                with gzip.open(self.path(layer["digest"])) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
                    known[layer["digest"]] = sum(member.size for member in tar if member.isreg())
            payload += known[layer["digest"]]
        return payload, sum(layer["size"] for layer in self.manifest["layers"])
