#include "runtime/findings.h"

#include <algorithm>
#include <iterator>

#include "runtime/finding_rules.h"

namespace imgslim::runtime {
namespace {

struct RuleEntry {
  std::string_view id;
  FindingRule find;
};

constexpr RuleEntry rules[] = {{"SL5001", shell_missing},
                               {"SL5002", command_not_executable},
                               {"SL5003", elf_interpreter_missing},
                               {"SL5004", library_missing},
                               {"SL5005", version_missing},
                               {"SL5006", foreign_machine},
                               {"SL5007", script_interpreter_missing},
                               {"SL5008", certificates_missing},
                               {"SL5009", zone_data_missing},
                               {"SL5010", unknown_user},
                               {"SL5011", runs_as_root},
                               {"SL5012", user_by_name},
                               {"SL5013", volume_not_writable},
                               {"SL5014", no_temporary_directory},
                               {"SL5015", static_name_service},
                               {"SL5016", health_check_missing},
                               {"SL5017", wrapper_without_exec},
                               {"SL5018", variable_names_nothing},
                               {"SL5019", directory_not_cached},
                               {"SL5020", cache_is_stale},
                               {"SL5021", weak_search_path},
                               {"SL5022", foreign_c_library}};

}  // namespace

std::vector<Finding> find_runtime_problems(const Closure& closure, const rootfs::FileSystem& files,
                                           const image::ImageConfig& config, const image::Platform& platform) {
  const auto user = resolve_user(files, config.user);
  const FindingInput input{closure, files, config, platform, user};
  std::vector<Finding> result;
  for (const auto& rule : rules) {
    auto found = rule.find(input);
    for (auto& finding : found) finding.rule = rule.id;
    std::stable_sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) { return a.path < b.path; });
    result.insert(result.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }
  return result;
}

}  // namespace imgslim::runtime
