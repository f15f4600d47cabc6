#include "app/init_command.h"

#include <filesystem>
#include <iostream>

#include "app/baseline_input.h"
#include "app/output.h"
#include "app/report_output.h"
#include "config/gate_config.h"
#include "report/escape.h"

namespace imgslim::app {
namespace {

namespace fs = std::filesystem;

/// A tenth more, up to three digits: 254,200,000 becomes "280MB".
std::string with_room(std::uint64_t bytes) {
  const auto wanted = bytes + bytes / 10;
  std::uint64_t step = 1;
  while (wanted / step >= 1000) step *= 10;
  const auto rounded = (wanted + step - 1) / step * step;
  struct Unit {
    std::uint64_t bytes;
    const char* name;
  };
  for (const auto& unit : {Unit{1'000'000'000, "GB"}, Unit{1'000'000, "MB"}, Unit{1'000, "kB"}}) {
    if (rounded < unit.bytes) continue;
    const auto hundredths = rounded / (unit.bytes / 100);
    auto fraction = std::to_string(100 + hundredths % 100).substr(1);
    while (fraction.ends_with('0')) fraction.pop_back();
    return std::to_string(hundredths / 100) + (fraction.empty() ? "" : "." + fraction) + unit.name;
  }
  return std::to_string(rounded) + "B";
}

/// JSON's strings are YAML's.
std::string yaml_string(std::string_view text) {
  std::string out;
  report::append_json_text(out, text);
  return out;
}

/// The text as a glob that matches just it.
std::string as_glob(const std::string& text) {
  std::string glob;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
    glob += c;
  }
  return glob;
}

/// "ghcr.io/org/api" of "ghcr.io/org/api:pr-42" or "…@sha256:…".
std::string repository(const std::string& reference) {
  const auto name = reference.substr(0, reference.find('@'));
  const auto colon = name.rfind(':');
  const auto slash = name.rfind('/');
  return colon == std::string::npos || (slash != std::string::npos && colon < slash) ? name : name.substr(0, colon);
}

std::string entry_of(const Report& report, const std::string& argument, const std::string& dockerfile) {
  std::string text;
  std::error_code error;
  if (!report.image.reference.empty()) {
    const auto name = repository(report.image.reference);
    text += "  - name: " + yaml_string(fs::path(name).filename().string()) + "\n";
    text += "    match: " + yaml_string(as_glob(name) + "*") + "\n";
  } else if (argument != "-" && fs::exists(argument, error)) {
    text += "  - file: " + yaml_string(argument) + "\n";
  } else {
    text += "  - name: \"image\"\n";
  }
  if (!dockerfile.empty()) text += "    dockerfile: " + yaml_string(dockerfile) + "\n";
  return text;
}

std::string budget_of(const Report& report) {
  const auto& totals = report.totals;
  const auto pull = totals.compressed_bytes ? totals.compressed_bytes : totals.compressed_bytes_estimate;
  std::string text = "    budget:\n      unpacked: " + with_room(totals.payload_bytes) + "\n";
  if (pull) text += "      pull: " + with_room(*pull) + "\n";
  if (report.memory) text += "      rss: " + with_room(report.memory->startup.rss_bytes.estimate) + "\n";
  text += "      wasted: { max: " + with_room(totals.wasted_bytes) + ", percent: 5 }\n";
  return text;
}

constexpr const char* growth_hint =
    "    # Growth over a baseline (imgslim check IMAGE --write-lock imgslim.lock.json); both must be passed to fail:\n"
    "    # growth: { unpacked: { max: 5MB, percent: 3 }, over: imgslim.lock.json }\n";

std::string limit_text(const BudgetLimit& limit) {
  if (!limit.parts_per_million) return std::to_string(limit.max) + "B";
  const auto hundredths = *limit.parts_per_million / 100;
  auto fraction = std::to_string(100 + hundredths % 100).substr(1);
  return "{ max: " + std::to_string(limit.max) + "B, percent: " + std::to_string(hundredths / 100) +
         (fraction == "00" ? "" : "." + fraction) + " }";
}

std::string list_of(const std::vector<BudgetLimit>& limits, const char* name) {
  std::string text;
  for (const auto& limit : limits)
    if (limit.name == name) text += (text.empty() ? "" : ", ") + limit_text(limit);
  return text.empty() ? text : "      " + std::string(name) + ": [" + text + "]\n";
}

Result<std::string> budget_of_dive(const std::string& file) {
  IMGSLIM_TRY(const auto source, read_text(file));
  IMGSLIM_TRY(const auto rules, config::read_dive_config(source, file));
  std::string text;
  for (const auto& warning : rules.warnings) {
    std::cerr << "imgslim: warning: " << warning << '\n';
    text += "    # " + warning + "\n";
  }
  const auto budget = list_of(rules.limits, "wasted") + list_of(rules.limits, "wasted-mine");
  return text + (budget.empty() ? "" : "    budget:\n" + budget);
}

Result<std::string> config_text(const Options& options) {
  std::string entry, budget;
  if (!options.analyze.image.empty()) {
    IMGSLIM_TRY(const auto report, read_side(options, options.analyze.image));
    entry = entry_of(report, options.analyze.image, options.dockerfile);
    budget = budget_of(report);
  }
  if (!options.gate.dive_file.empty()) {
    IMGSLIM_TRY(budget, budget_of_dive(options.gate.dive_file));
  }
  if (entry.empty()) entry = "  - name: \"every image\"\n";
  return "version: 1\nimages:\n" + entry + budget + growth_hint;
}

}  // namespace

Status run_init(const Options& options) {
  const auto& gate = options.gate;
  if (options.analyze.image.empty() && gate.dive_file.empty())
    return usage_error("imgslim init wants an image to measure, or --from .dive-ci");
  std::error_code error;
  if (!gate.force && fs::exists(fs::symlink_status(gate.init_file, error)))
    return usage_error(gate.init_file + " is there already: --force replaces it");
  IMGSLIM_TRY(const auto text, config_text(options));
  IMGSLIM_TRY_DONE(write_output({OutputFormat::text, gate.init_file}, text));
  const auto image = options.analyze.image.empty() ? std::string("IMAGE") : options.analyze.image;
  std::cerr << "imgslim: wrote " << gate.init_file << "; next: imgslim check " << report::escape_terminal(image)
            << '\n';
  return Done{};
}

}  // namespace imgslim::app
