// Programs that load whatever stands in their directory of modules: they list it and open what they find (syslog-ng
// "autoload-compiled-modules", ZNC). Nothing in a file tells them from the many that list directories for other reasons
// and load only what a configuration names, so they are known by name.
#include <algorithm>
#include <iterator>

#include "core/path.h"
#include "plugins/module_index.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_modules = 500;
constexpr std::string_view scanning_programs[] = {"syslog-ng", "znc"};

}  // namespace

std::vector<Candidate> modules_by_directory(const Context& context) {
  std::vector<Candidate> result;
  const auto& program = context.process.program.path;
  const auto name = base_name(program);
  if (std::find(std::begin(scanning_programs), std::end(scanning_programs), name) == std::end(scanning_programs))
    return result;
  const auto own = own_objects(context);
  const auto any_imports = [&](std::uint32_t what) {
    return std::any_of(own.begin(), own.end(), [&](linker::ObjectIndex object) {
      const auto* facts = context.files.elf(context.map.objects()[object].file.file);
      return facts != nullptr && (facts->imports & what) != 0;
    });
  };
  if (!any_imports(elf::imports_dlopen) || !any_imports(elf::imports_directories)) return result;
  for (const auto& path : ModuleIndex(context).below_named(name)) {
    if (result.size() >= most_modules) break;
    result.push_back({path, Use::object, Tier::likely, Via::directory_scan, program, std::string(parent_path(path))});
  }
  return result;
}

}  // namespace imgslim::plugins
