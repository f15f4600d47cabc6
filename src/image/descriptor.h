#pragma once

#include <map>
#include <optional>
#include <string>

#include "image/image_info.h"
#include "json/parse.h"

namespace imgslim::image {

/// What an index or a manifest says of a blob, with the parts that only choosing an image needs.
struct BlobDescriptor {
  Descriptor descriptor;      ///< digest empty when `stated_digest` is none by the grammar of descriptor.md
  std::string stated_digest;  ///< as written, at most 100 bytes of it
  std::string artifact_type;
  std::optional<Platform> platform;
  std::string data;  ///< the blob itself, when embedded (descriptor.md, "data")
};

/// Reads a descriptor; wrong types read as absent.
[[nodiscard]] BlobDescriptor parse_descriptor(const json::Value& value);

/// The string members of an object of annotations or labels.
[[nodiscard]] std::map<std::string, std::string> parse_string_map(const json::Value& value);

/// The `platform` of an index entry, or of a config, whose members have the same names.
[[nodiscard]] Platform parse_platform_members(const json::Value& object);

}  // namespace imgslim::image
