#include <ctime>

#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;

namespace {

/// Far above what the work takes, under sanitizers too, and far below what quadratic or repeated work would.
constexpr double patience_seconds = 30;

/// Of this process's CPU, which a busy machine does not change.
double seconds_to_resolve(const ImageMembers& members) {
  const auto store = members.build();
  const auto start = std::clock();
  const auto info = resolve(store, Container::archive, for_host(), Limits{});
  (void)info.has_value();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

std::string large_config() {
  auto config = config_json({});
  for (int i = 0; i < 40'000; ++i) config["history"].push_back({{"created_by", std::string(60, 'x')}});
  return config.dump();
}

}  // namespace

TEST_CASE("thousands of platforms and names in an index cost no more than their number") {
  ImageMembers members;
  Json manifests = Json::array();
  for (int i = 0; i < 4'000; ++i)
    manifests.push_back(with_platform(ImageMembers::descriptor(oci_manifest, std::to_string(i)), "linux",
                                      "arch" + std::to_string(i % 2'000)));
  add_layout(members, manifests);
  CHECK(seconds_to_resolve(members) < patience_seconds);

  ImageMembers renamed;
  Json children = Json::array();
  for (int i = 0; i < 2'000; ++i) children.push_back(ImageMembers::descriptor(oci_manifest, std::to_string(i)));
  const auto index = renamed.json_blob(oci_index, {{"manifests", children}});
  Json again = Json::array();
  for (int i = 0; i < 2'000; ++i) again.push_back(with_name(index, "name" + std::to_string(i)));
  add_layout(renamed, again);
  CHECK(seconds_to_resolve(renamed) < patience_seconds);
}

TEST_CASE("one large config named by thousands of images is read once") {
  const auto config = large_config();
  ImageMembers members;
  members.file("config.json", config);
  Json entries = Json::array();
  for (int i = 0; i < 4'000; ++i)
    entries.push_back({{"Config", "config.json"}, {"RepoTags", {"t" + std::to_string(i)}}, {"Layers", Json::array()}});
  members.json("manifest.json", entries);
  CHECK(seconds_to_resolve(members) < patience_seconds);

  ImageMembers oci;
  const auto descriptor = oci.blob(oci_config, config);
  Json manifests = Json::array();
  for (int i = 0; i < 2'000; ++i)
    manifests.push_back(oci.json_blob(
        oci_manifest,
        {{"config", descriptor}, {"layers", Json::array()}, {"annotations", {{"i", std::to_string(i)}}}}));
  add_layout(oci, manifests);
  CHECK(seconds_to_resolve(oci) < patience_seconds);
}

TEST_CASE("a hundred thousand tags on one image are read once each") {
  Json tags = Json::array();
  for (int i = 0; i < 100'000; ++i) tags.push_back("app:" + std::to_string(i));
  CHECK(seconds_to_resolve(classic_docker({"a"}, tags)) < patience_seconds);
}

TEST_CASE("an unreadable statement listed many times is tried a few times") {
  ImageMembers members;
  const auto image = add_oci_image(members, {"a"});
  auto statement = members.blob("application/vnd.in-toto+json", "[" + std::string(2'000'000, ' '));
  statement["annotations"] = {{"in-toto.io/predicate-type", "https://slsa.dev/provenance/v1"}};
  Json statements = Json::array();
  for (int i = 0; i < 5'000; ++i) statements.push_back(statement);
  auto attestation =
      members.json_blob(oci_manifest, {{"config", members.blob(oci_config, "{}")}, {"layers", statements}});
  attestation["annotations"] = {{"vnd.docker.reference.type", "attestation-manifest"},
                                {"vnd.docker.reference.digest", image["digest"]}};
  add_layout(members, Json::array({image, attestation}));
  CHECK(seconds_to_resolve(members) < patience_seconds);
  const auto info = resolved(members);
  CHECK(info.notes.size() == 8);
  CHECK(info.attestation_bytes ==
        statement["size"].get<std::uint64_t>() + attestation["size"].get<std::uint64_t>() + 2);
}
