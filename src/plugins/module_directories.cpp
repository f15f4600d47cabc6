// Programs that load whatever stands in their directory of modules: they list it and open what they find. Nothing in a
// file tells them from the many that list directories for other reasons and load only what a configuration names, but
// for those that offer their modules a function which says so ("plugin_auto_load"); the others are known by name
// (syslog-ng "autoload-compiled-modules", ZNC). Modules that are called core_… are another matter: they are no choice
// (InspIRCd). Nor are those of a library that stand beside it in a directory which is named after it and for modules
// ("vips-modules-8.14" of libvips).
#include <algorithm>
#include <iterator>

#include "core/path.h"
#include "plugins/module_index.h"
#include "plugins/named_paths.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_modules = 500;
constexpr std::string_view scanning_programs[] = {"syslog-ng", "znc"};

bool is_core_module(std::string_view name) {
  return (name.starts_with("core_") || name.starts_with("core-")) && name.ends_with(".so");
}

/// Whether the directory of one of the candidates, which come by directory, has this one below it.
bool is_below_another(const std::string& directory, const std::vector<Candidate>& candidates) {
  return std::any_of(candidates.begin(), candidates.end(),
                     [&](const Candidate& candidate) { return directory.starts_with(candidate.detail + "/"); });
}

/// Modules by the names that a listing is filtered by, without those of directories further below; where the program
/// names directories of them, those there alone.
std::vector<Candidate> all_below(const Context& context, std::string_view name) {
  std::vector<Candidate> named, others;
  const auto& program = context.process.program.path;
  for (const auto& path : ModuleIndex(context).below_named(name)) {
    const std::string directory(parent_path(path));
    if (!path.ends_with(".so") || is_below_another(directory, others) || is_below_another(directory, named) ||
        named.size() + others.size() >= most_modules)
      continue;
    const bool is_named = context.named != nullptr && context.named->exact(directory) != linker::no_object;
    (is_named ? named : others).push_back({path, Use::object, Tier::likely, Via::directory_scan, program, directory});
  }
  return named.empty() ? others : named;
}

enum class Which : std::uint8_t { core, all };

/// Of the directories that the program's own objects state, and right below them those of the usual names.
std::vector<Candidate> modules_in_own(const Context& context, const std::vector<linker::ObjectIndex>& own,
                                      Which which) {
  std::vector<Candidate> result;
  if (context.named == nullptr) return result;
  for (const auto& directory : context.named->directories()) {
    const bool stated = std::find(own.begin(), own.end(), directory.object) != own.end();
    if (!stated || is_library_directory(directory.path) || depth_of(directory.path) < 3) continue;
    const auto& from = context.map.objects()[directory.object].file.path;
    for (const std::string_view below : {"", "/plugins", "/modules"}) {
      const auto place = directory.path + std::string(below);
      for (const auto& name : context.files.list(place)) {
        if (result.size() >= most_modules) return result;
        if (which == Which::all ? name.ends_with(".so") : is_core_module(name))
          result.push_back({join_path(place, name), Use::object, Tier::likely, Via::directory_scan, from, place});
      }
    }
  }
  return result;
}

/// "vips" of "libvips.so.42".
std::string_view library_stem(std::string_view name) {
  if (name.starts_with("lib")) name.remove_prefix(3);
  return name.substr(0, name.find(".so"));
}

/// Of the libraries that list directories and open modules.
std::vector<Candidate> modules_of_libraries(const Context& context) {
  constexpr std::uint32_t wanted = elf::imports_dlopen | elf::imports_directories;
  std::vector<Candidate> result;
  for (std::size_t i = 1; i < context.map.objects().size(); ++i) {
    const auto& path = context.map.objects()[i].file.path;
    const auto* facts = context.files.elf(context.map.objects()[i].file.file);
    if (facts == nullptr || (facts->imports & wanted) != wanted || context.object_tiers[i] == Tier::possible) continue;
    const std::string libraries(parent_path(path));
    const auto begin = std::string(library_stem(base_name(path))) + "-modules";
    for (const auto& name : context.files.list(libraries)) {
      if (name != begin && !name.starts_with(begin + "-")) continue;
      const auto place = std::string(libraries).append("/").append(name);
      for (const auto& module : context.files.list(place))
        if (module.ends_with(".so") && result.size() < most_modules)
          result.push_back({join_path(place, module), Use::object, Tier::likely, Via::directory_scan, path, place});
    }
  }
  return result;
}

std::vector<Candidate> modules_of_program(const Context& context) {
  const auto own = own_objects(context);
  const auto any_imports = [&](std::uint32_t what) {
    return std::any_of(own.begin(), own.end(), [&](linker::ObjectIndex object) {
      const auto* facts = context.files.elf(context.map.objects()[object].file.file);
      return facts != nullptr && (facts->imports & what) != 0;
    });
  };
  if (!any_imports(elf::imports_dlopen) || !any_imports(elf::imports_directories)) return {};
  const auto name = base_name(context.process.program.path);
  const bool loads_all =
      std::find(std::begin(scanning_programs), std::end(scanning_programs), name) != std::end(scanning_programs);
  if (loads_all) return all_below(context, name);
  return modules_in_own(context, own, any_imports(elf::offers_load_all) ? Which::all : Which::core);
}

}  // namespace

std::vector<Candidate> modules_by_directory(const Context& context) {
  auto result = modules_of_libraries(context);
  for (auto& candidate : modules_of_program(context)) result.push_back(std::move(candidate));
  return result;
}

}  // namespace imgslim::plugins
