// A note (gABI chapter 5) has the sizes of its owner's name and of its description, a type, the name and the
// description. Name and description end at multiples of the segment's alignment: 8 where p_align is 8, else 4.
// NT_GNU_BUILD_ID names the build. The dlopen metadata of systemd and others (uapi-group specifications,
// elf_dlopen_metadata 1.0) is a note of owner "FDO" whose description is a JSON array of objects with the members
// soname (alternatives, best first), feature, description and priority.
#include "elf/segment_notes.h"

#include <algorithm>

#include "elf/dynamic_section.h"
#include "json/parse.h"

namespace imgslim::elf {
namespace {

constexpr std::uint32_t type_build_id = 3, type_dlopen = 0x407c0c0a;
constexpr std::uint64_t note_header_bytes = 12;
constexpr std::uint64_t most_notes_bytes = 1u << 20;
constexpr std::uint64_t most_description_bytes = 64u << 10;
constexpr std::uint64_t longest_build_id_bytes = 64;
constexpr std::size_t most_objects = 1024;  // of all dlopen notes of a file

std::string hexadecimal(ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes.bytes()) {
    const auto value = std::to_integer<unsigned>(byte);
    text += {digits[value >> 4], digits[value & 0xf]};
  }
  return text;
}

DlopenPriority priority_of(const std::string& name) {
  if (name == "required") return DlopenPriority::required;
  if (name == "suggested") return DlopenPriority::suggested;
  return DlopenPriority::recommended;
}

/// Of the owner "GNU" or "FDO", with its NUL.
void add_note(std::string_view owner, std::uint32_t type, ByteView description, SegmentNotes& notes) {
  using namespace std::string_view_literals;
  if (type == type_build_id && owner == "GNU\0"sv && description.size() <= longest_build_id_bytes)
    notes.build_id = hexadecimal(description);
  if (type != type_dlopen || owner != "FDO\0"sv || description.size() > most_description_bytes) return;
  for (auto& object : parse_dlopen_note(description.text()))
    if (notes.dlopen_notes.size() < most_objects) notes.dlopen_notes.push_back(std::move(object));
}

void add_segment(const Format& format, ByteView bytes, std::uint64_t alignment, SegmentNotes& notes) {
  const auto aligned = [&](std::uint64_t value) { return (value + alignment - 1) / alignment * alignment; };
  for (std::uint64_t at = 0; bytes.holds(at, note_header_bytes);) {
    const std::uint64_t name_bytes = format.word(bytes, at), description_bytes = format.word(bytes, at + 4);
    const auto description_at = aligned(note_header_bytes + name_bytes);
    const auto name = bytes.part(at + note_header_bytes, name_bytes);
    const auto description = bytes.part(at + description_at, description_bytes);
    if (!name || !description) return;
    add_note(name->text(), format.word(bytes, at + 8), *description, notes);
    at += aligned(description_at + description_bytes);
  }
}

}  // namespace

std::vector<DlopenNote> parse_dlopen_note(std::string_view description) {
  while (!description.empty() && description.back() == '\0') description.remove_suffix(1);
  Limits limits;
  limits.json_depth = 8;
  std::vector<DlopenNote> objects;
  const auto array = json::parse(description, limits);
  if (!array || !array->is_array()) return objects;
  for (const auto& item : *array) {
    DlopenNote object{json::strings_member(item, "soname"), json::string_member(item, "feature"),
                      priority_of(json::string_member(item, "priority"))};
    std::erase_if(object.sonames, [](const std::string& name) {
      return name.empty() || name.size() > longest_name_bytes || name.find('\0') != std::string::npos;
    });
    if (!object.sonames.empty()) objects.push_back(std::move(object));
  }
  return objects;
}

SegmentNotes read_segment_notes(const Format& format, const SparseImage& file,
                                const std::vector<ProgramHeader>& headers) {
  SegmentNotes notes;
  std::uint64_t left = most_notes_bytes;
  for (const auto& header : headers) {
    if (header.type != ProgramType::note) continue;
    const auto bytes = file.up_to(header.offset, std::min(header.file_bytes, left));
    left -= bytes.size();
    add_segment(format, bytes, header.alignment == 8 ? 8 : 4, notes);
  }
  return notes;
}

}  // namespace imgslim::elf
