#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;

namespace {
std::string blob_name(const std::string& content) { return "blobs/sha256/" + hex_of(content); }
}  // namespace

TEST_CASE("an OCI archive gives name, digests, sizes and layers") {
  const auto info = resolved(simple_oci());
  CHECK(info.source == SourceKind::oci_archive);
  CHECK(info.reference == "app:1");
  CHECK(info.platform.text() == "linux/amd64");
  CHECK(layer_members(info) == Names{blob_name("layer one"), blob_name("layer two")});
  CHECK(info.layers[0].descriptor.size_bytes == 9);
  CHECK(info.notes.empty());
  const auto store = simple_oci().build();
  CHECK(resolve(store, Container::directory, for_host(), Limits{})->source == SourceKind::oci_layout);
}

TEST_CASE("index.json and blobs without oci-layout are read with a note") {
  const auto info = resolved(simple_oci().remove("oci-layout"));
  CHECK(note_codes(info) == Names{"oci-layout-missing"});
}

TEST_CASE("nested indexes are followed up to the depth limit") {
  ImageMembers members;
  auto entry = add_oci_image(members, {"a"});
  std::string innermost;
  for (int level = 0; level < 3; ++level) {
    entry = members.json_blob(oci_index, {{"schemaVersion", 2}, {"manifests", {entry}}});
    if (level == 0) innermost = entry["digest"];
  }
  add_layout(members, Json::array({with_name(entry, "deep:1")}));
  CHECK(resolved(members).reference == "deep:1");

  Limits limits;
  limits.index_depth = 3;
  CHECK(refusal(members, for_host(), limits) == "index " + innermost +
                                                    " nested too deeply: over the limit index-depth = 3; raise it with "
                                                    "--limit index-depth=VALUE if you trust this image");
}

TEST_CASE("an index that fans out is stopped by the node limit") {
  ImageMembers members;
  Json many = Json::array();
  for (int i = 0; i < 50; ++i) many.push_back(ImageMembers::descriptor(oci_manifest, std::to_string(i)));
  add_layout(members, many);
  Limits limits;
  limits.index_nodes = 49;
  CHECK(refusal(members, for_host(), limits) ==
        "too many manifests in the indexes: over the limit index-nodes = 49; raise it with --limit index-nodes=VALUE "
        "if you trust this image");
}

TEST_CASE("a document with both manifests and layers is rejected wherever it stands") {
  ImageMembers members;
  const auto both =
      members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"manifests", Json::array()}, {"layers", Json::array()}});
  add_layout(members, Json::array({both}));
  CHECK(refusal(members) == both["digest"].get<std::string>() +
                                ": both \"manifests\" and \"layers\": neither an index nor a manifest "
                                "(CVE-2021-41190); build or pull the image again");

  ImageMembers top;
  top.json("oci-layout", Json::object()).json("index.json", {{"manifests", Json::array()}, {"layers", Json::array()}});
  CHECK(refusal(top) ==
        "index.json: both \"manifests\" and \"layers\": neither an index nor a manifest (CVE-2021-41190); build or "
        "pull the image again");

  ImageMembers contradiction;
  const auto manifest = contradiction.json_blob(
      oci_manifest, {{"mediaType", oci_index}, {"config", Json::object()}, {"layers", Json::array()}});
  add_layout(contradiction, Json::array({manifest}));
  CHECK(refusal(contradiction) == manifest["digest"].get<std::string>() +
                                      ": the media type application/vnd.oci.image.index.v1+json contradicts the "
                                      "content (CVE-2021-41190); build or pull the image again");
}

TEST_CASE("a missing blob of the chosen image is named with the remedy, or allowed") {
  auto members = simple_oci();
  members.remove(blob_name("layer two"));
  CHECK(refusal(members) ==
        "layer 2 (" + digest_of("layer two") +
            "): its blob is not in the archive (docker save with the containerd image store leaves out shared layers); "
            "pull the image again and save it, or take a partial report with --allow-missing");
  auto partial = for_host();
  partial.missing_blobs = MissingBlobs::allow;
  const auto info = resolved(members, partial);
  CHECK(info.layers[1].missing == "blob not in the archive");
  CHECK(info.layers[1].member.empty());

  const auto config = digest_of(config_json({"layer one", "layer two"}).dump());
  members.remove("blobs/sha256/" + config.substr(7));
  CHECK(refusal(members) == "config " + config + ": the blob is not in the archive; pull the image again and save it");
}

