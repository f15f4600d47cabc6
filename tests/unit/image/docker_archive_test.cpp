#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;

namespace {

std::string blob_name(const std::string& content) { return "blobs/sha256/" + hex_of(content); }

/// Docker 25 and newer, also containerd's and buildx's hybrid: both lists.
ImageMembers hybrid(const Names& contents, const Json& manifest_layers, const Json& index) {
  ImageMembers members;
  Json paths = Json::array();
  for (const auto& content : contents) {
    members.file(blob_name(content), content);
    paths.push_back(blob_name(content));
  }
  const auto config = members.json_blob(oci_config, config_json(contents));
  const auto manifest =
      members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", manifest_layers}});
  members.json("oci-layout", {{"imageLayoutVersion", "1.0.0"}});
  members.json("index.json", index.is_object() ? Json{{"schemaVersion", 2},
                                                      {"manifests", {with_platform(manifest, "linux", "amd64")}}}
                                               : index);
  return members.json("manifest.json",
                      Json::array({{{"Config", "blobs/sha256/" + config["digest"].get<std::string>().substr(7)},
                                    {"RepoTags", {"app:1"}},
                                    {"Layers", paths}}}));
}

}  // namespace

TEST_CASE("an archive of Docker before 25 gives its layers in order, with diff_ids and no digests") {
  const auto info = resolved(classic_docker({"a", "b"}));
  CHECK(info.source == SourceKind::docker_archive);
  CHECK(info.reference == "app:1");
  CHECK(info.platform.text() == "linux/amd64");
  CHECK(info.config.cmd == Names{"/bin/app"});
  CHECK(info.config_digest == sha256_of(config_json({"a", "b"}).dump()));
  CHECK(info.manifest_digest.empty());
  CHECK(layer_members(info) == Names{hex_of("id of a") + "/layer.tar", hex_of("id of b") + "/layer.tar"});
  CHECK(info.layers[1].diff_id.text() == digest_of("b"));
  CHECK(info.layers[1].descriptor.digest.empty());
  CHECK(info.notes.empty());
}

TEST_CASE("an unpacked docker archive is a docker directory") {
  const auto store = classic_docker({"a"}).build();
  const auto info = resolve(store, Container::directory, for_host(), Limits{});
  REQUIRE(info.has_value());
  CHECK(info->source == SourceKind::docker_directory);
}

TEST_CASE("links between layers lead to the content, and one layer may stand twice") {
  ImageMembers members;
  const auto config = config_json({"same", "other", "same"}).dump();
  members.file(hex_of(config) + ".json", config).file("1/layer.tar", "same").file("2/layer.tar", "other");
  members.link("3/layer.tar", "1/layer.tar");
  members.json("manifest.json", Json::array({{{"Config", hex_of(config) + ".json"},
                                              {"RepoTags", nullptr},
                                              {"Layers", {"1/layer.tar", "2/layer.tar", "3/layer.tar"}}}}));
  const auto info = resolved(members);
  CHECK(info.reference.empty());
  CHECK(layer_members(info) == Names{"1/layer.tar", "2/layer.tar", "1/layer.tar"});
}

TEST_CASE("podman's archive: HEX.tar named by the manifest, legacy links beside it are ignored") {
  ImageMembers members;
  const auto config = config_json({"a"}).dump();
  members.file(hex_of("a") + ".tar", "a").file(hex_of(config) + ".json", config);
  members.link("0123456789ab/layer.tar", hex_of("a") + ".tar")
      .file("0123456789ab/json", "{}")
      .file("repositories", "{}");
  members.json("manifest.json", Json::array({{{"Config", hex_of(config) + ".json"},
                                              {"RepoTags", {"localhost/app:1"}},
                                              {"Layers", {hex_of("a") + ".tar"}}}}));
  const auto info = resolved(members);
  CHECK(layer_members(info) == Names{hex_of("a") + ".tar"});
  CHECK(info.reference == "localhost/app:1");
}

TEST_CASE("kaniko, ko, crane and Bazel: a config named sha256:HEX, HEX.tar.gz layers, ./ before the names") {
  ImageMembers members;
  const auto config = config_json({"a"}).dump();
  members.file("sha256:" + hex_of(config), config).file(hex_of("compressed") + ".tar.gz", "compressed");
  members.json("manifest.json", Json::array({{{"Config", "./sha256:" + hex_of(config)},
                                              {"RepoTags", {"app:1"}},
                                              {"Layers", {"./" + hex_of("compressed") + ".tar.gz"}}}}));
  const auto info = resolved(members);
  CHECK(layer_members(info) == Names{hex_of("compressed") + ".tar.gz"});
  CHECK(info.layers[0].descriptor.digest.empty());
  CHECK(info.notes.empty());
}

