#include "app/options.h"

#include <CLI/CLI.hpp>

#include "app/completion.h"
#include "core/byte_format.h"
#include "core/limits.h"
#include "core/nearest.h"
#include "entrypoint/plan.h"

namespace imgslim::app {
namespace {

constexpr const char* overview =
    "Says where every byte of a container image comes from, and which bytes are wasted.\n"
    "\n"
    "  imgslim analyze myimage.tar              an archive, a layout directory, a root file system\n"
    "  docker save app | imgslim analyze -      straight from a daemon\n"
    "  imgslim check myimage.tar --max-size 250MB   the gate: exit code 1 when it is over\n"
    "  imgslim diff main.tar myimage.tar        what grew, and why\n"
    "  imgslim why myimage.tar /usr/bin/gcc     who brought this file, and what needs it\n"
    "  imgslim libs myimage.tar                 what its command loads at start\n"
    "  imgslim lint Dockerfile                  what to change, without an image\n"
    "  imgslim memory myimage.tar               what it holds in memory then\n";

constexpr const char* image_help =
    "docker-save or OCI archive (gzip, zstd, xz, bzip2 too), OCI layout or skopeo directory, root file system tar or "
    "directory, \"-\" for standard input, docker://NAME, podman://NAME, registry://NAME";

/// What CLI11 fills in besides Options; turned into types afterwards.
struct Raw {
  std::string color = "auto", progress = "auto";
  bool json = false, no_color = false, quiet = false, verbose = false;
  std::int64_t base_layers = -1;
  std::string command;
  bool list = false, tree = false;
  std::vector<std::string> limits;  // add_limits() tells the two kinds apart
  std::string min_change;
  std::string bandwidth;
};

CLI::Option* add_image_options(CLI::App& command, Options& options, Raw& raw, const char* name = "IMAGE") {
  auto& analyze = options.analyze;
  auto* image = command.add_option(name, analyze.image, image_help)->required();
  command.add_option("--ref", analyze.reference, "which image of the archive: name, number from 1, or digest");
  command.add_option("--platform", analyze.platform, "os/arch[/variant]; else this machine's, else the only one");
  command.add_option("--dockerfile", options.dockerfile,
                     "Dockerfile of the image: its lines, its rules with the image's bytes");
  command.add_option("--base", analyze.base_image, "archive or layout of the base image: splits waste exactly");
  command.add_option("--base-layers", raw.base_layers, "how many of the lowest layers are the base image")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option(
          "--have", analyze.have,
          "what a node has already: an image as of --base, or a layer's sha256:…; repeatable: what starting pulls")
      ->allow_extra_args(false)
      ->take_all();
  command.add_option("--bandwidth", raw.bandwidth, "SIZE in a second: how long that pull takes");
  command.add_option("--cmd", raw.command, "command line in place of the image's CMD, for what loads at start");
  command
      .add_option("--trace", options.trace_files,
                  "file of paths, one a line, that the running image was seen to open; repeatable")
      ->allow_extra_args(false)
      ->take_all();
  command
      .add_option("--cpu", analyze.cpu,
                  "CPU level that libraries are chosen for: x86-64-v1 to x86-64-v4, else x86-64-v3")
      ->check(CLI::IsMember({"x86-64-v1", "x86-64-v2", "x86-64-v3", "x86-64-v4"}));
  command
      .add_option(
          "--limit", raw.limits,
          "NAME=VALUE, raises or lowers a limit (docs/limits.md), repeatable; or SIZE, the container's memory limit")
      ->take_all();
  command.add_option("--cpus", analyze.processors,
                     "processors of the container, for what runtimes make of --limit SIZE; else 2");
  command.add_option("--threads", analyze.threads, "threads to use; 0 = all (never changes the result)");
  command.add_flag("--strict", analyze.strict, "digests that do not match are errors, not notes");
  command.add_flag("--allow-missing", analyze.allow_missing, "report what is there when blobs are missing");
  return image;
}

void add_color_options(CLI::App& command, Raw& raw) {
  command.add_option("--color", raw.color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("--no-color", raw.no_color, "same as --color never");
}

void add_look_options(CLI::App& command, Options& options, Raw& raw) {
  auto& looks = options.looks;
  command.add_option("--units", looks.units, "si (MB = 10^6), iec (MiB) or bytes")
      ->check(CLI::IsMember({"si", "iec", "bytes"}));
  command.add_option("--top", looks.top, "rows per list; cuts the lists of other formats too");
  add_color_options(command, raw);
  command.add_flag("--plain", looks.plain, "no bars");
}

void add_output_option(CLI::App& command, Options& options, Raw& raw, const char* help) {
  command.add_option("-o,--output", options.outputs, help)->take_all();
  command.add_flag("--json", raw.json, "same as -o json");
}

void add_comment_options(CLI::App& command, Options& options, Raw& raw) {
  command.add_option("--comment-key", options.comment.key, "name in the marker of -o markdown; else the image's");
  command.add_option("--min-change", raw.min_change, "-o markdown tells a smaller change in one line; else 1MB");
  command.add_option("--max-suggestions", options.comment.max_suggestions,
                     "rows of suggestions in -o markdown; else 5");
}

void add_run_options(CLI::App& command, Raw& raw) {
  command.add_option("--progress", raw.progress, "auto or never")->check(CLI::IsMember({"auto", "always", "never"}));
  command.add_flag("-q,--quiet", raw.quiet, "no progress and no warnings on standard error");
  command.add_flag("-v,--verbose", raw.verbose, "every note on standard error");
}

void add_libs(CLI::App& app, Options& options, Raw& raw) {
  auto* libs = app.add_subcommand("libs", "what the image's command loads at start, why, and how sure that is");
  add_image_options(*libs, options, raw);
  auto* list = libs->add_flag("--list", raw.list, "the objects' paths only, one a line");
  auto* tree = libs->add_flag("--tree", raw.tree, "each object below what led to it, with the reason");
  auto* copy =
      libs->add_option("--copy-from", options.copy_stage, "COPY lines that bring what runs from this build stage");
  list->excludes(tree)->excludes(copy);
  tree->excludes(copy);
  libs->add_option("--tier", options.libs_tier, "the least sure tier to show: certain, declared, likely or possible")
      ->check(CLI::IsMember({"certain", "declared", "likely", "possible"}));
  add_output_option(*libs, options, raw, "FORMAT[=FILE]: text or json");
  add_look_options(*libs, options, raw);
  add_run_options(*libs, raw);
  libs->callback([&] { options.command = Command::libs; });
}

void add_memory(CLI::App& app, Options& options, Raw& raw) {
  auto* memory = app.add_subcommand("memory", "what a container of the image holds in memory when it has started");
  add_image_options(*memory, options, raw);
  memory->add_flag("--table", options.memory_parts, "every object, part by part");
  add_output_option(*memory, options, raw, "FORMAT[=FILE]: text or json");
  add_look_options(*memory, options, raw);
  add_run_options(*memory, raw);
  memory->callback([&] { options.command = Command::memory; });
}

void add_measure(CLI::App& app, Options& options, Raw& raw) {
  auto* measure =
      app.add_subcommand("measure", "run the image's command here, without an engine, and measure its memory");
  add_image_options(*measure, options, raw);
  measure->add_flag(
      "--run", options.measure_runs,
      "yes, execute the image, unpacked below $TMPDIR or /var/tmp: nothing is measured without this flag");
  measure->add_option("--seconds", options.measure_seconds, "the longest wait for the program to come to rest");
  add_output_option(*measure, options, raw, "FORMAT[=FILE]: text or json");
  add_look_options(*measure, options, raw);
  add_run_options(*measure, raw);
  measure->callback([&] { options.command = Command::measure; });
}

void add_check(CLI::App& app, Options& options, Raw& raw) {
  auto* check = app.add_subcommand("check", "the gate: exit code 1 when the image is over its budgets");
  add_image_options(*check, options, raw);
  add_gate_flags(*check, options.gate);
  add_output_option(*check, options, raw, "FORMAT[=FILE]: as of analyze; never changes the verdict");
  add_comment_options(*check, options, raw);
  add_look_options(*check, options, raw);
  add_run_options(*check, raw);
  check->callback([&] {
    options.command = Command::gate;
    options.gate.action = GateCommand::Action::check;
  });
}

void add_diff(CLI::App& app, Options& options, Raw& raw) {
  auto* diff = app.add_subcommand("diff", "what grew from one image to another, and why");
  add_image_options(*diff, options, raw, "BASE");
  diff->add_option("HEAD", options.gate.head, "the other: an image, a saved report or a lock, as BASE")->required();
  diff->add_flag("--other-platform", options.gate.other_platform, "compare images of two platforms all the same");
  add_output_option(*diff, options, raw, "FORMAT[=FILE]: text, json or markdown");
  add_comment_options(*diff, options, raw);
  add_look_options(*diff, options, raw);
  add_run_options(*diff, raw);
  diff->callback([&] {
    options.command = Command::gate;
    options.gate.action = GateCommand::Action::diff;
  });
}

void add_init(CLI::App& app, Options& options, Raw& raw) {
  auto* init = app.add_subcommand("init", "write .imgslim.yaml: what the image weighs today and a tenth more");
  add_image_options(*init, options, raw)->required(false);
  init->add_option("--from", options.gate.dive_file, "a .dive-ci whose rules become budgets");
  init->add_option("--file", options.gate.init_file, "what to write; else .imgslim.yaml");
  init->add_flag("--force", options.gate.force, "replace a file that is there");
  add_run_options(*init, raw);
  init->callback([&] {
    options.command = Command::gate;
    options.gate.action = GateCommand::Action::init;
  });
}

/// The commands with all their flags. `options` and `raw` outlive the result.
std::unique_ptr<CLI::App> make_parser(Options& options, Raw& raw) {
  auto app = std::make_unique<CLI::App>(overview, "imgslim");
  app->set_version_flag("--version", std::string("imgslim ") + IMGSLIM_VERSION);
  app->set_help_flag("-h,--help", "this text, or a command's");
  app->require_subcommand(0, 1);

  auto* analyze = app->add_subcommand("analyze", "account for every byte of an image");
  add_image_options(*analyze, options, raw);
  add_output_option(
      *analyze, options, raw,
      "FORMAT[=FILE]: text, json, html, markdown, sarif, github, gitlab, azure, gcc, checkstyle, junit, rdjson, "
      "prometheus, ncdu, folded, tree; repeatable, one on standard output");
  add_comment_options(*analyze, options, raw);
  analyze->add_flag("--annotate", options.annotate, "the Dockerfile, with what each instruction costs beside it");
  analyze->add_flag("--all-platforms", options.all_platforms, "one table over the platforms of an index");
  add_look_options(*analyze, options, raw);
  add_run_options(*analyze, raw);
  analyze->callback([&] { options.command = Command::analyze; });

  add_check(*app, options, raw);
  add_diff(*app, options, raw);

  auto* why = app->add_subcommand("why", "which layer, instruction and package brought a path or package");
  add_image_options(*why, options, raw);
  why->add_option("PATH|PACKAGE", options.query, "a path in the image, or a package's name")->required();
  add_output_option(*why, options, raw, "FORMAT[=FILE]: text or json");
  add_look_options(*why, options, raw);
  add_run_options(*why, raw);
  why->callback([&] { options.command = Command::why; });

  add_libs(*app, options, raw);
  add_memory(*app, options, raw);
  add_measure(*app, options, raw);

  auto* render = app->add_subcommand("render", "render a saved report again");
  render->add_option("REPORT", options.report_file, "a JSON report, or \"-\"")->required();
  add_output_option(*render, options, raw, "FORMAT[=FILE]: as of analyze, without tree");
  add_comment_options(*render, options, raw);
  render->add_option("--baseline", options.render_baseline, "a saved report that -o markdown compares with");
  render->add_option("--dockerfile", options.dockerfile, "Dockerfile that findings are placed in");
  add_look_options(*render, options, raw);
  render->callback([&] { options.command = Command::render; });

  add_lint_commands(*app, options.lint, options.outputs, [&] { options.command = Command::lint; });
  add_color_options(*app->get_subcommand("lint"), raw);
  add_init(*app, options, raw);

  auto* version = app->add_subcommand("version", "the version");
  version->add_flag("--json", options.version_as_json, "as JSON");
  version->callback([&] { options.command = Command::version; });

  auto* completion = app->add_subcommand("completion", "a completion script for a shell");
  completion->add_option("SHELL", options.shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([&] { options.command = Command::completion; });
  return app;
}

When to_when(const std::string& word) {
  return word == "always" ? When::always : word == "never" ? When::never : When::automatic;
}

/// CLI11 says what is wrong; the nearest known word says what was meant.
Error explain(const CLI::App& app, const CLI::ParseError& error, int argc, const char* const* argv) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
    for (const auto* option : command->get_options())
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::string hint;
  for (int i = 1; i < argc && hint.empty(); ++i) {
    const std::string_view word = argv[i];
    const auto flag = word.substr(0, word.find('='));
    const bool is_known = std::find(known.begin(), known.end(), flag) != known.end();
    if (!is_known && (flag.starts_with("--") || i == 1)) hint = did_you_mean(flag, known);
  }
  return usage_error(std::string(error.what()) + hint + " (imgslim --help lists the commands)");
}

/// "layer-entries=5" is a limit of this program, "256Mi" one of the container.
Status add_limits(const std::vector<std::string>& limits, AnalyzeOptions& options) {
  for (const auto& limit : limits) {
    if (limit.find('=') != std::string::npos) {
      options.limits.push_back(limit);
      continue;
    }
    IMGSLIM_TRY(options.memory_limit_bytes, parse_byte_count(limit));
  }
  return Done{};
}

Status settle(Options& options, const Raw& raw) {
  IMGSLIM_TRY_DONE(add_limits(raw.limits, options.analyze));
  if (!raw.command.empty()) {
    IMGSLIM_TRY(options.analyze.command, entrypoint::split_command(raw.command));
  }
  options.libs_view = raw.list                      ? LibsView::list
                      : raw.tree                    ? LibsView::tree
                      : !options.copy_stage.empty() ? LibsView::copy
                                                    : LibsView::table;

  if (!raw.bandwidth.empty()) {
    IMGSLIM_TRY(options.analyze.bytes_per_second, parse_byte_count(raw.bandwidth));
  }
  if (!raw.min_change.empty()) {
    IMGSLIM_TRY(options.comment.min_change_bytes, parse_byte_count(raw.min_change));
  }
  if (raw.json) options.outputs.emplace_back("json");
  if (raw.base_layers >= 0) options.analyze.base_layers = static_cast<std::uint32_t>(raw.base_layers);
  options.looks.color = raw.no_color ? When::never : to_when(raw.color);
  options.looks.progress = raw.quiet ? When::never : to_when(raw.progress);
  options.verbosity = raw.quiet ? Verbosity::quiet : raw.verbose ? Verbosity::verbose : Verbosity::normal;
  return Done{};
}

}  // namespace

Result<Options> parse_options(int argc, const char* const* argv) {
  Options options;
  Raw raw;
  // CLI11 takes what stands behind it for nothing at all.
  if (argc > 1 && std::string_view(argv[1]) == "--")
    return usage_error("a command is wanted in the place of \"--\" (imgslim --help lists the commands)");
  const auto app = make_parser(options, raw);
  options.text = app->help();
  try {
    app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app->get_subcommands();
    options.text = chosen.empty() ? app->help() : chosen.front()->help();
    options.command = Command::help;
    return options;
  } catch (const CLI::CallForVersion&) {
    options.command = Command::version;
    return options;
  } catch (const CLI::ParseError& error) {
    return explain(*app, error, argc, argv);
  }
  IMGSLIM_TRY_DONE(settle(options, raw));
  if (options.command == Command::completion) options.text = completion_script(*app, options.shell);
  return options;
}

}  // namespace imgslim::app
