#include "app/commands.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "app/check_command.h"
#include "app/comment_settings.h"
#include "app/diff_command.h"
#include "app/dockerfile_search.h"
#include "app/init_command.h"
#include "app/lint_command.h"
#include "app/lint_config.h"
#include "app/output.h"
#include "app/platform_table.h"
#include "app/progress_line.h"
#include "app/report_output.h"
#include "imgslim/annotate.h"
#include "imgslim/render.h"
#include "report/escape.h"

namespace imgslim::app {
namespace {

void print_notes(const Options& options, const Report& report) {
  if (options.verbosity != Verbosity::verbose) return;
  for (const auto& note : report.notes)
    std::cerr << "imgslim: note: " << report::escape_terminal(note.code + ": " + note.where + ": " + note.text) << '\n';
}

/// Analyzes with a progress line while there is a terminal to show it on.
template <typename Work>
auto with_progress(const Options& options, Work work) {
  AnalyzeOptions analyze = options.analyze;
  Progress progress;
  analyze.progress = &progress;
  std::optional<ProgressLine> line;
  if (wants_progress(options.looks)) line.emplace(progress);
  return work(analyze);
}

Status run_analyze(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  IMGSLIM_TRY(auto looks, render_options(options.looks));
  looks.image_argument = options.analyze.image;
  const bool with_tree =
      std::any_of(outputs.begin(), outputs.end(), [](const auto& output) { return needs_tree(output.format); });
  IMGSLIM_TRY(const auto dockerfile, read_dockerfile_text(options.dockerfile));
  if (options.annotate && !dockerfile) return usage_error("--annotate needs --dockerfile FILE");
  IMGSLIM_TRY(const auto result, with_progress(options, [&](const AnalyzeOptions& analyze) {
                return imgslim::analyze(analyze, with_tree ? WithTree::yes : WithTree::no);
              }));
  print_notes(options, result.report);
  IMGSLIM_TRY(const auto comment, comment_options(options.comment, outputs));
  const ReportOutput output{result.report, &result.tree, nullptr, dockerfile, comment};
  for (const auto& request : outputs) {
    const auto own = looks_for(request.file, looks);
    const bool is_annotated = options.annotate && request.format == OutputFormat::text;
    IMGSLIM_TRY(const auto text, is_annotated ? render_annotated(result.report, *dockerfile, own)
                                              : render_output(output, request.format, own));
    IMGSLIM_TRY_DONE(write_output(request, text));
  }
  return Done{};
}

Status run_all_platforms(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  IMGSLIM_TRY(const auto reports,
              with_progress(options, [](const AnalyzeOptions& analyze) { return analyze_platforms(analyze); }));
  for (const auto& output : outputs) {
    if (output.format != OutputFormat::text && output.format != OutputFormat::json)
      return usage_error("--all-platforms prints text or json");
    const bool json = output.format == OutputFormat::json;
    IMGSLIM_TRY_DONE(write_output(output, json ? platforms_json(reports) : platform_table(reports, looks)));
  }
  return Done{};
}

/// The outputs of a command that knows text and JSON only.
Result<std::vector<std::pair<OutputRequest, Format>>> parse_text_outputs(const Options& options,
                                                                         const std::string& command) {
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  std::vector<std::pair<OutputRequest, Format>> requests;
  for (const auto& output : outputs) {
    if (output.format != OutputFormat::text && output.format != OutputFormat::json)
      return usage_error("imgslim " + command + " prints text or json");
    requests.emplace_back(output, output.format == OutputFormat::json ? Format::json : Format::text);
  }
  return requests;
}

Status run_why(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_text_outputs(options, "why"));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  IMGSLIM_TRY(const auto answer,
              with_progress(options, [&](const AnalyzeOptions& analyze) { return explain(analyze, options.query); }));
  for (const auto& [output, format] : outputs)
    IMGSLIM_TRY_DONE(write_output(output, render_why(answer, format, looks_for(output.file, looks))));
  if (answer.paths.empty() && answer.packages.empty())
    return input_error("no path and no package of the image is called " + options.query);
  return Done{};
}

std::string render_libs(const LibrariesAnswer& answer, const Options& options, Format format,
                        const RenderOptions& looks) {
  if (format == Format::json) return render_libraries(answer, format, looks);
  switch (options.libs_view) {
    case LibsView::list:
      return render_library_list(answer);
    case LibsView::tree:
      return render_library_tree(answer, looks);
    case LibsView::copy:
      return render_copy_instructions(answer, options.copy_stage, looks);
    case LibsView::table:
      break;
  }
  return render_libraries(answer, format, looks);
}

Status run_libs(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_text_outputs(options, "libs"));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  IMGSLIM_TRY(const auto answer, with_progress(options, [&](const AnalyzeOptions& analyze) {
                return find_libraries(analyze, options.libs_tier);
              }));
  for (const auto& [output, format] : outputs)
    IMGSLIM_TRY_DONE(write_output(output, render_libs(answer, options, format, looks_for(output.file, looks))));
  if (answer.runtime.no_command)
    return input_error("the image names no command: give one with --cmd 'PROGRAM ARGUMENTS'");
  return Done{};
}

