#!/usr/bin/env python3
"""Collects real Dockerfiles out of Debian's source packages, each different text once.

usage: tests/real/lint/collect.py [--cache DIR] [PACKAGE…]
  DIR      gets dockerfiles/PACKAGE/PATH (default: $XDG_CACHE_HOME/imgslim-real)
  PACKAGE  sources to look into (default: some whose Dockerfiles differ much); one that has been read is left alone

Uses apt-get with lists and a cache of its own, so that the system's stay as they are.
"""
import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

PACKAGES = ("apache2 buildah containerd crmsh docker-compose docker-registry docker.io etcd freeradius grpc hugo "
            "knot-resolver kubernetes libpod mariadb prometheus protobuf qemu rabbitmq-server rauc rclone restic rocksdb "
            "runc skopeo syncthing umoci unbound").split()
SOURCES = "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main\n"
# What has "dockerfile" in its name but is a program, a text, or a template of one.
OTHER_ENDINGS = ("go py md rst js ts java c h rb sh yml yaml json txt html lua vim xml png svg erb j2 in tmpl tpl "
                 "template el rs dockerignore gz patch nanorc tmlanguage tmpreferences").split()


def is_dockerfile(name):
    lower = name.lower()
    return ("dockerfile" in lower or "containerfile" in lower) and lower.rsplit(".", 1)[-1] not in OTHER_ENDINGS


class Apt:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "sources.list").write_text(SOURCES)
        for name in ("lists/partial", "cache/archives/partial", "work"):
            (self.folder / name).mkdir(parents=True)
        self.options = []
        for key, value in (("Dir::Etc::sourcelist", "sources.list"), ("Dir::State::lists", "lists"), ("Dir::Cache", "cache")):
            self.options += ["-o", f"{key}={self.folder / value}"]
        self.options += ["-o", "Dir::Etc::sourceparts=/dev/null"]

    def run(self, *arguments):
        return subprocess.run(["apt-get", *self.options, "-qq", *arguments], cwd=self.folder / "work",
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)

    def fetch(self, package):
        """The package's source archives."""
        shutil.rmtree(self.folder / "work")
        (self.folder / "work").mkdir()
        done = self.run("source", "--download-only", package)
        if done.returncode != 0:
            print(f"{package}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return sorted(path for path in (self.folder / "work").iterdir() if ".tar." in path.name and path.suffix != ".asc")


def dockerfiles_of(archive):
    """Paths below the archive's one folder, and the bytes."""
    with tarfile.open(archive) as members:
        for member in members:
            path = pathlib.PurePosixPath(member.name)
            if member.isfile() and is_dockerfile(path.name) and ".." not in path.parts:
                yield pathlib.PurePosixPath(*path.parts[1:] or path.parts), members.extractfile(member).read()


def known_texts(folder):
    return {hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "imgslim-real"
    parser.add_argument("--cache", type=pathlib.Path, default=default)
    parser.add_argument("packages", nargs="*", default=PACKAGES)
    options = parser.parse_args()
    folder = options.cache / "dockerfiles"
    folder.mkdir(parents=True, exist_ok=True)
    texts = known_texts(folder)
    wanted = [package for package in options.packages if not (folder / package).exists()]
    with tempfile.TemporaryDirectory(prefix="imgslim-sources-") as work:
        apt = Apt(work)
        if wanted and apt.run("update").returncode != 0:
            sys.exit("collect.py: apt-get update failed")
        for package in wanted:
            count = 0
            for archive in apt.fetch(package):
                for path, text in dockerfiles_of(archive):
                    digest = hashlib.sha256(text).digest()
                    if digest in texts:
                        continue
                    texts.add(digest)
                    target = folder / package / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(text)
                    count += 1
            print(f"{package}: {count}")
    print(f"{len(texts)} Dockerfiles in {folder}")


if __name__ == "__main__":
    main()
