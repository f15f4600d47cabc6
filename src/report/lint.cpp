#include <algorithm>
#include <utility>

#include "core/byte_format.h"
#include "core/digest.h"
#include "core/nearest.h"
#include "report/escape.h"
#include "report/json_sink.h"
#include "report/lint_formats.h"

namespace imgslim {
namespace {

constexpr std::pair<std::string_view, LintFormat> formats[] = {
    {"text", LintFormat::text},        {"json", LintFormat::json},
    {"sarif", LintFormat::sarif},      {"github", LintFormat::github},
    {"azure", LintFormat::azure},      {"gitlab", LintFormat::gitlab},
    {"gcc", LintFormat::gcc},          {"checkstyle", LintFormat::checkstyle},
    {"junit", LintFormat::junit},      {"rdjson", LintFormat::rdjson},
    {"markdown", LintFormat::markdown}};

void add_block(std::string& page, std::string_view title, std::string_view text) {
  if (text.empty()) return;
  page.append("\n").append(title).append("\n\n");
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    page.append("    ").append(report::escape_terminal(text.substr(at, end - at))).append("\n");
    at = end + 1;
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string rules_json(const std::vector<RuleInfo>& rules) {
  report::JsonSink sink(report::JsonSink::Layout::lines, report::JsonSink::Strings::text);
  sink.open('{');
  sink.key("rules");
  sink.open('[');
  for (const auto& rule : rules) {
    sink.open('{');
    for (const auto& [name, text] :
         {std::pair("id", &rule.id), std::pair("title", &rule.title), std::pair("severity", &rule.severity),
          std::pair("family", &rule.family), std::pair("needs", &rule.needs), std::pair("why", &rule.why),
          std::pair("fix", &rule.fix)}) {
      sink.key(name);
      sink.value(*text);
    }
    for (const auto& [name, list] : {std::pair("profiles", &rule.profiles), std::pair("aliases", &rule.aliases)}) {
      sink.key(name);
      sink.open('[');
      for (const auto& word : *list) sink.value(word);
      sink.close();
    }
    sink.close();
  }
  sink.close();
  sink.close();
  return std::move(sink).take() + "\n";
}

}  // namespace

Result<LintFormat> parse_lint_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& [known, format] : formats) {
    if (known == name) return format;
    names.push_back(known);
  }
  return usage_error("unknown format " + std::string(name) + did_you_mean(name, names) +
                     ": text, json, sarif, github, azure, gitlab, gcc, checkstyle, junit, rdjson or markdown");
}

std::string render_lint(const LintReport& report, LintFormat format, const RenderOptions& options) {
  switch (format) {
    case LintFormat::text:
      return report::lint_text(report, options);
    case LintFormat::json:
      return report::lint_json(report);
    case LintFormat::sarif:
      return report::lint_sarif(report);
    case LintFormat::github:
      return report::lint_github(report);
    case LintFormat::azure:
      return report::lint_azure(report);
    case LintFormat::gitlab:
      return report::lint_gitlab(report);
    case LintFormat::gcc:
      return report::lint_gcc(report);
    case LintFormat::checkstyle:
      return report::lint_checkstyle(report);
    case LintFormat::junit:
      return report::lint_junit(report);
    case LintFormat::rdjson:
      return report::lint_rdjson(report);
    case LintFormat::markdown:
      break;
  }
  return report::lint_markdown(report);
}

std::string render_rule(const RuleInfo& rule) {
  using report::escape_terminal;  // a repository's own rules are as foreign as its Dockerfiles
  const auto id = escape_terminal(rule.id);
  std::string page = id + ": " + escape_terminal(rule.title) + "\n\n";
  page += "severity  " + rule.severity + "\n";
  page +=
      "profiles  " + (rule.profiles.empty() ? "none: --select " + id + " turns it on" : joined(rule.profiles)) + "\n";
  page += "needs     " + rule.needs + "\n";
  if (!rule.aliases.empty()) page += "stands for " + escape_terminal(joined(rule.aliases)) + "\n";
  page += "\n" + escape_terminal(rule.why) + "\n" + escape_terminal(rule.fix) + "\n";
  add_block(page, "Bad:", rule.bad);
  add_block(page, "Good:", rule.good);
  if (!rule.links.empty()) page += "\n";
  for (const auto& link : rule.links) page += escape_terminal(link) + "\n";
  return page;
}

