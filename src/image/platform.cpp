// Platforms as containerd's platforms package understands them (github.com/containerd/platforms, database.go and
// compare.go): several spellings of one architecture, a default variant per architecture, and CPUs that run lower
// variants.
#include "image/platform.h"

#include <algorithm>
#include <array>

namespace imgslim::image {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

struct Alias {
  std::string_view word, architecture, variant;
};

constexpr std::array aliases{
    Alias{"x86_64", "amd64", ""}, Alias{"x86-64", "amd64", ""}, Alias{"aarch64", "arm64", ""},
    Alias{"armhf", "arm", "v7"},  Alias{"armel", "arm", "v6"},  Alias{"i386", "386", ""},
    Alias{"i686", "386", ""},
};

void resolve_alias(Platform& platform) {
  const auto found =
      std::find_if(aliases.begin(), aliases.end(), [&](const Alias& a) { return a.word == platform.architecture; });
  if (found == aliases.end()) return;
  platform.architecture = found->architecture;
  if (!found->variant.empty()) platform.variant = found->variant;
}

bool is_architecture(std::string_view word) {
  static constexpr std::array<std::string_view, 14> known{"amd64", "arm64",  "arm",     "386",    "ppc64le",
                                                          "ppc64", "s390x",  "riscv64", "mips64", "mips64le",
                                                          "mips",  "mipsle", "loong64", "wasm"};
  return std::find(known.begin(), known.end(), word) != known.end();
}

/// "v7" is 7; 0 for anything else. An unstated variant of arm64 and amd64 is their first.
int variant_level(const Platform& platform) {
  const auto& text = platform.variant;
  if (text.empty()) return platform.architecture == "arm64" ? 8 : 1;
  if (text.size() != 2 || text[0] != 'v' || text[1] < '0' || text[1] > '9') return 0;
  return text[1] - '0';
}

bool has_ordered_variants(const Platform& platform) {
  return platform.architecture == "arm" || platform.architecture == "arm64" || platform.architecture == "amd64";
}

}  // namespace

std::string Platform::text() const {
  if (os.empty() && architecture.empty()) return "";
  auto joined = (os.empty() ? "unknown" : os) + "/" + (architecture.empty() ? "unknown" : architecture);
  return variant.empty() ? joined : joined + "/" + variant;
}

Platform normalize(Platform platform) {
  platform.os = lower(platform.os);
  platform.architecture = lower(platform.architecture);
  platform.variant = lower(platform.variant);
  if (platform.os == "macos") platform.os = "darwin";
  resolve_alias(platform);
  if (platform.architecture == "arm64" && (platform.variant == "v8" || platform.variant == "8"))
    platform.variant.clear();
  if (platform.architecture == "amd64" && platform.variant == "v1") platform.variant.clear();
  if (platform.architecture == "arm" && platform.variant.empty()) platform.variant = "v7";
  if (platform.architecture == "arm" && platform.variant.size() == 1) platform.variant.insert(0, "v");
  return platform;
}

Result<Platform> parse_platform(std::string_view text) {
  Platform platform;
  std::array<std::string*, 3> parts{&platform.os, &platform.architecture, &platform.variant};
  std::size_t count = 0;
  auto rest = text;
  while (true) {
    const auto slash = rest.find('/');
    const auto part = rest.substr(0, slash);
    if (count == parts.size() || part.empty())
      return usage_error("a platform is OS/ARCHITECTURE[/VARIANT], such as linux/arm64/v8, not \"" + std::string(text) +
                         "\"");
    *parts[count++] = part;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (count == 1) platform = {.os = "linux", .architecture = platform.os, .variant = ""};
  platform = normalize(platform);
  if (count == 1 && !is_architecture(platform.architecture))
    return usage_error("unknown architecture \"" + std::string(text) + "\"; a platform is OS/ARCHITECTURE[/VARIANT]");
  return platform;
}

int match_quality(const Platform& offered, const Platform& wanted) {
  const auto have = normalize(offered);
  const auto want = normalize(wanted);
  if (have.os != want.os || have.architecture != want.architecture) return 0;
  if (have.variant == want.variant) return 100;
  if (!has_ordered_variants(have)) return have.variant.empty() ? 1 : 0;
  const auto have_level = variant_level(have);
  const auto want_level = variant_level(want);
  return have_level != 0 && have_level < want_level ? have_level : 0;
}

bool is_unknown(const Platform& platform) {
  const auto unstated = [](const std::string& text) { return text.empty() || text == "unknown"; };
  return unstated(platform.os) && unstated(platform.architecture);
}

}  // namespace imgslim::image
