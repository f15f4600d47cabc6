// PT_DYNAMIC leads to an array of (tag, value) pairs that ends with DT_NULL. Values are addresses, sizes or offsets
// into the string table that DT_STRTAB and DT_STRSZ state. A tag that is stated twice counts as last stated, except
// DT_NEEDED, DT_AUXILIARY and DT_FILTER, which are lists.
#include "elf/dynamic_section.h"

#include <algorithm>

namespace imgslim::elf {
namespace {

constexpr std::uint64_t most_entries = 65'536;

ByteView terminated(ByteView strings) {
  const auto last = strings.text().rfind('\0');
  return last == std::string_view::npos ? ByteView() : ByteView(strings.text().substr(0, last + 1));
}

}  // namespace

std::optional<DynamicSection> DynamicSection::read(const LoadedImage& image,
                                                   const std::vector<ProgramHeader>& headers) {
  const auto header = std::find_if(headers.rbegin(), headers.rend(),
                                   [](const ProgramHeader& each) { return each.type == ProgramType::dynamic; });
  if (header == headers.rend()) return std::nullopt;
  const auto& format = image.format();
  const auto word = format.layout().word_bytes;
  const auto bytes = image.bytes_up_to(header->address, std::min(header->memory_bytes, most_entries * 2 * word));
  if (bytes.size() < 2 * word) return std::nullopt;
  DynamicSection section;
  section.place_ = {header->address, header->memory_bytes};
  for (std::uint64_t at = 0; bytes.holds(at, 2 * word); at += 2 * word) {
    const Entry entry{Tag{format.size(bytes, at)}, format.size(bytes, at + word)};
    if (entry.tag == Tag::null) break;
    section.entries_.push_back(entry);
  }
  if (const auto strings = section.range(Tag::strings, Tag::strings_bytes)) {
    section.strings_place_ = *strings;
    section.strings_ = terminated(image.bytes_up_to(strings->begin, strings->size_bytes));
  }
  return section;
}

std::optional<std::uint64_t> DynamicSection::value(Tag tag) const {
  const auto found =
      std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) { return entry.tag == tag; });
  return found == entries_.rend() ? std::nullopt : std::optional(found->value);
}

std::optional<AddressRange> DynamicSection::range(Tag begin, Tag size) const {
  const auto first = value(begin), bytes = value(size);
  return first && bytes ? std::optional(AddressRange{*first, *bytes}) : std::nullopt;
}

std::optional<std::string> DynamicSection::string(std::uint64_t offset, std::uint64_t longest) const {
  const auto rest = strings_.from(offset);
  const auto found = rest.part(0, std::min(rest.size(), longest + 1)).value_or(ByteView()).c_string(0);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

}  // namespace imgslim::elf
