// From the ELF header to facts: header ▸ program headers ▸ dynamic section ▸ names, versions, symbols, relocations,
// notes and strings, each in a file of its own. Section headers are not looked at: they may be stripped or lie.
#include "elf/read_elf.h"

#include <algorithm>

#include "elf/constant_strings.h"
#include "elf/dynamic_section.h"
#include "elf/format.h"
#include "elf/loaded_image.h"
#include "elf/relocations.h"
#include "elf/segment_notes.h"
#include "elf/symbols.h"
#include "elf/system_directories.h"
#include "elf/versions.h"

namespace imgslim::elf {
namespace {

constexpr std::uint64_t most_needed = 4096;
constexpr std::uint64_t longest_search_path_bytes = 64u << 10;

/// elf/dl-load.c, open_verify(), in its order; class and machine are for the searcher to compare.
Defect find_defect(const Format& format, ByteView header) {
  constexpr std::uint64_t version_at = 6, os_abi_at = 7, abi_version_at = 8, padding_at = 9, identity_bytes = 16;
  constexpr std::uint8_t current_version = 1, abi_sysv = 0, abi_gnu = 3, unknown_gnu_version = 4;
  const auto byte = [&](std::uint64_t at) { return header.number<std::uint8_t>(at, ByteOrder::little).value_or(0); };
  if (byte(version_at) != current_version) return Defect::bad_version;
  const auto os_abi = byte(os_abi_at), abi_version = byte(abi_version_at);
  if (os_abi != abi_sysv && os_abi != abi_gnu) return Defect::bad_abi;
  if (abi_version != 0 && (os_abi != abi_gnu || abi_version >= unknown_gnu_version)) return Defect::bad_abi;
  for (auto at = padding_at; at < identity_bytes; ++at)
    if (byte(at) != 0) return Defect::bad_abi;
  if (format.word(header, 20) != current_version) return Defect::bad_version;
  const auto type = file_type(format.half(header, 16));
  if (type != FileType::shared && type != FileType::executable) return Defect::bad_type;
  const auto& layout = format.layout();
  if (format.half(header, layout.program_count - 2) != layout.program_bytes) return Defect::bad_header_size;
  return Defect::none;
}

void read_header(const Format& format, ByteView header, ElfFacts& facts) {
  const auto& layout = format.layout();
  facts.class_bits = static_cast<unsigned>(layout.word_bytes) * 8;
  facts.order = format.order();
  facts.type = file_type(format.half(header, 16));
  facts.machine = format.half(header, 18);
  facts.os_abi = header.number<std::uint8_t>(7, format.order()).value_or(0);
  facts.abi_version = header.number<std::uint8_t>(8, format.order()).value_or(0);
  facts.processor_flags = format.word(header, layout.section_offset + layout.word_bytes);
  facts.entry_address = format.size(header, 24);
  facts.defect = find_defect(format, header);
}

/// What a file with the magic number but without a readable header is to the loader.
ElfFacts without_header(ByteView header) {
  ElfFacts facts;
  const auto file_class = header.number<std::uint8_t>(4, ByteOrder::little).value_or(0);
  const auto order = header.number<std::uint8_t>(5, ByteOrder::little).value_or(0);
  const bool known_class = file_class == 1 || file_class == 2;
  if (known_class) facts.class_bits = file_class * 32u;
  if (header.size() < 52 || (file_class == 2 && header.size() < 64))
    facts.defect = Defect::not_elf;
  else if (known_class && order != 1 && order != 2)
    facts.defect = Defect::wrong_byte_order;
  facts.machine = header.number<std::uint16_t>(18, facts.order).value_or(0);
  return facts;
}

/// UPX puts a header of its own behind the program headers of what it packs (upx, src/p_lx_elf.h, struct l_info): a
/// checksum, then "UPX!".
bool is_packed_by_upx(const SparseImage& file) {
  constexpr std::uint64_t searched_bytes = 1024;
  return file.up_to(0, searched_bytes).text().find("UPX!") != std::string_view::npos;
}

std::string read_interpreter(const SparseImage& file, const ProgramHeader& header) {
  const auto longest = longest_name_bytes + 1;
  return std::string(file.up_to(header.offset, std::min(header.file_bytes, longest)).c_string(0).value_or(""));
}

void read_segments(const LoadedImage& image, const std::vector<ProgramHeader>& headers, ElfFacts& facts) {
  facts.segments = image.segments();
  bool has_interpreter = false;
  for (const auto& header : headers) {
    if (header.type == ProgramType::relocated_read_only)
      facts.relro = AddressRange{header.address, header.memory_bytes};
    if (header.type == ProgramType::thread_local_storage)
      facts.thread_local_storage = AddressRange{header.address, header.memory_bytes};
    if (header.type != ProgramType::interpreter || has_interpreter) continue;
    // The kernel takes the first (fs/binfmt_elf.c).
    has_interpreter = true;
    facts.interpreter = read_interpreter(image.file(), header);
  }
}

/// Collects names of the dynamic string table within a bound on their sum.
class NameReader {
 public:
  explicit NameReader(const DynamicSection& section) : section_(section) {}

