#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/lint_config.h"
#include "imgslim/budget.h"

namespace imgslim::config {

/// One entry of `images:`: which images it is for, and what they may weigh.
struct ImageBudgets {
  std::string name;
  std::string match;       ///< a glob on the image's name, "" = not by name; "*" reaches over "/"
  std::string file;        ///< the archive that it is for, relative to the configuration; "" = not by file
  std::string dockerfile;  ///< relative to the configuration
  std::string baseline;    ///< of `growth: {over: …}`, relative to the configuration
  Budgets budgets;         ///< fail_on is "" when the entry does not say
};

/// What is said of -o markdown: what is not said is empty.
struct CommentSettings {
  std::string key;
  std::optional<std::uint64_t> min_change_bytes;
  std::optional<std::size_t> max_suggestions;
};

/// All that an .imgslim.yaml says.
struct Config {
  LintConfig lint;
  CommentSettings comment;
  std::vector<ImageBudgets> images;
};

/// Reads an .imgslim.yaml. Unknown and duplicate keys, sizes without sense and waivers without reason are usage errors
/// with their place.
Result<Config> read_config(std::string_view text, std::string_view file);

/// What a `.dive-ci` says, in our terms, and what is different about it.
struct DiveRules {
  std::vector<BudgetLimit> limits;
  std::vector<std::string> warnings;
};

/// Reads dive's rules (lowestEfficiency, highestWastedBytes, highestUserWastedPercent). Errors are usage, with place.
Result<DiveRules> read_dive_config(std::string_view text, std::string_view file);

}  // namespace imgslim::config
