#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::layer {

/// What the binaries of a language runtime tell in words.
struct RuntimeStrings {
  std::string node_version;           ///< "20.20.2" of node and libnode.so, "" when it was not found
  std::vector<std::string> vm_words;  ///< of libjvm.so: letters and digits that end a C string, sorted, each once
  friend bool operator==(const RuntimeStrings&, const RuntimeStrings&) = default;
};

/// What they take in memory.
[[nodiscard]] std::uint64_t kept_bytes(const RuntimeStrings& strings);

/// Looks for them while a file passes by. Feed the file from its first byte on, in order and without gaps. Keeps at
/// most 1 MiB.
class RuntimeStringsScanner {
 public:
  /// A scanner for a file that has such words, by its name.
  [[nodiscard]] static std::optional<RuntimeStringsScanner> for_file(std::string_view base_name);

  void feed(std::span<const std::byte> bytes);
  [[nodiscard]] RuntimeStrings finish() &&;

 private:
  enum class Kind : std::uint8_t { node, jvm };
  explicit RuntimeStringsScanner(Kind kind) : kind_(kind) {}

  void find_version(std::string_view text);
  void gather_words(std::string_view text);
  void end_word(std::string_view text);

  Kind kind_;
  std::string tail_;  // of the bytes before, for node
  std::string word_;  // that the last block ended with, for the JVM
  std::uint64_t kept_bytes_ = 0;
  RuntimeStrings found_;
};

/// The first bytes of a compiled Python module (Lib/importlib/_bootstrap_external.py, PEP 552).
struct BytecodeHeader {
  std::uint32_t magic = 0;         ///< of the interpreter's version, with "\r\n" in its upper half
  std::uint32_t flags = 0;         ///< 0: valid for a source of that time and size; 1, 3: for a source of that hash
  std::uint32_t source_mtime = 0;  ///< seconds, cut to 32 bits
  std::uint32_t source_bytes = 0;
  friend bool operator==(const BytecodeHeader&, const BytecodeHeader&) = default;
};

[[nodiscard]] std::optional<BytecodeHeader> read_bytecode_header(std::span<const std::byte> first_bytes);

}  // namespace imgslim::layer
