#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "elf/dynamic_section.h"

namespace imgslim::elf {

/// Of longer names the begin is looked at: no name that matters is as long.
inline constexpr std::uint64_t longest_symbol_bytes = 64;

/// C++ has names of thousands of bytes; two that agree in these count as one.
inline constexpr std::uint64_t most_hashed_bytes = 4096;

/// The dynamic symbol table.
class SymbolTable {
 public:
  [[nodiscard]] static SymbolTable read(const LoadedImage& image, const DynamicSection& section, std::uint64_t count);

  struct Symbol {
    std::string_view name;  ///< cut at longest_symbol_bytes
    std::uint64_t size_bytes;
    bool defined;
  };
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Symbol at(std::uint64_t index) const;
  [[nodiscard]] std::string_view whole_name(std::uint64_t index) const;  ///< up to most_hashed_bytes of it
  [[nodiscard]] AddressRange place() const { return place_; }

 private:
  explicit SymbolTable(const Format& format) : format_(format) {}

  Format format_;
  AddressRange place_;
  ByteView table_, strings_;
  std::uint64_t count_ = 0;
};

/// How many symbols the hash tables tell of; nothing when they do not tell where the table ends.
[[nodiscard]] std::optional<std::uint64_t> count_symbols_by_hash(const LoadedImage& image,
                                                                 const DynamicSection& section);

/// A symbol's name as a number: the hash of DT_GNU_HASH without its lowest bit, which that table does not keep.
[[nodiscard]] std::uint32_t symbol_hash(std::string_view name);

/// The names of the table's symbols as numbers, in its order.
struct SymbolHashes {
  std::vector<std::uint32_t> wanted;   ///< not defined here
  std::vector<std::uint32_t> offered;  ///< defined here, for others to find
};
[[nodiscard]] SymbolHashes read_symbol_hashes(const LoadedImage& image, const DynamicSection& section,
                                              const SymbolTable& symbols);

/// What the names of the symbols tell.
struct SymbolFacts {
  std::uint32_t imports = 0;         ///< bits of Import
  bool is_python_extension = false;  ///< defines PyInit_NAME
  bool requires_libraries = false;   ///< wants rb_require: an extension of Ruby that loads libraries
};
[[nodiscard]] SymbolFacts look_at_symbols(const SymbolTable& symbols);

}  // namespace imgslim::elf
