// The text exposition format of Prometheus, version 0.0.4: for each metric "# HELP" and "# TYPE", then its samples, one
// a line, no two with the same labels. A label's value has \\, \" and \n escaped; what a terminal cannot show is made
// visible before, as everywhere. Gauges all: they describe one image, and the next one starts anew.
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "imgslim/render_metrics.h"
#include "report/escape.h"

namespace imgslim {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

std::string escape_label(std::string_view text) {
  std::string escaped;
  for (const char c : report::escape_terminal(text)) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

class Metrics {
 public:
  explicit Metrics(const Report& report) : image_(labels_of(report)) {}

  void declare(std::string_view name, std::string_view help) {
    name_ = "imgslim_" + std::string(name);
    text_ += "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " gauge\n";
  }
  void sample(std::uint64_t value, const Labels& labels = {}) {
    text_ += name_ + "{" + image_;
    for (const auto& [name, label] : labels) text_ += "," + std::string(name) + "=\"" + escape_label(label) + "\"";
    text_ += "} " + std::to_string(value) + "\n";
  }
  /// A metric of one sample.
  void add(std::string_view name, std::string_view help, std::uint64_t value) {
    declare(name, help);
    sample(value);
  }

  std::string take() { return std::move(text_); }

 private:
  static std::string labels_of(const Report& report) {
    return "image=\"" + escape_label(report.image.reference) + "\",platform=\"" + escape_label(report.image.platform) +
           "\"";
  }

  std::string image_, name_, text_;
};

void add_sizes(const Report& report, Metrics& metrics) {
  const auto& totals = report.totals;
  metrics.declare("info", "Which image the other metrics are of.");
  metrics.sample(1, {{"digest", report.image.manifest_digest}, {"version", report.tool.version}});
  metrics.add("complete", "Whether all of the image could be read.", report.complete ? 1 : 0);
  metrics.add("unpacked_bytes", "File contents in all layers.", totals.payload_bytes);
  if (const auto pull = totals.compressed_bytes ? totals.compressed_bytes : totals.compressed_bytes_estimate) {
    metrics.add("pull_bytes", "Compressed layers: what a pull moves.", *pull);
    metrics.add("pull_is_estimate", "Whether the layers were not compressed, so that the pull is estimated.",
                totals.compressed_bytes ? 0 : 1);
  }
  metrics.add("visible_bytes", "File contents that a container sees.", totals.visible_bytes);
  metrics.add("wasted_bytes", "File contents that layers store and no container sees.", totals.wasted_bytes);
  metrics.add("layers", "Layers.", totals.layers);
  metrics.add("files", "Files that a container sees.", totals.files);
}

void add_memory(const ReportMemory& memory, Metrics& metrics) {
  const auto& rss = memory.startup.rss_bytes;
  metrics.declare("startup_rss_bytes", "Resident memory at start as the model estimates it, and between what bounds.");
  metrics.sample(rss.low, {{"bound", "low"}});
  metrics.sample(rss.estimate, {{"bound", "estimate"}});
  if (rss.high) metrics.sample(*rss.high, {{"bound", "high"}});
  metrics.add("sharing_lost_bytes", "Page cache that layers take from sharing by storing mapped files again.",
              memory.sharing.lost_bytes);
}

void add_findings(const Report& report, Metrics& metrics) {
  if (report.findings) {
    std::map<std::string, std::uint64_t> counts{{"error", 0}, {"warning", 0}, {"info", 0}};
    for (const auto& finding : *report.findings) ++counts[finding.severity];
    metrics.declare("findings", "Findings of the rules.");
    for (const auto& [severity, count] : counts) metrics.sample(count, {{"severity", severity}});
  }
  if (!report.suggestions) return;
  const auto& then = *report.suggestions;
  metrics.add("suggested_unpacked_bytes", "File contents in all layers when every suggestion is followed.",
              then.payload_bytes_then);
  metrics.add("suggested_pull_bytes", "Compressed layers when every suggestion is followed.",
              then.compressed_bytes_then);
}

using Checks = std::map<std::pair<std::string, std::string>, const VerdictCheck*>;

/// One check for each budget and subject: of several limits for the same thing one that failed, else the first.
Checks distinct(const Verdict& verdict) {
  Checks checks;
  for (const auto& check : verdict.checks) {
    auto& kept = checks[{check.name, check.subject}];
    if (kept == nullptr || (kept->passed && !check.passed)) kept = &check;
  }
  return checks;
}

void add_verdict(const Verdict& verdict, Metrics& metrics) {
  metrics.add("check_passed", "Whether the image may ship: 1 or 0.", verdict.passed ? 1 : 0);
  const auto checks = distinct(verdict);
  const auto add = [&](std::string_view name, std::string_view help, auto value_of) {
    if (checks.empty()) return;
    metrics.declare(name, help);
    for (const auto& [key, check] : checks)
      metrics.sample(value_of(*check), {{"budget", check->name}, {"subject", check->subject}, {"unit", check->unit}});
  };
  add("budget_value", "What is held against a budget.", [](const VerdictCheck& check) { return check.value; });
  add("budget_limit", "The most that a budget allows.", [](const VerdictCheck& check) { return check.limit; });
  add("budget_passed", "Whether a budget is kept.",
      [](const VerdictCheck& check) { return std::uint64_t{check.passed}; });
  add("budget_waived", "Whether a failed budget is waived.",
      [](const VerdictCheck& check) { return std::uint64_t{check.waived.has_value()}; });
}

}  // namespace

std::string render_prometheus(const Report& report) {
  Metrics metrics(report);
  add_sizes(report, metrics);
  if (report.memory) add_memory(*report.memory, metrics);
  add_findings(report, metrics);
  if (report.verdict) add_verdict(*report.verdict, metrics);
  return metrics.take();
}

}  // namespace imgslim