TEST_CASE("a foreign layer without content is no error, and with content is an ordinary layer") {
  ImageMembers members;
  auto foreign = ImageMembers::descriptor("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "base");
  foreign["urls"] = {"https://example.com/base"};
  const auto config = members.json_blob(oci_config, config_json({"base"}));
  add_layout(members, Json::array({members.json_blob(
                          oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {foreign}}})}));
  CHECK(resolved(members).layers[0].missing == "foreign layer");
  CHECK(resolved(members.file(blob_name("base"), "base")).layers[0].member == blob_name("base"));
}

TEST_CASE("blobs embedded in descriptors are read and verified") {
  ImageMembers members;
  auto config = ImageMembers::descriptor(oci_config, R"({"rootfs":{"type":"layers","diff_ids":[]}})");
  config["data"] = "eyJyb290ZnMiOnsidHlwZSI6ImxheWVycyIsImRpZmZfaWRzIjpbXX19";
  const auto add = [&](ImageMembers& to) {
    add_layout(to, Json::array({to.json_blob(oci_manifest,
                                             {{"schemaVersion", 2}, {"config", config}, {"layers", Json::array()}})}));
  };
  add(members);
  CHECK(resolved(members).notes.empty());
  config["digest"] = digest_of("something else");
  ImageMembers other;
  add(other);
  CHECK(note_codes(resolved(other)) == Names{"digest-mismatch"});
}

TEST_CASE("a manifest that is not what its descriptor says is noted, and refused when strict") {
  ImageMembers members;
  auto manifest = add_oci_image(members, {"a"});
  const auto digest = manifest["digest"].get<std::string>();
  const auto store_name = "blobs/sha256/" + digest.substr(7);
  const auto config = ImageMembers::descriptor(oci_config, config_json({"a"}).dump());
  const auto forged = Json{
      {"schemaVersion", 2},
      {"config", config},
      {"layers", {ImageMembers::descriptor(oci_layer, "a")}},
      {"x", 1}}.dump();
  members.remove(store_name).file(store_name, forged);
  add_layout(members, Json::array({manifest}));
  CHECK(note_codes(resolved(members)) == Names{"size-mismatch", "digest-mismatch"});
  auto strict = for_host();
  strict.strictness = Strictness::strict;
  CHECK(refusal(members, strict) == "manifest " + digest + ": the descriptor states " +
                                        std::to_string(manifest["size"].get<int>()) + " bytes, the content has " +
                                        std::to_string(forged.size()));
  members.remove("index.json").remove("oci-layout");
  manifest["size"] = forged.size();
  add_layout(members, Json::array({manifest}));
  CHECK(refusal(members, strict) == "manifest " + digest + ": the content's digest is " + digest_of(forged));
}

TEST_CASE("sha512 blobs are found but not verified; digests that are none are never names") {
  ImageMembers members;
  const auto config = config_json({"a"}).dump();
  const std::string hex(128, 'a');
  members.file("blobs/sha512/" + hex, config);
  const Json config_descriptor{{"mediaType", oci_config}, {"digest", "sha512:" + hex}, {"size", config.size()}};
  const auto layer = members.blob(oci_layer, "a");
  const auto manifest =
      members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config_descriptor}, {"layers", {layer}}});
  const Json escape{{"mediaType", oci_manifest}, {"digest", "sha256:../../etc/passwd"}, {"size", 1}};
  add_layout(members, Json::array({escape, manifest}));
  const auto info = resolved(members);
  CHECK(note_codes(info) == Names{"bad-digest", "not-verified"});
  CHECK(info.notes[0].text == "skipped a manifest whose digest is \"sha256:../../etc/passwd\"");

  ImageMembers bad_layer;
  const auto bad_config = bad_layer.json_blob(oci_config, config_json({"a"}));
  add_layout(bad_layer, Json::array({bad_layer.json_blob(
                            oci_manifest, {{"schemaVersion", 2},
                                           {"config", bad_config},
                                           {"layers", {{{"mediaType", oci_layer}, {"digest", "sha256:../x"}}}}})}));
  CHECK(refusal(bad_layer) == "layer 1: not a digest: \"sha256:../x\"");
}

