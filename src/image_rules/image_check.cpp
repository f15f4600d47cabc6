#include "image_rules/image_check.h"

#include <algorithm>
#include <iterator>

#include "image_rules/base_checks.h"
#include "image_rules/build_checks.h"
#include "image_rules/development_checks.h"
#include "image_rules/language_checks.h"
#include "image_rules/layer_checks.h"
#include "image_rules/loading_checks.h"
#include "image_rules/package_checks.h"
#include "image_rules/relation_checks.h"
#include "image_rules/secret_checks.h"
#include "image_rules/security_checks.h"

namespace imgslim::image_rules {
namespace {

struct NamedCheck {
  std::string_view name;
  ImageCheck check;
};

constexpr NamedCheck checks[] = {
    {"broken_environments", check_broken_environments},
    {"broken_links", check_broken_links},
    {"build_environment", check_build_environment},
    {"build_variables", check_build_variables},
    {"bytecode_copies", check_bytecode_copies},
    {"copied", check_copied},
    {"copied_unused", check_copied_unused},
    {"copied_up", check_copied_up},
    {"cuda", check_cuda},
    {"curl_and_wget", check_curl_and_wget},
    {"database_copies", check_database_copies},
    {"deleted", check_deleted},
    {"development_gems", check_development_gems},
    {"development_packages", check_development_packages},
    {"distroless", check_distroless},
    {"duplicates", check_duplicates},
    {"elf_symbols", check_elf_symbols},
    {"given_dockerfile", check_dockerfile},
    {"go_paths", check_go_paths},
    {"go_symbols", check_go_symbols},
    {"health_check_tools", check_health_check_tools},
    {"large_files", check_large_files},
    {"modes", check_modes},
    {"npm_versions", check_npm_versions},
    {"only_recommended", check_only_recommended},
    {"orphans", check_orphans},
    {"overwritten", check_overwritten},
    {"packages", check_packages},
    {"packed_programs", check_packed_programs},
    {"release_end", check_release_end},
    {"relocated", check_relocated},
    {"removed_late", check_removed_late},
    {"repeated", check_repeated},
    {"secret_files", check_secret_files},
    {"secret_variables", check_secret_variables},
    {"slimmer_variant", check_slimmer_variant},
    {"ssh_server", check_ssh_server},
    {"static_program", check_static_program},
    {"unknown_owner", check_unknown_owner},
    {"unreached_packages", check_unreached_packages},
    {"unused_libraries", check_unused_libraries},
    {"upgraded", check_upgraded},
    {"whole_context", check_whole_context},
};

}  // namespace

ImageCheck find_image_check(std::string_view name) {
  const auto found =
      std::find_if(std::begin(checks), std::end(checks), [&](const NamedCheck& check) { return check.name == name; });
  return found == std::end(checks) ? nullptr : found->check;
}

}  // namespace imgslim::image_rules
