#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/byte_view.h"

namespace imgslim::test {

/// A dynamic ELF file to be written by build_elf(): loadable by the real loader when machine and class are its own.
struct ElfSpec {
  unsigned class_bits = 64;
  ByteOrder order = ByteOrder::little;
  std::uint16_t type = 3;  ///< ET_DYN
  std::uint16_t machine = 62;
  std::uint8_t os_abi = 0, abi_version = 0;
  std::uint64_t entry = 0;

  std::string interpreter;
  std::string soname;
  std::vector<std::string> needed, auxiliary, filter, audit;
  std::vector<std::string> rpath, runpath;                            ///< none or one; a list, so that "" can be stated
  std::uint64_t flags = 0, flags_1 = 0;                               ///< DT_FLAGS, DT_FLAGS_1, left out when 0
  std::vector<std::pair<std::uint64_t, std::uint64_t>> more_entries;  ///< further dynamic entries

  struct Need {
    std::string library;
    std::vector<std::string> versions;
  };
  std::vector<Need> version_needs;
  std::vector<std::string> version_definitions;

  std::vector<std::string> imports, exports;  ///< names of undefined and defined symbols

  struct ElfNote {
    std::string owner;
    std::uint32_t type;
    std::string description;
  };
  std::vector<ElfNote> notes;
  std::uint64_t note_alignment = 4;

  std::string read_only_data;  ///< between NULs, in the first segment

  struct Relocation {
    std::uint64_t offset;
    std::uint32_t type;
    std::uint32_t symbol = 0;
    std::uint64_t addend = 0;
  };
  std::vector<Relocation> relocations, jump_slots;  ///< DT_RELA, DT_JMPREL
  std::vector<std::uint64_t> relr;                  ///< words of DT_RELR
  /// Size of the writable segment behind the dynamic section; it begins at data_address.
  std::uint64_t data_bytes = 0;
};

/// Where the zeros of the writable segment begin: the first segment stays below it, the dynamic section is at 0x200000.
inline constexpr std::uint64_t elf_dynamic_address = 0x200000, elf_data_address = 0x210000;

/// Writes the numbers of one class and byte order.
class ElfBytes {
 public:
  ElfBytes(unsigned class_bits, ByteOrder order) : wide_(class_bits == 64), order_(order) {}

  void number(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
      const auto shift = 8 * (order_ == ByteOrder::big ? bytes - 1 - i : i);
      text_ += static_cast<char>(value >> shift & 0xff);
    }
  }
  void word_of_class(std::uint64_t value) { number(value, wide_ ? 8 : 4); }
  void raw(std::string_view bytes) { text_ += bytes; }
  void align(std::size_t bytes) { text_.resize((text_.size() + bytes - 1) / bytes * bytes); }
  [[nodiscard]] std::uint64_t size() const { return text_.size(); }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool wide() const { return wide_; }

 private:
  bool wide_;
  ByteOrder order_;
  std::string text_;
};

/// Lays a spec out: one read-only segment at address 0 with everything the loader reads, one writable segment with the
/// dynamic section and zeros behind it.
class ElfBuilder {
 public:
  explicit ElfBuilder(const ElfSpec& spec)
      : spec_(spec), body_(spec.class_bits, spec.order), dynamic_(spec.class_bits, spec.order) {}

  [[nodiscard]] std::string build() {
    // Room for the headers, written last.
    body_.raw(std::string(header_bytes() + 8 * program_bytes(), '\0'));
    place_interpreter();
    place_notes();
    place_symbols();
    place_versions();
    place_relocations();
    place_names();
    place_read_only_data();
    place_strings();
    const auto headers = make_headers();
    std::string file = body_.text();
    file.replace(0, headers.size(), headers);
    file.resize(data_offset());
    file += dynamic_.text();
    if (spec_.data_bytes > 0) file.resize(data_offset() + (elf_data_address - elf_dynamic_address) + spec_.data_bytes);
    return file;
  }

 private:
  struct Range {
    std::uint64_t begin = 0, size = 0;
  };

  [[nodiscard]] std::uint64_t header_bytes() const { return body_.wide() ? 64 : 52; }
  [[nodiscard]] std::uint64_t program_bytes() const { return body_.wide() ? 56 : 32; }
  [[nodiscard]] std::uint64_t data_offset() const { return (body_.size() + 0xfff) / 0x1000 * 0x1000; }

  std::uint64_t string(const std::string& text) {
    const auto at = strings_.size();
    strings_ += text + '\0';
    return at;
  }
  void entry(std::uint64_t tag, std::uint64_t value) {
    dynamic_.word_of_class(tag);
    dynamic_.word_of_class(value);
  }

