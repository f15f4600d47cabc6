#include "analysis/judge_image.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "dockerfile/edit.h"
#include "dockerfile/parse.h"
#include "image_rules/run.h"
#include "image_rules/suggestions.h"
#include "image_rules/what_ifs.h"
#include "report/diff.h"
#include "rules/lint.h"
#include "rules/ruleset.h"

namespace imgslim::analysis {
namespace {

/// Whether enough of the Dockerfile is in the image's history to speak of its lines.
bool is_of_image(const attribution::Instructions& instructions) {
  return instructions.dockerfile_instructions == 0 ||
         instructions.matched_instructions >= attribution::least_matched_share * instructions.dockerfile_instructions;
}

image_rules::ImageBytes image_bytes(const tree::MergedTree& tree) {
  image_rules::ImageBytes sum;
  for (tree::LayerIndex i = 0; i < tree.layer_count(); ++i) {
    sum.payload_bytes += tree.layer(i).payload_bytes;
    sum.compressed_bytes += tree.layer(i).compressed_bytes_estimate;
  }
  return sum;
}

dockerfile::EditGroup edits_of(const ReportFinding& finding) {
  dockerfile::EditGroup group;
  if (finding.fix)
    for (const auto& edit : finding.fix->edits) group.push_back({{edit.begin, edit.end}, edit.text});
  return group;
}

void add_patch(ReportFinding& finding, const RuleInput& input) {
  const auto group = edits_of(finding);
  if (group.empty() || !input.file) return;
  const auto edited = dockerfile::apply_edits(input.file->source, {group});
  finding.fix->patch = report::unified_diff(input.source->path, input.file->source, edited.text);
}

/// One patch for all rows with edits, as far as they go together; one edit that several rows ask for serves them all.
void add_patch_of_all(Judgement& judgement, const RuleInput& input) {
  if (!input.file) return;
  std::vector<dockerfile::EditGroup> groups;
  std::map<std::string, bool> applied;  // by patch
  for (const auto& row : judgement.suggestions.rows) {
    const auto& finding = judgement.findings[row.finding];
    if (finding.fix && applied.emplace(finding.fix->patch, false).second) groups.push_back(edits_of(finding));
  }
  const auto edited = dockerfile::apply_edits(input.file->source, groups, dockerfile::SamePlace::behind);
  std::size_t group = 0;
  std::set<std::string> seen;
  for (auto& row : judgement.suggestions.rows) {
    const auto& fix = judgement.findings[row.finding].fix;
    if (!fix) continue;
    if (seen.insert(fix->patch).second) applied[fix->patch] = edited.applied[group++];
    row.patched = applied[fix->patch];
  }
  judgement.suggestions.patch = report::unified_diff(input.source->path, input.file->source, edited.text);
}

void sort_findings(std::vector<rules::LintedFinding>& findings) {
  const auto key = [](const rules::LintedFinding& item) {
    const auto& finding = item.finding;
    return std::tie(finding.rule, finding.location.line, finding.location.column, finding.location.layer,
                    finding.location.path, finding.message);
  };
  std::stable_sort(findings.begin(), findings.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

Judgement to_judgement(rules::Linted linted, const image_rules::ImageRun& run, const Analysis& analysis) {
  sort_findings(linted.findings);
  Judgement judgement;
  judgement.suppressed = linted.suppressed;
  std::vector<image_rules::Candidate> candidates;
  for (auto& item : linted.findings) {
    const auto position = static_cast<std::uint32_t>(judgement.findings.size());
    if (item.image_finding && image_rules::is_suggestion(run.findings[*item.image_finding]))
      candidates.push_back({position, &run.findings[*item.image_finding]});
    judgement.findings.push_back(std::move(item.finding));
  }
  judgement.suggestions = image_rules::suggest(candidates, image_bytes(analysis.tree));
  return judgement;
}

}  // namespace

Result<Judgement> judge_image(const Analysis& analysis, const RuleInput& input,
                              const std::vector<runtime::Finding>& told) {
  const auto& rules = rules::all_rules(input.ruleset);
  const dockerfile::File nothing = dockerfile::parse("");
  const auto& file = input.file ? *input.file : nothing;
  const LintSource no_source;
  const auto& source = input.source ? *input.source : no_source;
  IMGSLIM_TRY_DONE(rules::check_length(file, source.path));
  const auto facts = rules::facts_of(file, source, input.options);
  const bool joined = input.file && is_of_image(analysis.instructions);
  const image_rules::ImageFacts image{analysis.info,
                                      analysis.files,
                                      analysis.instructions,
                                      analysis.base,
                                      analysis.owners,
                                      analysis.relations,
                                      analysis.duplicates,
                                      analysis.closure,
                                      analysis.startup ? &*analysis.startup : nullptr,
                                      joined ? &facts : nullptr,
                                      input.file ? &facts : nullptr,
                                      input.options.today};
  auto run = image_rules::run(rules, image, told, input.threads);
  IMGSLIM_TRY(auto linted, rules::lint_file({rules, input.options, source.path}, facts, &run.side));
  auto judgement = to_judgement(std::move(linted), run, analysis);
  judgement.suggestions.what_ifs = image_rules::what_ifs(image, run.findings);
  for (auto& finding : judgement.findings) add_patch(finding, input);
  add_patch_of_all(judgement, input);
  return judgement;
}

}  // namespace imgslim::analysis
