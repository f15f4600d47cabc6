#include "linker/cache.h"

#include <algorithm>

// Three layouts are in use (glibc, sysdeps/generic/dl-cache.h). The old one starts with "ld.so-1.7.0", a count, and
// entries of 12 bytes {flags, name, path}; names and paths are offsets into the strings behind the table. The new one
// starts with "glibc-ld.so.cache1.1", and has entries of 24 bytes that add an OS version and hardware capabilities; its
// offsets count from its own header. The combined layout is an old cache that is followed, aligned, by a new one:
// loaders since 2.2 use the second. Since 2.33 a new cache may point to extensions: a list of sections, one of which
// (tag 1) holds the names of glibc-hwcaps subdirectories that entries refer to by number.
//
// The file belongs to the image, so its counts and offsets are claims. An entry with a string out of bounds is left
// out, as the loader does; a count that the file cannot hold makes the whole cache void.
namespace imgslim::linker {
namespace {

constexpr std::string_view old_magic = "ld.so-1.7.0";
constexpr std::string_view new_magic = "glibc-ld.so.cache1.1";
constexpr std::uint64_t old_header_bytes = 16, old_entry_bytes = 12;
constexpr std::uint64_t new_header_bytes = 48, new_entry_bytes = 24;
constexpr std::uint32_t extension_magic = 0xeaa42174;  // (uint32_t) -358342284
constexpr std::uint32_t subdirectories_tag = 1;
constexpr std::uint64_t named_hwcap = 1u << 30;  // in the upper half, whose low 10 bits are an ISA level
constexpr std::uint64_t largest_name_bytes = 255, largest_path_bytes = 4095;

/// A NUL-terminated string of at most `largest` bytes. The bound keeps work linear when no string ends.
std::optional<std::string_view> bounded_string(ByteView bytes, std::uint64_t offset, std::uint64_t largest) {
  const auto rest = bytes.from(offset).text().substr(0, static_cast<std::size_t>(largest) + 1);
  const auto end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(0, end);
}

bool starts_with_at(ByteView file, std::uint64_t offset, std::string_view magic) {
  const auto part = file.part(offset, magic.size());
  return part && part->text() == magic;
}

/// One entry, its first three numbers being common to both layouts. Nothing when a string is out of bounds.
std::optional<CacheEntry> read_entry(ByteView table, std::uint64_t offset, ByteView strings, ByteOrder order) {
  const auto flags = table.number<std::uint32_t>(offset, order);
  const auto name = table.number<std::uint32_t>(offset + 4, order);
  const auto path = table.number<std::uint32_t>(offset + 8, order);
  if (!flags || !name || !path) return std::nullopt;
  const auto name_text = bounded_string(strings, *name, largest_name_bytes);
  const auto path_text = bounded_string(strings, *path, largest_path_bytes);
  if (!name_text || !path_text) return std::nullopt;
  return CacheEntry{*name_text, *path_text, *flags, 0, {}};
}

/// Names of glibc-hwcaps subdirectories, in the order that entries count them by.
std::vector<std::string_view> read_subdirectories(ByteView file, std::uint64_t extension, ByteOrder order) {
  std::vector<std::string_view> names;
  if (extension == 0 || file.number<std::uint32_t>(extension, order) != extension_magic) return names;
  const auto sections = file.number<std::uint32_t>(extension + 4, order).value_or(0);
  if (!file.holds(extension + 8, std::uint64_t{sections} * 16)) return names;
  for (std::uint32_t i = 0; i < sections; ++i) {
    const auto section = extension + 8 + std::uint64_t{i} * 16;
    if (file.number<std::uint32_t>(section, order) != subdirectories_tag) continue;
    const auto offset = *file.number<std::uint32_t>(section + 8, order);
    const auto size = *file.number<std::uint32_t>(section + 12, order);
    if (!file.holds(offset, size)) return names;
    for (std::uint64_t place = 0; place + 4 <= size; place += 4) {
      const auto string = *file.number<std::uint32_t>(offset + place, order);
      names.push_back(bounded_string(file, string, largest_name_bytes).value_or(std::string_view()));
    }
    return names;  // a second section would only repeat the first, once for each claim of a hostile list
  }
  return names;
}

/// The byte order that a new header states (0 where ldconfig did not say), nothing when the loader refuses it.
std::optional<ByteOrder> stated_order(ByteView cache, ByteOrder own) {
  switch (cache.number<std::uint8_t>(28, own).value_or(0) & 3) {
    case 0:
      return own;
    case 2:
      return ByteOrder::little;
    case 3:
      return ByteOrder::big;
    default:
      return std::nullopt;
  }
}

/// A new cache at `base` of the file.
std::optional<std::vector<CacheEntry>> read_new(ByteView file, std::uint64_t base, ByteOrder own) {
  const auto cache = file.from(base);
  if (cache.size() <= new_header_bytes) return std::nullopt;
  const auto order = stated_order(cache, own);
  if (order != own) return std::nullopt;
  const auto count = *cache.number<std::uint32_t>(20, own);
  if ((cache.size() - new_header_bytes) / new_entry_bytes < count) return std::nullopt;
  const auto names = read_subdirectories(file, *cache.number<std::uint32_t>(32, own), own);
  std::vector<CacheEntry> entries;
  entries.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto offset = new_header_bytes + i * new_entry_bytes;
    auto entry = read_entry(cache, offset, cache, own);
    if (!entry) continue;
    const auto hwcap = *cache.number<std::uint64_t>(offset + 16, own);
    if ((hwcap >> 32 & ~std::uint64_t{0x3ff}) == named_hwcap) {
      const auto index = hwcap & UINT32_MAX;
      if (index >= names.size() || names[index].empty()) continue;
      entry->subdirectory = names[index];
    } else {
      entry->hwcap = hwcap;
    }
    entries.push_back(*entry);
  }
  return entries;
}

std::optional<std::vector<CacheEntry>> read_old(ByteView file, ByteOrder order) {
  if (file.size() <= old_header_bytes) return std::nullopt;
  const auto count = *file.number<std::uint32_t>(12, order);
  if ((file.size() - old_header_bytes) / old_entry_bytes < count) return std::nullopt;
  const auto end = old_header_bytes + std::uint64_t{count} * old_entry_bytes;
  // Aligned as the struct is on the platform: to 8 bytes, on i386 to 4.
  for (const std::uint64_t base : {(end + 7) & ~std::uint64_t{7}, end})
    if (starts_with_at(file, base, new_magic)) return read_new(file, base, order);
  std::vector<CacheEntry> entries;
  entries.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (auto entry = read_entry(file, old_header_bytes + i * old_entry_bytes, file.from(end), order))
      entries.push_back(*entry);
  }
  return entries;
}

}  // namespace

