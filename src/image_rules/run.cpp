// All image rules to drafts: each finding gets its place (the instruction of its layer, else the FROM of the stage that
// is built), its message filled in, and its saving out of its claims.
#include "image_rules/run.h"

#include <algorithm>
#include <iterator>

#include "core/byte_format.h"
#include "core/check.h"
#include "core/parallel.h"
#include "core/path.h"
#include "image_rules/path_rules.h"

namespace imgslim::image_rules {
namespace {

using rules::Draft;
using rules::Rule;

const char* severity_name(runtime::Severity severity) {
  switch (severity) {
    case runtime::Severity::error:
      return "error";
    case runtime::Severity::warning:
      return "warning";
    case runtime::Severity::info:
      break;
  }
  return "info";
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

/// Fills {bytes}, {compressed}, {files}, {layer}, {name} and {path}: the last ones last, since they may hold anything.
/// A path is told from the root, as everywhere in messages; a name is the evidence as it is.
std::string fill_in(std::string message, const ImageFinding& finding) {
  const auto sum = finding.claims.sum();
  replace_all(message, "{bytes}", format_bytes(sum.bytes, Units::si));
  replace_all(message, "{compressed}", format_bytes(sum.compressed_bytes, Units::si));
  const auto files = finding.claims.size();
  replace_all(message, "{files}", std::to_string(files) + (files == 1 ? " file" : " files"));
  replace_all(message, "{layer}", finding.layer ? std::to_string(*finding.layer + 1) : "?");
  const auto path = finding.path.empty() && !finding.evidence.empty() ? finding.evidence.front().path : finding.path;
  if (const auto at = message.find("{name}"); at != std::string::npos)
    message.replace(at, 6, path);
  else if (const auto place = message.find("{path}"); place != std::string::npos)
    message.replace(place, 6, "/" + path);
  return message;
}

class Runner {
 public:
  explicit Runner(const ImageFacts& image) : image_(image) { mark_built(); }

  void add(const Rule& rule, ImageFinding finding) {
    Draft draft = placed(rule, {finding.layer, finding.keyword, finding.instruction});
    draft.finding.severity = finding.severity.empty() ? rule.info.severity : finding.severity;
    draft.finding.message = finding.message.empty() ? fill_in(message_of(rule), finding) : finding.message;
    if (finding.as_traced) draft.finding.message += " (as far as the trace goes)";
    if (!finding.path.empty()) draft.finding.location.path = finding.path;
    draft.finding.evidence = finding.evidence;
    if (draft.finding.evidence.size() > most_evidence_files) draft.finding.evidence.resize(most_evidence_files);
    draft.finding.fix = FindingFix{finding.advice.empty() ? rule.info.fix : finding.advice, {}, {}};
    if (finding.other_layer && image_.dockerfile) draft.other_step = image_.step_of(*finding.other_layer).instruction;
    if (image_.dockerfile && !draft.whole_file) draft.finding.fix->edits = edits_of(rule, draft, finding);
    if (!finding.claims.empty() || finding.rss_bytes + finding.added_rss_bytes > 0)
      draft.finding.saving = saving_of(finding);
    draft.image_finding = static_cast<std::uint32_t>(run_.findings.size());
    run_.findings.push_back(std::move(finding));
    run_.side.drafts.push_back(std::move(draft));
  }

  void add(const Rule& rule, const runtime::Finding& told) {
    const auto path = std::string(without_leading_slash(told.path));
    Cause cause{path.empty() ? told.layer : layer_of(path), told.instruction, std::nullopt};
    if (cause.layer && image_.is_mine(*cause.layer)) cause.keyword.clear();
    Draft draft = placed(rule, cause);
    draft.finding.severity = severity_name(told.severity);
    draft.finding.message = told.message;
    if (!path.empty()) draft.finding.location.path = path;
    for (const auto& evidence : told.evidence)
      draft.finding.evidence.push_back({std::string(without_leading_slash(evidence.path)), evidence.bytes});
    draft.finding.fix = FindingFix{rule.info.fix, {}, {}};
    run_.side.drafts.push_back(std::move(draft));
  }

  void decide(const std::string& rule) { run_.side.decided.insert(rule); }
  ImageRun take() { return std::move(run_); }

 private:
  /// What is to be changed: the first that is known of instruction, keyword and layer.
  struct Cause {
    std::optional<tree::LayerIndex> layer;
    std::string keyword;
    std::optional<std::uint32_t> instruction;
  };

  static std::string_view without_leading_slash(std::string_view path) {
    return path.starts_with('/') ? path.substr(1) : path;
  }

  static std::string message_of(const Rule& rule) {
    const auto* message = rule.image->find("message");
    return message ? message->text : rule.message;
  }

  static FindingSaving saving_of(const ImageFinding& finding) {
    const auto sum = finding.claims.sum();
    return {sum.bytes, sum.compressed_bytes, finding.rss_bytes, finding.added_rss_bytes,
            finding.basis == Basis::measured ? "measured" : "estimated"};
  }

  /// Edits that need no command to have been found in the text: the image tells what they are about.
  [[nodiscard]] std::vector<FindingEdit> edits_of(const Rule& rule, const Draft& draft,
                                                  const ImageFinding& finding) const {
    if (rule.edit.empty()) return {};
    const auto& steps = image_.dockerfile->plain.steps;
    const auto other = draft.other_step.value_or(draft.step);
    rules::FixPlace place{*image_.dockerfile, steps[std::min(draft.step, other)]};
    place.of_image = true;
    if (draft.other_step) place.later = &steps[std::max(draft.step, other)];
    if (finding.evidence.size() == finding.claims.size())
      for (const auto& file : finding.evidence) place.files.push_back("/" + file.path);
    place.keep = finding.keep;
    return rules::make_edits(rule.edit.front(), place).value_or(std::vector<FindingEdit>{});
  }

  [[nodiscard]] std::optional<tree::LayerIndex> layer_of(const std::string& path) const {
    const auto node = image_.tree().find(path);
    if (node == tree::Node::none || image_.tree().node(node).entry == tree::Node::implied) return std::nullopt;
    return image_.tree().layer_of(image_.tree().node(node).entry);
  }

  /// Which instructions of the Dockerfile the image's layers and steps are the work of.
  void mark_built() {
    if (!image_.dockerfile) return;
    run_.side.built.resize(image_.dockerfile->plain.steps.size(), false);
    for (const auto& step : image_.instructions.steps)
      if (step.instruction && *step.instruction < run_.side.built.size()) run_.side.built[*step.instruction] = true;
  }

  /// The last instruction of the image's stages with that keyword; of "ENV NAME" the last that sets the variable.
  [[nodiscard]] std::optional<std::uint32_t> last_with(std::string_view keyword) const {
    if (keyword.empty()) return std::nullopt;
    const auto space = std::min(keyword.find(' '), keyword.size());
    const auto name = keyword.substr(std::min(space + 1, keyword.size()));
    const auto& file = *image_.dockerfile->file;
    std::optional<std::uint32_t> found;
    for (const auto* instruction : dockerfile::image_instructions(file, image_.dockerfile->resolved)) {
      if (instruction->upper != keyword.substr(0, space)) continue;
      const auto* pairs = instruction->as<dockerfile::KeyValues>();
      const auto sets = [&](const dockerfile::KeyValue& pair) { return pair.key.text == name; };
      if (name.empty() || (pairs && std::any_of(pairs->pairs.begin(), pairs->pairs.end(), sets)))
        found = static_cast<std::uint32_t>(instruction - file.instructions.data());
    }
    return found;
  }

  /// The instruction that is to be changed, else the FROM that the image is built from. Of another image's Dockerfile
  /// only that is said.
  [[nodiscard]] std::optional<std::uint32_t> place_of(const Cause& cause) const {
    if (image_.dockerfile) {
      if (cause.instruction) return cause.instruction;
      if (const auto last = last_with(cause.keyword)) return last;
      if (cause.layer && image_.step_of(*cause.layer).instruction) return image_.step_of(*cause.layer).instruction;
    }
    const auto* given = image_.dockerfile ? image_.dockerfile : image_.given_dockerfile;
    if (!given || !given->resolved.target()) return std::nullopt;
    const auto from = given->stages[*given->resolved.target()].from;
    return given->plain.steps[from].index;
  }

  [[nodiscard]] Draft placed(const Rule& rule, const Cause& cause) const {
    Draft draft;
    draft.rule = &rule;
    draft.finding.rule = rule.info.id;
    draft.finding.aliases = rule.info.aliases;
    if (const auto place = place_of(cause)) {
      draft.step = *place;
      const auto& file = *(image_.dockerfile ? image_.dockerfile : image_.given_dockerfile)->file;
      draft.finding.location = rules::locate(file, file.instructions[*place].logical_span);
    } else {
      draft.whole_file = true;
    }
    draft.finding.location.layer = cause.layer;
    return draft;
  }

  const ImageFacts& image_;
  ImageRun run_;
};

/// What every rule finds, the rules of paths first; each check and the walk of the path rules is a task.
std::vector<RuleFindings> find_all(const std::vector<Rule>& rules, const ImageFacts& image, unsigned threads) {
  std::vector<std::pair<const Rule*, ImageCheck>> checks;
  for (const auto& rule : rules) {
    const auto* name = rule.image ? rule.image->find("check") : nullptr;
    if (const auto check = name ? find_image_check(name->text) : nullptr) checks.emplace_back(&rule, check);
  }
  std::vector<RuleFindings> found, of_checks(checks.size());
  run_parallel(threads, checks.size() + 1, [&](std::size_t i) {
    if (i == 0) {
      found = run_path_rules(rules, image);
      return;
    }
    const auto& [rule, check] = checks[i - 1];
    of_checks[i - 1] = {rule, check({image, *rule})};
  });
  std::move(of_checks.begin(), of_checks.end(), std::back_inserter(found));
  return found;
}

const Rule* find_rule(const std::vector<Rule>& rules, const std::string& id) {
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.info.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> CheckContext::words(std::string_view name) const {
  std::vector<std::string> words;
  const auto* value = parameter(name);
  if (!value) return words;
  if (value->kind == json::Located::Kind::string) return {value->text};
  for (const auto& item : value->items) words.push_back(item.text);
  return words;
}

std::uint64_t CheckContext::bytes(std::string_view name, std::uint64_t otherwise) const {
  const auto* value = parameter(name);
  return value && value->number > 0 ? static_cast<std::uint64_t>(value->number) : otherwise;
}

ImageRun run(const std::vector<Rule>& rules, const ImageFacts& image, const std::vector<runtime::Finding>& told,
             unsigned threads) {
  Runner runner(image);
  for (auto& result : find_all(rules, image, threads))
    for (auto& finding : result.findings) runner.add(*result.rule, std::move(finding));
  for (const auto& rule : rules)
    if (rule.image) runner.decide(rule.info.id);
  for (const auto& finding : told) {
    const auto* rule = find_rule(rules, finding.rule);
    IMGSLIM_CHECK(rule != nullptr);
    runner.add(*rule, finding);
  }
  return runner.take();
}

}  // namespace imgslim::image_rules
