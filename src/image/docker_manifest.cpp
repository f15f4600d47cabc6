// The manifest.json of a docker-save archive: [{"Config": path, "RepoTags": [...] or null, "Layers": [paths, base
// first]}]. Every tool that writes the format names the members its own way: Docker before 25 `HEX.json` and
// `ID/layer.tar`, Docker 25 and newer `blobs/sha256/HEX` for both (with a LayerSources map from diff_id to descriptor),
// podman `HEX.tar`, kaniko, ko, crane and jib `sha256:HEX` for the config and `HEX.tar.gz` for layers, Bazel's rules a
// leading `./`. Hence paths are looked up as written, and only names that are digests by construction are taken for
// one.
#include "image/docker_manifest.h"

#include "core/path.h"
#include "image/descriptor.h"

namespace imgslim::image {
namespace {

bool is_sha256_hex(std::string_view text) { return Digest::parse("sha256:" + std::string(text)).has_value(); }

std::map<std::string, Descriptor> parse_sources(const json::Value& object) {
  std::map<std::string, Descriptor> sources;
  if (!object.is_object()) return sources;
  for (const auto& [diff_id, value] : object.items()) sources.emplace(diff_id, parse_descriptor(value).descriptor);
  return sources;
}

DockerEntry parse_entry(const json::Value& value) {
  DockerEntry entry{.config = clean_path(json::string_member(value, "Config")).text,
                    .tags = json::strings_member(value, "RepoTags"),
                    .layers = json::strings_member(value, "Layers"),
                    .sources = parse_sources(json::member(value, "LayerSources"))};
  for (auto& layer : entry.layers) layer = clean_path(layer).text;
  return entry;
}

}  // namespace

Result<std::vector<DockerEntry>> parse_docker_manifest(std::string_view text, const Limits& limits) {
  IMGSLIM_TRY(const auto root, json::parse(text, limits));
  if (!root.is_array()) return input_error("expected an array of images, as docker save writes it");
  std::vector<DockerEntry> entries;
  for (const auto& value : root) {
    entries.push_back(parse_entry(value));
    if (entries.back().config.empty())
      return input_error("image " + std::to_string(entries.size()) + " names no \"Config\"");
    if (entries.back().layers.size() > limits.layers)
      return limit_hit(limits, &Limits::layers,
                       "image " + std::to_string(entries.size()) + " has " +
                           std::to_string(entries.back().layers.size()) + " layers");
  }
  return entries;
}

Digest digest_in_name(std::string_view member) {
  if (member.starts_with("blobs/")) {
    std::string text(member.substr(6));
    if (const auto slash = text.find('/'); slash != std::string::npos) text[slash] = ':';
    auto digest = Digest::parse(text);
    return digest ? std::move(digest).value() : Digest();
  }
  if (member.starts_with("sha256:")) member.remove_prefix(7);
  if (member.ends_with(".json")) member.remove_suffix(5);
  return is_sha256_hex(member) ? Digest::sha256_from_hex(member) : Digest();
}

}  // namespace imgslim::image
