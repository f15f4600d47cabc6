#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgslim/finding.h"
#include "imgslim/note.h"
#include "imgslim/result.h"

/// Linting Dockerfiles. Rules are data: those built in, and those of a directory that overlays them.
namespace imgslim {

class Ruleset;
namespace rules {
struct Rule;
[[nodiscard]] const std::vector<Rule>& all_rules(const Ruleset& ruleset);
}  // namespace rules

/// A rule as its page tells it.
struct RuleInfo {
  std::string id;  ///< "SL3001", "DL3008", "StageNameCasing"
  std::string title;
  std::string severity;               ///< error | warning | info | style
  std::string why;                    ///< what it costs
  std::string fix;                    ///< what to do instead
  std::string family;                 ///< "layers", "os-packages" …
  std::vector<std::string> profiles;  ///< in which it is on: "slim", "compat"
  std::vector<std::string> aliases;   ///< ids of other tools' rules for the same; any of them suppresses it
  std::vector<std::string> links;
  std::string needs;      ///< "dockerfile", "image", "context": what must be there for it to say anything
  std::string saving;     ///< how its saving is measured: "paths", "shadowed" …, "none"
  std::string bad, good;  ///< the page's examples
  friend bool operator==(const RuleInfo&, const RuleInfo&) = default;
};

/// Which labels there must be and what they hold: rfc3339, semver, url, hash, spdx, email, text.
using LabelSchema = std::map<std::string, std::string>;

/// A finding that is accepted for a while.
struct Waiver {
  std::string rule;
  std::string path;  ///< a glob on the Dockerfile's path, "" for all
  std::string reason;
  std::string until;  ///< "2027-01-01": the last day, "" for ever
};

struct LintOptions {
  std::string profile = "slim";                 ///< slim | compat
  std::vector<std::string> select;              ///< ids or prefixes ("SL3"); when given only these
  std::vector<std::string> extend;              ///< on top of what is on
  std::vector<std::string> ignore;              ///< ids or prefixes
  std::map<std::string, std::string> severity;  ///< id -> error | warning | info | style | off
  std::map<std::string, std::string> build_arguments;
  std::string target;
  std::vector<std::string> contexts;  ///< names of --build-context
  std::vector<std::string> trusted_registries;
  LabelSchema label_schema;
  bool strict_labels = false;
  bool ignore_pragmas = false;  ///< comments suppress nothing
  std::vector<Waiver> waivers;
  /// Runs ShellCheck over scripts and gives what it says as JSON (-f json), files named by their numbers; "" when it
  /// cannot. Not set: no ids SC….
  std::function<std::string(const std::vector<std::string>& scripts)> shellcheck;
  std::string today;  ///< "2026-11-24", for waivers that end; "" = none has
};

/// A Dockerfile and what lies around it.
struct LintSource {
  std::string path;  ///< as findings name it; "-" for standard input
  std::string text;
  std::optional<std::string> ignore_file;  ///< text of the .dockerignore; none when there is none
  std::vector<std::string> context_files;  ///< names in the root of the build context
  bool has_context = false;                ///< ignore_file and context_files are what there is
};

struct LintResult {
  std::vector<ReportFinding> findings;  ///< by line, column, rule
  std::vector<Note> notes;
  std::uint64_t suppressed = 0;  ///< findings that comments or waivers hide
};

/// The rules: those built in, with those of a directory over them.
class Ruleset {
 public:
  /// The rules that the program brings. Never fails: they were tested when it was built.
  [[nodiscard]] static const Ruleset& built_in();
  /// One rule file, one shared list. `name` is the file's, for messages: "SL3001.json", "lists/tools.json".
  struct File {
    std::string name, text;
  };
  /// The built-in rules with files over them: a rule with the id of another replaces it. Errors are usage, with place.
  static Result<Ruleset> with(const std::vector<File>& files);

  [[nodiscard]] std::vector<RuleInfo> rules() const;              ///< sorted by id
  [[nodiscard]] const RuleInfo* find(std::string_view id) const;  ///< by id or alias; any case
  /// What is wrong with the rules' own cases: nothing when all hold. One line each.
  [[nodiscard]] std::vector<std::string> test() const;
  [[nodiscard]] std::uint64_t case_count() const;
  /// Problems of the options (unknown ids and severities) are usage errors.
  Result<LintResult> lint(const LintSource& source, const LintOptions& options) const;

 private:
  friend const std::vector<rules::Rule>& rules::all_rules(const Ruleset& ruleset);
  struct Rules;
  std::shared_ptr<const Rules> rules_;
};

}  // namespace imgslim