Cache::Cache(std::vector<CacheEntry> entries) : entries_(std::move(entries)) {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const CacheEntry& a, const CacheEntry& b) { return a.name < b.name; });
}

std::optional<Cache> Cache::read(std::string_view bytes, ByteOrder order) {
  const ByteView file(bytes);
  std::optional<std::vector<CacheEntry>> entries;
  if (starts_with_at(file, 0, new_magic)) entries = read_new(file, 0, order);
  if (starts_with_at(file, 0, old_magic)) entries = read_old(file, order);
  if (!entries) return std::nullopt;
  return Cache(std::move(*entries));
}

const CacheEntry* Cache::find(std::string_view name, const CacheWish& wish) const {
  const auto by_name = [](const CacheEntry& entry, std::string_view wanted) { return entry.name < wanted; };
  const CacheEntry* best = nullptr;
  auto best_rank = wish.subdirectories.size();
  auto entry = std::lower_bound(entries_.begin(), entries_.end(), name, by_name);
  for (; entry != entries_.end() && entry->name == name; ++entry) {
    if (entry->flags != wish.flags) continue;
    if (entry->subdirectory.empty()) {
      // ldconfig puts the entries of subdirectories first; the loader stops looking for a better one here.
      if (best != nullptr) return best;
      if ((entry->hwcap & ~wish.hwcap) == 0) return &*entry;
      continue;
    }
    const auto place = std::find(wish.subdirectories.begin(), wish.subdirectories.end(), entry->subdirectory);
    const auto rank = static_cast<std::size_t>(place - wish.subdirectories.begin());
    if (rank < best_rank) best = &*entry, best_rank = rank;
  }
  return best;
}

}  // namespace imgslim::linker