  void place_interpreter() {
    if (spec_.interpreter.empty()) return;
    interpreter_ = {body_.size(), spec_.interpreter.size() + 1};
    body_.raw(spec_.interpreter + '\0');
  }

  void place_notes() {
    if (spec_.notes.empty()) return;
    const auto alignment = static_cast<std::size_t>(spec_.note_alignment);
    body_.align(8);
    notes_.begin = body_.size();
    for (const auto& note : spec_.notes) {
      body_.number(note.owner.size() + 1, 4);
      body_.number(note.description.size(), 4);
      body_.number(note.type, 4);
      body_.raw(note.owner + '\0');
      body_.align(alignment);
      body_.raw(note.description);
      body_.align(alignment);
    }
    notes_.size = body_.size() - notes_.begin;
  }

  void symbol(const std::string& name, std::uint16_t section) {
    constexpr std::uint8_t global_function = 0x12;
    const auto at = name.empty() ? 0 : string(name);
    const auto info = static_cast<std::uint8_t>(name.empty() ? 0 : global_function);
    const std::uint64_t value = section == 0 ? 0 : 0x10;
    body_.number(at, 4);
    if (body_.wide()) {
      body_.number(info, 1);
      body_.number(0, 1);
      body_.number(section, 2);
      body_.number(value, 8);
      body_.number(8, 8);
    } else {
      body_.number(value, 4);
      body_.number(8, 4);
      body_.number(info, 1);
      body_.number(0, 1);
      body_.number(section, 2);
    }
  }

  /// DT_SYMTAB and a DT_HASH whose only bucket chains all defined symbols.
  void place_symbols() {
    constexpr std::uint16_t absolute = 0xfff1;
    body_.align(8);
    entry(6, body_.size());
    entry(11, body_.wide() ? 24 : 16);
    symbol("", 0);
    for (const auto& name : spec_.imports) symbol(name, 0);
    for (const auto& name : spec_.exports) symbol(name, absolute);
    const auto count = 1 + spec_.imports.size() + spec_.exports.size();
    const auto first_export = 1 + spec_.imports.size();
    entry(4, body_.size());
    body_.number(1, 4);
    body_.number(count, 4);
    body_.number(spec_.exports.empty() ? 0 : first_export, 4);
    for (std::size_t i = 0; i < count; ++i) body_.number(i < first_export || i + 1 == count ? 0 : i + 1, 4);
  }

  void place_versions() {
    constexpr std::uint64_t definition_bytes = 20, need_bytes = 16, auxiliary_bytes = 16;
    body_.align(8);
    if (!spec_.version_needs.empty()) {
      entry(0x6ffffffe, body_.size());
      entry(0x6fffffff, spec_.version_needs.size());
    }
    for (std::size_t i = 0; i < spec_.version_needs.size(); ++i) {
      const auto& need = spec_.version_needs[i];
      const bool last = i + 1 == spec_.version_needs.size();
      body_.number(1, 2);
      body_.number(need.versions.size(), 2);
      body_.number(string(need.library), 4);
      body_.number(need_bytes, 4);
      body_.number(last ? 0 : need_bytes + need.versions.size() * auxiliary_bytes, 4);
      for (std::size_t j = 0; j < need.versions.size(); ++j) {
        body_.number(0, 4);
        body_.number(0, 2);
        body_.number(2 + j, 2);
        body_.number(string(need.versions[j]), 4);
        body_.number(j + 1 == need.versions.size() ? 0 : auxiliary_bytes, 4);
      }
    }
    if (spec_.version_definitions.empty()) return;
    entry(0x6ffffffc, body_.size());
    entry(0x6ffffffd, spec_.version_definitions.size());
    for (std::size_t i = 0; i < spec_.version_definitions.size(); ++i) {
      body_.number(1, 2);
      body_.number(i == 0 ? 1 : 0, 2);  // the first is the file's own name
      body_.number(i + 1, 2);
      body_.number(1, 2);
      body_.number(0, 4);
      body_.number(definition_bytes, 4);
      body_.number(i + 1 == spec_.version_definitions.size() ? 0 : definition_bytes + 8, 4);
      body_.number(string(spec_.version_definitions[i]), 4);
      body_.number(0, 4);
    }
  }

  Range relocations(const std::vector<ElfSpec::Relocation>& list) {
    body_.align(8);
    Range range{body_.size(), 0};
    for (const auto& each : list) {
      body_.word_of_class(each.offset);
      body_.word_of_class(body_.wide() ? std::uint64_t{each.symbol} << 32 | each.type : each.symbol << 8 | each.type);
      body_.word_of_class(each.addend);
    }
    range.size = body_.size() - range.begin;
    return range;
  }

