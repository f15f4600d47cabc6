#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/limits.h"
#include "layer/layer.h"

namespace imgslim::layer {

/// What a file's content told while it passed by once.
struct ContentFacts {
  ContentHash hash;
  std::optional<std::string> text;               ///< package database text, whole
  std::optional<packages::PackageSet> packages;  ///< rpm database, jar, Go binary
  std::optional<ElfFile> elf;                    ///< entry is left 0
  std::optional<std::string> runtime_text;       ///< whole
  std::optional<imports::SourceFacts> source;
  std::optional<RuntimeStrings> runtime_strings;
  std::optional<BytecodeHeader> bytecode;
  std::optional<JavaArchive> java_archive;
  std::optional<GoProgram> go_program;  ///< entry is left 0
  std::optional<SecretKind> secret;
  std::string note;  ///< why something was not read, or ""
};

/// What is left of the bounds on what a layer keeps.
struct CaptureBudget {
  std::uint64_t database_text_bytes = 0;
  std::uint64_t runtime_text_bytes = 0;
};

/// Follows one regular file through the layer pass: hashes it and hands it to what its path and first bytes call for.
/// Memory is bounded by Limits, whatever the file claims of its size. How the file is cut into blocks changes nothing.
class ContentProbe {
 public:
  /// `path` is clean; `logical_bytes` is what the header states.
  ContentProbe(std::string_view path, std::uint64_t logical_bytes, bool executable, const Limits& limits,
               CaptureBudget budget);
  ~ContentProbe();

  [[nodiscard]] packages::DatabaseKind kind() const;
  /// Content in ascending order; holes of sparse files are left out.
  void feed(std::uint64_t offset, std::span<const std::byte> bytes);
  [[nodiscard]] ContentFacts finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgslim::layer
