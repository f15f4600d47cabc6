#include "image/provenance.h"

#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;

namespace {

std::vector<LayerRef> layers_of(const Names& contents) {
  std::vector<LayerRef> layers;
  for (const auto& content : contents) {
    LayerRef layer;
    layer.descriptor.digest = sha256_of(content);
    layer.diff_id = sha256_of("uncompressed " + content);
    layers.push_back(layer);
  }
  return layers;
}

Json chain(const Names& contents) {
  Json descriptors = Json::array();
  for (const auto& content : contents) descriptors.push_back(ImageMembers::descriptor(oci_gzip_layer, content));
  return Json::array({descriptors});
}

Json lines(std::uint32_t first, std::uint32_t last) {
  Json ranges = Json::array();
  for (auto line = first; line <= last; ++line)
    ranges.push_back({{"start", {{"line", line}}}, {"end", {{"line", line}}}});
  return {{"locations", {{{"ranges", ranges}}}}};
}

Json source_step(const std::string& id, const std::string& identifier) {
  return {{"id", id}, {"op", {{"Op", {{"source", {{"identifier", identifier}}}}}}}};
}

Json exec_step(const std::string& id, const Names& inputs) {
  const Json mounts = Json::array({{{"input", 0}, {"dest", "/"}, {"output", 0}},
                                   {{"input", -1}, {"dest", "/root/.cache"}, {"output", -1}, {"mountType", 3}}});
  return {{"id", id}, {"op", {{"Op", {{"exec", {{"mounts", mounts}}}}}}}, {"inputs", inputs}};
}

/// COPY of input 1 onto input `onto` (-1: onto nothing), in two actions that build on each other.
Json copy_step(const std::string& id, const Names& inputs, int onto) {
  const auto count = static_cast<int>(inputs.size());
  const Json actions =
      Json::array({{{"input", onto}, {"secondaryInput", 1}, {"output", -1}, {"action", {{"mkdir", {{"path", "/x"}}}}}},
                   {{"input", count}, {"secondaryInput", 1}, {"output", 0}, {"action", {{"copy", Json::object()}}}}});
  return {{"id", id}, {"op", {{"Op", {{"file", {{"actions", actions}}}}}}}, {"inputs", inputs}};
}

Json last_step(const std::string& id, const std::string& input) {
  return {{"id", id}, {"op", {{"Op", nullptr}}}, {"inputs", {input}}};
}

/// FROM debian (2 layers), COPY . /src, RUN make: what BuildKit records of it.
Json metadata() {
  return {{"source",
           {{"locations", {{"step0", lines(1, 1)}, {"step2", lines(3, 3)}, {"step3", lines(5, 7)}}},
            {"infos", {{{"filename", "Dockerfile"}, {"language", "Dockerfile"}, {"data", "RlJPTSBkZWJpYW4K"}}}}}},
          {"layers",
           {{"step0:0", chain({"base 1", "base 2"})},
            {"step2:0", chain({"base 1", "base 2", "copy"})},
            {"step3:0", chain({"base 1", "base 2", "copy", "run"})}}}};
}

Json definition() {
  return Json::array({source_step("step0", "docker-image://docker.io/library/debian:12"),
                      source_step("step1", "local://context"), copy_step("step2", {"step0:0", "step1:0"}, 0),
                      exec_step("step3", {"step2:0"}), last_step("step4", "step3:0")});
}

Json materials() {
  return Json::array({{{"uri", "pkg:docker/docker/dockerfile@1"}, {"digest", {{"sha256", "aa"}}}},
                      {{"uri", "pkg:docker/debian@12?platform=linux%2Famd64"}, {"digest", {{"sha256", "bb"}}}},
                      {{"uri", "pkg:docker/golang@1.22"}, {"digest", {{"sha256", "cc"}}}},
                      {{"uri", "https://github.com/x/y.git"}, {"digest", {{"sha1", "dd"}}}}});
}

Json statement_v02(const Json& buildkit, const Json& steps) {
  return {{"_type", "https://in-toto.io/Statement/v0.1"},
          {"predicateType", "https://slsa.dev/provenance/v0.2"},
          {"predicate",
           {{"buildType", "https://mobyproject.org/buildkit@v1"},
            {"materials", materials()},
            {"buildConfig", {{"llbDefinition", steps}}},
            {"metadata", {{"https://mobyproject.org/buildkit@v1#metadata", buildkit}}}}}};
}

Json statement_v1(const Json& buildkit, const Json& steps) {
  return {{"_type", "https://in-toto.io/Statement/v0.1"},
          {"predicateType", "https://slsa.dev/provenance/v1"},
          {"predicate",
           {{"buildDefinition",
             {{"resolvedDependencies", materials()},
              {"internalParameters", {{"buildConfig", {{"llbDefinition", steps}}}}}}},
            {"runDetails", {{"metadata", {{"buildkit_metadata", buildkit}}}}}}}};
}

Provenance read(const Json& statement, const Names& layers) {
  auto provenance = read_provenance(statement.dump(), layers_of(layers), Limits{});
  REQUIRE(provenance.has_value());
  return std::move(*provenance);
}

const Names image_layers{"base 1", "base 2", "copy", "run"};

}  // namespace

