#include <algorithm>
#include <map>

#include "dockerfile/edit.h"
#include "dockerfile/parse.h"
#include "imgslim/render_findings.h"
#include "report/diff.h"
#include "report/instruction_text.h"

namespace imgslim {
namespace {

struct Place {
  std::string file = "Dockerfile";
  std::uint32_t line = 1, end_line = 1;
};

/// Where findings go that no instruction is to blame for: whoever reads them there sees which image is meant.
Place place_of_image(const Report& report, const std::optional<DockerfileText>& dockerfile) {
  Place place;
  if (dockerfile) {
    place.file = dockerfile->path;
    const auto parsed = dockerfile::parse(dockerfile->text);
    for (const auto& instruction : parsed.instructions)
      if (instruction.keyword == dockerfile::Keyword::from) place.line = place.end_line = instruction.start_line;
    return place;
  }
  const auto file = report::common_file(report);
  if (!file.empty()) place.file = file;
  for (const auto& step : report.instructions.value_or(std::vector<ReportStep>()))
    if (step.instruction.kind == "FROM" && step.instruction.file && step.instruction.start_line)
      place = {*step.instruction.file, *step.instruction.start_line, *step.instruction.start_line};
  return place;
}

/// The location with a file and a line.
FindingLocation settled(const FindingLocation& at, const Report& report, const Place& fallback) {
  auto place = report::at_instruction(report, at);
  if (place.line && place.file) return place;
  place.file = fallback.file;
  place.line = fallback.line;
  place.end_line = fallback.end_line;
  place.column.reset();
  place.end_column.reset();
  return place;
}

}  // namespace

LintReport findings_of(const Report& report, const std::optional<DockerfileText>& dockerfile,
                       std::vector<RuleInfo> rules) {
  LintReport all;
  all.rules = std::move(rules);
  std::map<std::string, std::size_t> position_of;
  const auto fallback = place_of_image(report, dockerfile);
  for (const auto& finding : report.findings.value_or(std::vector<ReportFinding>())) {
    auto placed = finding;
    placed.location = settled(finding.location, report, fallback);
    const auto& path = *placed.location.file;
    const auto [position, is_new] = position_of.emplace(path, all.files.size());
    if (is_new) all.files.push_back({path, dockerfile && dockerfile->path == path ? dockerfile->text : "", {}});
    all.files[position->second].result.findings.push_back(std::move(placed));
  }
  for (auto& file : all.files) {
    if (dockerfile && dockerfile->path == file.path) fill_patches(file.result.findings, *dockerfile);
    std::stable_sort(file.result.findings.begin(), file.result.findings.end(), [](const auto& a, const auto& b) {
      return std::pair(*a.location.line, a.location.column.value_or(0)) <
             std::pair(*b.location.line, b.location.column.value_or(0));
    });
  }
  return all;
}

void fill_patches(std::vector<ReportFinding>& findings, const DockerfileText& dockerfile) {
  for (auto& finding : findings) {
    if (!finding.fix || finding.fix->edits.empty() || !finding.fix->patch.empty()) continue;
    dockerfile::EditGroup group;
    for (const auto& edit : finding.fix->edits) group.push_back({{edit.begin, edit.end}, edit.text});
    const auto edited = dockerfile::apply_edits(dockerfile.text, {group});
    finding.fix->patch = report::unified_diff(dockerfile.path, dockerfile.text, edited.text);
  }
}

}  // namespace imgslim