  [[nodiscard]] std::optional<std::string> name(std::uint64_t offset, std::uint64_t longest = longest_name_bytes) {
    auto found = section_.string(offset, std::min(longest, left_));
    if (found) left_ -= found->size();
    return found;
  }
  void add(std::uint64_t offset, std::vector<std::string>& names) {
    if (names.size() >= most_needed) return;
    auto found = name(offset);
    if (found && !found->empty()) names.push_back(std::move(*found));
  }

 private:
  const DynamicSection& section_;
  std::uint64_t left_ = most_name_bytes;
};

void read_names(const DynamicSection& section, ElfFacts& facts) {
  NameReader names(section);
  for (const auto& entry : section.entries()) {
    if (entry.tag == Tag::needed) names.add(entry.value, facts.needed);
    if (entry.tag == Tag::auxiliary) names.add(entry.value, facts.auxiliary);
    if (entry.tag == Tag::filter) names.add(entry.value, facts.filter);
    if (entry.tag == Tag::audit || entry.tag == Tag::audit_for_dependants) names.add(entry.value, facts.audit);
  }
  if (const auto soname = section.value(Tag::soname)) facts.soname = names.name(*soname).value_or("");
  if (const auto rpath = section.value(Tag::rpath))
    facts.rpath = names.name(*rpath, longest_search_path_bytes).value_or("");
  if (const auto runpath = section.value(Tag::runpath))
    facts.runpath = names.name(*runpath, longest_search_path_bytes).value_or("");
}

void read_flags(const DynamicSection& section, ElfFacts& facts) {
  constexpr std::uint64_t flag_bind_now = 8, flag_1_now = 1, flag_1_nodeflib = 0x800, flag_1_pie = 0x08000000;
  const auto flags = section.value(Tag::flags).value_or(0), flags_1 = section.value(Tag::flags_1).value_or(0);
  facts.bind_now = section.value(Tag::bind_now) || (flags & flag_bind_now) != 0 || (flags_1 & flag_1_now) != 0;
  facts.no_default_libraries = (flags_1 & flag_1_nodeflib) != 0;
  facts.position_independent_executable = (flags_1 & flag_1_pie) != 0;
}

void read_strings(const LoadedImage& image, const std::vector<AddressRange>& tables, ModuleNames module_names,
                  ElfFacts& facts) {
  auto strings = find_constant_strings(image, tables, module_names);
  facts.path_strings = std::move(strings.paths);
  facts.library_strings = std::move(strings.libraries);
  facts.module_strings = std::move(strings.modules);
  facts.strings_cut = strings.cut;
}

void read_dynamic_section(const LoadedImage& image, const DynamicSection& section, ElfFacts& facts) {
  facts.dynamic = true;
  read_names(section, facts);
  read_flags(section, facts);
  facts.version_needs = read_version_needs(image, section);
  facts.version_definitions = read_version_definitions(image, section);
  const auto symbols = read_symbols(image, section);
  const auto told = look_at_symbols(symbols);
  facts.imports = told.imports;
  auto hashes = read_symbol_hashes(image, section, symbols);
  facts.wanted_symbols = std::move(hashes.wanted);
  facts.offered_symbols = std::move(hashes.offered);
  facts.loader_work = simulate_loader(image, section, symbols);

  auto tables = facts.loader_work.tables;
  tables.push_back(section.strings_place());
  tables.push_back(symbols.place());
  read_strings(image, tables,
               told.is_python_extension  ? ModuleNames::wanted
               : told.requires_libraries ? ModuleNames::of_ruby
                                         : ModuleNames::ignored,
               facts);
}

}  // namespace

std::optional<ElfFacts> read_elf(const SparseImage& file) {
  const auto header = file.up_to(0, header_bytes);
  if (!has_magic(header)) return std::nullopt;
  const auto format = Format::of(header);
  if (!format) return without_header(header);
  ElfFacts facts;
  read_header(*format, header, facts);
  const auto headers = read_program_headers(*format, file);
  const LoadedImage image(*format, file, headers);
  read_segments(image, headers, facts);
  auto notes = read_segment_notes(*format, file, headers);
  facts.build_id = std::move(notes.build_id);
  facts.dlopen_notes = std::move(notes.dlopen_notes);
  facts.packed_by_upx = is_packed_by_upx(file);
  if (const auto section = DynamicSection::read(image, headers))
    read_dynamic_section(image, *section, facts);
  else
    read_strings(image, {}, ModuleNames::ignored, facts);
  if (is_dynamic_linker(facts)) facts.system_directories = find_system_directories(image);
  facts.incomplete = file.lacked_bytes();
  return facts;
}

}  // namespace imgslim::elf
