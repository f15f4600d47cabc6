#include "image/daemon.h"

#include <algorithm>
#include <array>

namespace imgslim::image {
namespace {

struct Prefix {
  std::string_view text;
  Holder holder;
};

constexpr std::array prefixes{Prefix{"docker://", Holder::docker}, Prefix{"podman://", Holder::podman},
                              Prefix{"registry://", Holder::registry}};

/// Stands for the named pipe's path: skopeo opens the output of oci-archive: by its real path, which a pipe on
/// /dev/stdout has not.
constexpr auto output_word = "@OUTPUT@";

bool is_blank_or_control(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

Status check_name(const HeldImage& image) {
  if (image.name.empty()) return usage_error("an image's name is missing after \"//\"");
  if (image.name.front() == '-') return usage_error("not an image's name: \"" + image.name + "\" starts with \"-\"");
  if (std::any_of(image.name.begin(), image.name.end(), is_blank_or_control))
    return usage_error("not an image's name: \"" + image.name + "\" holds a blank or a control character");
  return Done{};
}

ChildCommand copy_from_registry(const std::string& name, const FetchOptions& options) {
  std::vector<std::string> argv{"skopeo"};
  if (options.platform) {
    argv.insert(argv.end(), {"--override-os", options.platform->os, "--override-arch", options.platform->architecture});
    if (!options.platform->variant.empty()) argv.insert(argv.end(), {"--override-variant", options.platform->variant});
  }
  argv.insert(argv.end(), {"copy", "--quiet"});
  if (!options.verify_tls) argv.emplace_back("--src-tls-verify=false");
  const bool by_digest = name.find('@') != std::string::npos;  // not allowed as a name inside an archive
  argv.push_back("docker://" + name);
  argv.push_back(std::string("oci-archive:") + output_word + (by_digest ? "" : ":" + name));
  return {.argv = std::move(argv), .named_pipe = output_word, .temporary_directory = options.temporary_directory};
}

}  // namespace

Result<std::optional<HeldImage>> parse_held_image(std::string_view input) {
  for (const auto& prefix : prefixes) {
    if (!input.starts_with(prefix.text)) continue;
    HeldImage image{prefix.holder, std::string(input.substr(prefix.text.size()))};
    IMGSLIM_TRY_DONE(check_name(image));
    return std::optional(std::move(image));
  }
  const auto separator = input.find("://");
  if (separator != std::string_view::npos && input.find('/') == separator + 1)
    return usage_error("no such source: \"" + std::string(input.substr(0, separator)) +
                       "://\" (docker://NAME, podman://NAME and registry://NAME are known)");
  return std::optional<HeldImage>();
}

ChildCommand fetch_command(const HeldImage& image, const FetchOptions& options) {
  if (image.holder == Holder::docker) return {.argv = {"docker", "save", image.name}, .named_pipe = ""};
  if (image.holder == Holder::podman) return {.argv = {"podman", "save", "--quiet", image.name}, .named_pipe = ""};
  return copy_from_registry(image.name, options);
}

Result<std::unique_ptr<ChildSource>> fetch(const HeldImage& image, const FetchOptions& options) {
  return ChildSource::start(fetch_command(image, options));
}

}  // namespace imgslim::image
