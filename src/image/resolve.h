#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "archive/member_store.h"
#include "core/limits.h"
#include "image/image_info.h"

namespace imgslim::image {

enum class Strictness { warn, strict };
enum class MissingBlobs { refuse, allow };

/// Which image of an archive, and which platform of an index, the user wants.
struct Selection {
  std::string reference;             ///< tag, index of the image ("2") or digest; "" = the only one
  std::optional<Platform> platform;  ///< --platform; else host_platform, else the only one
  Platform host_platform;            ///< of this machine; app fills it in
  MissingBlobs missing_blobs = MissingBlobs::refuse;
  Strictness strictness = Strictness::warn;
};

/// True when the members look like an image archive (manifest.json, index.json or the v1 layout) rather than a root
/// file system.
[[nodiscard]] bool is_image(const archive::MemberStore& members);

/// Reads the manifests and picks one image. `container` tells an archive from a directory for SourceKind.
/// Errors: input with the choices listed (several images: --ref; several platforms: --platform), and every named
/// refusal (encrypted layers, nydus, EROFS, docker v1, cosign or helm artifacts, BuildKit cache …).
enum class Container { archive, directory };
Result<ImageInfo> resolve(const archive::MemberStore& members, Container container, const Selection& selection,
                          const Limits& limits);

/// One line per image and platform: for --all-platforms and the "choose one" errors.
struct Choice {
  std::string reference;
  Platform platform;
  Digest manifest_digest;
  bool complete = true;  ///< all of its blobs are in the archive
};
Result<std::vector<Choice>> list_images(const archive::MemberStore& members, const Limits& limits);

/// Names what the first bytes of a file that is no tar are (SIF, squashfs, zip, ELF, JSON …) for the refusal; "" when
/// unknown.
[[nodiscard]] std::string describe_foreign_format(std::span<const std::byte> head);

/// True when a tar's first member names (clean, in order) are those of an image archive; decides for a pipe, where the
/// manifest comes last.
[[nodiscard]] bool looks_like_image_archive(const std::vector<std::string>& first_names);

}  // namespace imgslim::image
