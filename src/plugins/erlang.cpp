// The Erlang emulator (erts: erl_child_setup, inet_gethost; the Erlang manual erl_nif(3), code(3)). It executes
// erl_child_setup at start and inet_gethost when the first name is looked up, both from its own directory. Compiled
// parts of libraries stand in lib/NAME-VERSION/priv beside it; byte code that nobody reads here loads them.
#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/language_rules.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_libraries = 2'000;

/// The objects of lib/NAME/priv and lib/NAME/priv/lib.
void add_libraries(const Context& context, const std::string& root, std::vector<Candidate>& result) {
  for (const auto& library : context.files.list(root + "/lib")) {
    for (const auto* below : {"/priv", "/priv/lib"}) {
      const auto directory = join_path(root + "/lib", library) + below;
      for (const auto& name : context.files.list(directory)) {
        if (!name.ends_with(".so") || result.size() >= most_libraries) continue;
        result.push_back({join_path(directory, name), Use::object, Tier::possible, Via::helper_directory,
                          context.process.program.path, directory});
      }
    }
  }
}

}  // namespace

std::vector<Candidate> erlang_runtime(const Context& context) {
  std::vector<Candidate> result;
  const auto& program = context.process.program.path;
  if (!base_name(program).starts_with("beam")) return result;
  const std::string directory(parent_path(program));
  for (const auto& [name, tier] : {std::pair("/erl_child_setup", Tier::likely), {"/inet_gethost", Tier::possible}})
    result.push_back({directory + name, Use::program, tier, Via::helper_directory, program, directory});
  auto root = std::string(environment_value(context.process, "ROOTDIR"));
  if (root.empty()) root = parent_path(parent_path(directory));
  add_libraries(context, root, result);
  return result;
}

}  // namespace imgslim::plugins