TEST_CASE("layers that are no tar are refused, each by its name") {
  const auto refuse_type = [](const std::string& media_type) {
    ImageMembers members;
    const auto config = members.json_blob(oci_config, config_json({"a", "b"}));
    const auto layers = Json::array({members.blob(oci_gzip_layer, "a"), members.blob(media_type, "b")});
    add_layout(
        members,
        Json::array({members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", layers}})}));
    return refusal(members);
  };
  const auto where = "layer 2 (" + digest_of("b") + "): ";
  CHECK(refuse_type("application/vnd.oci.image.layer.v1.tar+gzip+encrypted") ==
        where +
            "an encrypted layer (application/vnd.oci.image.layer.v1.tar+gzip+encrypted), expected a tar; decrypt it "
            "first: skopeo copy --decryption-key KEY SOURCE oci:DIRECTORY");
  CHECK(refuse_type("application/vnd.oci.image.layer.nydus.blob.v1") ==
        where +
            "a nydus blob (application/vnd.oci.image.layer.nydus.blob.v1), expected a tar; analyze the image that it "
            "was converted from");
  CHECK(refuse_type("application/vnd.erofs.layer.v1") == where +
                                                             "an EROFS blob (application/vnd.erofs.layer.v1), expected "
                                                             "a tar; analyze the image that it was converted from");
  CHECK(refuse_type("application/vnd.sylabs.sif.layer.v1.sif") ==
        where +
            "a SIF (Singularity) image (application/vnd.sylabs.sif.layer.v1.sif), expected a tar; unpack it with "
            "\"apptainer build --sandbox DIRECTORY FILE\" and analyze the directory");
  CHECK(refuse_type("application/vnd.in-toto+json") ==
        where + "an attestation (application/vnd.in-toto+json), not a file system layer; choose the image itself");
}

TEST_CASE("a layer annotated by nydus is refused though its media type is ordinary") {
  ImageMembers members;
  auto layer = members.blob(oci_gzip_layer, "a");
  layer["annotations"] = {{"containerd.io/snapshot/nydus-bootstrap", "true"}};
  const auto config = members.json_blob(oci_config, config_json({"a"}));
  add_layout(
      members,
      Json::array({members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {layer}}})}));
  CHECK(refusal(members) ==
        "layer 1 (" + digest_of("a") +
            "): a nydus blob (annotated as nydus), expected a tar; analyze the image that it was converted from");
}

TEST_CASE("an unknown layer type is accepted with a note") {
  ImageMembers members;
  const auto config = members.json_blob(oci_config, config_json({"a"}));
  const auto layer = members.blob("application/x.custom.tar+lz", "a");
  add_layout(
      members,
      Json::array({members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {layer}}})}));
  const auto info = resolved(members);
  REQUIRE(note_codes(info) == Names{"unknown-layer-type"});
  CHECK(info.notes[0].text == "unknown media type application/x.custom.tar+lz; its bytes decide how it is read");
}

TEST_CASE("artifacts are refused by name when nothing else is there, and skipped beside an image") {
  const auto artifact = [](ImageMembers& members, const std::string& config_type, const std::string& layer_type,
                           const std::string& artifact_type = "") {
    Json manifest{{"schemaVersion", 2},
                  {"config", members.blob(config_type, "{}")},
                  {"layers", {members.blob(layer_type, "content")}}};
    if (!artifact_type.empty()) manifest["artifactType"] = artifact_type;
    return members.json_blob(oci_manifest, manifest);
  };
  const auto refuse_artifact = [&](const std::string& config_type, const std::string& layer_type,
                                   const std::string& artifact_type = "") {
    ImageMembers members;
    add_layout(members, Json::array({with_name(artifact(members, config_type, layer_type, artifact_type), "x")}));
    return refusal(members);
  };
  CHECK(refuse_artifact("application/vnd.cncf.helm.config.v1+json",
                        "application/vnd.cncf.helm.chart.content.v1.tar+gzip") ==
        "x: a helm chart (application/vnd.cncf.helm.config.v1+json), not a container image");
  CHECK(refuse_artifact(oci_config, "application/vnd.dev.cosign.simplesigning.v1+json") ==
        "x: a cosign signature (application/vnd.dev.cosign.simplesigning.v1+json), not a container image");
  CHECK(refuse_artifact("application/vnd.amazon.soci.index.v1+json", "application/octet-stream") ==
        "x: a SOCI index (application/vnd.amazon.soci.index.v1+json), not a container image");
  CHECK(refuse_artifact("application/vnd.buildkit.cacheconfig.v0", oci_gzip_layer) ==
        "x: a BuildKit cache (application/vnd.buildkit.cacheconfig.v0), not a container image");
  CHECK(refuse_artifact("application/vnd.oci.empty.v1+json", "text/plain", "application/vnd.example.report") ==
        "x: an OCI artifact (application/vnd.example.report), not a container image");

  ImageMembers beside;
  const auto chart = with_name(artifact(beside, "application/vnd.cncf.helm.config.v1+json",
                                        "application/vnd.cncf.helm.chart.content.v1.tar+gzip"),
                               "chart:1");
  add_layout(beside, Json::array({chart, with_name(add_oci_image(beside, {"a"}), "app:1")}));
  CHECK(resolved(beside).reference == "app:1");
  auto selection = for_host();
  selection.reference = "chart:1";
  CHECK(refusal(beside, selection) ==
        "chart:1: a helm chart (application/vnd.cncf.helm.config.v1+json), not a container image");
}