TEST_CASE("Docker 25 and newer: index.json gives media types, sizes and the manifest's digest") {
  auto members = hybrid(
      {"a", "b"}, Json::array({ImageMembers::descriptor(oci_layer, "a"), ImageMembers::descriptor(oci_layer, "b")}),
      Json::object());
  const auto info = resolved(members);
  CHECK(info.source == SourceKind::docker_archive);
  CHECK_FALSE(info.manifest_digest.empty());
  CHECK(info.layers[0].descriptor.digest.text() == digest_of("a"));
  CHECK(info.layers[0].descriptor.media_type == oci_layer);
  CHECK(info.layers[0].descriptor.size_bytes == 1);
  CHECK(info.notes.empty());
}

TEST_CASE("containerd's store saves compressed blobs: the descriptor is the blob's, the diff_id the content's") {
  ImageMembers members;
  const auto config = members.json_blob(oci_config, config_json({"plain"}));
  const auto layer = members.blob(oci_gzip_layer, "gzipped");
  const auto manifest =
      members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {layer}}});
  auto named = with_platform(manifest, "linux", "amd64");
  named["annotations"] = {{"io.containerd.image.name", "docker.io/library/app:1"},
                          {"org.opencontainers.image.ref.name", "1"}};
  add_layout(members, Json::array({named}));
  members.json("manifest.json", Json::array({{{"Config", blob_name(config_json({"plain"}).dump())},
                                              {"RepoTags", {"app:1"}},
                                              {"Layers", {blob_name("gzipped")}}}}));
  const auto info = resolved(members);
  CHECK(info.reference == "app:1");
  CHECK(info.layers[0].descriptor.digest.text() == digest_of("gzipped"));
  CHECK(info.layers[0].diff_id.text() == digest_of("plain"));
  CHECK(info.manifest_digest.text() == manifest["digest"]);
  auto by_full_name = for_host();
  by_full_name.reference = "docker.io/library/app:1";
  CHECK(resolved(members, by_full_name).reference == "docker.io/library/app:1");
}

TEST_CASE("index.json may be null or list nothing beside manifest.json") {
  const auto layers = Json::array({ImageMembers::descriptor(oci_layer, "a")});
  CHECK(resolved(hybrid({"a"}, layers, nullptr)).notes.empty());
  const auto info = resolved(hybrid({"a"}, layers, Json::array()));
  CHECK(note_codes(info) == Names{"index-unreadable"});
}

TEST_CASE("manifests without layers or with other layers in index.json are noted, and manifest.json wins") {
  const auto none = resolved(hybrid({"a", "b"}, Json::array(), Json::object()));
  REQUIRE(note_codes(none) == Names{"manifest-disagreement"});
  CHECK(none.notes[0].text == "index.json's manifest lists 0 layers, manifest.json 2; manifest.json is used");
  CHECK(none.layers[0].descriptor.digest.text() == digest_of("a"));

  const auto swapped =
      Json::array({ImageMembers::descriptor(oci_layer, "b"), ImageMembers::descriptor(oci_layer, "a")});
  const auto info = resolved(hybrid({"a", "b"}, swapped, Json::object()));
  REQUIRE(note_codes(info) == Names{"manifest-disagreement"});
  CHECK(info.notes[0].text ==
        "index.json's manifest lists other layers than manifest.json, or in another order; manifest.json is used");
  CHECK(layer_members(info) == Names{blob_name("a"), blob_name("b")});
}

TEST_CASE("layers that their digests prove to be out of order are put in the order of diff_ids") {
  ImageMembers members;
  const auto config = members.json_blob(oci_config, config_json({"a", "b", "a"}));
  members.file(blob_name("a"), "a").file(blob_name("b"), "b");
  members.json("manifest.json", Json::array({{{"Config", blob_name(config_json({"a", "b", "a"}).dump())},
                                              {"RepoTags", {"app:1"}},
                                              {"Layers", {blob_name("b"), blob_name("a"), blob_name("a")}}}}));
  const auto info = resolved(members);
  CHECK(layer_members(info) == Names{blob_name("a"), blob_name("b"), blob_name("a")});
  CHECK(note_codes(info) == Names{"layer-order"});
}

