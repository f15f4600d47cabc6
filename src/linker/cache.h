#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_view.h"

namespace imgslim::linker {

/// A library that ldconfig recorded. Views into the file's bytes.
struct CacheEntry {
  std::string_view name;          ///< "libc.so.6"
  std::string_view path;          ///< "/lib/x86_64-linux-gnu/libc.so.6"
  std::uint32_t flags = 0;        ///< kind and architecture, 0x0303 is x86-64
  std::uint64_t hwcap = 0;        ///< legacy hardware bits; 0 in the old format and for a named subdirectory
  std::string_view subdirectory;  ///< of glibc-hwcaps: "x86-64-v3"; "" when none
};

/// What entries a loader takes.
struct CacheWish {
  std::uint32_t flags = 0x0003;
  std::vector<std::string> subdirectories;  ///< of glibc-hwcaps, the best first
  std::uint64_t hwcap = 0;                  ///< legacy hardware bits that the loader accepts
};

/// /etc/ld.so.cache, indexed by name.
class Cache {
 public:
  /// Nothing for bytes that the loader would ignore. `order` is the loader's own; `bytes` must outlive the result.
  [[nodiscard]] static std::optional<Cache> read(std::string_view bytes, ByteOrder order);

  /// As the loader chooses: the best subdirectory, else the first entry of the name; null without one.
  [[nodiscard]] const CacheEntry* find(std::string_view name, const CacheWish& wish) const;
  /// All entries, ordered by name, those of one name as in the file.
  [[nodiscard]] const std::vector<CacheEntry>& entries() const { return entries_; }

 private:
  explicit Cache(std::vector<CacheEntry> entries);
  std::vector<CacheEntry> entries_;
};

}  // namespace imgslim::linker
