#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "image/child_source.h"
#include "image/image_info.h"

namespace imgslim::image {

/// Who holds an image that is no file.
enum class Holder { docker, podman, registry };

/// "docker://NAME", "podman://NAME" or "registry://NAME", taken apart.
struct HeldImage {
  Holder holder = Holder::docker;
  std::string name;
};

/// Nothing when `input` has no prefix of that form. Usage error for another prefix, and for a name that is empty,
/// starts with "-" (it would be taken for an option) or holds blanks or control characters.
Result<std::optional<HeldImage>> parse_held_image(std::string_view input);

struct FetchOptions {
  std::optional<Platform> platform;  ///< registries only; else skopeo takes this machine's
  bool verify_tls = true;            ///< registries only
  std::string temporary_directory = "/tmp";
};

/// The command that writes the image: `docker save`, `podman save` or `skopeo copy` to an OCI archive, which keeps the
/// registry's compressed layers.
[[nodiscard]] ChildCommand fetch_command(const HeldImage& image, const FetchOptions& options);

/// Runs that command; the source gives an image archive.
Result<std::unique_ptr<ChildSource>> fetch(const HeldImage& image, const FetchOptions& options);

}  // namespace imgslim::image
