#include "image_rules/image_check.h"

#include <algorithm>
#include <iterator>

#include "image_rules/layer_checks.h"
#include "image_rules/package_checks.h"

namespace imgslim::image_rules {
namespace {

struct NamedCheck {
  std::string_view name;
  ImageCheck check;
};

constexpr NamedCheck checks[] = {
    {"copied_up", check_copied_up},     {"database_copies", check_database_copies},
    {"deleted", check_deleted},         {"duplicates", check_duplicates},
    {"large_files", check_large_files}, {"overwritten", check_overwritten},
    {"packages", check_packages},       {"relocated", check_relocated},
    {"repeated", check_repeated},
};

}  // namespace

ImageCheck find_image_check(std::string_view name) {
  const auto found =
      std::find_if(std::begin(checks), std::end(checks), [&](const NamedCheck& check) { return check.name == name; });
  return found == std::end(checks) ? nullptr : found->check;
}

}  // namespace imgslim::image_rules