std::string render_rules(const std::vector<RuleInfo>& rules, Format format) {
  if (format == Format::json) return rules_json(rules);
  std::size_t width = 0;
  for (const auto& rule : rules) width = std::max(width, report::escape_terminal(rule.id).size());
  std::string out;
  for (const auto& rule : rules) {
    const auto id = report::escape_terminal(rule.id);
    const auto profiles = rule.profiles.empty() ? "-" : joined(rule.profiles);
    out += id + std::string(width - id.size() + 2, ' ');
    out += rule.severity + std::string(9 - rule.severity.size(), ' ');
    out += profiles + std::string(14 - std::min<std::size_t>(profiles.size(), 13), ' ');
    out += report::escape_terminal(rule.title);
    out += rule.needs == "image" ? " (needs an image)\n" : "\n";
  }
  return out;
}

namespace report {

std::string_view source_line(std::string_view text, std::uint32_t number) {
  for (std::uint32_t line = 1; line < number && !text.empty(); ++line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  text = text.substr(0, text.find('\n'));
  while (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::string saving_text(const FindingSaving& saving, Units units) {
  std::string text;
  const auto add = [&](std::uint64_t bytes, const char* of) {
    if (bytes > 0) text += (text.empty() ? "saves " : ", ") + format_bytes(bytes, units) + of;
  };
  add(saving.bytes, " unpacked");
  add(saving.compressed_bytes, " of the pull");
  add(saving.rss_bytes, " RSS at start");
  if (text.empty()) return text;
  if (saving.added_rss_bytes > 0) text += ", costs " + format_bytes(saving.added_rss_bytes, units) + " RSS at start";
  return text + (saving.basis == "measured" ? "" : " (estimated)");
}

std::string full_message(const ReportFinding& finding) {
  const auto saving = finding.saving ? saving_text(*finding.saving, Units::si) : std::string();
  return saving.empty() ? finding.message : finding.message + "; " + saving;
}

TextRegion region_of(const FindingLocation& at) {
  TextRegion region;
  region.line = at.line.value_or(1);
  region.column = at.column.value_or(1);
  region.end_line = std::max<std::uint64_t>(at.end_line.value_or(region.line), region.line);
  region.end_column = at.end_column.value_or(region.column) + std::uint64_t{1};
  if (region.end_line == region.line) region.end_column = std::max(region.end_column, region.column + 1);
  return region;
}

TextRegion region_of(std::string_view text, const FindingEdit& edit) {
  const auto place = [text](std::size_t offset) {
    const auto before = text.substr(0, offset);
    const auto line = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')) + 1;
    return std::pair(line, static_cast<std::uint64_t>(before.size() - (before.rfind('\n') + 1)) + 1);
  };
  const auto [line, column] = place(edit.begin);
  const auto [end_line, end_column] = place(edit.end);
  return {line, column, end_line, end_column};
}

std::string Fingerprints::next(const LintedFile& file, const ReportFinding& finding) {
  std::string key = finding.rule + '\0' + file.path + '\0';
  for (const char c : source_line(file.text, finding.location.line.value_or(1)))
    if (c != ' ' && c != '\t') key += c;
  key += '\0' + std::to_string(seen_[key]++);
  return std::string(sha256_of(key).encoded().substr(0, 16));
}

SeverityCounts count_severities(const LintReport& report) {
  SeverityCounts counts;
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings) {
      counts.errors += finding.severity == "error";
      counts.warnings += finding.severity == "warning";
      counts.infos += finding.severity == "info";
      counts.styles += finding.severity == "style";
    }
  return counts;
}

}  // namespace report
}  // namespace imgslim
