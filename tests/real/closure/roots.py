"""One root file system and one OCI image per program of programs.json, made cheaply and only once.

A suite's base is bootstrapped once. A program is an overlay over it, filled by apt inside; what the overlay holds becomes the
second layer of an OCI layout, the base is its first, so that layers and packages are attributed on true layers. All images
share the base's blob by hard links. What the overlay held is dropped once the truth is known, for the disk's sake.

Needs root, zstd, mmdebstrap, overlayfs and a Debian mirror. All mounts are made in a mount namespace of this process alone.
"""
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile

HERE = os.path.dirname(os.path.abspath(__file__))
# Later sets were written after the rules that programs of the earlier ones have led to.
SETS = ["tuned", "held-out", "fresh", "unseen"]
FORMAT = 1  # counted up when this file makes other roots or images of the same programs
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Directories whose contents only building needs.
NOT_PACKED = ("var/lib/apt/lists", "var/cache/apt", "tmp", "run/lock", "var/log/apt", "var/cache/debconf")
CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 1 << 18
MS_BIND, MS_REC_BIND = 4096, 4096 | 0x4000
LIBC = ctypes.CDLL(None, use_errno=True)


class BuildError(Exception):
    """A root that cannot be made here: its last line says why."""


def programs():
    with open(os.path.join(HERE, "programs.json")) as stream:
        return json.load(stream)


def call(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def private_mounts():
    """From here on this process mounts for itself and its children only."""
    call(LIBC.unshare(CLONE_NEWNS))
    call(LIBC.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))


def bind(source, target):
    call(LIBC.mount(source.encode(), target.encode(), None, MS_REC_BIND, None))


