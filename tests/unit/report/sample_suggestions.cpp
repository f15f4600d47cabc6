#include "unit/report/sample_suggestions.h"

#include "unit/report/sample_reports.h"

namespace imgslim::test {
namespace {

const std::string attack = "\x1b[2J\xe2\x80\xae::error::x\n##vso[task.x]y @all #1 </details> <b>`|` ]]> \"q\" %;,";

ReportFinding pip_cache() {
  ReportFinding finding;
  finding.rule = "SL4001";
  finding.severity = "warning";
  finding.message = "pip keeps its cache in the layer";
  finding.location = {"Dockerfile", 8, 1, 8, 35, 3, "root/.cache/pip"};
  finding.evidence = {{"root/.cache/pip", 12'200'000}};
  finding.saving = FindingSaving{12'200'000, 4'100'000, 0, 0, "measured"};
  finding.fix = FindingFix{"keep pip's cache out of the layer: --no-cache-dir", "", {}};
  const auto text = sample_dockerfile().text;
  const auto at = static_cast<std::uint32_t>(text.find("install -r") + 8);
  finding.fix->edits = {{at, at, "--no-cache-dir "}};
  return finding;
}

ReportFinding apt_lists() {
  ReportFinding finding;
  finding.rule = "SL3001";
  finding.severity = "info";
  finding.message = "apt's lists stay in the layer";
  finding.location.layer = 1;
  finding.saving = FindingSaving{18'900'000, 5'000'000, 0, 0, "measured"};
  return finding;
}

ReportFinding compiled_modules() {
  ReportFinding finding;
  finding.rule = "SL7001";
  finding.severity = "style";
  finding.message = "modules are compiled at each start";
  finding.saving = FindingSaving{0, 0, 2'000'000, 500'000, "estimated"};
  return finding;
}

void add_verdict(Report& report) {
  report.verdict = Verdict{};
  report.verdict->passed = false;
  report.verdict->message = "Over budget: ask #platform";
  VerdictCheck unpacked;
  unpacked.name = "unpacked";
  unpacked.limit = 250'000'000;
  unpacked.value = report.totals.payload_bytes;
  unpacked.passed = false;
  unpacked.source = ".imgslim.yaml:6";
  unpacked.message = "unpacked 254.7 MB > 250.0 MB (.imgslim.yaml:6)";
  VerdictCheck pull = unpacked;
  pull.name = "pull";
  pull.limit = 100'000'000;
  pull.value = 96'000'000;
  pull.passed = true;
  pull.message = "pull 96.0 MB <= 100.0 MB";
  report.verdict->checks = {unpacked, pull};
}

}  // namespace

DockerfileText sample_dockerfile() {
  return {"Dockerfile",
          "FROM debian:12-slim AS build\n"
          "RUN make\n"
          "FROM debian:12-slim\n"
          "RUN apt-get update && apt-get install -y \\\n"
          "    gcc \\\n"
          "    python3\n"
          "COPY requirements.txt /app/\n"
          "RUN pip install -r requirements.txt\n"
          "COPY . /app\n"
          "RUN chown -R app:app /app && rm /app/build/cache.bin\n"};
}

Report suggested_report() {
  auto report = realistic_report();
  report.findings->push_back(pip_cache());
  report.findings->push_back(apt_lists());
  report.findings->push_back(compiled_modules());
  const auto first = static_cast<std::uint32_t>(report.findings->size() - 3);
  ReportSuggestions suggestions;
  suggestions.rows = {{first + 1, {18'900'000, 5'000'000, 0, 0, "measured"}},
                      {first, {12'200'000, 4'100'000, 0, 0, "measured"}},
                      {first + 2, {0, 0, 2'000'000, 500'000, "estimated"}}};
  suggestions.payload_bytes_now = report.totals.payload_bytes;
  suggestions.payload_bytes_then = report.totals.payload_bytes - 31'100'000;
  suggestions.compressed_bytes_now = *report.totals.compressed_bytes;
  suggestions.compressed_bytes_then = *report.totals.compressed_bytes - 9'100'000;
  suggestions.what_ifs = {{"flatten", "the layers above the base as one", 244'800'000, 93'000'000, "estimated"}};
  report.suggestions = suggestions;
  add_verdict(report);
  return report;
}

Comparison grown_comparison(const Report& head) {
  Comparison comparison;
  comparison.head.reference = head.image.reference;
  auto& totals = comparison.totals;
  totals.payload_bytes = {head.totals.payload_bytes - 41'800'000, head.totals.payload_bytes};
  totals.compressed_bytes = DiffNumber{*head.totals.compressed_bytes - 15'200'000, *head.totals.compressed_bytes};
  for (std::uint32_t i = 0; i < head.layers.size(); ++i) {
    DiffLayer layer;
    layer.change = i == 3 ? "changed" : "same";
    layer.index_before = layer.index_after = i;
    layer.instruction = head.layers[i].instruction;
    const auto bytes = head.layers[i].payload_bytes;
    layer.payload_bytes = {i == 3 ? bytes - 41'800'000 : bytes, bytes};
    comparison.layers.push_back(layer);
  }
  DiffPackage numpy;
  numpy.change = "added";
  numpy.manager = "pip";
  numpy.name = "numpy";
  numpy.version_after = "1.26.4";
  numpy.layer_after = 3;
  numpy.visible_bytes = {0, 28'100'000};
  comparison.packages = {numpy};
  comparison.paths = {{"added", "root/.cache/pip", {}, {0, 12'200'000}},
                      {"renamed", "app/new", "app/old", {1'500'000, 1'500'000}}};
  DiffMemory memory;
  memory.rss_bytes = {16'000'000, head.memory->startup.rss_bytes.estimate};
  memory.sharing_lost_bytes = {0, 5'700'000};
  comparison.memory = memory;
  comparison.findings_added = std::vector<ReportFinding>{pip_cache()};
  return comparison;
}

Comparison same_comparison(const Report& head) {
  Comparison comparison;
  comparison.totals.payload_bytes = {head.totals.payload_bytes - 100'000, head.totals.payload_bytes};
  return comparison;
}

Report hostile_suggested_report() {
  auto report = suggested_report();
  report.image.reference = attack + ":latest";
  report.image.platform = attack;
  for (auto& layer : report.layers) layer.instruction.text = "RUN " + attack;
  for (auto& finding : *report.findings) {
    finding.message = attack;
    finding.location.path = attack;
    if (finding.fix) finding.fix->description = attack;
  }
  report.findings->back().location.file = "a,b:c;d]" + attack;
  report.findings->back().location.line = 2;
  report.verdict->checks[0].message = attack;
  report.verdict->message = "/close\n/merge " + attack;
  report.suggestions->what_ifs[0].description = attack;
  return report;
}

Comparison hostile_comparison(const Report& head) {
  auto comparison = grown_comparison(head);
  comparison.packages[0].name = attack;
  comparison.packages[0].version_after = attack;
  comparison.paths[1].path = attack;
  comparison.paths[1].path_before = attack;
  comparison.notes = {{"platform-mismatch", "base", attack}};
  return comparison;
}

DockerfileText hostile_dockerfile() {
  auto dockerfile = sample_dockerfile();
  dockerfile.text.insert(dockerfile.text.find("COPY . /app"),
                         "# ```` @all " + attack.substr(0, attack.find('\n')) + "\n");
  return dockerfile;
}

}  // namespace imgslim::test
