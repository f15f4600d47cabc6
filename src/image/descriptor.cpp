#include "image/descriptor.h"

#include "core/base64.h"

namespace imgslim::image {

std::map<std::string, std::string> parse_string_map(const json::Value& value) {
  std::map<std::string, std::string> strings;
  if (!value.is_object()) return strings;
  for (const auto& [key, text] : value.items())
    if (text.is_string()) strings.emplace(key, text.get<std::string>());
  return strings;
}

Platform parse_platform_members(const json::Value& object) {
  return {.os = json::string_member(object, "os"),
          .architecture = json::string_member(object, "architecture"),
          .variant = json::string_member(object, "variant")};
}

BlobDescriptor parse_descriptor(const json::Value& value) {
  BlobDescriptor blob;
  const auto digest = json::string_member(value, "digest");
  blob.stated_digest = digest.substr(0, 100);
  if (auto parsed = Digest::parse(digest)) blob.descriptor.digest = std::move(parsed).value();
  blob.descriptor.media_type = json::string_member(value, "mediaType");
  blob.descriptor.size_bytes = json::unsigned_member(value, "size").value_or(0);
  blob.descriptor.annotations = parse_string_map(json::member(value, "annotations"));
  blob.artifact_type = json::string_member(value, "artifactType");
  if (const auto& platform = json::member(value, "platform"); platform.is_object())
    blob.platform = parse_platform_members(platform);
  blob.data = decode_base64(json::string_member(value, "data")).value_or("");
  return blob;
}

}  // namespace imgslim::image
