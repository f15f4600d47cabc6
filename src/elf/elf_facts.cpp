#include "elf/elf_facts.h"

#include <type_traits>

namespace imgslim::elf {
namespace {

std::uint64_t bytes_of(const std::string& text) { return text.size(); }
std::uint64_t bytes_of(const VersionNeed& need);
std::uint64_t bytes_of(const DlopenNote& note);

template <typename T>
std::uint64_t bytes_of(const std::vector<T>& list) {
  std::uint64_t bytes = list.size() * sizeof(T);
  if constexpr (!std::is_trivially_copyable_v<T>)
    for (const auto& item : list) bytes += bytes_of(item);
  return bytes;
}

std::uint64_t bytes_of(const VersionNeed& need) { return bytes_of(need.library) + bytes_of(need.versions); }

std::uint64_t bytes_of(const DlopenNote& note) { return bytes_of(note.feature) + bytes_of(note.sonames); }

}  // namespace

std::uint64_t kept_bytes(const ElfFacts& facts) {
  std::uint64_t bytes = bytes_of(facts.segments) + bytes_of(facts.version_needs) + bytes_of(facts.dlopen_notes);
  const auto& work = facts.loader_work;
  for (const auto* pages : {&work.relocated_pages, &work.jump_slot_pages, &work.code_pages}) bytes += bytes_of(*pages);
  bytes += bytes_of(work.tables) + bytes_of(facts.wanted_symbols) + bytes_of(facts.offered_symbols);
  for (const auto* text : {&facts.interpreter, &facts.soname, &facts.build_id}) bytes += bytes_of(*text);
  bytes += bytes_of(facts.rpath.value_or("")) + bytes_of(facts.runpath.value_or(""));
  for (const auto* names :
       {&facts.needed, &facts.auxiliary, &facts.filter, &facts.audit, &facts.version_definitions, &facts.path_strings,
        &facts.library_strings, &facts.module_strings, &facts.system_directories})
    bytes += bytes_of(*names);
  return bytes;
}

}  // namespace imgslim::elf
