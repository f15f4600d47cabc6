#pragma once

#include <optional>
#include <string_view>

#include "elf/elf_facts.h"
#include "plugins/rule.h"

namespace imgslim::plugins {

/// The first mapped object whose file name or soname begins with `name` ("libcrypto.so."), or nothing.
[[nodiscard]] std::optional<linker::ObjectIndex> mapped_library(const Context& context, std::string_view name);

/// The first mapped object, the C library left out, that imports one of `what` (bits of elf::Import), or nothing.
[[nodiscard]] std::optional<linker::ObjectIndex> importer(const Context& context, std::uint32_t what);

/// glibc when it is mapped: where it opens files by itself.
struct MappedGlibc {
  linker::ObjectIndex object = 0;
  bool has_2_34 = false;  ///< files and dns of nsswitch.conf are built in
};
[[nodiscard]] std::optional<MappedGlibc> mapped_glibc(const Context& context);

}  // namespace imgslim::plugins
