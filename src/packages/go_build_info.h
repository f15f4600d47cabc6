#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "packages/package.h"

namespace imgslim::packages {

struct GoModule {
  std::string path, version;  ///< version is "(devel)" or "" when the build did not know it
  friend bool operator==(const GoModule&, const GoModule&) = default;
};

/// How the program was built, as far as `go build` writes it down (since Go 1.18).
struct GoSettings {
  bool known = false;        ///< settings are there
  bool trimpath = false;     ///< -trimpath
  bool uses_cgo = false;     ///< CGO_ENABLED=1
  std::string linker_flags;  ///< -ldflags; "" when there were none, and when -trimpath keeps them secret
  friend bool operator==(const GoSettings&, const GoSettings&) = default;
};

/// What the Go linker wrote about the build into a binary.
struct GoBuildInfo {
  std::string go_version;              ///< "go1.22.1"
  std::string main_path;               ///< import path of the main package
  GoModule main_module;                ///< empty for programs built outside a module
  std::vector<GoModule> dependencies;  ///< replacements already applied
  GoSettings settings;
};

/// Finds the build info while a binary passes by once. Feed the file from its first byte on, in order and without
/// gaps: alignment in the file is part of the mark. Keeps at most the two strings of the blob, 1 MiB together.
class GoBuildInfoScanner {
 public:
  void feed(std::span<const std::byte> bytes);
  /// Nothing for files without the blob, and for binaries of Go before 1.18, whose blob only points elsewhere.
  [[nodiscard]] std::optional<GoBuildInfo> finish() const;

 private:
  static constexpr std::size_t block_bytes = 16;
  enum class Stage : std::uint8_t { search, version_length, version, modules_length, modules, done };

  std::span<const std::byte> search(std::span<const std::byte> bytes);
  std::span<const std::byte> collect(std::span<const std::byte> bytes);
  static bool is_mark(const std::byte* block);
  void advance();
  void take_length(std::uint64_t longest, Stage next);
  void reject();

  Stage stage_ = Stage::search;
  std::array<std::byte, block_bytes> pending_{};  ///< the first bytes of a block that the last chunk cut
  std::size_t pending_size_ = 0;
  std::string blob_;        ///< what follows the block with the mark, while collecting
  std::size_t wanted_ = 0;  ///< size of blob_ at which the stage is complete
  std::size_t begin_ = 0;   ///< where the stage's string or length begins in blob_
  std::string version_, modules_;
};

/// The binary at `path` (clean) as a package that owns this one file.
[[nodiscard]] Package go_package(const GoBuildInfo& info, std::string_view path);

}  // namespace imgslim::packages