  void place_relocations() {
    const std::uint64_t word = body_.wide() ? 8 : 4;
    if (const auto range = relocations(spec_.relocations); range.size > 0) {
      entry(7, range.begin);
      entry(8, range.size);
      entry(9, 3 * word);
    }
    if (const auto range = relocations(spec_.jump_slots); range.size > 0) {
      entry(23, range.begin);
      entry(2, range.size);
      entry(20, 7);
    }
    if (spec_.relr.empty()) return;
    body_.align(8);
    entry(36, body_.size());
    entry(35, spec_.relr.size() * word);
    entry(37, word);
    for (const auto each : spec_.relr) body_.word_of_class(each);
  }

  void list(std::uint64_t tag, const std::vector<std::string>& names) {
    for (const auto& name : names) entry(tag, string(name));
  }

  void place_names() {
    list(1, spec_.needed);
    if (!spec_.soname.empty()) entry(14, string(spec_.soname));
    list(15, spec_.rpath);
    list(29, spec_.runpath);
    list(0x7ffffffd, spec_.auxiliary);
    list(0x7fffffff, spec_.filter);
    list(0x6ffffefc, spec_.audit);
    if (spec_.flags != 0) entry(30, spec_.flags);
    if (spec_.flags_1 != 0) entry(0x6ffffffb, spec_.flags_1);
    for (const auto& [tag, value] : spec_.more_entries) entry(tag, value);
  }

  void place_read_only_data() {
    body_.raw(std::string(1, '\0'));
    body_.raw(spec_.read_only_data);
    body_.raw(std::string(1, '\0'));
  }

  void place_strings() {
    entry(5, body_.size());
    entry(10, strings_.size());
    entry(0, 0);
    body_.raw(strings_);
  }

  void program(ElfBytes& out, std::uint32_t type, std::uint32_t flags, Range place, std::uint64_t address,
               std::uint64_t alignment) {
    out.number(type, 4);
    if (out.wide()) out.number(flags, 4);
    out.word_of_class(place.begin);
    out.word_of_class(address);
    out.word_of_class(address);
    out.word_of_class(place.size);
    out.word_of_class(place.size);
    if (!out.wide()) out.number(flags, 4);
    out.word_of_class(alignment);
    ++programs_;
  }

  [[nodiscard]] std::string make_programs() {
    ElfBytes out(spec_.class_bits, spec_.order);
    // glibc's loader takes a program's load address from PT_PHDR.
    if (interpreter_.size > 0) program(out, 6, 4, {header_bytes(), 8 * program_bytes()}, header_bytes(), 8);
    if (interpreter_.size > 0) program(out, 3, 4, interpreter_, interpreter_.begin, 1);
    program(out, 1, 4, {0, body_.size()}, 0, 0x1000);
    const auto writable =
        spec_.data_bytes > 0 ? elf_data_address - elf_dynamic_address + spec_.data_bytes : dynamic_.size();
    program(out, 1, 6, {data_offset(), writable}, elf_dynamic_address, 0x1000);
    program(out, 2, 6, {data_offset(), dynamic_.size()}, elf_dynamic_address, 8);
    if (notes_.size > 0) program(out, 4, 4, notes_, notes_.begin, spec_.note_alignment);
    return out.text();
  }

  [[nodiscard]] std::string make_headers() {
    const auto programs = make_programs();
    ElfBytes out(spec_.class_bits, spec_.order);
    out.raw(
        "\x7f"
        "ELF");
    out.number(out.wide() ? 2 : 1, 1);
    out.number(spec_.order == ByteOrder::little ? 1 : 2, 1);
    out.number(1, 1);
    out.number(spec_.os_abi, 1);
    out.number(spec_.abi_version, 1);
    out.raw(std::string(7, '\0'));
    out.number(spec_.type, 2);
    out.number(spec_.machine, 2);
    out.number(1, 4);
    out.word_of_class(spec_.entry);
    out.word_of_class(header_bytes());
    out.word_of_class(0);
    out.number(0, 4);
    out.number(header_bytes(), 2);
    out.number(program_bytes(), 2);
    out.number(programs_, 2);
    out.number(out.wide() ? 64 : 40, 2);
    out.number(0, 4);
    out.raw(programs);
    return out.text();
  }

  const ElfSpec& spec_;
  ElfBytes body_, dynamic_;
  std::string strings_ = std::string(1, '\0');
  Range interpreter_, notes_;
  std::uint16_t programs_ = 0;
};

[[nodiscard]] inline std::string build_elf(const ElfSpec& spec) { return ElfBuilder(spec).build(); }

}  // namespace imgslim::test
