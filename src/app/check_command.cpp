#include "app/check_command.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "app/baseline_input.h"
#include "app/comment_settings.h"
#include "app/dockerfile_search.h"
#include "app/lint_config.h"
#include "app/output.h"
#include "app/report_output.h"
#include "config/gate_config.h"
#include "report/escape.h"
#include "shell/pattern.h"

namespace imgslim::app {
namespace {

namespace fs = std::filesystem;
using config::ImageBudgets;

/// A configuration with the place that its paths are relative to.
struct Settings {
  config::Config config;
  fs::path file;  ///< "" when there is none
  [[nodiscard]] std::string path(const std::string& relative) const {
    return relative.empty() ? std::string() : (file.parent_path() / relative).string();
  }
};

Result<Settings> read_settings(const GateCommand& gate) {
  Settings settings;
  if (gate.no_config) return settings;
  settings.file = gate.config_file.empty() ? find_imgslim_config() : fs::path(gate.config_file);
  if (settings.file.empty()) return settings;
  std::error_code error;
  const auto shown = gate.config_file.empty() ? fs::relative(settings.file, error).string() : gate.config_file;
  IMGSLIM_TRY(const auto text, read_text(settings.file.string()));
  IMGSLIM_TRY(settings.config, config::read_config(text, shown.empty() ? settings.file.string() : shown));
  return settings;
}

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return a == b || (fs::exists(a, error) && fs::exists(b, error) && fs::equivalent(a, b, error));
}

/// "docker://api:1" is called api:1.
std::string image_name(const std::string& argument) {
  const auto scheme = argument.find("://");
  return scheme == std::string::npos ? argument : argument.substr(scheme + 3);
}

/// The first entry that is for this image. `reference` is what the image calls itself, "" while it has not been read.
const ImageBudgets* find_entry(const Settings& settings, const std::string& argument, const std::string& reference) {
  for (const auto& image : settings.config.images) {
    const bool for_all = image.match.empty() && image.file.empty();
    const bool by_name = !image.match.empty() && (shell::matches(image.match, image_name(argument)) ||
                                                  (!reference.empty() && shell::matches(image.match, reference)));
    const bool by_file = !image.file.empty() && is_same_file(settings.path(image.file), argument);
    if (for_all || by_name || by_file) return &image;
  }
  return nullptr;
}

struct Run {
  AnalyzeResult result;
  const ImageBudgets* entry = nullptr;
  std::string dockerfile;
};

/// Analyzes the image with the Dockerfile of its entry. An entry that only the image's own name finds may name a
/// Dockerfile that the first analysis did not know: then there is a second one.
Result<Run> analyze_with_entry(const Options& options, const Settings& settings, WithTree with_tree) {
  Run run;
  run.entry = find_entry(settings, options.analyze.image, "");
  run.dockerfile = options.dockerfile;
  AnalyzeOptions analyze = options.analyze;
  analyze.rules = settings.config.lint.options;
  analyze.rules.waivers.clear();  // the verdict tells of them
  for (int attempt = 0;; ++attempt) {
    if (run.dockerfile.empty() && run.entry) run.dockerfile = settings.path(run.entry->dockerfile);
    if (!run.dockerfile.empty()) {
      IMGSLIM_TRY(analyze.dockerfile, read_dockerfile(run.dockerfile, ""));
    }
    IMGSLIM_TRY(run.result, analyze_shown(options, analyze, with_tree));
    const auto* found =
        run.entry ? run.entry : find_entry(settings, options.analyze.image, run.result.report.image.reference);
    const bool again = found != run.entry && !found->dockerfile.empty() && run.dockerfile.empty() && attempt == 0;
    run.entry = found;
    if (!again) return run;
  }
}

/// Flags replace what the configuration says of the same thing.
void replace_limits(std::vector<BudgetLimit>& limits, std::vector<BudgetLimit> flags) {
  for (const auto& flag : flags)
    std::erase_if(limits,
                  [&](const BudgetLimit& limit) { return limit.name == flag.name && limit.subject == flag.subject; });
  std::move(flags.begin(), flags.end(), std::back_inserter(limits));
}

Status add_dive_rules(const std::string& file, std::vector<BudgetLimit>& limits) {
  if (file.empty()) return Done{};
  IMGSLIM_TRY(const auto text, read_text(file));
  IMGSLIM_TRY(auto rules, config::read_dive_config(text, file));
  for (const auto& warning : rules.warnings) std::cerr << "imgslim: warning: " << warning << '\n';
  std::move(rules.limits.begin(), rules.limits.end(), std::back_inserter(limits));
  return Done{};
}

Result<Budgets> budgets_of(const GateCommand& gate, const Settings& settings, const ImageBudgets* entry) {
  Budgets budgets;
  if (entry) budgets = entry->budgets;
  if (!entry || budgets.fail_on.empty()) {
    budgets.fail_on = settings.config.lint.fail_on;
    budgets.fail_on_source = settings.file.filename().string();
  }
  if (!gate.fail_on.empty()) {
    budgets.fail_on = gate.fail_on;
    budgets.fail_on_source = "--fail-on";
  }
  if (budgets.fail_on.empty()) {
    budgets.fail_on = "error";
    budgets.fail_on_source = "--fail-on";
  }
  IMGSLIM_TRY_DONE(add_dive_rules(gate.dive_file, budgets.limits));
  IMGSLIM_TRY(auto flags, limits_of_flags(gate));
  replace_limits(budgets.limits, std::move(flags));
  budgets.finding_waivers = settings.config.lint.options.waivers;
  budgets.today = today();
  return budgets;
}

bool limits_growth(const std::vector<BudgetLimit>& limits) {
  return std::any_of(limits.begin(), limits.end(), [](const BudgetLimit& limit) { return limit.name == "growth"; });
}

/// Everything that can be wrong with flags is told before the image is read.
Status check_flags(const GateCommand& gate, const Settings& settings) {
  IMGSLIM_TRY(const auto limits, limits_of_flags(gate));
  const bool has_baseline =
      !gate.baseline.empty() || std::any_of(settings.config.images.begin(), settings.config.images.end(),
                                            [](const ImageBudgets& image) { return !image.baseline.empty(); });
  if (limits_growth(limits) && !has_baseline) return usage_error("--max-increase needs --baseline");
  return Done{};
}

Result<std::optional<Report>> read_baseline(const Options& options, const std::string& baseline, const Report& report) {
  std::optional<Report> found;
  if (baseline.empty()) return found;
  IMGSLIM_TRY(found, read_side(options, baseline));
  IMGSLIM_TRY_DONE(check_platforms(*found, report, options.gate.other_platform));
  return found;
}

ExitCode exit_code(const Verdict& verdict, int failed) {
  return verdict.passed ? ExitCode::done : static_cast<ExitCode>(failed);
}

}  // namespace