TEST_CASE("a foreign layer of a Windows image has no content, by its LayerSources") {
  ImageMembers members;
  const auto config = config_json({"base", "own"}).dump();
  members.file(hex_of(config) + ".json", config).file("own/layer.tar", "own");
  members.json("manifest.json",
               Json::array({{{"Config", hex_of(config) + ".json"},
                             {"RepoTags", {"win:1"}},
                             {"Layers", {"base/layer.tar", "own/layer.tar"}},
                             {"LayerSources",
                              {{digest_of("base"),
                                {{"mediaType", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"},
                                 {"digest", digest_of("z")},
                                 {"size", 9}}}}}}}));
  const auto info = resolved(members);
  CHECK(info.layers[0].missing == "foreign layer");
  CHECK(info.layers[0].member.empty());
  CHECK(info.layers[1].missing.empty());
}

TEST_CASE("a config under a name that states another digest is noted, and refused when strict") {
  auto members = classic_docker({"a"});
  const auto config = config_json({"a"}).dump();
  const auto name = hex_of(config) + ".json";
  const auto changed = config + " ";
  members.remove(name).file(name, changed);
  const auto info = resolved(members);
  REQUIRE(note_codes(info) == Names{"digest-mismatch"});
  CHECK(info.config_digest == sha256_of(changed));
  auto strict = for_host();
  strict.strictness = Strictness::strict;
  CHECK(refusal(members, strict) == "config " + digest_of(config) + ": the content's digest is " + digest_of(changed));
}

TEST_CASE("docker archives that contradict themselves are refused by name") {
  const auto config = config_json({"a", "b"}).dump();
  const auto name = hex_of(config) + ".json";
  ImageMembers members;
  members.file(name, config).file("1/layer.tar", "a");
  members.json("manifest.json",
               Json::array({{{"Config", name}, {"RepoTags", {"app:1"}}, {"Layers", {"1/layer.tar"}}}}));
  CHECK(refusal(members) ==
        "manifest.json lists 1 layers, the config's rootfs has 2 diff_ids: the image is inconsistent; build or save it "
        "again");

  members.remove(name);
  CHECK(refusal(members) ==
        "config \"" + name + "\": manifest.json names it, but it is not in the archive; save the image again");

  members.remove("manifest.json")
      .json("manifest.json", Json::array({{{"Config", name}, {"Layers", {"1/layer.tar", "2/layer.tar"}}}}))
      .file(name, config);
  CHECK(refusal(members) ==
        "layer 2 (2/layer.tar): its blob is not in the archive (docker save with the containerd image store leaves out "
        "shared layers); pull the image again and save it, or take a partial report with --allow-missing");
  auto partial = for_host();
  partial.missing_blobs = MissingBlobs::allow;
  CHECK(resolved(members, partial).layers[1].missing == "blob not in the archive");

  members.link("2/layer.tar", "3/layer.tar");
  CHECK(refusal(members) ==
        "layer 2 (2/layer.tar): \"2/layer.tar\" is a link to \"3/layer.tar\", which the archive does not hold");
  members.link("3/layer.tar", "2/layer.tar");
  CHECK(refusal(members) == "layer 2 (2/layer.tar): \"2/layer.tar\" is a link that leads back to itself");
}

TEST_CASE("manifest.json that is cut short or names no config is refused with its name") {
  ImageMembers members;
  members.file("manifest.json", "[{\"Config\": \"a.json\"");
  CHECK(refusal(members).starts_with("manifest.json: byte "));
  members.remove("manifest.json").file("manifest.json", "[]");
  CHECK(refusal(members) == "the archive lists no image; save the image again");
}

TEST_CASE("more layers than the limit are refused before they are looked at") {
  Limits limits;
  limits.layers = 1;
  CHECK(refusal(classic_docker({"a", "b"}), for_host(), limits) ==
        "manifest.json: image 1 has 2 layers: over the limit layers = 1; raise it with --limit layers=VALUE if you "
        "trust this image");
}

TEST_CASE("the other platform of a containerd save is chosen from the index") {
  ImageMembers members;
  auto amd64 = add_oci_image(members, {"a"}, "amd64");
  auto arm64 = add_oci_image(members, {"b"}, "arm64");
  const auto index = members.json_blob(
      oci_index,
      {{"schemaVersion", 2},
       {"manifests", {with_platform(amd64, "linux", "amd64"), with_platform(arm64, "linux", "arm64", "v8")}}});
  add_layout(members, Json::array({with_name(index, "1")}));
  members.json("manifest.json", Json::array({{{"Config", blob_name(config_json({"a"}, "amd64").dump())},
                                              {"RepoTags", {"app:1"}},
                                              {"Layers", {blob_name("a")}}}}));
  CHECK(layer_members(resolved(members)) == Names{blob_name("a")});
  auto selection = for_host();
  selection.platform = Platform{"linux", "arm64", ""};
  const auto info = resolved(members, selection);
  CHECK(layer_members(info) == Names{blob_name("b")});
  CHECK(info.reference == "app:1");
  members.remove(blob_name("b"));
  CHECK(layer_members(resolved(members, for_host("arm64"))) == Names{blob_name("a")});
}

TEST_CASE("LayerSources describe a layer only when they name the blob that is there") {
  const auto with_source = [](const std::string& described) {
    ImageMembers members;
    const auto config = config_json({"a"}).dump();
    members.file(hex_of(config) + ".json", config).file(blob_name("a"), "a");
    const Json entry{{"Config", hex_of(config) + ".json"},
                     {"Layers", {blob_name("a")}},
                     {"LayerSources", {{digest_of("a"), ImageMembers::descriptor(oci_layer, described)}}}};
    members.json("manifest.json", Json::array({entry}));
    return resolved(members).layers.at(0).descriptor;
  };
  CHECK(with_source("a").media_type == oci_layer);
  CHECK(with_source("a").size_bytes == 1);
  CHECK(with_source("pulled").media_type.empty());
  CHECK(with_source("pulled").size_bytes == 0);
  CHECK(with_source("pulled").digest.text() == digest_of("a"));
}
