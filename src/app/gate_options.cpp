#include "app/gate_options.h"

#include <CLI/CLI.hpp>

#include "core/byte_format.h"

namespace imgslim::app {
namespace {

/// A flag that states a limit of the whole image, and whether a percentage has a meaning beside it.
struct SizeFlag {
  const char* flag;
  const char* name;
  const char* subject;
  std::string GateCommand::*value;
  bool takes_percent;
};
constexpr SizeFlag size_flags[] = {
    {"--max-size", "unpacked", "", &GateCommand::max_size, false},
    {"--max-pull", "pull", "", &GateCommand::max_pull, false},
    {"--max-wasted", "wasted", "", &GateCommand::max_wasted, true},
    {"--max-rss", "rss", "", &GateCommand::max_rss, false},
    {"--max-layer", "layer", "", &GateCommand::max_layer, false},
    {"--max-sharing-lost", "sharing-lost", "", &GateCommand::max_sharing_lost, false},
    {"--max-increase", "growth", "unpacked", &GateCommand::max_increase, true},
};

Status add_size(const SizeFlag& flag, const std::string& text, std::vector<BudgetLimit>& limits) {
  BudgetLimit limit{flag.name, flag.subject, 0, {}, flag.flag};
  if (auto status = parse_limit(text, limit); !status) return std::move(status).error().within(flag.flag);
  if (limit.parts_per_million && !flag.takes_percent)
    return usage_error(std::string(flag.flag) + ": a percentage has no meaning here");
  limits.push_back(std::move(limit));
  return Done{};
}

Status add_named(const std::string& flag, const char* name, const std::vector<std::string>& values,
                 std::vector<BudgetLimit>& limits) {
  for (const auto& value : values) {
    const auto equals = value.rfind('=');
    if (equals == std::string::npos || equals == 0)
      return usage_error(std::string(flag).append(" ").append(value) + ": " +
                         (name == std::string("path") ? "GLOB" : "NAME") + "=SIZE is wanted");
    BudgetLimit limit{name, value.substr(0, equals), 0, {}, flag};
    auto bytes = parse_byte_count(value.substr(equals + 1));
    if (!bytes) return std::move(bytes).error().within(flag);
    limit.max = *bytes;
    limits.push_back(std::move(limit));
  }
  return Done{};
}

CLI::Option* add_list(CLI::App& command, const char* name, std::vector<std::string>& values, const char* help) {
  return command.add_option(name, values, help)->allow_extra_args(false)->take_all();
}

}  // namespace

Result<std::vector<BudgetLimit>> limits_of_flags(const GateCommand& command) {
  std::vector<BudgetLimit> limits;
  for (const auto& flag : size_flags)
    if (const auto& text = command.*flag.value; !text.empty()) IMGSLIM_TRY_DONE(add_size(flag, text, limits));
  if (command.max_layers) limits.push_back({"layers", "", *command.max_layers, {}, "--max-layers"});
  IMGSLIM_TRY_DONE(add_named("--max-path", "path", command.max_paths, limits));
  IMGSLIM_TRY_DONE(add_named("--max-package", "package", command.max_packages, limits));
  return limits;
}

void add_gate_flags(CLI::App& check, GateCommand& command) {
  check.add_option("--max-size", command.max_size, "unpacked bytes, as 250MB or 250MiB: file contents in all layers");
  check.add_option("--max-pull", command.max_pull, "compressed bytes; of an uncompressed archive an estimate");
  check.add_option("--max-wasted", command.max_wasted,
                   "SIZE, or SIZE|PERCENT of unpacked: both must be passed to fail");
  check.add_option("--max-rss", command.max_rss, "estimated resident memory at start");
  check.add_option("--max-layers", command.max_layers, "number of layers");
  check.add_option("--max-layer", command.max_layer, "unpacked bytes of the largest layer");
  add_list(check, "--max-path", command.max_paths, "GLOB=SIZE: visible bytes of what matches and is in it; repeatable");
  add_list(check, "--max-package", command.max_packages, "NAME=SIZE, or MANAGER:NAME=SIZE; repeatable");
  check.add_option("--max-sharing-lost", command.max_sharing_lost,
                   "page cache that containers no longer share because layers store mapped files again");
  check.add_option("--max-increase", command.max_increase,
                   "growth of the unpacked bytes over --baseline: SIZE, or SIZE|PERCENT, of which both must be passed");
  check.add_option("--baseline", command.baseline, "a saved JSON report, an imgslim.lock.json, or an image");
  check.add_flag("--other-platform", command.other_platform,
                 "compare with a baseline of another platform all the same");
  check
      .add_option("--fail-on", command.fail_on,
                  "the least severity of findings that fails: error, warning, info, style, none; by default error")
      ->check(CLI::IsMember({"error", "warning", "info", "style", "none"}));
  check.add_option("--exit-code", command.exit_code, "in place of 1 when the gate fails; 0 reports only")
      ->check(CLI::Range(0, 125));
  check.add_option("-c,--config", command.config_file, "configuration; else .imgslim.yaml here or above");
  check.add_flag("--no-config", command.no_config, "read no configuration");
  check.add_option("--dive-ci", command.dive_file, "rules of dive (.dive-ci) as budgets too");
  check.add_option("--write-lock", command.write_lock, "write a baseline to commit to this file, whatever the verdict");
}

}  // namespace imgslim::app
