// Fixing a Dockerfile: rounds of lint and edits, until a round has nothing to edit. A rule that asks for the edit again
// that was just made (the finding is still there) edits nothing more, and the round is tried again without it. Hence a
// second run changes nothing.
#include "imgslim/fix.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "dockerfile/edit.h"
#include "dockerfile/encoding.h"
#include "dockerfile/parse.h"

namespace imgslim {
namespace {

/// A fix may make place for another one, hence rounds; rules whose fixes undo each other must not go on for ever.
constexpr int most_rounds = 50;

using dockerfile::apply_edits;
using dockerfile::EditedText;
using dockerfile::EditGroup;

/// The edits of one round, with the finding of each group.
struct Round {
  std::vector<EditGroup> groups;
  std::vector<const ReportFinding*> findings;
};

Round plan_round(const std::vector<ReportFinding>& findings, const std::set<std::string>& blocked) {
  Round round;
  for (const auto& finding : findings) {
    if (!finding.fix || finding.fix->edits.empty() || blocked.count(finding.rule) > 0) continue;
    EditGroup group;
    for (const auto& edit : finding.fix->edits) group.push_back({{edit.begin, edit.end}, edit.text});
    round.groups.push_back(std::move(group));
    round.findings.push_back(&finding);
  }
  return round;
}

std::size_t problem_count(const std::string& text) { return dockerfile::parse(text).problems.size(); }

/// Applies what keeps the file as readable as it is: all groups, or else those that do it each for itself.
EditedText apply_safely(const std::string& text, const std::vector<EditGroup>& groups) {
  const auto problems = problem_count(text);
  auto edited = apply_edits(text, groups);
  if (problem_count(edited.text) <= problems) return edited;
  auto harmless = groups;
  for (auto& group : harmless)
    if (problem_count(apply_edits(text, {group}).text) > problems) group.clear();
  edited = apply_edits(text, harmless);
  if (problem_count(edited.text) <= problems) return edited;
  return {text, std::vector<bool>(groups.size(), false)};
}

/// Where bytes of the text stand after edits that do not overlap.
class Shifts {
 public:
  explicit Shifts(std::vector<const FindingEdit*> edits) {
    std::sort(edits.begin(), edits.end(), [](const auto* a, const auto* b) { return a->begin < b->begin; });
    std::int64_t total = 0;
    for (const auto* edit : edits) {
      total += static_cast<std::int64_t>(edit->text.size()) - (edit->end - edit->begin);
      behind_[edit->begin] = total;
    }
  }
  [[nodiscard]] std::uint32_t moved(std::uint32_t at) const {
    const auto next = behind_.lower_bound(at);
    return next == behind_.begin() ? at : static_cast<std::uint32_t>(at + std::prev(next)->second);
  }

 private:
  std::map<std::uint32_t, std::int64_t> behind_;  ///< begin of an edit, and the shift behind it
};

/// Rules whose edits were applied and did not take their finding away: they ask for the same edit at the same place.
std::set<std::string> ineffective_rules(const Round& round, const std::vector<bool>& applied, const LintResult& after) {
  std::vector<const FindingEdit*> made;
  for (std::size_t i = 0; i < applied.size(); ++i)
    if (applied[i])
      for (const auto& edit : round.findings[i]->fix->edits) made.push_back(&edit);
  const Shifts shifts(made);
  std::set<std::tuple<std::string_view, std::uint32_t, std::string_view>> asked;
  for (const auto& finding : after.findings)
    if (finding.fix)
      for (const auto& edit : finding.fix->edits) asked.emplace(finding.rule, edit.begin, edit.text);
  std::set<std::string> rules;
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (!applied[i]) continue;
    const auto& finding = *round.findings[i];
    const auto& edit = finding.fix->edits.front();
    const auto place = shifts.moved(edit.begin);
    const auto behind = place + static_cast<std::uint32_t>(edit.text.size());
    if (asked.count({finding.rule, place, edit.text}) + asked.count({finding.rule, behind, edit.text}) > 0)
      rules.insert(finding.rule);
  }
  return rules;
}

}  // namespace

Result<FixedDockerfile> fix_dockerfile(const Ruleset& rules, const LintSource& source, const LintOptions& options) {
  auto decoded = dockerfile::decode_text(source.text);
  FixedDockerfile fixed;
  fixed.text = source.text;
  IMGSLIM_TRY(fixed.left, rules.lint(source, options));
  std::set<std::string> blocked;
  for (int round = 0; round < most_rounds && decoded.valid; ++round) {
    const auto plan = plan_round(fixed.left.findings, blocked);
    auto edited = apply_safely(decoded.text, plan.groups);
    const auto applied = std::count(edited.applied.begin(), edited.applied.end(), true);
    if (applied == 0) break;
    auto next = source;
    next.text = dockerfile::encode_text(edited.text, decoded.encoding);
    IMGSLIM_TRY(auto after, rules.lint(next, options));
    if (const auto useless = ineffective_rules(plan, edited.applied, after); !useless.empty()) {
      blocked.insert(useless.begin(), useless.end());
      continue;
    }
    fixed.fixes += static_cast<std::uint64_t>(applied);
    fixed.left = std::move(after);
    fixed.text = std::move(next.text);
    decoded.text = std::move(edited.text);
  }
  return fixed;
}

}  // namespace imgslim
