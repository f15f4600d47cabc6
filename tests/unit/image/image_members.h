#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "archive/member_store.h"
#include "core/digest.h"
#include "image/resolve.h"
#include "support/catch.h"

namespace imgslim::image::test {

using Json = nlohmann::json;

constexpr auto oci_manifest = "application/vnd.oci.image.manifest.v1+json";
constexpr auto oci_index = "application/vnd.oci.image.index.v1+json";
constexpr auto oci_config = "application/vnd.oci.image.config.v1+json";
constexpr auto oci_layer = "application/vnd.oci.image.layer.v1.tar";
constexpr auto oci_gzip_layer = "application/vnd.oci.image.layer.v1.tar+gzip";

/// Digest text of some content that only its digest stands for.
inline std::string digest_of(const std::string& content) { return sha256_of(content).text(); }
inline std::string hex_of(const std::string& content) { return std::string(sha256_of(content).encoded()); }

/// An archive in memory, built member by member.
class ImageMembers {
 public:
  ImageMembers& file(const std::string& name, const std::string& content) {
    members_.push_back({name, {content.size(), ""}, content});
    return *this;
  }
  ImageMembers& json(const std::string& name, const Json& value) { return file(name, value.dump()); }
  ImageMembers& link(const std::string& name, const std::string& target) {
    members_.push_back({name, {0, target}, {}});
    return *this;
  }
  /// Stores a blob by digest and returns a descriptor of it.
  Json blob(const std::string& media_type, const std::string& content) {
    file("blobs/sha256/" + hex_of(content), content);
    return descriptor(media_type, content);
  }
  Json json_blob(const std::string& media_type, const Json& value) { return blob(media_type, value.dump()); }
  /// A descriptor of content that the archive does not hold.
  static Json descriptor(const std::string& media_type, const std::string& content) {
    return {{"mediaType", media_type}, {"digest", digest_of(content)}, {"size", content.size()}};
  }
  ImageMembers& remove(const std::string& name) {
    std::erase_if(members_, [&](const Item& item) { return item.name == name; });
    return *this;
  }

  [[nodiscard]] archive::CapturedMembers build() const {
    archive::CapturedMembers store;
    for (const auto& item : members_)
      store.add(item.name, item.member, item.member.link_target.empty() ? std::optional(item.content) : std::nullopt);
    store.finish();
    return store;
  }

 private:
  struct Item {
    std::string name;
    archive::Member member;
    std::string content;
  };
  std::vector<Item> members_;
};

inline Json config_json(const std::vector<std::string>& layer_contents, const std::string& architecture = "amd64") {
  Json diff_ids = Json::array();
  for (const auto& content : layer_contents) diff_ids.push_back(digest_of(content));
  return {{"os", "linux"},
          {"architecture", architecture},
          {"config", {{"Cmd", {"/bin/app"}}}},
          {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
}

/// Stores config, layers (uncompressed) and manifest; returns the manifest's descriptor.
inline Json add_oci_image(ImageMembers& members, const std::vector<std::string>& layer_contents,
                          const std::string& architecture = "amd64") {
  Json layers = Json::array();
  for (const auto& content : layer_contents) layers.push_back(members.blob(oci_layer, content));
  const auto config = members.json_blob(oci_config, config_json(layer_contents, architecture));
  return members.json_blob(oci_manifest,
                           {{"schemaVersion", 2}, {"mediaType", oci_manifest}, {"config", config}, {"layers", layers}});
}

inline Json with_platform(Json descriptor, const std::string& os, const std::string& architecture,
                          const std::string& variant = "") {
  descriptor["platform"] = {{"os", os}, {"architecture", architecture}};
  if (!variant.empty()) descriptor["platform"]["variant"] = variant;
  return descriptor;
}

inline Json with_name(Json descriptor, const std::string& name) {
  descriptor["annotations"]["org.opencontainers.image.ref.name"] = name;
  return descriptor;
}

inline ImageMembers& add_layout(ImageMembers& members, const Json& manifests) {
  return members.json("oci-layout", {{"imageLayoutVersion", "1.0.0"}})
      .json("index.json", {{"schemaVersion", 2}, {"manifests", manifests}});
}

/// An OCI archive with one image of two layers.
inline ImageMembers simple_oci() {
  ImageMembers members;
  const auto manifest = add_oci_image(members, {"layer one", "layer two"});
  add_layout(members, Json::array({with_name(manifest, "app:1")}));
  return members;
}

/// Docker before 25: HEX.json, ID/layer.tar.
inline ImageMembers classic_docker(const std::vector<std::string>& layer_contents,
                                   const Json& tags = Json::array({"app:1"})) {
  ImageMembers members;
  Json layers = Json::array();
  for (const auto& content : layer_contents) {
    const auto id = hex_of("id of " + content);
    members.file(id + "/VERSION", "1.0").file(id + "/json", "{}").file(id + "/layer.tar", content);
    layers.push_back(id + "/layer.tar");
  }
  const auto config = config_json(layer_contents).dump();
  members.file(hex_of(config) + ".json", config);
  return members.json("manifest.json",
                      Json::array({{{"Config", hex_of(config) + ".json"}, {"RepoTags", tags}, {"Layers", layers}}}));
}

inline Selection for_host(const std::string& architecture = "amd64") {
  Selection selection;
  selection.host_platform = {.os = "linux", .architecture = architecture, .variant = ""};
  return selection;
}

inline Result<ImageInfo> resolve_members(const ImageMembers& members, const Selection& selection = for_host(),
                                         const Limits& limits = {}) {
  const auto store = members.build();
  return resolve(store, Container::archive, selection, limits);
}

inline ImageInfo resolved(const ImageMembers& members, const Selection& selection = for_host()) {
  auto info = resolve_members(members, selection);
  INFO((info ? "" : info.error().message));
  REQUIRE(info.has_value());
  return std::move(*info);
}

inline std::string refusal(const ImageMembers& members, const Selection& selection = for_host(),
                           const Limits& limits = {}) {
  const auto info = resolve_members(members, selection, limits);
  REQUIRE_FALSE(info.has_value());
  return info.error().message;
}

inline std::vector<std::string> layer_members(const ImageInfo& info) {
  std::vector<std::string> names;
  for (const auto& layer : info.layers) names.push_back(layer.member);
  return names;
}

inline std::vector<std::string> note_codes(const ImageInfo& info) {
  std::vector<std::string> codes;
  for (const auto& note : info.notes) codes.push_back(note.code);
  return codes;
}

}  // namespace imgslim::image::test
