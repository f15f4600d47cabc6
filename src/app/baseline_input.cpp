#include "app/baseline_input.h"

#include <sys/stat.h>

#include <fstream>
#include <iostream>

#include "app/progress_line.h"
#include "app/report_output.h"
#include "imgslim/budget.h"
#include "imgslim/render.h"
#include "report/escape.h"

namespace imgslim::app {
namespace {

/// Images are directories or binary; a text that starts with a brace is ours. A pipe cannot be looked at twice.
bool holds_json(const std::string& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return false;
  if (S_ISFIFO(status.st_mode)) return true;
  if (!S_ISREG(status.st_mode)) return false;
  std::ifstream stream(file, std::ios::binary);
  char first = 0;
  return stream >> first && first == '{';
}

Result<Report> parse_saved(const std::string& text) {
  const bool is_lock = text.substr(0, 200).find("\"imgslim.lock/") != std::string::npos;
  return is_lock ? parse_lock(text) : parse_report(text);
}

}  // namespace

Result<AnalyzeResult> analyze_shown(const Options& options, const AnalyzeOptions& analyze, WithTree with_tree) {
  AnalyzeOptions watched = analyze;
  Progress progress;
  watched.progress = &progress;
  std::optional<ProgressLine> line;
  if (wants_progress(options.looks)) line.emplace(progress);
  return imgslim::analyze(watched, with_tree);
}

Result<Report> read_side(const Options& options, const std::string& argument) {
  if (argument != "-" && holds_json(argument)) {
    IMGSLIM_TRY(const auto text, read_text(argument));
    auto report = parse_saved(text);
    if (!report) return std::move(report).error().within(argument);
    return report;
  }
  AnalyzeOptions analyze = options.analyze;
  analyze.image = argument;
  auto result = analyze_shown(options, analyze, WithTree::no);
  if (!result) return std::move(result).error();
  return std::move(result->report);
}

Status check_platforms(const Report& base, const Report& head, bool other_platform) {
  if (base.image.platform == head.image.platform) return Done{};
  const auto platforms = base.image.platform + " and " + head.image.platform;
  if (!other_platform)
    return usage_error("the two images are for " + platforms +
                       ", so every file differs: compare one platform (--platform), or say --other-platform");
  std::cerr << "imgslim: warning: comparing images for " << report::escape_terminal(platforms)
            << ": what differs may be the platform\n";
  return Done{};
}

}  // namespace imgslim::app
