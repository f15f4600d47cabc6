// What the dynamic linker does to a file at start (gABI chapter 5; the processor supplements for relocation types).
// Every relocation of DT_RELA and DT_REL writes a word at its address, COPY as much as its symbol has; DT_JMPREL's
// JUMP_SLOTs are kept apart because they may wait for the first call. DT_RELR is a list of relative relocations in
// compressed form: an even word is an address, an odd one a bitmap of the words behind the last address. No type but
// NONE leaves its word alone, so types that are not known count as writing one.
#include "elf/relocations.h"

#include <algorithm>
#include <array>
#include <bit>

#include "elf/page_set.h"

namespace imgslim::elf {
namespace {

constexpr std::uint64_t most_table_bytes = 24u << 20;
constexpr std::uint64_t page_bytes = 4096;

/// Relocation types by processor.
struct RelocationTypes {
  std::uint16_t machine;
  std::uint32_t relative, copy, jump_slot, indirect;  // indirect: IRELATIVE
};
constexpr std::array relocation_types{
    RelocationTypes{62, 8, 5, 7, 37},              // x86-64
    RelocationTypes{3, 8, 5, 7, 42},               // i386
    RelocationTypes{183, 1027, 1024, 1026, 1032},  // AArch64
    RelocationTypes{40, 23, 20, 22, 160},          // ARM
    RelocationTypes{243, 3, 4, 5, 58},             // RISC-V
    RelocationTypes{258, 3, 4, 5, 12},             // LoongArch
    RelocationTypes{22, 12, 9, 11, 61},            // S/390
    RelocationTypes{20, 22, 19, 21, 248},          // PowerPC
    RelocationTypes{21, 22, 19, 21, 248},          // PowerPC 64
    RelocationTypes{8, 3, 126, 127, UINT32_MAX},   // MIPS
};
constexpr RelocationTypes unknown_types{0, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};

const RelocationTypes& types_of(std::uint16_t machine) {
  const auto* const found = std::find_if(relocation_types.begin(), relocation_types.end(),
                                         [&](const RelocationTypes& types) { return types.machine == machine; });
  return found == relocation_types.end() ? unknown_types : *found;
}

struct Relocation {
  std::uint64_t address;
  std::uint32_t type;
  std::uint64_t symbol;
  std::uint64_t addend;  // 0 in DT_REL, where it stands at the address
};

/// Calls `use(relocation)` for each entry of a table.
template <typename Use>
void for_each_in_table(const LoadedImage& image, AddressRange place, bool has_addends, Use use) {
  const auto& format = image.format();
  const auto word = format.layout().word_bytes;
  const auto entry_bytes = has_addends ? 3 * word : 2 * word;
  const auto table = image.bytes_up_to(place.begin, std::min(place.size_bytes, most_table_bytes));
  for (std::uint64_t at = 0; table.holds(at, entry_bytes); at += entry_bytes) {
    const auto info = format.size(table, at + word);
    const auto addend = has_addends ? format.size(table, at + 2 * word) : 0;
    const auto type = format.is_64_bit() ? static_cast<std::uint32_t>(info) : static_cast<std::uint32_t>(info & 0xff);
    use(Relocation{format.size(table, at), type, format.is_64_bit() ? info >> 32 : info >> 8, addend});
  }
}

/// Calls `use(relocation)` for each entry of DT_RELA, DT_REL and DT_JMPREL.
template <typename Use>
void for_each_relocation(const LoadedImage& image, const DynamicSection& section, Use use) {
  if (const auto place = section.range(Tag::rela, Tag::rela_bytes)) for_each_in_table(image, *place, true, use);
  if (const auto place = section.range(Tag::rel, Tag::rel_bytes)) for_each_in_table(image, *place, false, use);
  const bool has_addends = section.value(Tag::jump_slots_kind) == static_cast<std::uint64_t>(Tag::rela);
  if (const auto place = section.range(Tag::jump_slots, Tag::jump_slots_bytes))
    for_each_in_table(image, *place, has_addends, use);
}

class LoaderSimulation {
 public:
  LoaderSimulation(const LoadedImage& image, const DynamicSection& section, const SymbolTable& symbols)
      : image_(image),
        section_(section),
        symbols_(symbols),
        word_bytes_(image.format().layout().word_bytes),
        types_(types_of(image.format().half(image.file().up_to(0, 20), 18))),
        relocated_(image.segments()),
        jump_slots_(image.segments()),
        code_(image.segments()) {}

  [[nodiscard]] LoaderWork run() && {
    find_arrays();
    for_each_relocation(image_, section_, [this](const Relocation& relocation) { apply(relocation); });
    apply_relr();
    find_code();
    LoaderWork work;
    work.relocated_pages = std::move(relocated_).ranges();
    work.jump_slot_pages = std::move(jump_slots_).ranges();
    work.code_pages = std::move(code_).ranges();
    work.dynamic_section = section_.place();
    work.has_debug_entry = section_.value(Tag::debug).has_value();
    work.tables = tables();
    work.hash_table = section_.value(Tag::gnu_hash);
    if (!work.hash_table) work.hash_table = section_.value(Tag::hash);
    work.version_needs = section_.value(Tag::version_needs);
    work.version_definitions = section_.value(Tag::version_definitions);
    return work;
  }

