#include "app/lint_config.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/shellcheck.h"
#include "config/gate_config.h"

namespace imgslim::app {
namespace {

namespace fs = std::filesystem;
using config::LintConfig;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

Result<std::string> read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return environment_error("cannot read " + file.string());
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool is_directory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

fs::path config_home() {
  if (const auto xdg = environment("XDG_CONFIG_HOME"); !xdg.empty()) return xdg;
  const auto home = environment("HOME");
  return home.empty() ? fs::path() : fs::path(home) / ".config";
}

/// The path `name` here or in the nearest directory above, up to the root of the Git repository; "" when there is none.
fs::path find_upward(const char* name, bool (*is_wanted)(const fs::path&)) {
  std::error_code error;
  for (auto at = fs::current_path(error); !error; at = at.parent_path()) {
    if (is_wanted(at / name)) return at / name;
    if (fs::exists(at / ".git", error) || at == at.root_path()) break;
  }
  return {};
}

}  // namespace

std::filesystem::path find_imgslim_config() {
  if (auto found = find_upward(".imgslim.yaml", is_file); !found.empty()) return found;
  const auto home = config_home();
  if (!home.empty() && is_file(home / "imgslim" / "config.yaml")) return home / "imgslim" / "config.yaml";
  return {};
}

std::string find_rules_directory() { return find_upward(".imgslim/rules", is_directory).string(); }

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[11];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d", &utc));
}

namespace {

fs::path find_hadolint_config() {
  std::vector<fs::path> candidates{".hadolint.yaml", ".hadolint.yml"};
  const auto both = [&](const fs::path& stem) {
    candidates.emplace_back(stem.string() + ".yaml");
    candidates.emplace_back(stem.string() + ".yml");
  };
  if (const auto xdg = config_home(); !xdg.empty()) both(xdg / "hadolint");
  if (const fs::path home = environment("HOME"); !home.empty()) {
    both(home / ".hadolint" / "hadolint");
    both(home / ".hadolint" / "config");
    both(home / ".hadolint");
  }
  for (const auto& candidate : candidates)
    if (is_file(candidate)) return candidate;
  return {};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + ",") {
    if (c != ',') {
      if (c != ' ') word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

bool is_set(const char* name) {
  const auto value = environment(name);
  return value == "1" || value == "y" || value == "Y" || value == "true" || value == "True" || value == "TRUE" ||
         value == "yes" || value == "Yes" || value == "YES" || value == "on" || value == "On" || value == "ON";
}

Status add_labels(const std::vector<std::string>& pairs, LabelSchema& schema) {
  for (const auto& pair : pairs) {
    const auto colon = pair.rfind(':');
    if (colon == std::string::npos || colon == 0) return usage_error("label " + pair + ": NAME:TYPE is wanted");
    schema[pair.substr(0, colon)] = pair.substr(colon + 1);
  }
  return Done{};
}

/// What HADOLINT_* variables say.
Result<LintConfig> hadolint_environment() {
  LintConfig config;
  auto& options = config.options;
  options.ignore = split(environment("HADOLINT_IGNORE"));
  options.trusted_registries = split(environment("HADOLINT_TRUSTED_REGISTRIES"));
  for (const auto& [name, severity] :
       {std::pair("HADOLINT_OVERRIDE_ERROR", "error"), std::pair("HADOLINT_OVERRIDE_WARNING", "warning"),
        std::pair("HADOLINT_OVERRIDE_INFO", "info"), std::pair("HADOLINT_OVERRIDE_STYLE", "style")})
    for (auto& rule : split(environment(name))) options.severity[std::move(rule)] = severity;
  IMGSLIM_TRY_DONE(add_labels(split(environment("HADOLINT_REQUIRE_LABELS")), options.label_schema));
  options.strict_labels = is_set("HADOLINT_STRICT_LABELS");
  options.ignore_pragmas = is_set("HADOLINT_DISABLE_IGNORE_PRAGMA");
  config.fail_on = environment("HADOLINT_FAILURE_THRESHOLD");
  if (is_set("HADOLINT_NOFAIL") || config.fail_on == "ignore") config.fail_on = "none";
  return config;
}

bool is_hadolint_file(const fs::path& file) { return file.filename().string().find("hadolint") != std::string::npos; }

Result<LintConfig> find_config(const LintCommand& command) {
  LintConfig base;
  if (command.options.profile == "compat") {
    IMGSLIM_TRY(base, hadolint_environment());
  }
  if (command.no_config) return base;
  fs::path file = command.config_file;
  if (file.empty()) file = find_imgslim_config();
  if (file.empty()) file = find_hadolint_config();
  if (file.empty()) return base;
  IMGSLIM_TRY(const auto text, read_text(file));
  if (is_hadolint_file(file)) return config::read_hadolint_config(text, file.string(), std::move(base));
  IMGSLIM_TRY(auto config, config::read_config(text, file.string()));
  return std::move(config.lint);
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

Status add_build_arguments(const LintCommand& command, LintOptions& options) {
  for (const auto& argument : command.build_arguments) {
    const auto equals = argument.find('=');
    if (equals == 0) return usage_error("--build-arg " + argument + ": a name is missing");
    const auto name = argument.substr(0, equals);
    options.build_arguments[name] =
        equals == std::string::npos ? environment(name.c_str()) : argument.substr(equals + 1);
  }
  for (const auto& context : command.contexts) {
    const auto equals = context.find('=');
    if (equals == std::string::npos) return usage_error("--build-context " + context + ": NAME=PLACE is wanted");
    options.contexts.push_back(context.substr(0, equals));
  }
  return Done{};
}

/// The command line over what the configuration says; lists add up.
Status merge(const LintCommand& command, LintOptions& options) {
  const auto& given = command.options;
  if (given.profile != LintOptions{}.profile) options.profile = given.profile;
  if (!given.select.empty()) options.select = given.select;
  append(options.extend, given.extend);
  append(options.ignore, given.ignore);
  append(options.trusted_registries, given.trusted_registries);
  options.strict_labels = options.strict_labels || given.strict_labels;
  options.ignore_pragmas = options.ignore_pragmas || given.ignore_pragmas;
  if (!given.target.empty()) options.target = given.target;
  IMGSLIM_TRY_DONE(add_labels(command.labels, options.label_schema));
  for (const auto& pair : command.severity) {
    const auto equals = pair.find('=');
    if (equals == std::string::npos) return usage_error("--severity " + pair + ": RULE=LEVEL is wanted");
    options.severity[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return add_build_arguments(command, options);
}

Status add_shellcheck(const std::string& wish, LintOptions& options) {
  if (wish == "never" || (wish.empty() && options.profile != "compat")) return Done{};
  if (has_shellcheck())
    options.shellcheck = run_shellcheck;
  else if (wish == "always")
    return environment_error("shellcheck is not installed");
  return Done{};
}

}  // namespace

Result<LintConfig> lint_settings(const LintCommand& command) {
  IMGSLIM_TRY(auto settings, find_config(command));
  IMGSLIM_TRY_DONE(merge(command, settings.options));
  IMGSLIM_TRY_DONE(add_shellcheck(command.shellcheck, settings.options));
  settings.options.today = today();
  if (!command.rules_directory.empty()) settings.rules_directory = command.rules_directory;
  if (settings.rules_directory.empty() && !command.no_config) settings.rules_directory = find_rules_directory();
  if (!command.fail_on.empty()) settings.fail_on = command.fail_on;
  if (settings.fail_on.empty()) settings.fail_on = settings.options.profile == "compat" ? "info" : "warning";
  return settings;
}

}  // namespace imgslim::app