TEST_CASE("both versions of the predicate map layers to lines and prove the base") {
  for (const auto& statement : {statement_v02(metadata(), definition()), statement_v1(metadata(), definition())}) {
    const auto provenance = read(statement, image_layers);
    CHECK(provenance.base_layers == 2u);
    CHECK(provenance.layer_source.at(digest_of("run")) == SourceRange{"Dockerfile", 5, 7});
    CHECK(provenance.layer_source.at(digest_of("uncompressed run")) == SourceRange{"Dockerfile", 5, 7});
    CHECK(provenance.layer_source.at(digest_of("copy")) == SourceRange{"Dockerfile", 3, 3});
    CHECK(provenance.layer_source.at(digest_of("base 1")) == SourceRange{"Dockerfile", 1, 1});
    CHECK(provenance.layer_source.at(digest_of("base 2")) == SourceRange{"Dockerfile", 1, 1});
    CHECK(provenance.layer_source.size() == 8);
    CHECK(provenance.dockerfile_name == "Dockerfile");
    CHECK(provenance.dockerfile == "FROM debian\n");
    CHECK(provenance.base_images == Names{"pkg:docker/debian@12?platform=linux%2Famd64&digest=sha256:bb",
                                          "pkg:docker/golang@1.22?digest=sha256:cc"});
  }
}

TEST_CASE("early releases of version 1 are read too") {
  auto statement = statement_v1(metadata(), definition());
  auto& predicate = statement["predicate"];
  predicate["runDetails"]["metadata"] = {{"https://mobyproject.org/buildkit@v1#metadata", metadata()}};
  predicate["buildDefinition"]["externalParameters"] = {{"buildConfig", {{"llbDefinition", definition()}}}};
  predicate["buildDefinition"].erase("internalParameters");
  const auto provenance = read(statement, image_layers);
  CHECK(provenance.base_layers == 2u);
  CHECK(provenance.layer_source.size() == 8);
}

TEST_CASE("without the base's own chain the step above it proves the base") {
  auto buildkit = metadata();
  buildkit["layers"].erase("step0:0");
  const auto provenance = read(statement_v02(buildkit, definition()), image_layers);
  CHECK(provenance.base_layers == 2u);
  CHECK(provenance.layer_source.count(digest_of("base 1")) == 0);
}

TEST_CASE("a chain high above the base proves no base, but its own layer") {
  auto buildkit = metadata();
  buildkit["layers"].erase("step0:0");
  buildkit["layers"].erase("step2:0");
  const auto provenance = read(statement_v02(buildkit, definition()), image_layers);
  CHECK_FALSE(provenance.base_layers.has_value());
  CHECK(provenance.layer_source.size() == 2);
  CHECK(provenance.layer_source.at(digest_of("run")).start_line == 5);
}

TEST_CASE("FROM scratch has no base layers") {
  const auto steps = Json::array({source_step("step0", "local://context"), source_step("step1", "docker-image://x"),
                                  copy_step("step2", {"step0:0", "step1:0"}, -1), last_step("step3", "step2:0")});
  const Json buildkit{{"layers", {{"step2:0", chain({"copy"})}}},
                      {"source", {{"locations", {{"step2", lines(2, 2)}}}}}};
  const auto provenance = read(statement_v02(buildkit, steps), {"copy"});
  CHECK(provenance.base_layers == 0u);
  CHECK(provenance.layer_source.at(digest_of("copy")) == SourceRange{"", 2, 2});
}

TEST_CASE("another stage that starts with the same layers proves nothing") {
  // The image stands on step1; step0 is the build stage's base, a prefix of it.
  const auto steps =
      Json::array({source_step("step0", "docker-image://debian"), source_step("step1", "docker-image://python"),
                   copy_step("step2", {"step1:0", "step0:0"}, 0), last_step("step3", "step2:0")});
  const Json buildkit{{"layers", {{"step0:0", chain({"base 1"})}, {"step2:0", chain({"base 1", "base 2", "copy"})}}},
                      {"source", {{"locations", {{"step0", lines(1, 1)}, {"step2", lines(9, 9)}}}}}};
  const auto provenance = read(statement_v02(buildkit, steps), {"base 1", "base 2", "copy"});
  CHECK(provenance.base_layers == 2u);
  CHECK(provenance.layer_source.count(digest_of("base 1")) == 0);
  CHECK(provenance.layer_source.at(digest_of("copy")).start_line == 9);
}

