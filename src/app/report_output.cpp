#include "app/report_output.h"

#include <fstream>
#include <iostream>
#include <iterator>

#include "imgslim/lint.h"
#include "imgslim/render_html.h"
#include "imgslim/render_metrics.h"

namespace imgslim::app {
namespace {

/// The format of the linter that this one is for findings.
std::optional<LintFormat> format_of_findings(OutputFormat format) {
  switch (format) {
    case OutputFormat::sarif:
      return LintFormat::sarif;
    case OutputFormat::github:
      return LintFormat::github;
    case OutputFormat::gitlab:
      return LintFormat::gitlab;
    case OutputFormat::azure:
      return LintFormat::azure;
    case OutputFormat::gcc:
      return LintFormat::gcc;
    case OutputFormat::checkstyle:
      return LintFormat::checkstyle;
    case OutputFormat::junit:
      return LintFormat::junit;
    case OutputFormat::rdjson:
      return LintFormat::rdjson;
    default:
      return {};
  }
}

}  // namespace

bool needs_tree(OutputFormat format) {
  return format == OutputFormat::ncdu || format == OutputFormat::folded || format == OutputFormat::tree;
}

Result<std::string> render_output(const ReportOutput& output, OutputFormat format, const RenderOptions& looks) {
  const auto& report = output.report;
  if (const auto of_findings = format_of_findings(format))
    return render_lint(findings_of(report, output.dockerfile, Ruleset::built_in().rules()), *of_findings, looks);
  switch (format) {
    case OutputFormat::json:
      return render(report, Format::json, looks);
    case OutputFormat::ncdu:
      return output.tree ? render_ncdu(report, *output.tree) : render(report, Format::ncdu, looks);
    case OutputFormat::folded:
      return output.tree ? render_folded(report, *output.tree) : render(report, Format::folded, looks);
    case OutputFormat::tree:
      if (!output.tree)
        return usage_error("-o tree lists files, which a saved report does not have: use it with imgslim analyze");
      return render_tree(*output.tree);
    case OutputFormat::markdown: {
      auto comment = output.comment;
      comment.units = looks.units;
      return render_comment(report, output.comparison, output.dockerfile, comment);
    }
    case OutputFormat::html:
      return render_html(report, looks);
    case OutputFormat::prometheus:
      return render_prometheus(report);
    default:
      return render(report, Format::text, looks);
  }
}

Result<std::optional<DockerfileText>> read_dockerfile_text(const std::string& path) {
  if (path.empty()) return std::optional<DockerfileText>();
  IMGSLIM_TRY(auto text, read_text(path));
  return std::optional<DockerfileText>({path, std::move(text)});
}

Result<std::string> read_text(const std::string& file) {
  std::string text;
  if (file == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
    return text;
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return environment_error("cannot read " + file);
  text.assign(std::istreambuf_iterator<char>(stream), {});
  return text;
}

}  // namespace imgslim::app
