#include "app/lint_command.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/dockerfile_search.h"
#include "app/lint_config.h"
#include "app/lint_fix.h"
#include "app/output.h"
#include "imgslim/render_findings.h"
#include "imgslim/render_lint.h"

namespace imgslim::app {
namespace {

namespace fs = std::filesystem;

struct LintOutput {
  LintFormat format;
  OutputRequest request;
};

/// The values of -o: each a format and perhaps a file; two to one place are refused.
Result<std::vector<LintOutput>> lint_outputs(const std::vector<std::string>& values) {
  std::vector<LintOutput> outputs;
  for (const auto& value : values.empty() ? std::vector<std::string>{"text"} : values) {
    const auto equals = value.find('=');
    LintOutput output;
    IMGSLIM_TRY(output.format, parse_lint_format(std::string_view(value).substr(0, equals)));
    if (equals != std::string::npos) output.request.file = value.substr(equals + 1);
    if (equals != std::string::npos && output.request.file.empty())
      return usage_error("-o " + value + " names no file");
    const bool taken = std::any_of(outputs.begin(), outputs.end(),
                                   [&](const LintOutput& other) { return other.request.file == output.request.file; });
    if (taken)
      return usage_error(output.request.file.empty() ? "two outputs on standard output: give -o FORMAT=FILE to one"
                                                     : "two outputs to " + output.request.file);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

Result<Ruleset> load_rules(const std::string& directory) {
  if (directory.empty()) return Ruleset::built_in();
  std::vector<Ruleset::File> files;
  std::error_code error;
  if (!fs::is_directory(directory, error)) return environment_error("cannot read the rules in " + directory);
  for (const auto& folder : {fs::path(directory), fs::path(directory) / "lists"}) {
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::end(at); at.increment(error)) {
      const auto name = at->path().filename().string();
      if (!name.ends_with(".json") || name == "schema.json") continue;
      std::ifstream stream(at->path(), std::ios::binary);
      if (!stream) return environment_error("cannot read " + at->path().string());
      std::string text(std::istreambuf_iterator<char>(stream), {});
      files.push_back({folder == fs::path(directory) ? name : "lists/" + name, std::move(text)});
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return Ruleset::with(files);
}

int rank(std::string_view severity) {
  return severity == "error" ? 4 : severity == "warning" ? 3 : severity == "info" ? 2 : severity == "style" ? 1 : 5;
}

ExitCode verdict(const LintReport& report, const std::string& fail_on) {
  for (const auto& file : report.files)
    for (const auto& finding : file.result.findings)
      if (rank(finding.severity) >= rank(fail_on)) return ExitCode::gate_failed;
  return ExitCode::done;
}

Result<ExitCode> run_files(const Options& options) {
  IMGSLIM_TRY(const auto outputs, lint_outputs(options.outputs));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  IMGSLIM_TRY(const auto files, find_dockerfiles(options.lint.files));
  IMGSLIM_TRY(const auto settings, lint_settings(options.lint));
  IMGSLIM_TRY(const auto rules, load_rules(settings.rules_directory));
  const auto mode = options.lint.diff ? FixMode::print : options.lint.fix ? FixMode::write : FixMode::none;
  const bool with_patches =
      std::any_of(outputs.begin(), outputs.end(), [](const auto& output) { return output.format == LintFormat::json; });
  LintReport report;
  report.rules = rules.rules();
  for (const auto& file : files) {
    IMGSLIM_TRY(auto source, read_dockerfile(file, options.lint.context_directory));
    IMGSLIM_TRY(auto result, fix_file(rules, source, settings.options, mode));
    if (with_patches) fill_patches(result.findings, {file, source.text});
    report.files.push_back({file, std::move(source.text), std::move(result)});
  }
  const bool text_is_taken = mode == FixMode::print || (mode == FixMode::write && files.front() == "-");
  if (!text_is_taken)
    for (const auto& output : outputs) {
      auto own = looks;
      if (!output.request.file.empty()) own.color = false;
      IMGSLIM_TRY_DONE(write_output(output.request, render_lint(report, output.format, own)));
    }
  return verdict(report, settings.fail_on);
}

Result<ExitCode> run_ast(const LintCommand& command) {
  IMGSLIM_TRY(const auto files, find_dockerfiles(command.files));
  std::string out;
  for (const auto& file : files) {
    IMGSLIM_TRY(auto source, read_dockerfile(file, {}));
    out += render_syntax_tree(source);
  }
  IMGSLIM_TRY_DONE(write_output({}, out));
  return ExitCode::done;
}

Result<ExitCode> run_rule_tests(const Ruleset& rules) {
  const auto problems = rules.test();
  std::string out;
  for (const auto& problem : problems) out += problem + "\n";
  out += std::to_string(rules.rules().size()) + " rules, " + std::to_string(rules.case_count()) + " cases, " +
         std::to_string(problems.size()) + " problems\n";
  IMGSLIM_TRY_DONE(write_output({}, out));
  return problems.empty() ? ExitCode::done : ExitCode::gate_failed;
}

Result<ExitCode> print_rules(const Ruleset& rules, const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  for (const auto& output : outputs) {
    if (output.format != OutputFormat::text && output.format != OutputFormat::json)
      return usage_error("imgslim rules prints text or json");
    const auto format = output.format == OutputFormat::json ? Format::json : Format::text;
    IMGSLIM_TRY_DONE(write_output(output, render_rules(rules.rules(), format)));
  }
  return ExitCode::done;
}

Result<ExitCode> explain_rule(const Ruleset& rules, const std::string& id) {
  const auto* info = rules.find(id);
  if (!info) return usage_error("there is no rule " + id + " (imgslim rules lists them)");
  IMGSLIM_TRY_DONE(write_output({}, render_rule(*info)));
  return ExitCode::done;
}

}  // namespace

Result<ExitCode> run_lint(const Options& options) {
  const auto& command = options.lint;
  if (command.action == LintCommand::Action::lint) return command.ast ? run_ast(command) : run_files(options);
  const auto directory = command.rules_directory.empty() ? find_rules_directory() : command.rules_directory;
  IMGSLIM_TRY(const auto rules, load_rules(directory));
  switch (command.action) {
    case LintCommand::Action::test_rules:
      return run_rule_tests(rules);
    case LintCommand::Action::explain:
      return explain_rule(rules, command.rule);
    default:
      return print_rules(rules, options);
  }
}

}  // namespace imgslim::app
