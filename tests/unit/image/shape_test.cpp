#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;

namespace {

bool is_image_of(const ImageMembers& members) {
  const auto store = members.build();
  return is_image(store);
}

std::string describe(std::string_view head) { return describe_foreign_format(std::as_bytes(std::span(head))); }

}  // namespace

TEST_CASE("archives of every kind are images") {
  CHECK(is_image_of(simple_oci()));
  CHECK(is_image_of(simple_oci().remove("oci-layout")));
  CHECK(is_image_of(classic_docker({"a"})));
  CHECK(is_image_of(ImageMembers()
                        .json("manifest.json", {{"schemaVersion", 2}})
                        .file("version", "Directory Transport Version: 1.1\n")));
  CHECK(is_image_of(ImageMembers().file("manifest.json", "[{\"Config\": ")));
}

TEST_CASE("a root file system with web files of the same names is none") {
  CHECK_FALSE(is_image_of(ImageMembers().file("bin/sh", "").file("etc/passwd", "")));
  CHECK_FALSE(is_image_of(
      ImageMembers().file("bin/sh", "").json("manifest.json", {{"name", "My web app"}, {"icons", Json::array()}})));
  CHECK_FALSE(is_image_of(ImageMembers().json("manifest.json", Json::array({"a.js", "b.js"}))));
  CHECK_FALSE(is_image_of(ImageMembers().json("index.json", Json::array()).file("usr/bin/env", "")));
  CHECK_FALSE(is_image_of(ImageMembers()));
}

TEST_CASE("a Docker v1 archive is an image, refused with the way out") {
  ImageMembers members;
  members.json("repositories", {{"app", {{"1", "abc"}}}})
      .file("abc/json", "{}")
      .file("abc/VERSION", "1.0")
      .file("abc/layer.tar", "x");
  CHECK(is_image_of(members));
  CHECK(refusal(members) ==
        "a Docker v1 archive: it has repositories and layers but no manifest.json; load it with Docker 1.10 or newer "
        "and save it again: docker load, then docker save");
}

TEST_CASE("what holds no image is refused as such") {
  CHECK(refusal(ImageMembers().file("bin/sh", "")) ==
        "no container image: neither manifest.json (docker save) nor index.json (OCI) is there");
}

TEST_CASE("the first names of a pipe tell an image archive from a root file system") {
  const std::string hex = hex_of("x");
  for (const std::string first :
       {"blobs/sha256/" + hex, std::string("blobs"), std::string("oci-layout"), std::string("index.json"),
        std::string("manifest.json"), std::string("repositories"), hex + "/VERSION", hex, hex + ".json", hex + ".tar",
        hex + ".tar.gz", "sha256:" + hex, hex.substr(0, 12) + "/layer.tar"}) {
    INFO(first);
    CHECK(looks_like_image_archive({first}));
    CHECK(looks_like_image_archive({"", first}));
  }
  for (const std::string first :
       {"bin", "etc/passwd", ".dockerenv", "abc", "deadbeef", "app/index.json", "data.tar", "blobsy"}) {
    INFO(first);
    CHECK_FALSE(looks_like_image_archive({first}));
  }
  CHECK_FALSE(looks_like_image_archive({}));
  CHECK_FALSE(looks_like_image_archive({"manifest.json", "index.html", "usr/bin/env"}));
  CHECK(looks_like_image_archive({"manifest.json", hex + ".tar"}));
}

TEST_CASE("files that are no tar are named with what to do") {
  CHECK(describe("hsqs\1\2") ==
        "a squashfs file system; unpack it with \"unsquashfs -d DIRECTORY FILE\" and analyze the directory");
  CHECK(describe(std::string("#!/usr/bin/env run-singularity\n\0SIF_MAGIC\0", 42)) ==
        "a SIF (Singularity) image; unpack it with \"apptainer build --sandbox DIRECTORY FILE\" and analyze the "
        "directory");
  CHECK(describe("PK\3\4....") == "a zip file; unpack it and analyze the directory or the archive inside");
  CHECK(describe("\x7f"
                 "ELF\2\1") == "an ELF program; give the image that holds it");
  CHECK(describe("QFI\xfb") ==
        "a qcow2 disk image, not a container image; mount it (guestmount) and analyze the directory");
  CHECK(describe(std::string(32769, '\0') + "CD001") == "an ISO 9660 disk image; mount it and analyze the directory");
  CHECK(describe(std::string(1024, '\0') + "\xe2\xe1\xf5\xe0") ==
        "an EROFS file system; mount it and analyze the directory");
  CHECK(describe(R"( {"schemaVersion": 2})") ==
        "an image manifest (JSON) without its blobs; give the archive or the directory that it lies in");
  CHECK(describe(R"({"rootfs": {}})") ==
        "an image config (JSON) without its layers; give the archive or the directory that it lies in");
  CHECK(describe(R"({"critical":{"type":"cosign container image signature"}})") ==
        "a cosign signature (JSON), not an image; give the image that it signs");
  CHECK(describe(R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.cncf.helm.config.v1+json"}})") ==
        "a helm chart's manifest (JSON), not a container image");
  CHECK(describe("[1]") == "a JSON file, not a container image");
  CHECK(describe("<!DOCTYPE HTML>") == "an HTML page, probably a download's error message; download the image again");
  CHECK(describe("FROM debian\nRUN x") ==
        "a Dockerfile; build it, then give the image: docker save NAME | imgslim analyze -");
  CHECK(describe("") == "an empty file; save the image again");
  CHECK(describe("what is this").empty());
  CHECK(describe(std::string(600, '\0')).empty());
}