 private:
  void find_arrays() {
    for (const auto& array : {section_.range(Tag::preinit_array, Tag::preinit_array_bytes),
                              section_.range(Tag::init_array, Tag::init_array_bytes)})
      if (array) arrays_.push_back(*array);
  }

  [[nodiscard]] bool is_in_array(std::uint64_t address) const {
    return std::any_of(arrays_.begin(), arrays_.end(), [&](const AddressRange& array) {
      return address >= array.begin && address - array.begin < array.size_bytes;
    });
  }

  void apply(const Relocation& relocation) {
    if (relocation.type == 0) return;  // NONE
    if (relocation.type == types_.jump_slot) return jump_slots_.add(relocation.address, word_bytes_);
    const bool copies = relocation.type == types_.copy && relocation.symbol < symbols_.count();
    relocated_.add(relocation.address, copies ? symbols_.at(relocation.symbol).size_bytes : word_bytes_);
    const bool is_initializer = relocation.type == types_.relative && is_in_array(relocation.address);
    if (relocation.addend != 0 && (is_initializer || relocation.type == types_.indirect))
      code_.add(relocation.addend, 1);
  }

  void apply_relr() {
    const auto place = section_.range(Tag::relr, Tag::relr_bytes);
    if (!place) return;
    const auto& format = image_.format();
    const auto table = image_.bytes_up_to(place->begin, std::min(place->size_bytes, most_table_bytes));
    std::uint64_t next = 0;
    for (std::uint64_t at = 0; table.holds(at, word_bytes_); at += word_bytes_) {
      const auto entry = format.size(table, at);
      if ((entry & 1) == 0) {
        relocated_.add(entry, word_bytes_);
        next = entry + word_bytes_;
      } else {
        apply_bitmap(next, entry >> 1);
        next += (8 * word_bytes_ - 1) * word_bytes_;
      }
    }
  }

  /// Bit n stands for the word n words behind `address`. They span two pages at most.
  void apply_bitmap(std::uint64_t address, std::uint64_t bits) {
    while (bits != 0) {
      const auto first = static_cast<std::uint64_t>(std::countr_zero(bits));
      const auto written = address + first * word_bytes_;
      relocated_.add(written, word_bytes_);
      const auto words_to_page_end = (page_bytes - written % page_bytes + word_bytes_ - 1) / word_bytes_;
      const auto next = first + words_to_page_end;
      bits = next < 64 ? bits >> next << next : 0;
    }
  }

  /// Functions that stand in the file itself: of DT_REL and DT_RELR, and of files that are not moved.
  void find_code() {
    constexpr std::uint64_t most_array_bytes = 64u << 10;
    const auto& format = image_.format();
    if (const auto init = section_.value(Tag::init); init && *init != 0) code_.add(*init, 1);
    for (const auto& array : arrays_) {
      const auto words = image_.bytes_up_to(array.begin, std::min(array.size_bytes, most_array_bytes));
      for (std::uint64_t at = 0; words.holds(at, word_bytes_); at += word_bytes_)
        if (const auto function = format.size(words, at); function != 0 && function != UINT64_MAX)
          code_.add(function, 1);
    }
  }

  [[nodiscard]] std::vector<AddressRange> tables() const {
    auto tables = arrays_;
    for (const auto& table :
         {section_.range(Tag::rela, Tag::rela_bytes), section_.range(Tag::rel, Tag::rel_bytes),
          section_.range(Tag::relr, Tag::relr_bytes), section_.range(Tag::jump_slots, Tag::jump_slots_bytes),
          section_.range(Tag::fini_array, Tag::fini_array_bytes)})
      if (table && table->size_bytes > 0) tables.push_back(*table);
    std::sort(tables.begin(), tables.end(),
              [](const AddressRange& a, const AddressRange& b) { return a.begin < b.begin; });
    return tables;
  }

  const LoadedImage& image_;
  const DynamicSection& section_;
  const SymbolTable& symbols_;
  std::uint64_t word_bytes_;
  const RelocationTypes& types_;
  PageSet relocated_, jump_slots_, code_;
  std::vector<AddressRange> arrays_;
};

}  // namespace

SymbolTable read_symbols(const LoadedImage& image, const DynamicSection& section) {
  if (const auto count = count_symbols_by_hash(image, section)) return SymbolTable::read(image, section, *count);
  std::uint64_t count = 0;
  for_each_relocation(image, section,
                      [&](const Relocation& relocation) { count = std::max(count, relocation.symbol + 1); });
  return SymbolTable::read(image, section, count);
}

LoaderWork simulate_loader(const LoadedImage& image, const DynamicSection& section, const SymbolTable& symbols) {
  return LoaderSimulation(image, section, symbols).run();
}

}  // namespace imgslim::elf
