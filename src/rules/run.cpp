#include "rules/run.h"

#include <algorithm>

#include "rules/checks.h"
#include "rules/evaluate.h"
#include "rules/fields.h"

namespace imgslim::rules {
namespace {

using dockerfile::Span;

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

std::string joined(const std::vector<std::string>& words) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t at = 0; at < std::min(words.size(), shown); ++at) text += (at > 0 ? ", " : "") + words[at];
  if (words.size() > shown) text += " and " + std::to_string(words.size() - shown) + " more";
  return text;
}

/// Fills {operands}, {command}, and {FIELD} of the instruction.
std::string fill_in(std::string message, const Match& match, const Place& place) {
  replace_all(message, "{operands}", joined(match.operands));
  if (match.command) replace_all(message, "{command}", match.command->name);
  for (auto open = message.find('{'); open != std::string::npos; open = message.find('{', open + 1)) {
    const auto close = message.find('}', open);
    if (close == std::string::npos) break;
    const auto name = message.substr(open + 1, close - open - 1);
    if (is_field(name)) message.replace(open, close - open + 1, joined(field_values(*place.facts, place.at(), name)));
  }
  return message;
}

class Runner {
 public:
  Runner(const Rule& rule, const Facts& facts, std::vector<Draft>& drafts)
      : rule_(rule), facts_(facts), drafts_(drafts) {}

  void view(const View& view) {
    for (std::uint32_t step = 0; step < view.steps.size(); ++step) {
      const Place place{&facts_, &view, step, nullptr};
      if (in_scope(view.steps[step])) this->step(place);
    }
  }

  void add(Report report) {
    Draft draft;
    draft.rule = &rule_;
    draft.step = report.step;
    draft.whole_file = report.whole_file;
    const auto& file = *facts_.file;
    if (!report.whole_file && report.span.size() == 0 && report.step < file.instructions.size())
      report.span = file.instructions[report.step].logical_span;
    draft.finding.rule = rule_.info.id;
    draft.finding.severity = rule_.info.severity;
    draft.finding.aliases = rule_.info.aliases;
    if (report.message.empty()) report.message = rule_.message;
    draft.finding.message = std::move(report.message);
    draft.finding.location = locate(file, report.span);
    if (report.step < facts_.plain.steps.size())
      draft.finding.fix = make_fix({facts_, facts_.plain.steps[report.step], report.command});
    drafts_.push_back(std::move(draft));
  }

 private:
  [[nodiscard]] bool in_scope(const Step& step) const {
    const auto* stage = facts_.stage_of(step);
    return rule_.scope == Scope::all || !stage || stage->target;
  }

  [[nodiscard]] std::optional<FindingFix> make_fix(const FixPlace& place) const {
    auto edits = rule_.edit.empty() ? std::nullopt : make_edits(rule_.edit.front(), place);
    if (!edits) return std::nullopt;
    return FindingFix{rule_.info.fix, {}, std::move(*edits)};
  }

  void step(const Place& place) {
    std::vector<Match> matches;
    if (!holds(rule_.match.front(), place, &matches)) return;
    if (matches.empty()) matches.emplace_back();
    std::vector<Span> seen;
    for (const auto& match : matches) {
      const auto span = match.command ? match.command->span : Span{};
      const auto same = [&](Span other) { return other.begin == span.begin && other.end == span.end; };
      if (std::any_of(seen.begin(), seen.end(), same)) continue;
      seen.push_back(span);
      add({place.at().index, span, fill_in(rule_.message, match, place), false, match.command});
    }
  }

  const Rule& rule_;
  const Facts& facts_;
  std::vector<Draft>& drafts_;
};

}  // namespace

FindingLocation locate(const dockerfile::File& file, Span span) {
  const auto begin = file.lines.position(span.begin);
  const auto end = file.lines.position(span.end > span.begin ? span.end - 1 : span.begin);
  FindingLocation location;
  location.line = begin.line;
  location.column = begin.column;
  location.end_line = end.line;
  location.end_column = end.column;
  return location;
}

void run_rule(const Rule& rule, const Facts& facts, const LintOptions& options, std::vector<Draft>& drafts) {
  Runner runner(rule, facts, drafts);
  if (rule.check) {
    const Linter linter{facts, options, rule, [&](Report report) { runner.add(std::move(report)); }};
    rule.check(linter);
  }
  if (rule.match.empty()) return;
  runner.view(facts.plain);
  if (rule.onbuild) runner.view(facts.onbuild);
}

}  // namespace imgslim::rules
