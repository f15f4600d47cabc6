// What becomes of drafts: the image decides where it can, then comments and waivers suppress, rules that look at the
// same smell become one finding, and severities are settled.
#include "rules/judge.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "rules/context.h"
#include "rules/selection.h"

namespace imgslim::rules {
namespace {

/// Whether a comment's list covers the rule; its aliases count, unless each tool speaks for itself.
bool covers(const Pragma& pragma, const Draft& draft, const LintOptions& options) {
  if (pragma.all && is_buildkit_rule(draft.rule->info.id)) return true;
  return std::any_of(pragma.rules.begin(), pragma.rules.end(), [&](const std::string& id) {
    if (same_rule(id, draft.rule->info.id)) return true;
    const auto& aliases = draft.finding.aliases;
    return options.profile != "compat" &&
           std::any_of(aliases.begin(), aliases.end(), [&](const std::string& alias) { return same_rule(id, alias); });
  });
}

bool reaches(const Pragma& pragma, const Draft& draft, const Facts& facts) {
  if (pragma.reach == Pragma::Reach::file) return true;
  if (!pragma.instruction || draft.whole_file) return false;
  if (pragma.reach == Pragma::Reach::instruction) return *pragma.instruction == draft.step;
  const auto& steps = facts.plain.steps;
  return *pragma.instruction < steps.size() && draft.step < steps.size() &&
         steps[*pragma.instruction].stage == steps[draft.step].stage;
}

bool is_waived(const Draft& draft, const LintOptions& options, std::string_view path) {
  return std::any_of(options.waivers.begin(), options.waivers.end(), [&](const Waiver& waiver) {
    if (!waiver.until.empty() && !options.today.empty() && waiver.until < options.today) return false;
    return names_rule(waiver.rule, draft.rule->info) && (waiver.path.empty() || path_matches(waiver.path, path));
  });
}

/// Takes out what comments and waivers hide; gives how many.
std::uint64_t suppress(std::vector<Draft>& drafts, const JudgeInput& work) {
  const auto hidden = [&](const Draft& draft) {
    if (is_waived(draft, work.options, work.path)) return true;
    if (work.options.ignore_pragmas || draft.finding.rule == "DL1001") return false;
    const auto& pragmas = work.suppression.pragmas;
    return std::any_of(pragmas.begin(), pragmas.end(), [&](const Pragma& pragma) {
      return covers(pragma, draft, work.options) && reaches(pragma, draft, work.facts);
    });
  };
  return std::erase_if(drafts, hidden);
}

/// Findings of rules that another's on the same instruction stands for go into it as aliases.
void merge(std::vector<Draft>& drafts) {
  std::set<const Draft*> gone;
  for (auto& draft : drafts) {
    for (const auto& other : drafts) {
      if (&other == &draft || other.step != draft.step || other.whole_file != draft.whole_file) continue;
      const auto& replaces = draft.rule->replaces;
      if (std::find(replaces.begin(), replaces.end(), other.finding.rule) == replaces.end()) continue;
      gone.insert(&other);
      auto& aliases = draft.finding.aliases;
      if (std::find(aliases.begin(), aliases.end(), other.finding.rule) == aliases.end())
        aliases.push_back(other.finding.rule);
    }
  }
  std::vector<Draft> kept;
  for (auto& draft : drafts)
    if (!gone.contains(&draft)) kept.push_back(std::move(draft));
  drafts = std::move(kept);
}

/// Whether a member of the rule's "image" is true.
bool image_says(const Rule& rule, std::string_view member) {
  const auto* value = rule.image ? rule.image->find(member) : nullptr;
  return value && value->truth;
}

bool has_edits(const Draft& draft) { return draft.finding.fix && !draft.finding.fix->edits.empty(); }

void lend_edits(Draft& draft, const Draft* text) {
  if (text && has_edits(*text) && !has_edits(draft)) draft.finding.fix = text->finding.fix;
}

/// The stage that a COPY takes files from.
std::optional<std::uint32_t> copied_stage(const Facts& facts, std::uint32_t step) {
  const auto stage = facts.plain.steps[step].stage;
  if (!stage || *stage >= facts.resolved.stages().size()) return std::nullopt;
  for (const auto& copy : facts.resolved.stages()[*stage].copies)
    if (copy.instruction == step && copy.source.kind == dockerfile::ImageSource::Kind::stage) return copy.source.stage;
  return std::nullopt;
}

/// What the text says of the same at another instruction: the one that undoes this one's work; of what COPY --from
/// brings, the only one of that stage. Null when there is none.
const Draft* text_elsewhere(const std::vector<Draft>& drafts, const Draft& of_image, const Facts& facts) {
  if (of_image.whole_file || of_image.step >= facts.plain.steps.size()) return nullptr;
  const auto stage = copied_stage(facts, of_image.step);
  const Draft* found = nullptr;
  for (const auto& draft : drafts) {
    if (draft.rule != of_image.rule || draft.step >= facts.plain.steps.size()) continue;
    if (of_image.other_step && draft.step == *of_image.other_step) return &draft;
    if (!stage || facts.plain.steps[draft.step].stage != stage || !of_image.finding.location.path) continue;
    if (found) return nullptr;
    found = &draft;
  }
  return found;
}

/// Of a rule that the image was asked about, what the text says counts only where the image cannot know; where both
/// speak of an instruction, the text lends its place and its edits to the image's finding.
void join(std::vector<Draft>& drafts, ImageSide& image, const Facts& facts) {
  std::map<std::pair<const Rule*, std::uint32_t>, const Draft*> written;
  for (const auto& draft : drafts) written.emplace(std::pair(draft.rule, draft.step), &draft);
  std::erase_if(image.drafts, [&](const Draft& draft) {
    return image_says(*draft.rule, "with_text") && !written.contains({draft.rule, draft.step});
  });
  for (auto& draft : image.drafts) {
    const auto found = draft.whole_file ? written.end() : written.find({draft.rule, draft.step});
    if (found == written.end()) {
      lend_edits(draft, text_elsewhere(drafts, draft, facts));
      continue;
    }
    draft.finding.location.line = found->second->finding.location.line;
    draft.finding.location.column = found->second->finding.location.column;
    draft.finding.location.end_line = found->second->finding.location.end_line;
    draft.finding.location.end_column = found->second->finding.location.end_column;
    lend_edits(draft, found->second);
  }
  std::erase_if(drafts, [&](const Draft& draft) {
    const bool told = std::any_of(image.drafts.begin(), image.drafts.end(), [&](const Draft& other) {
      return other.rule == draft.rule && other.step == draft.step && !other.whole_file;
    });
    const bool judged =
        draft.step < image.built.size() && image.built[draft.step] && !image_says(*draft.rule, "text_stays");
    return image.decided.contains(draft.rule->info.id) && (told || judged);
  });
  for (auto& draft : image.drafts) drafts.push_back(std::move(draft));
}

bool is_earlier(const Draft& a, const Draft& b) {
  const auto& x = a.finding;
  const auto& y = b.finding;
  return std::tie(x.location.line, x.location.column, x.rule) < std::tie(y.location.line, y.location.column, y.rule);
}

}  // namespace

Judged judge(std::vector<Draft> drafts, const JudgeInput& input, ImageSide* image) {
  if (image) {
    std::erase_if(image->drafts,
                  [&](const Draft& draft) { return !is_on(*draft.rule, input.options, input.suppression); });
    join(drafts, *image, input.facts);
  }
  Judged result;
  result.suppressed = suppress(drafts, input);
  if (input.options.profile != "compat") merge(drafts);
  for (auto& draft : drafts) {
    const bool is_error = input.suppression.check_errors && is_buildkit_rule(draft.finding.rule);
    const auto severity = severity_of(draft.rule->info, input.options);
    if (severity != draft.rule->info.severity) draft.finding.severity = severity;
    if (is_error) draft.finding.severity = "error";
    if (!input.path.empty()) draft.finding.location.file = input.path;
  }
  std::stable_sort(drafts.begin(), drafts.end(), is_earlier);
  const auto same = [](const Draft& a, const Draft& b) { return a.finding == b.finding; };
  drafts.erase(std::unique(drafts.begin(), drafts.end(), same), drafts.end());
  result.drafts = std::move(drafts);
  return result;
}

}  // namespace imgslim::rules
