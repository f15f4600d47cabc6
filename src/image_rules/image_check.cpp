#include "image_rules/image_check.h"

#include <algorithm>
#include <iterator>

#include "image_rules/layer_checks.h"
#include "image_rules/language_checks.h"
#include "image_rules/loading_checks.h"
#include "image_rules/package_checks.h"
#include "image_rules/relation_checks.h"

namespace imgslim::image_rules {
namespace {

struct NamedCheck {
  std::string_view name;
  ImageCheck check;
};

constexpr NamedCheck checks[] = {
    {"broken_environments", check_broken_environments},
    {"bytecode_copies", check_bytecode_copies},
    {"copied_up", check_copied_up},
    {"cuda", check_cuda},
    {"curl_and_wget", check_curl_and_wget},
    {"database_copies", check_database_copies},
    {"deleted", check_deleted},
    {"development_packages", check_development_packages},
    {"duplicates", check_duplicates},
    {"elf_symbols", check_elf_symbols},
    {"go_paths", check_go_paths},
    {"go_symbols", check_go_symbols},
    {"health_check_tools", check_health_check_tools},
    {"large_files", check_large_files},
    {"npm_versions", check_npm_versions},
    {"only_recommended", check_only_recommended},
    {"orphans", check_orphans},
    {"overwritten", check_overwritten},
    {"packages", check_packages},
    {"packed_programs", check_packed_programs},
    {"relocated", check_relocated},
    {"removed_late", check_removed_late},
    {"repeated", check_repeated},
    {"unreached_packages", check_unreached_packages},
    {"unused_libraries", check_unused_libraries},
    {"upgraded", check_upgraded},
};

}  // namespace

ImageCheck find_image_check(std::string_view name) {
  const auto found =
      std::find_if(std::begin(checks), std::end(checks), [&](const NamedCheck& check) { return check.name == name; });
  return found == std::end(checks) ? nullptr : found->check;
}

}  // namespace imgslim::image_rules