TEST_CASE("COPY --link stacks layers: what it adds is its own") {
  const Json merge{{"id", "step3"},
                   {"op", {{"Op", {{"merge", {{"inputs", {{{"input", 0}}, {{"input", 1}}}}}}}}}},
                   {"inputs", {"step0:0", "step2:0"}}};
  const auto steps =
      Json::array({source_step("step0", "docker-image://debian"), source_step("step1", "local://context"),
                   copy_step("step2", {"step1:0", "step1:0"}, -1), merge, last_step("step4", "step3:0")});
  const Json buildkit{
      {"layers", {{"step0:0", chain({"base 1", "base 2"})}, {"step3:0", chain({"base 1", "base 2", "copy"})}}},
      {"source", {{"locations", {{"step3", lines(4, 4)}}}}}};
  const auto provenance = read(statement_v02(buildkit, steps), {"base 1", "base 2", "copy"});
  CHECK(provenance.base_layers == 2u);
  CHECK(provenance.layer_source.at(digest_of("copy")).start_line == 4);
  CHECK(provenance.layer_source.count(digest_of("base 2")) == 0);
}

TEST_CASE("chains of other layers than the image's say nothing about it") {
  const auto provenance = read(statement_v02(metadata(), definition()), {"base 1", "re-compressed", "copy", "run"});
  CHECK_FALSE(provenance.base_layers.has_value());
  CHECK(provenance.layer_source.empty());
}

TEST_CASE("a layer that two instructions made has no one source") {
  auto buildkit = metadata();
  buildkit["layers"]["step2:0"] = chain({"base 1", "base 2", "same"});
  buildkit["layers"]["step3:0"] = chain({"base 1", "base 2", "same", "same"});
  const auto provenance = read(statement_v02(buildkit, definition()), {"base 1", "base 2", "same", "same"});
  CHECK(provenance.layer_source.count(digest_of("same")) == 0);
  CHECK(provenance.base_layers == 2u);
}

TEST_CASE("mode=min gives base images and nothing else") {
  auto statement = statement_v02(Json::object(), nullptr);
  const auto provenance = read(statement, image_layers);
  CHECK(provenance.base_images.size() == 2);
  CHECK_FALSE(provenance.base_layers.has_value());
  CHECK(provenance.layer_source.empty());
  CHECK(provenance.dockerfile.empty());
}

TEST_CASE("graphs that lead in circles or nowhere end") {
  const auto circle =
      Json::array({exec_step("step0", {"step1:0"}), exec_step("step1", {"step0:0"}), last_step("step2", "step1:0")});
  CHECK_FALSE(read(statement_v02(metadata(), circle), image_layers).base_layers.has_value());
  const auto nowhere = Json::array({last_step("step0", "step9:0")});
  CHECK_FALSE(read(statement_v02(metadata(), nowhere), image_layers).base_layers.has_value());
  auto self = copy_step("step0", {"step1:0"}, 0);
  self["op"]["Op"]["file"]["actions"][0]["input"] = 2;
  CHECK_FALSE(read(statement_v02(metadata(), Json::array({self, last_step("step1", "step0:0")})), image_layers)
                  .base_layers.has_value());
}

TEST_CASE("what is no statement is an input error") {
  CHECK(read_provenance("{}", {}, Limits{}).error().message == "not an in-toto statement: it has no predicate");
  CHECK(read_provenance("", {}, Limits{}).error().kind == ErrorKind::input);
}

TEST_CASE("provenance reaches the image through its attestation manifest") {
  ImageMembers members;
  const auto image = add_oci_image(members, {"base 1", "base 2", "copy", "run"});
  auto statement = members.json_blob("application/vnd.in-toto+json", statement_v1(metadata(), definition()));
  statement["annotations"] = {{"in-toto.io/predicate-type", "https://slsa.dev/provenance/v1"}};
  const auto config = members.blob(oci_config, "{}");
  auto attestation = with_platform(
      members.json_blob(oci_manifest, {{"schemaVersion", 2}, {"config", config}, {"layers", {statement}}}), "unknown",
      "unknown");
  attestation["annotations"] = {{"vnd.docker.reference.type", "attestation-manifest"},
                                {"vnd.docker.reference.digest", image["digest"]}};
  add_layout(members, Json::array({image, attestation}));
  const auto info = resolved(members);
  REQUIRE(info.provenance.has_value());
  CHECK(info.provenance->base_layers == 2u);
  CHECK(info.notes.empty());

  members.remove("blobs/sha256/" + statement["digest"].get<std::string>().substr(7))
      .file("blobs/sha256/" + statement["digest"].get<std::string>().substr(7), "{}");
  const auto forged = resolved(members);
  CHECK_FALSE(forged.provenance.has_value());
  REQUIRE(note_codes(forged) == Names{"provenance-unreadable"});
  CHECK(forged.notes[0].text == "the content's digest is " + digest_of("{}"));
}