@contextlib.contextmanager
def only_one(cache):
    """Waits for other runs: apt's directories are shared."""
    os.makedirs(cache, exist_ok=True)
    with open(os.path.join(cache, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def overlay(lower, upper, work, merged):
    for directory in (upper, work, merged):
        os.makedirs(directory, exist_ok=True)
    options = f"lowerdir={':'.join(lower)},upperdir={upper},workdir={work},redirect_dir=off,metacopy=off,index=off,xino=off"
    call(LIBC.mount(b"overlay", merged.encode(), b"overlay", 0, options.encode()))
    try:
        yield merged
    finally:
        LIBC.umount2(merged.encode(), 2)


class Root:
    """Where the cache keeps what belongs to one program."""

    def __init__(self, cache, program):
        self.program, self.cache = program, cache
        self.base = os.path.join(cache, program["suite"])
        self.directory = os.path.join(cache, "programs", program["name"])
        self.upper, self.image = self.path("upper"), self.path("image")

    def path(self, name):
        return os.path.join(self.directory, name)

    def lower(self):
        return [self.upper, os.path.join(self.base, "root")]

    def files(self):
        return os.path.join(HERE, "files", self.program["name"])

    def key(self):
        """Of everything that the root is made from."""
        parts = [FORMAT, self.program["suite"], self.program["packages"], self.program.get("setup", "")]
        parts += [self.program[kind] for kind in ("npm", "pip", "maven") if kind in self.program]
        for directory, subdirectories, names in os.walk(self.files()):
            subdirectories.sort()
            for name in sorted(names):
                path = os.path.join(directory, name)
                parts.append([os.path.relpath(path, HERE), os.stat(path).st_mode & 0o111, digest_of(path)])
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def build(self, with_upper=False):
        """Makes the image, and with_upper also what start() needs, unless they are there already."""
        if not self.is_built(with_upper):
            with only_one(self.cache):
                if not self.is_built(with_upper):  # another run may have made it meanwhile
                    self.make()
        self.write_image()

    def is_built(self, with_upper):
        keyfile = self.path("key")
        return os.path.exists(keyfile) and read(keyfile) == self.key() and (not with_upper or os.path.exists(self.upper))

    def make(self):
        make_base(self.base, self.program["suite"])
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory)
        with open(self.path("log"), "w") as log:
            self.install(log)
        pack(self.upper, self.path("layer"))
        with open(self.path("key"), "w") as stream:
            stream.write(self.key())

    def drop_upper(self):
        for name in ("upper", "work", "merged", "run"):
            shutil.rmtree(self.path(name), ignore_errors=True)

    def install(self, log):
        with overlay(self.lower()[1:], self.upper, self.path("work"), self.path("merged")) as merged:
            mount_for_apt(self.base, merged)
            policy = os.path.join(merged, "usr/sbin/policy-rc.d")
            with open(policy, "w") as stream:
                stream.write("#!/bin/sh\nexit 101\n")
            os.chmod(policy, 0o755)
            in_root(merged, ["apt-get", "-qq", "-y", "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Options::=--force-unsafe-io",
                             "--no-install-recommends", "install", *self.program["packages"]], log)
            if os.path.isdir(self.files()):
                run(["cp", "-a", "--no-preserve=ownership", self.files() + "/.", merged], log)
            self.install_from_registries(merged, log)
            if self.program.get("setup"):
                in_root(merged, ["sh", "-ec", self.program["setup"]], log)
            os.remove(policy)

    def install_from_registries(self, merged, log):
        """With this machine's npm, pip and Maven, as a build stage would; nothing is compiled."""
        if self.program.get("npm"):
            run(["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--prefix", merged + "/app",
                 *self.program["npm"]], log)
        if self.program.get("pip"):
            version = {"bookworm": "3.11", "trixie": "3.13"}[self.program["suite"]]
            run([sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--only-binary", ":all:", "--python-version", version,
                 "--target", f"{merged}/usr/local/lib/python{version}/dist-packages", *self.program["pip"]], log)
        if os.path.exists(merged + "/app/pom.xml"):
            run(["mvn", "-q", "-B", "-f", merged + "/app/pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={merged}/app/lib"], log)
        for artifact in self.program.get("maven", []):
            run(["mvn", "-q", "-B", "dependency:copy", "-Dartifact=" + artifact, f"-DoutputDirectory={merged}/app"], log)

    def write_image(self):
        """The OCI layout; written each time, for it is only links and a config. Another run may be reading it meanwhile."""
        blobs = os.path.join(self.image, "blobs", "sha256")
        os.makedirs(blobs, exist_ok=True)
        layers, diff_ids = [], []
        for layer in (os.path.join(self.base, "layer"), self.path("layer")):
            diff_id, digest = read(layer + ".digests").split()
            if not os.path.exists(os.path.join(blobs, digest)):
                os.link(layer, os.path.join(blobs, digest))
            diff_ids.append("sha256:" + diff_id)
            layers.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+zstd", "digest": "sha256:" + digest,
                           "size": os.path.getsize(layer)})
        config = put_json(blobs, "application/vnd.oci.image.config.v1+json", {
            "architecture": "amd64", "os": "linux", "config": image_config(self.program),
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": [{"created_by": f"mmdebstrap {self.program['suite']}"},
                        {"created_by": "RUN apt-get install " + " ".join(self.program["packages"])}]})
        manifest = put_json(blobs, "application/vnd.oci.image.manifest.v1+json", {
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config,
            "layers": layers})
        put_file(os.path.join(self.image, "oci-layout"), b'{"imageLayoutVersion":"1.0.0"}')
        put_file(os.path.join(self.image, "index.json"), json.dumps({"schemaVersion": 2, "manifests": [manifest]}).encode())


def image_config(program):
    config = {"Env": ["PATH=" + PATH, *program.get("env", [])]}
    for key, name in (("entrypoint", "Entrypoint"), ("cmd", "Cmd"), ("user", "User"), ("workdir", "WorkingDir")):
        if program.get(key):
            config[name] = program[key]
    return config


def put_json(blobs, media_type, value):
    data = json.dumps(value).encode()
    digest = hashlib.sha256(data).hexdigest()
    put_file(os.path.join(blobs, digest), data)
    return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}


