#!/usr/bin/env python3
"""The command line as a user meets it: every form of input, every named error, exit codes, outputs.

usage: cli_test.py IMGSLIM     the executable
"""
import bz2
import gzip
import json
import lzma
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import images  # noqa: E402
from images import OCI, Layout, docker_archive, sha256, tar, write_directory  # noqa: E402

IMGSLIM = ""
BASE = tar({"etc/os-release": b"ID=test\n", "usr/bin/app": b"x" * 5000, "usr/share/doc/readme": b"read me " * 700})
TOP = tar({"usr/bin/app": b"y" * 6000, "usr/share/doc/.wh.readme": b"", "bin": "usr/bin"})
LAYERS = [BASE, TOP]
VISIBLE = 8 + 6000
ROOT = {"etc/os-release": b"ID=test\n", "usr/bin/app": b"y" * 6000}


def run(*arguments, stdin=b"", **options):
    result = subprocess.run([IMGSLIM, *arguments], input=stdin, capture_output=True, timeout=60, **options)
    return result.returncode, result.stdout, result.stderr.decode()


class Case(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def file(self, content, name="image"):
        path = os.path.join(self.directory, name)
        with open(path, "wb") as stream:
            stream.write(content)
        return path

    def report(self, *arguments, **options):
        code, out, errors = run("analyze", *arguments, "--json", **options)
        self.assertEqual((code, errors), (0, ""), arguments)
        return json.loads(out)

    def refused(self, code, pieces, *arguments, **options):
        """Exit code `code`, nothing on standard output, and one line with each of `pieces`."""
        actual, out, errors = run(*arguments, **options)
        self.assertEqual((actual, out), (code, b""), (arguments, errors))
        self.assertRegex(errors, r"\Aimgslim: [^\n]+\n\Z")
        for piece in pieces:
            self.assertIn(piece, errors)


class Forms(Case):
    def check(self, source, *arguments, **options):
        report = self.report(*arguments, **options)
        self.assertEqual((report["image"]["source"], report["totals"]["visible_bytes"]), (source, VISIBLE))

    def test_archives_and_directories_are_told_apart_by_content(self):
        docker, layout = docker_archive(LAYERS), Layout().image(LAYERS).members()
        self.check("docker-archive", self.file(tar(docker), "x.oci"))
        self.check("docker-archive", self.file(tar({"./" + name: content for name, content in docker.items()})))
        self.check("docker-archive", write_directory(self.directory + "/docker", docker))
        self.check("oci-archive", self.file(tar(layout), "x.docker"))
        self.check("oci-layout", write_directory(self.directory + "/layout", layout))
        self.check("rootfs", self.file(tar(ROOT)))
        self.check("rootfs", write_directory(self.directory + "/root", ROOT))

    def test_a_layout_without_its_marker_is_read_with_a_note(self):
        layout = Layout().image(LAYERS).members()
        del layout["oci-layout"]
        report = self.report(write_directory(self.directory + "/layout", layout))
        self.assertIn("oci-layout-missing", [note["code"] for note in report["notes"]])

    def test_members_that_are_links_to_layers_are_followed(self):
        members, name = docker_archive(LAYERS), lambda layer: sha256(layer)[7:] + ".tar"
        manifest = json.loads(members["manifest.json"])
        manifest[0]["Layers"] = ["a/layer.tar", "b/layer.tar"]
        members.update({"manifest.json": json.dumps(manifest).encode(), "a/layer.tar": f"../{name(BASE)}", "b/layer.tar": f"../{name(TOP)}"})
        self.check("docker-archive", self.file(tar(members)))
        self.check("docker-archive", "-", stdin=tar(members))

    def test_outer_compression_and_pipes_change_nothing(self):
        archive = tar(docker_archive(LAYERS))
        expected = run("analyze", self.file(archive), "--json")[1]
        for pack in (bytes, gzip.compress, lzma.compress, bz2.compress):
            self.assertEqual(run("analyze", "-", "--json", stdin=pack(archive))[1], expected)
            self.assertEqual(run("analyze", self.file(pack(archive)), "--json")[1], expected)

    def test_an_archive_that_only_its_end_explains_is_no_root_file_system(self):
        members = docker_archive([BASE])
        layer = members.pop(sha256(BASE)[7:] + ".tar")
        members["manifest.json"] = members["manifest.json"].replace(sha256(BASE)[7:].encode(), b"layer")
        archive = tar({"layer.tar": layer, **members})
        self.assertEqual(self.report(self.file(archive))["image"]["source"], "docker-archive")
        self.refused(3, ["image archive", "to a file"], "analyze", "-", stdin=archive)

    def test_a_named_pipe_is_read_as_a_pipe(self):
        fifo, archive = os.path.join(self.directory, "fifo"), tar(docker_archive(LAYERS))
        os.mkfifo(fifo)
        writer = threading.Thread(target=self.file, args=(archive, "fifo"))
        writer.start()
        self.check("docker-archive", fifo)
        writer.join()

    def test_layers_may_be_plain_gzip_of_several_members_or_xz(self):
        halves = lambda layer: gzip.compress(layer[:1000]) + gzip.compress(layer[1000:])  # noqa: E731
        for pack in (bytes, gzip.compress, halves, lzma.compress):
            self.check("oci-archive", self.file(tar(Layout().image(LAYERS, pack=pack).members())))

    def test_a_package_whose_files_are_another_ones_keeps_its_directories(self):
        module = "usr/lib/node_modules/left"
        layer = tar({module + "/": b"", **{f"{module}/{sha256(b'%d' % n)}/": b"" for n in range(500)},
                     module + "/package.json": b'{"name": "left", "version": "1.0.0"}',
                     "var/lib/dpkg/status": b"Package: node-left\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n",
                     "var/lib/dpkg/info/node-left.list": f"/.\n/usr\n/{module}/package.json\n".encode()})
        report = self.report(self.file(tar(Layout().image([layer]).members())))
        left = [package for package in report["packages"] if package["name"] == "left"]
        self.assertEqual([(package["manager"], package["files"]) for package in left], [("npm", 0)])
        self.assertGreater(left[0]["compressed_bytes"], 0)

    def test_threads_never_change_the_report(self):
        path = self.file(tar(Layout().image(LAYERS).members()))
        reports = {run("analyze", path, "--json", "--threads", threads)[1] for threads in ("0", "1", "2", "8")}
        self.assertEqual(len(reports), 1)


class Choices(Case):
    def test_of_several_images_one_must_be_named(self):
        path = self.file(tar(docker_archive(LAYERS, tags=("app:1", "app:2"))))
        self.refused(3, ["app:1", "app:2", "--ref"], "analyze", path)
        self.assertEqual(self.report(path, "--ref", "app:2")["image"]["reference"], "app:2")

    def test_of_several_platforms_the_hosts_is_read_unless_one_is_named(self):
        layout = Layout().image([BASE], "arm64").image(LAYERS, "s390x")
        path = self.file(tar(layout.members()))
        self.assertEqual(self.report(path, "--platform", "linux/s390x")["image"]["platform"], "linux/s390x")
        self.refused(3, ["linux/arm64", "linux/s390x", "linux/ppc64le"], "analyze", path, "--platform", "linux/ppc64le")
        code, out, _ = run("analyze", path, "--all-platforms")
        self.assertEqual(code, 0)
        self.assertIn(b"linux/arm64", out)
        self.assertIn(b"linux/s390x", out)


class ColdStarts(Case):
    """--have: what a node that has some layers still pulls."""

    def start(self, layers, *arguments):
        image = self.file(tar(Layout().image(layers).members()))
        return image, self.report(image, *arguments)["cold_start"]

    def test_layers_of_an_image_on_the_node_are_not_pulled(self):
        base = self.file(tar(docker_archive(LAYERS[:1])), "base.tar")
        image, start = self.start(LAYERS, "--have", base)
        report = self.report(image)
        self.assertNotIn("cold_start", report)
        self.assertEqual(start["have"], ["app:1"])
        self.assertEqual(start["layers_present"], 1)
        above = report["layers"][1:]
        self.assertEqual(start["pull_bytes"], sum(layer["compressed_bytes"] for layer in above))
        self.assertEqual(start["unpacked_bytes"], sum(layer["payload_bytes"] for layer in above))
        self.assertFalse(start["pull_is_estimate"])
        self.assertIsNone(start["pull_ms"])

    def test_a_layer_counts_on_the_same_layers_only_or_by_its_digest(self):
        image, start = self.start(LAYERS, "--have", self.file(tar(docker_archive(LAYERS[1:])), "other.tar"))
        self.assertEqual(start["layers_present"], 0)
        layer = self.report(image)["layers"][1]
        for digest in (layer["digest"], layer["diff_id"]):
            start = self.report(image, "--have", digest)["cold_start"]
            self.assertEqual((start["layers_present"], start["have"]), (1, [digest]))

    def test_a_layer_that_is_there_twice_is_pulled_once(self):
        once, twice = self.start(LAYERS, "--bandwidth", "1kB")[1], self.start([LAYERS[0], *LAYERS], "--bandwidth", "1kB")[1]
        self.assertEqual(once["pull_bytes"], twice["pull_bytes"])
        self.assertEqual(once["pull_ms"], once["pull_bytes"])
        self.assertGreater(twice["unpacked_bytes"], once["unpacked_bytes"])

    def test_the_page_says_it(self):
        image = self.file(tar(docker_archive(LAYERS)))
        code, out, _ = run("analyze", image, "--have", image, "--bandwidth", "10MB")
        page = " ".join(out.decode().split())
        self.assertEqual(code, 0)
        self.assertIn("COLD START pulls 0 B of", page)
        self.assertIn(f"{len(LAYERS)} of {len(LAYERS)} layers are there (app:1); 0 ms at 10.0 MB a second; unpacks 0 B", page)

    def test_what_has_no_layers_cannot_be_known_again(self):
        root = self.file(LAYERS[0], "root.tar")
        self.refused(2, ["root.tar", "archive or a layout"], "analyze", self.file(tar(docker_archive(LAYERS))), "--have", root)


class Refusals(Case):
    def test_what_is_no_image_is_named(self):
        for content, pieces in {
            b"": ["empty"],
            b"PK\x03\x04" + b"." * 600: ["zip", "unpack"],
            b"hsqs" + b"." * 600: ["squashfs", "unsquashfs"],
            b"#!/usr/bin/env run-singularity\n".ljust(32, b"\n") + b"SIF_MAGIC\0" + b"." * 600: ["SIF", "apptainer"],
            b"." * 32769 + b"CD001" + b"." * 600: ["ISO 9660", "mount"],
            b"." * 1024 + b"\xe2\xe1\xf5\xe0" + b"." * 600: ["EROFS", "mount"],
            b"FROM debian\nRUN true\n" + b" " * 600: ["Dockerfile", "docker save"],
            b'{"schemaVersion": 2}' + b" " * 600: ["manifest", "blobs"],
            b"<!DOCTYPE html>" + b" " * 600: ["HTML", "download"],
            b"no image at all\n" * 60: ["no tar"],
        }.items():
            self.refused(3, pieces, "analyze", self.file(content))
            self.refused(3, pieces[:1], "analyze", "-", stdin=content)

    def test_layers_and_artifacts_of_other_kinds_are_named(self):
        for layer_type, piece in ((OCI + "layer.v1.tar+gzip+encrypted", "encrypted"), (OCI + "layer.nydus.blob.v1", "nydus"),
                                  ("application/vnd.erofs.layer.v1", "EROFS")):
            self.refused(3, [piece, "expected a tar"], "analyze", self.file(tar(Layout().image(LAYERS, layer_type=layer_type).members())))
        for config_type, piece in (("application/vnd.cncf.helm.config.v1+json", "helm"), ("application/vnd.dev.cosign.artifact", "cosign"),
                                   ("application/vnd.buildkit.cacheconfig.v0", "BuildKit cache")):
            self.refused(3, [piece], "analyze", self.file(tar(Layout().image(LAYERS, config_type=config_type).members())))

    def test_docker_v1_archives_are_named(self):
        members = {"repositories": b'{"app":{"1":"aa"}}', "aa/json": b'{"id":"aa"}', "aa/VERSION": b"1.0", "aa/layer.tar": BASE}
        self.refused(3, ["1.10"], "analyze", self.file(tar(members)))

    def test_missing_blobs_are_named_and_can_be_allowed(self):
        members = Layout().image(LAYERS).members()
        missing = "blobs/sha256/" + sha256(gzip.compress(TOP, mtime=0))[7:]
        layout = Layout().image(LAYERS, pack=lambda layer: gzip.compress(layer, mtime=0)).members()
        del layout[missing]
        path = self.file(tar(layout))
        self.refused(3, [missing[13:25], "--allow-missing"], "analyze", path)
        self.assertFalse(self.report(path, "--allow-missing")["complete"])
        self.assertTrue(self.report(self.file(tar(members)))["complete"])

    def test_a_wrong_digest_is_a_note_and_an_error_under_strict(self):
        members = docker_archive(LAYERS)
        members["config0.json"] = members["config0.json"].replace(sha256(BASE).encode(), b"sha256:" + b"0" * 64)
        path = self.file(tar(members))
        self.assertIn("digest-mismatch", [note["code"] for note in self.report(path)["notes"]])
        self.refused(3, ["0" * 64, sha256(BASE)], "analyze", path, "--strict")

    def test_more_layers_than_diff_ids_are_refused(self):
        members = docker_archive(LAYERS)
        members["config0.json"] = images.config([sha256(BASE)])
        self.refused(3, ["2", "1", "diff_ids"], "analyze", self.file(tar(members)))

    def test_an_archive_cut_anywhere_is_refused(self):
        archive = tar(docker_archive(LAYERS))
        for pack in (bytes, gzip.compress, lzma.compress, bz2.compress):
            packed = pack(archive)
            for cut in range(600, len(packed) - (20 if pack is not bytes else 10240 + 1024), max(512, len(packed) // 12)):
                self.refused(3, [], "analyze", self.file(packed[:cut]))
                self.refused(3, [], "analyze", "-", stdin=packed[:cut])

    def test_a_cut_archive_says_so_and_what_to_do(self):
        archive = tar(docker_archive([tar({"noise": os.urandom(300_000)})]))
        for pack in (bytes, gzip.compress, lzma.compress, bz2.compress):
            packed = pack(archive)
            self.refused(3, ["truncated", "byte", "save the image again"], "analyze", self.file(packed[: len(packed) // 2]))

    def test_limits_have_names_and_exit_with_4(self):
        path = self.file(tar(Layout().image(LAYERS).members()))
        for name in ("layers", "layer-entries", "image-entries", "layer-bytes", "image-bytes", "json-bytes", "path-bytes", "archive-members"):
            self.refused(4, [name + " = 1", f"--limit {name}="], "analyze", path, "--limit", name + "=1")

    def test_usage_errors_exit_with_2_and_hint(self):
        path = self.file(tar(docker_archive(LAYERS)))
        for pieces, arguments in ((["analyze"], ["analyse", path]), (["IMAGE"], ["analyze"]), (["--threads"], ["analyze", path, "--thread", "1"]),
                                  (["json"], ["analyze", path, "-o", "jsn"]), (["standard output"], ["analyze", path, "-o", "json", "-o", "text"]),
                                  (["layers"], ["analyze", path, "--limit", "layer=1"]), (["containerd://"], ["analyze", "containerd://app"]),
                                  (['"--"', "command"], ["--", "--help"]), (['"--"', "command"], ["--", "analyze", path]),
                                  (["bandwidth"], ["analyze", path, "--bandwidth", "0"])):
            self.refused(2, pieces, *arguments)

    def test_what_the_machine_lacks_exits_with_5(self):
        self.refused(5, ["no such file", "docker://nothing"], "analyze", "nothing")
        self.refused(5, ["docker"], "analyze", "docker://app", env={"PATH": self.directory})
        self.refused(5, ["podman"], "analyze", "podman://app", env={"PATH": self.directory})
        self.refused(5, ["skopeo"], "analyze", "registry://app", env={"PATH": self.directory})

    def test_nobody_by_that_name_is_3(self):
        path = self.file(tar(docker_archive(LAYERS)))
        code, _, errors = run("why", path, "/no/such/path")
        self.assertEqual(code, 3)
        self.assertIn("/no/such/path", errors)


class Outputs(Case):
    def setUp(self):
        super().setUp()
        self.image = self.file(tar(docker_archive(LAYERS)))

    def path(self, name):
        return os.path.join(self.directory, name)

    def test_several_outputs_come_from_one_run_and_render_repeats_them(self):
        names = ("text", "json", "ncdu", "folded", "tree")
        code, out, errors = run("analyze", self.image, *(word for name in names for word in ("-o", f"{name}={self.path(name)}")))
        self.assertEqual((code, out, errors), (0, b"", ""))
        self.assertEqual(sorted(os.listdir(self.directory)), sorted(("image", *names)))
        for name in ("text", "json"):
            with open(self.path(name), "rb") as file:
                # The page's last line, what to do next, names the image's file, which a report does not know.
                expected = file.read().partition(b"\n  next: ")[0]
            self.assertEqual(run("render", self.path("json"), "-o", name)[1].partition(b"\n  next: ")[0], expected)

    def test_a_full_disk_and_a_closed_pipe_are_5(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([IMGSLIM, "analyze", self.image], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 5)
        self.refused(5, ["/dev/full"], "analyze", self.image, "-o", "json=/dev/full")
        self.refused(5, ["no-such-directory"], "analyze", self.image, "-o", "json=" + self.path("no-such-directory/x"))
        reader, writer = os.pipe()
        os.close(reader)
        result = subprocess.run([IMGSLIM, "analyze", self.image], stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        self.assertEqual(result.returncode, 5)

    def test_a_failed_run_leaves_the_old_file(self):
        old = self.file(b"old", "report.json")
        self.refused(3, [], "analyze", self.file(b"no image" * 99, "other"), "-o", "json=" + old)
        with open(old, "rb") as file:
            self.assertEqual(file.read(), b"old")

    def test_an_interrupt_ends_the_run_and_leaves_no_file(self):
        child = subprocess.Popen([IMGSLIM, "analyze", "-", "-o", "json=" + self.path("report.json")], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        child.stdin.write(tar(docker_archive(LAYERS))[:5000])
        child.stdin.flush()
        time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        child.communicate()
        self.assertEqual(child.returncode, -signal.SIGINT)
        self.assertEqual(os.listdir(self.directory), ["image"])

    def test_the_page_fits_80_columns_in_every_unit(self):
        for units in ("si", "iec", "bytes"):
            code, out, _ = run("analyze", self.image, "--units", units)
            self.assertEqual(code, 0)
            self.assertLessEqual(max(map(len, out.decode().splitlines())), 80)

    def test_colour_is_for_terminals_or_on_demand(self):
        self.assertNotIn(b"\x1b", run("analyze", self.image)[1])
        self.assertIn(b"\x1b", run("analyze", self.image, "--color", "always")[1])
        self.assertNotIn(b"\x1b", run("analyze", self.image, env={"NO_COLOR": "1", "FORCE_COLOR": ""})[1])

    def test_no_name_of_the_image_reaches_the_terminal_unescaped(self):
        evil = "\x1b[31m\x07\u202e\x9b::error::\r"
        members = docker_archive([tar({"etc/" + evil: b"z" * 9000}), tar({"etc/.wh." + evil: b""})], tags=("app:" + evil,))
        path = self.file(tar(members), "evil")
        for arguments in (("analyze", path), ("analyze", path, "-v"), ("why", path, "/etc"), ("analyze", path, "-o", "folded"), ("analyze", path, "-o", "tree")):
            code, out, errors = run(*arguments)
            self.assertEqual(code, 0, errors)
            for text in (out.decode(), errors):
                self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")


if __name__ == "__main__":
    IMGSLIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
