#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/exit_code.h"
#include "app/gate_options.h"
#include "app/lint_options.h"
#include "app/terminal.h"
#include "config/gate_config.h"
#include "imgslim/analyze.h"

namespace imgslim::app {

enum class Command { analyze, gate, why, libs, memory, measure, render, lint, version, completion, help };
/// How `libs` shows the closure.
enum class LibsView { table, list, tree, copy };
enum class Verbosity { quiet, normal, verbose };

/// The command line, understood.
struct Options {
  Command command = Command::help;
  AnalyzeOptions analyze;
  std::string dockerfile;  ///< path, "" = none
  std::vector<std::string> trace_files;
  bool all_platforms = false;
  bool annotate = false;  ///< analyze
  std::string query;      ///< why
  LibsView libs_view = LibsView::table;
  std::string libs_tier = "likely";  ///< the least sure tier that libs shows
  std::string copy_stage;            ///< libs --copy-from
  bool measure_runs = false;         ///< measure --run
  unsigned measure_seconds = 30;     ///< measure --seconds
  bool memory_parts = false;         ///< memory --table
  LintCommand lint;                  ///< lint, rules, explain
  GateCommand gate;                  ///< check, diff, init
  std::string report_file;           ///< render; "-" is standard input
  std::string render_baseline;       ///< render: a saved report
  config::CommentSettings comment;   ///< -o markdown
  std::string shell;                 ///< completion
  bool version_as_json = false;
  std::vector<std::string> outputs;  ///< values of -o
  LookOptions looks;
  Verbosity verbosity = Verbosity::normal;
  std::string text;  ///< help: what to print
};

/// Parses argv. A usage error names the nearest known word.
Result<Options> parse_options(int argc, const char* const* argv);

}  // namespace imgslim::app