/// A memory limit under which the container may not start is a gate.
Result<ExitCode> run_memory(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_text_outputs(options, "memory"));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  IMGSLIM_TRY(const auto answer,
              with_progress(options, [](const AnalyzeOptions& analyze) { return estimate_memory(analyze); }));
  const auto with_parts = options.memory_parts ? WithParts::yes : WithParts::no;
  for (const auto& [output, format] : outputs)
    IMGSLIM_TRY_DONE(write_output(output, render_memory(answer, format, with_parts, looks_for(output.file, looks))));
  if (!answer.memory) return input_error("no program of the image is known: give one with --cmd 'PROGRAM ARGUMENTS'");
  const auto& limit = answer.memory->limit;
  return limit && limit->verdict != "starts" ? ExitCode::gate_failed : ExitCode::done;
}

/// Executes what the image holds, so it wants to be told to.
Status run_measure(const Options& options) {
  if (!options.measure_runs)
    return usage_error("imgslim measure executes the image's command on this machine: say --run to do so");
  IMGSLIM_TRY(const auto outputs, parse_text_outputs(options, "measure"));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  MeasureOptions measure;
  measure.seconds = options.measure_seconds;
  if (const char* directory = std::getenv("TMPDIR"); directory != nullptr && *directory == '/')
    measure.directory = directory;
  IMGSLIM_TRY(const auto answer, measure_memory(options.analyze, measure));
  for (const auto& [output, format] : outputs)
    IMGSLIM_TRY_DONE(write_output(output, render_measure(answer, format, looks_for(output.file, looks))));
  return Done{};
}

Result<Report> read_report(const std::string& file) {
  IMGSLIM_TRY(const auto text, read_text(file));
  auto report = parse_report(text);
  if (!report) return std::move(report).error().within(file);
  return report;
}

Status run_render(const Options& options) {
  IMGSLIM_TRY(const auto outputs, parse_outputs(options.outputs));
  IMGSLIM_TRY(const auto looks, render_options(options.looks));
  IMGSLIM_TRY(const auto dockerfile, read_dockerfile_text(options.dockerfile));
  IMGSLIM_TRY(const auto report, read_report(options.report_file));
  std::optional<Comparison> comparison;
  if (!options.render_baseline.empty()) {
    IMGSLIM_TRY(const auto baseline, read_report(options.render_baseline));
    IMGSLIM_TRY(comparison, compare(baseline, report));
  }
  IMGSLIM_TRY(const auto comment, comment_options(options.comment, outputs));
  const ReportOutput output{report, nullptr, comparison ? &*comparison : nullptr, dockerfile, comment};
  for (const auto& request : outputs) {
    IMGSLIM_TRY(const auto text, render_output(output, request.format, looks_for(request.file, looks)));
    IMGSLIM_TRY_DONE(write_output(request, text));
  }
  return Done{};
}

Status run_version(const Options& options) {
  const std::string version = IMGSLIM_VERSION;
  return write_output({}, options.version_as_json ? "{\"name\":\"imgslim\",\"version\":\"" + version + "\"}\n"
                                                  : "imgslim " + version + "\n");
}

Status dispatch(const Options& options) {
  switch (options.command) {
    case Command::analyze:
      return options.all_platforms ? run_all_platforms(options) : run_analyze(options);
    case Command::why:
      return run_why(options);
    case Command::libs:
      return run_libs(options);
    case Command::render:
      return run_render(options);
    case Command::version:
      return run_version(options);
    case Command::lint:
    case Command::measure:
      return run_measure(options);
    case Command::memory:  // run() has these
    case Command::gate:
    case Command::completion:
    case Command::help:
      break;
  }
  return write_output({}, options.text);
}

Result<ExitCode> run_gate(const Options& options) {
  if (options.gate.action == GateCommand::Action::check) return run_check(options);
  const auto status = options.gate.action == GateCommand::Action::diff ? run_diff(options) : run_init(options);
  if (!status) return status.error();
  return ExitCode::done;
}

/// Whether a command tells what the rules find.
bool runs_rules(Command command) { return command == Command::analyze || command == Command::memory; }

/// The options with what their files hold: the Dockerfile, the configuration's rules.
Result<Options> with_files(Options options) {
  if (!options.dockerfile.empty()) {
    IMGSLIM_TRY(options.analyze.dockerfile, read_dockerfile(options.dockerfile, {}));
  }
  for (const auto& file : options.trace_files) {
    IMGSLIM_TRY(auto text, read_text(file));
    options.analyze.traces.push_back({file, std::move(text)});
  }
  if (!runs_rules(options.command)) return options;
  IMGSLIM_TRY(const auto settings, lint_settings(options.lint));
  options.analyze.rules = settings.options;
  return options;
}

}  // namespace

ExitCode report_error(const Error& error) {
  std::cerr << "imgslim: " << report::escape_terminal(error.message) << '\n';
  return exit_code_of(error.kind);
}

ExitCode run(const Options& given) {
  const auto options = with_files(given);
  if (!options) return report_error(options.error());
  if (options->command == Command::memory) {
    const auto code = run_memory(*options);
    return code ? *code : report_error(code.error());
  }
  if (options->command == Command::lint) {
    const auto code = run_lint(*options);
    return code ? *code : report_error(code.error());
  }
  if (options->command == Command::gate) {
    const auto code = run_gate(*options);
    return code ? *code : report_error(code.error());
  }
  const auto status = dispatch(*options);
  return status ? ExitCode::done : report_error(status.error());
}

}  // namespace imgslim::app
