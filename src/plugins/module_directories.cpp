// Programs that load whatever stands in their directory of modules: they list it and open what they find (syslog-ng
// "autoload-compiled-modules", ZNC). Nothing in a file tells them from the many that list directories for other reasons
// and load only what a configuration names, so they are known by name. Modules that are called core_… are another
// matter: they are no choice (InspIRCd).
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

std::vector<Candidate> all_below(const Context& context, std::string_view name) {
  std::vector<Candidate> result;
  const auto& program = context.process.program.path;
  for (const auto& path : ModuleIndex(context).below_named(name)) {
    if (result.size() >= most_modules) break;
    result.push_back({path, Use::object, Tier::likely, Via::directory_scan, program, std::string(parent_path(path))});
  }
  return result;
}

/// Of the directories that the program's own objects state.
std::vector<Candidate> core_modules(const Context& context, const std::vector<linker::ObjectIndex>& own) {
  std::vector<Candidate> result;
  if (context.named == nullptr) return result;
  for (const auto& directory : context.named->directories()) {
    const bool stated = std::find(own.begin(), own.end(), directory.object) != own.end();
    if (!stated || is_library_directory(directory.path) || depth_of(directory.path) < 3) continue;
    const auto& from = context.map.objects()[directory.object].file.path;
    for (const auto& name : context.files.list(directory.path)) {
      if (result.size() >= most_modules) return result;
      if (is_core_module(name))
        result.push_back(
            {directory.path + "/" + name, Use::object, Tier::likely, Via::directory_scan, from, directory.path});
    }
  }
  return result;
}

}  // namespace

std::vector<Candidate> modules_by_directory(const Context& context) {
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
  return loads_all ? all_below(context, name) : core_modules(context, own);
}

}  // namespace imgslim::plugins
