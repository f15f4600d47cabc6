#include "plugins/mapped_library.h"

#include <algorithm>

#include "core/path.h"

namespace imgslim::plugins {

std::optional<linker::ObjectIndex> mapped_library(const Context& context, std::string_view name) {
  const auto& objects = context.map.objects();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto* facts = context.files.elf(objects[i].file.file);
    if (base_name(objects[i].file.path).starts_with(name) || (facts != nullptr && facts->soname.starts_with(name)))
      return static_cast<linker::ObjectIndex>(i);
  }
  return std::nullopt;
}

std::optional<linker::ObjectIndex> importer(const Context& context, std::uint32_t what) {
  const auto& objects = context.map.objects();
  std::optional<linker::ObjectIndex> best;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto* facts = context.files.elf(objects[i].file.file);
    if (facts == nullptr || (facts->imports & what) == 0 || facts->soname == "libc.so.6") continue;
    if (!best || context.object_tiers[i] < context.object_tiers[*best]) best = static_cast<linker::ObjectIndex>(i);
  }
  return best;
}

std::optional<MappedGlibc> mapped_glibc(const Context& context) {
  if (context.map.kind() != linker::Kind::glibc) return std::nullopt;
  const auto object = mapped_library(context, "libc.so.6");
  if (!object) return std::nullopt;
  const auto* facts = context.files.elf(context.map.objects()[*object].file.file);
  if (facts == nullptr) return std::nullopt;
  const auto& versions = facts->version_definitions;
  return MappedGlibc{*object, std::find(versions.begin(), versions.end(), "GLIBC_2.34") != versions.end()};
}

}  // namespace imgslim::plugins