def put_file(path, data):
    """Readers see the old content or the new, never a part."""
    with open(path + f".{os.getpid()}", "wb") as stream:
        stream.write(data)
    os.replace(path + f".{os.getpid()}", path)


def make_base(base, suite):
    if os.path.exists(os.path.join(base, "layer.digests")):
        return
    root = os.path.join(base, "root")
    os.makedirs(base, exist_ok=True)
    with open(os.path.join(base, "log"), "w") as log:
        if not os.path.exists(os.path.join(root, "etc/debian_version")):
            run(["mmdebstrap", "--variant=minbase", "--quiet", suite, root], log)
        for kept in ("lists", "archives"):
            os.makedirs(os.path.join(base, kept, "partial"), exist_ok=True)
        with overlay([root], os.path.join(base, "upper"), os.path.join(base, "work"), os.path.join(base, "merged")) as merged:
            mount_for_apt(base, merged)
            in_root(merged, ["apt-get", "-qq", "update"], log)
    pack(root, os.path.join(base, "layer"))


def mount_for_apt(base, merged):
    """What apt needs from outside and should leave nothing of in the layer."""
    for kept, place in (("lists", "var/lib/apt/lists"), ("archives", "var/cache/apt/archives")):
        bind(os.path.join(base, kept), os.path.join(merged, place))
    for place in ("/dev", "/proc"):
        bind(place, merged + place)
    if not os.path.exists(os.path.join(merged, "etc/resolv.conf")):
        open(os.path.join(merged, "etc/resolv.conf"), "w").close()
    bind("/etc/resolv.conf", os.path.join(merged, "etc/resolv.conf"))
    certificates = "/etc/ssl/certs/ca-certificates.crt"
    if os.path.exists(certificates) and os.path.exists(merged + certificates):
        bind(certificates, merged + certificates)


def in_root(merged, argv, log):
    environment = {"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C", "HOME": "/root"}
    environment.update({name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")})
    run(["chroot", merged, *argv], log, environment)


def run(argv, log, environment=None):
    log.flush()
    done = subprocess.run(["nice", "-n", "10", *argv], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, check=False)
    if done.returncode != 0:
        raise BuildError(f"{' '.join(argv[2:4])} ended with {done.returncode}: {last_line(log.name)}")


def last_line(path):
    lines = [line.strip() for line in read(path).splitlines() if line.strip()]
    return lines[-1] if lines else ""


def read(path):
    with open(path, errors="replace") as stream:
        return stream.read()


def digest_of(path):
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def pack(directory, blob):
    """The directory as a layer: overlayfs' whiteouts become those of OCI layers, hard links stay hard links."""
    tar = blob + ".tar"
    with tarfile.open(tar, "w", format=tarfile.PAX_FORMAT) as layer:
        for parent, subdirectories, names in os.walk(directory):
            subdirectories.sort()
            at = os.path.relpath(parent, directory)
            if at in NOT_PACKED:
                subdirectories[:], names = [], []
            if at != ".":
                layer.add(parent, at, recursive=False)
                if is_opaque(parent):
                    layer.addfile(tarfile.TarInfo(os.path.join(at, ".wh..wh..opq")))
            for name in sorted(names) + [name for name in subdirectories if os.path.islink(os.path.join(parent, name))]:
                add_file(layer, os.path.join(parent, name), os.path.normpath(os.path.join(at, name)))
    subprocess.run(["nice", "-n", "10", "zstd", "-q", "-f", "-1", tar, "-o", blob], check=True)
    with open(blob + ".digests", "w") as stream:
        stream.write(f"{digest_of(tar)} {digest_of(blob)}")
    os.remove(tar)


def is_opaque(directory):
    try:
        return os.getxattr(directory, "trusted.overlay.opaque") == b"y"
    except OSError:
        return False


def add_file(layer, path, name):
    status = os.lstat(path)
    if stat.S_ISSOCK(status.st_mode):
        return
    if stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
        layer.addfile(tarfile.TarInfo(os.path.join(os.path.dirname(name), ".wh." + os.path.basename(name))))
    else:
        layer.add(path, name, recursive=False)
