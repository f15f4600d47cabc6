#include "imgslim/fix.h"

#include <algorithm>

#include "dockerfile/edit.h"
#include "dockerfile/encoding.h"
#include "dockerfile/parse.h"

namespace imgslim {
namespace {

/// A fix may make place for another one, hence rounds; rules whose fixes undo each other must not go on for ever.
constexpr int most_rounds = 10;

using dockerfile::apply_edits;
using dockerfile::EditedText;
using dockerfile::EditGroup;

std::vector<EditGroup> edits_of(const std::vector<ReportFinding>& findings) {
  std::vector<EditGroup> groups;
  for (const auto& finding : findings) {
    if (!finding.fix || finding.fix->edits.empty()) continue;
    EditGroup group;
    for (const auto& edit : finding.fix->edits) group.push_back({{edit.begin, edit.end}, edit.text});
    groups.push_back(std::move(group));
  }
  return groups;
}

std::size_t problem_count(const std::string& text) { return dockerfile::parse(text).problems.size(); }

/// Applies what keeps the file as readable as it is: all groups, or else each for itself.
EditedText apply_safely(const std::string& text, const std::vector<EditGroup>& groups) {
  const auto problems = problem_count(text);
  auto edited = apply_edits(text, groups);
  if (problem_count(edited.text) <= problems) return edited;
  std::vector<EditGroup> harmless;
  for (const auto& group : groups)
    if (problem_count(apply_edits(text, {group}).text) <= problems) harmless.push_back(group);
  edited = apply_edits(text, harmless);
  if (problem_count(edited.text) <= problems) return edited;
  return {text, {}};
}

}  // namespace

Result<FixedDockerfile> fix_dockerfile(const Ruleset& rules, const LintSource& source, const LintOptions& options) {
  auto decoded = dockerfile::decode_text(source.text);
  FixedDockerfile fixed;
  fixed.text = source.text;
  LintSource current = source;
  for (int round = 0;; ++round) {
    current.text = fixed.text;
    IMGSLIM_TRY(auto result, rules.lint(current, options));
    fixed.left = std::move(result);
    if (round == most_rounds || !decoded.valid) return fixed;
    auto edited = apply_safely(decoded.text, edits_of(fixed.left.findings));
    const auto applied = std::count(edited.applied.begin(), edited.applied.end(), true);
    if (applied == 0) return fixed;
    fixed.fixes += static_cast<std::uint64_t>(applied);
    decoded.text = std::move(edited.text);
    fixed.text = dockerfile::encode_text(decoded.text, decoded.encoding);
  }
}

}  // namespace imgslim
