#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/lint.h"
#include "rules/condition.h"
#include "rules/fixes.h"

namespace imgslim::rules {

struct Linter;

/// What a rule can do that conditions cannot: it looks at the whole file.
using Check = void (*)(const Linter& linter);

/// Dockerfiles that a rule is tried on, with what they are linted with.
struct RuleCase {
  std::string text;
  std::map<std::string, std::string> arguments;  ///< --build-arg
  std::string target;
  std::vector<std::string> contexts;
  Parameters settings;                                      ///< as in a configuration file
  std::optional<std::vector<std::string>> ignore_patterns;  ///< a .dockerignore's
  std::vector<std::string> context_files;
  std::uint32_t line = 1, column = 1;  ///< where it stands in the rule's file
};

enum class Scope : std::uint8_t {
  all,     ///< every stage
  target,  ///< stages that the built image consists of; a file without FROM counts
};

struct Rule {
  RuleInfo info;
  Scope scope = Scope::all;
  bool onbuild = false;               ///< also for what ONBUILD holds
  bool compat = false, slim = false;  ///< on in the profile of that name
  std::vector<Condition> match;       ///< none or one
  Check check = nullptr;
  Parameters parameters;              ///< of the check
  std::optional<Parameters> image;    ///< what is asked of the built image (module image_rules)
  std::string message;                ///< with {operands}, {command}, {value}
  std::vector<FixRecipe> edit;        ///< none or one: how --fix makes the finding go away
  std::vector<std::string> replaces;  ///< rules whose findings on the same instruction this one's stands for, in slim
  std::vector<RuleCase> good, bad;
  std::string file;  ///< "SL3001.json"
};

}  // namespace imgslim::rules
