// Beyond what the loader touches, how much of a file's code and data becomes resident is measured, not computed. A file
// that was measured in n programs has the median of its own shares, drawn towards what files of its size and kind have
// in general by the weight of a quarter of a program; other files have the latter alone. Of files that both native
// programs and language runtimes were measured with, those of the process's sort count, drawn towards those of both.
// Likewise those of native programs that call the file themselves, of those that have it only because a library of
// somebody else needs it (libcrypto in the latter is hardly ever set up), the C library's in servers and in tools,
// those of a very program that was measured and is unlike others, and those of runtimes with many modules.
#include "memory/object_memory.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "memory/loaded_pages.h"

namespace imgslim::memory {
namespace {

bool is_c_library(std::string_view name) {
  constexpr std::array beginnings{std::string_view("libc.so"),  std::string_view("libm.so"),
                                  std::string_view("ld-linux"), std::string_view("libc-"),
                                  std::string_view("ld-musl"),  std::string_view("libc.musl")};
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view begin) { return name.starts_with(begin); });
}

struct Share {
  double resident, written;
};

Share general_share(const Fraction& fraction, std::uint64_t mapped_bytes) {
  return {fraction.resident[size_class(mapped_bytes)], fraction.written};
}

Share drawn_towards(const Share& general, const KnownShare& known) {
  constexpr double drawn = 0.25;  // the weight of the general share, in programs
  const auto programs = static_cast<double>(known.programs), weight = programs / (programs + drawn);
  return {weight * known.share + (1 - weight) * general.resident,
          weight * known.written + (1 - weight) * general.written};
}

bool is_native(UsedBy used_by) { return used_by == UsedBy::native_tool || used_by == UsedBy::native_server; }

/// Each is drawn towards the one before.
std::vector<std::string> sorts_of(const ObjectUse& use) {
  if (use.used_by == UsedBy::managed) return {"", "@managed"};
  if (use.used_by == UsedBy::managed_many) return {"", "@managed", "@many"};
  const auto* const reach = use.indirect ? "@indirect" : "@direct";
  const auto* const role = use.used_by == UsedBy::native_server ? "@server" : "@tool";
  return {"", "@native", use.kind == ObjectKind::c_library ? role : reach, "@" + std::string(use.program)};
}

/// Header and RELRO pages are the loader's work alone.
Share share_of(Part part, const ObjectUse& use, std::uint64_t mapped_bytes, const Coefficients& coefficients) {
  if (part == Part::header || part == Part::relro) return {0, 0};
  const auto at = static_cast<std::size_t>(part);
  auto share = general_share(coefficients.fractions[at][static_cast<std::size_t>(use.kind)], mapped_bytes);
  const std::string key(library_key(use.base_name));
  for (const auto& sort : sorts_of(use))
    if (const auto file = coefficients.files.find(key + sort); file != coefficients.files.end())
      share = drawn_towards(share, file->second[at]);
  return share;
}

PartMemory part_memory(const LoadedPart& loaded, const Share& share) {
  const auto bytes = [](double pages) { return static_cast<std::uint64_t>(std::llround(pages * double{page_bytes})); };
  const auto pages = static_cast<double>(loaded.pages);
  const auto more = share.resident * std::max(0.0, pages - loaded.floor_pages);
  PartMemory memory;
  memory.part = loaded.part;
  memory.mapped_bytes = loaded.pages * page_bytes;
  memory.floor_bytes = bytes(loaded.floor_pages);
  memory.certain_bytes = loaded.certain_pages * page_bytes;
  memory.dirty_bytes = loaded.dirty_pages * page_bytes;
  memory.resident_bytes = std::min(memory.mapped_bytes, bytes(loaded.floor_pages + more));
  const auto written = static_cast<double>(loaded.dirty_pages) + share.written * more;
  memory.private_bytes =
      loaded.part == Part::bss ? memory.resident_bytes : std::min(memory.resident_bytes, bytes(written));
  return memory;
}

std::uint64_t resident_bytes(const std::vector<PartMemory>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const PartMemory& part) { return sum + part.resident_bytes; });
}

}  // namespace

ObjectKind kind_of(std::string_view base_name, IsProgram is_program) {
  if (is_program == IsProgram::go) return ObjectKind::go_program;
  if (is_program == IsProgram::yes) return ObjectKind::program;
  return is_c_library(base_name) ? ObjectKind::c_library : ObjectKind::library;
}

std::vector<PartMemory> object_parts(const elf::ElfFacts& facts, const ObjectUse& use,
                                     const Coefficients& coefficients) {
  std::vector<PartMemory> parts;
  for (const auto& loaded : loaded_pages(facts))
    parts.push_back(part_memory(loaded, share_of(loaded.part, use, loaded.pages * page_bytes, coefficients)));
  return parts;
}

std::uint64_t doubtful_bytes(const elf::ElfFacts& facts, const ObjectUse& use, const std::vector<PartMemory>& parts,
                             const Coefficients& coefficients) {
  constexpr std::uint64_t least_bytes = 512 << 10;
  const auto on = resident_bytes(parts);
  const bool may_be_off = use.kind == ObjectKind::library && !use.indirect && is_native(use.used_by);
  if (!may_be_off || on < least_bytes) return 0;
  auto unused = use;
  unused.indirect = true;
  const auto off = resident_bytes(object_parts(facts, unused, coefficients));
  return on >= off + least_bytes ? on - off : 0;
}

}  // namespace imgslim::memory