TEST_CASE("a BuildKit cache index is refused by name") {
  ImageMembers members;
  const auto cache = members.json_blob(
      oci_index,
      {{"schemaVersion", 2},
       {"manifests",
        {members.blob(oci_gzip_layer, "l"), members.blob("application/vnd.buildkit.cacheconfig.v0", "{}")}}});
  add_layout(members, Json::array({with_name(cache, "cache")}));
  CHECK(refusal(members) == "cache: a BuildKit cache (application/vnd.buildkit.cacheconfig.v0), not a container image");
}

TEST_CASE("a schema 1 manifest is refused with the way to convert it") {
  ImageMembers members;
  const auto old = members.json_blob("", {{"schemaVersion", 1}, {"fsLayers", Json::array()}});
  add_layout(members, Json::array({old}));
  CHECK(refusal(members) == old["digest"].get<std::string>() +
                                ": a Docker manifest of schema 1, which has no config; convert it: skopeo copy "
                                "--format v2s2 SOURCE docker-archive:FILE");
}

TEST_CASE("attestations are no candidates; their blobs are counted for the image that they speak of") {
  ImageMembers members;
  const auto image = add_oci_image(members, {"a"});
  const auto statement = members.blob("application/vnd.in-toto+json", R"({"predicate":{}})");
  const auto config = members.blob(oci_config, "{}");
  auto attestation = with_platform(
      members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {statement}}}), "unknown",
      "unknown");
  attestation["annotations"] = {{"vnd.docker.reference.type", "attestation-manifest"},
                                {"vnd.docker.reference.digest", image["digest"]}};
  const auto stray = with_platform(ImageMembers::descriptor(oci_manifest, "stray"), "unknown", "unknown");
  add_layout(members, Json::array({image, attestation, stray}));
  const auto info = resolved(members);
  CHECK(info.attestation_bytes ==
        attestation["size"].get<std::uint64_t>() + 2 + statement["size"].get<std::uint64_t>());
  CHECK_FALSE(info.provenance.has_value());
  const auto store = members.build();
  const auto choices = list_images(store, Limits{});
  REQUIRE(choices.has_value());
  CHECK(choices->size() == 1);
}

TEST_CASE("layers and diff_ids that differ in number are an error") {
  ImageMembers members;
  const auto config = members.json_blob(oci_config, config_json({"a", "b"}));
  add_layout(
      members,
      Json::array({members.json_blob(
          oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {members.blob(oci_layer, "a")}}})}));
  CHECK(refusal(members) ==
        "the manifest lists 1 layers, the config's rootfs has 2 diff_ids: the image is inconsistent; build or save it "
        "again");
}

TEST_CASE("an empty index lists no image") {
  ImageMembers members;
  add_layout(members, Json::array());
  CHECK(refusal(members) == "the archive lists no image; save the image again");
}

TEST_CASE("skopeo's dir: holds a manifest by name and blobs by digest") {
  ImageMembers members;
  const auto config = config_json({"a"}).dump();
  members.file("version", "Directory Transport Version: 1.1\n").file(hex_of(config), config).file(hex_of("a"), "a");
  const Json manifest{{"schemaVersion", 2},
                      {"mediaType", "application/vnd.docker.distribution.manifest.v2+json"},
                      {"config", ImageMembers::descriptor("application/vnd.docker.container.image.v1+json", config)},
                      {"layers", {ImageMembers::descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", "a")}}};
  members.json("manifest.json", manifest);
  const auto info = resolved(members);
  CHECK(info.source == SourceKind::skopeo_directory);
  CHECK(info.manifest_digest == sha256_of(manifest.dump()));
  CHECK(layer_members(info) == Names{hex_of("a")});
  CHECK(info.notes.empty());
}

TEST_CASE("skopeo's dir: with all platforms offers each of them") {
  ImageMembers members;
  members.file("version", "Directory Transport Version: 1.1\n");
  Json manifests = Json::array();
  for (const std::string architecture : {"amd64", "arm64"}) {
    const auto config = config_json({architecture}, architecture).dump();
    members.file(hex_of(config), config).file(hex_of(architecture), architecture);
    const Json manifest{{"schemaVersion", 2},
                        {"config", ImageMembers::descriptor(oci_config, config)},
                        {"layers", {ImageMembers::descriptor(oci_layer, architecture)}}};
    members.file(hex_of(manifest.dump()) + ".manifest.json", manifest.dump());
    manifests.push_back(with_platform(ImageMembers::descriptor(oci_manifest, manifest.dump()), "linux", architecture));
  }
  members.json("manifest.json", {{"schemaVersion", 2}, {"manifests", manifests}});
  CHECK(layer_members(resolved(members, for_host("arm64"))) == Names{hex_of("arm64")});
}
