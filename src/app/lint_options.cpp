#include "app/lint_options.h"

#include <CLI/CLI.hpp>

namespace imgslim::app {
namespace {

/// A repeatable option that takes one value each time: what follows it may be a file.
CLI::Option* add_list(CLI::App& command, const char* names, std::vector<std::string>& values, const char* help) {
  return command.add_option(names, values, help)->allow_extra_args(false)->take_all();
}

void add_rule_choice(CLI::App& lint, LintCommand& command) {
  auto& options = command.options;
  lint.add_option("--profile", options.profile,
                  "slim: what costs bytes or breaks; compat: hadolint's and BuildKit's rules as they have them")
      ->check(CLI::IsMember({"slim", "compat"}));
  add_list(lint, "--select", options.select, "only these rules: ids, beginnings such as SL3, or all")->delimiter(',');
  add_list(lint, "--extend-select", options.extend, "these rules too")->delimiter(',');
  add_list(lint, "--ignore", options.ignore, "not these rules")->delimiter(',');
  add_list(lint, "--severity", command.severity, "RULE=LEVEL: error, warning, info, style or off; repeatable");
  lint.add_option("--rules", command.rules_directory, "a directory of rule files that goes over the built-in ones");
  lint.add_option(
          "--fail-on", command.fail_on,
          "the least severity that makes the exit code 1: error, warning, info, style, none; by default warning, "
          "info in the compat profile")
      ->check(CLI::IsMember({"error", "warning", "info", "style", "none"}));
  lint.add_option(
          "--shellcheck", command.shellcheck,
          "run ShellCheck on RUN bodies for ids SC…: auto (when it is installed; the compat profile's default), "
          "never (slim's), always")
      ->check(CLI::IsMember({"auto", "never", "always"}));
  lint.add_flag("--no-pragmas", options.ignore_pragmas, "comments in the file suppress nothing");
  add_list(lint, "--trusted-registry", options.trusted_registries, "a registry that images may come from; repeatable");
  add_list(lint, "--require-label", command.labels, "NAME:TYPE: text, rfc3339, semver, url, hash, spdx or email");
  lint.add_flag("--strict-labels", options.strict_labels, "no labels but those required");
}

void add_build_inputs(CLI::App& lint, LintCommand& command) {
  add_list(lint, "--build-arg", command.build_arguments, "NAME=VALUE, as of docker build; repeatable");
  lint.add_option("--target", command.options.target, "the stage that is built; else the last");
  add_list(lint, "--build-context", command.contexts, "NAME=PLACE, as of docker build; repeatable");
  lint.add_option("--context", command.context_directory, "the build context; else the directory of each Dockerfile");
}

CLI::App* add_lint(CLI::App& app, LintCommand& command, std::vector<std::string>& outputs) {
  auto* lint = app.add_subcommand("lint", "check Dockerfiles, without an image");
  lint->add_option("FILE", command.files, "Dockerfiles, directories to search, patterns (**/Dockerfile), \"-\"");
  add_rule_choice(*lint, command);
  add_build_inputs(*lint, command);
  lint->add_option("-c,--config", command.config_file, "configuration; else .imgslim.yaml upward, else .hadolint.yaml");
  lint->add_flag("--no-config", command.no_config, "read no configuration");
  lint->add_flag("--fix", command.fix, "correct what is sure to be corrected, in place");
  lint->add_flag("--diff", command.diff, "print what --fix would change");
  lint->add_flag("--ast", command.ast, "print how the files are understood, as JSON");
  add_list(*lint, "-o,--output", outputs,
           "FORMAT[=FILE]: text, json, sarif, github, gitlab, gcc, checkstyle, junit, rdjson, markdown; "
           "repeatable, one on standard output");
  return lint;
}

constexpr const char* overlay_help = "a directory of rule files that goes over the built-in ones";

CLI::App* add_rules(CLI::App& app, LintCommand& command, std::vector<std::string>& outputs) {
  auto* rules = app.add_subcommand("rules", "list the rules of lint, or test their files");
  rules->add_option("--rules", command.rules_directory, overlay_help);
  add_list(*rules, "-o,--output", outputs, "FORMAT[=FILE]: text or json");
  return rules;
}

CLI::App* add_rules_test(CLI::App& rules, LintCommand& command) {
  auto* test = rules.add_subcommand("test", "try every rule on its own good and bad cases");
  test->add_option("DIRECTORY", command.rules_directory, overlay_help);
  return test;
}

CLI::App* add_explain(CLI::App& app, LintCommand& command) {
  auto* explain = app.add_subcommand("explain", "what a rule finds, why, and how to mend it");
  explain->add_option("RULE", command.rule, "an id: SL3001, DL3009, StageNameCasing")->required();
  explain->add_option("--rules", command.rules_directory, overlay_help);
  return explain;
}

}  // namespace

void add_lint_commands(CLI::App& app, LintCommand& command, std::vector<std::string>& outputs,
                       const std::function<void()>& chosen) {
  add_lint(app, command, outputs)->callback(chosen);
  auto* rules = add_rules(app, command, outputs);
  auto* test = add_rules_test(*rules, command);
  rules->callback([&command, chosen, test] {
    command.action = test->parsed() ? LintCommand::Action::test_rules : LintCommand::Action::list_rules;
    chosen();
  });
  add_explain(app, command)->callback([&command, chosen] {
    command.action = LintCommand::Action::explain;
    chosen();
  });
}

}  // namespace imgslim::app