Result<ExitCode> run_check(const Options& options) {
  const auto& gate = options.gate;
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  IMGSLIM_TRY(auto looks, render_options(options.looks));
  looks.image_argument = options.analyze.image;
  IMGSLIM_TRY(const auto settings, read_settings(gate));
  IMGSLIM_TRY_DONE(check_flags(gate, settings));
  const bool by_path = !gate.max_paths.empty() || !settings.config.images.empty();
  const bool with_tree = by_path || std::any_of(outputs.begin(), outputs.end(),
                                                [](const auto& output) { return needs_tree(output.format); });
  IMGSLIM_TRY(auto run, analyze_with_entry(options, settings, with_tree ? WithTree::yes : WithTree::no));
  auto& report = run.result.report;
  if (!run.entry && !settings.config.images.empty())
    return usage_error("no entry of \"images:\" in " + settings.file.string() + " is for " + options.analyze.image +
                       (report.image.reference.empty() ? "" : ", which is called " + report.image.reference) +
                       "; --no-config reads none");
  IMGSLIM_TRY(const auto budgets, budgets_of(gate, settings, run.entry));
  const auto baseline_name = !gate.baseline.empty() ? gate.baseline
                             : run.entry            ? settings.path(run.entry->baseline)
                                                    : std::string();
  IMGSLIM_TRY(const auto baseline, read_baseline(options, baseline_name, report));
  report.verdict =
      judge(report, budgets, {baseline ? &*baseline : nullptr, baseline_name, with_tree ? &run.result.tree : nullptr});
  std::optional<Comparison> comparison;
  if (baseline) {
    IMGSLIM_TRY(comparison, compare(*baseline, report));
  }
  IMGSLIM_TRY(const auto dockerfile, read_dockerfile_text(run.dockerfile));
  const ReportOutput output{report, with_tree ? &run.result.tree : nullptr, comparison ? &*comparison : nullptr,
                            dockerfile, comment_options(options.comment, settings.config.comment)};
  for (const auto& request : outputs) {
    IMGSLIM_TRY(const auto text, render_output(output, request.format, looks_for(request.file, looks)));
    IMGSLIM_TRY_DONE(write_output(request, text));
  }
  if (!gate.write_lock.empty())
    IMGSLIM_TRY_DONE(write_output({OutputFormat::json, gate.write_lock}, write_lock(report)));
  return exit_code(*report.verdict, gate.exit_code);
}

}  // namespace imgslim::app
