// The whole flow, in the order of its stages: load (manifests, one pass over every layer), verify, merge, account,
// attribute, close over what the command loads, reconcile, report.
#include "imgslim/analyze.h"

#include <sys/utsname.h>

#include <thread>

#include "analysis/analysis.h"
#include "analysis/answer_libraries.h"
#include "analysis/answer_why.h"
#include "analysis/input.h"
#include "analysis/judge_image.h"
#include "analysis/make_report.h"
#include "analysis/make_tree_view.h"
#include "analysis/reconcile.h"
#include "analysis/sharing_loss.h"
#include "analysis/verify_layers.h"
#include "core/check.h"
#include "core/notes.h"
#include "dockerfile/parse.h"
#include "memory/findings.h"
#include "runtime/trace.h"

namespace imgslim {
namespace {

using analysis::Analysis;
using analysis::LoadedImage;

image::Platform host_platform() {
  utsname host{};
  if (uname(&host) != 0) return {};
  const std::string machine = host.machine;
  if (machine == "x86_64") return {"linux", "amd64", ""};
  if (machine == "aarch64") return {"linux", "arm64", ""};
  if (machine == "armv7l") return {"linux", "arm", "v7"};
  if (machine == "i686") return {"linux", "386", ""};
  return {"linux", machine, ""};
}

/// "os/arch" or "os/arch/variant".
Result<image::Platform> parse_platform(const std::string& text) {
  const auto first = text.find('/');
  const auto second = text.find('/', first == std::string::npos ? first : first + 1);
  image::Platform platform;
  platform.os = text.substr(0, first);
  if (first != std::string::npos) platform.architecture = text.substr(first + 1, second - first - 1);
  if (second != std::string::npos) platform.variant = text.substr(second + 1);
  if (platform.os.empty() || platform.architecture.empty())
    return usage_error("a platform is os/arch or os/arch/variant, such as linux/arm64, not \"" + text + "\"");
  return platform;
}

Result<image::Selection> make_selection(const AnalyzeOptions& options) {
  image::Selection selection;
  selection.reference = options.reference;
  selection.host_platform = host_platform();
  if (!options.platform.empty()) {
    IMGSLIM_TRY(selection.platform, parse_platform(options.platform));
  }
  selection.missing_blobs = options.allow_missing ? image::MissingBlobs::allow : image::MissingBlobs::refuse;
  selection.strictness = options.strict ? image::Strictness::strict : image::Strictness::warn;
  return selection;
}

unsigned thread_count(const AnalyzeOptions& options) {
  return options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
}

Result<analysis::ReadSettings> make_settings(const AnalyzeOptions& options) {
  analysis::ReadSettings settings;
  for (const auto& limit : options.limits) IMGSLIM_TRY_DONE(set_limit(settings.limits, limit));
  settings.threads = thread_count(options);
  settings.progress = options.progress;
  return settings;
}

Result<std::optional<attribution::NamedDockerfile>> parse_dockerfile(const std::optional<LintSource>& source,
                                                                     const Limits& limits) {
  if (!source) return std::optional<attribution::NamedDockerfile>();
  if (source->text.size() > limits.text_bytes) return limit_hit(limits, &Limits::text_bytes, source->path);
  return std::optional(attribution::NamedDockerfile{source->path, dockerfile::parse(source->text)});
}

Result<attribution::BaseHint> read_base_hint(const AnalyzeOptions& options, const Limits& limits) {
  attribution::BaseHint hint;
  hint.layers = options.base_layers;
  if (options.base_image.empty()) return hint;
  IMGSLIM_TRY(auto selection, make_selection(options));
  selection.reference.clear();
  IMGSLIM_TRY(const auto base, analysis::load_manifests(options.base_image, selection, limits));
  for (const auto& layer : base.layers) hint.diff_ids.push_back(layer.diff_id);
  hint.name = base.reference.empty() ? options.base_image : base.reference;
  return hint;
}

/// What --have names: layers by their digests, else images.
Result<std::optional<analysis::StartNode>> read_node(const AnalyzeOptions& options, const Limits& limits) {
  if (options.have.empty() && !options.bytes_per_second) return std::optional<analysis::StartNode>();
  if (options.bytes_per_second == 0u) return usage_error("a bandwidth of 0 never pulls anything");
  analysis::StartNode node;
  node.bytes_per_second = options.bytes_per_second;
  for (const auto& name : options.have) {
    if (name.starts_with("sha256:")) {
      IMGSLIM_TRY(auto digest, Digest::parse(name));
      node.layers.push_back(std::move(digest));
      continue;
    }
    IMGSLIM_TRY(auto selection, make_selection(options));
    selection.reference.clear();
    IMGSLIM_TRY(const auto image, analysis::load_manifests(name, selection, limits));
    analysis::KnownImage known{image.reference.empty() ? name : image.reference, {}};
    for (const auto& layer : image.layers) known.diff_ids.push_back(layer.diff_id);
    if (known.diff_ids.empty() || known.diff_ids.front().empty())
      return usage_error("--have " + name + ": names no layers by their diff_id, so that none can be known again");
    node.images.push_back(std::move(known));
  }
  return std::optional(std::move(node));
}

Status check_image_limits(const std::vector<tree::LayerPtr>& layers, const Limits& limits) {
  std::uint64_t entries = 0, bytes = 0;
  for (const auto& layer : layers) {
    entries += layer->entries.size();
    bytes += layer->stored_bytes;
  }
  if (layers.size() > limits.layers) return limit_hit(limits, &Limits::layers, "too many layers");
  if (entries > limits.image_entries) return limit_hit(limits, &Limits::image_entries, "too many entries in the image");
  if (bytes > limits.image_bytes)
    return limit_hit(limits, &Limits::image_bytes, "too many uncompressed bytes in the image");
  return Done{};
}

std::vector<Note> layer_notes(const tree::MergedTree& tree) {
  NoteList notes;
  for (tree::LayerIndex i = 0; i < tree.layer_count(); ++i)
    for (const auto& note : tree.layer(i).notes)
      notes.add(note.code, "layer " + std::to_string(i + 1) + ": " + note.where, note.text);
  return notes.take();
}

template <typename T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// What the user says beside the image itself.
struct Context {
  image::Strictness strictness;
  std::optional<attribution::NamedDockerfile> dockerfile;
  attribution::BaseHint base;
  runtime::Settings runtime;
  std::vector<runtime::TraceList> traces;
  std::optional<memory::Bounds> bounds;
  std::optional<analysis::StartNode> node;
  const AnalyzeOptions& options;
};

Result<runtime::Settings> runtime_settings(const AnalyzeOptions& options) {
  using linker::CpuLevel;
  runtime::Settings settings;
  settings.command_override.command = options.command;
  if (options.cpu.empty()) return settings;
  constexpr std::string_view prefix = "x86-64-v";
  const bool known = options.cpu.size() == prefix.size() + 1 && options.cpu.starts_with(prefix) &&
                     options.cpu.back() >= '1' && options.cpu.back() <= '4';
  if (!known)
    return usage_error("unknown CPU level \"" + options.cpu + "\": x86-64-v1, x86-64-v2, x86-64-v3 or x86-64-v4");
  settings.cpu = static_cast<CpuLevel>(static_cast<int>(CpuLevel::x86_64) + options.cpu.back() - '1');
  return settings;
}

std::optional<memory::Bounds> memory_bounds(const AnalyzeOptions& options) {
  constexpr unsigned usual_processors = 2;
  if (!options.memory_limit_bytes) return std::nullopt;
  return memory::Bounds{*options.memory_limit_bytes, options.processors != 0 ? options.processors : usual_processors};
}

Result<std::vector<runtime::TraceList>> read_traces(const AnalyzeOptions& options, const Limits& limits) {
  std::vector<runtime::TraceList> lists;
  for (const auto& trace : options.traces) {
    lists.push_back({trace.name, trace.text});
    IMGSLIM_TRY_DONE(runtime::check_trace(lists.back(), limits));
  }
  return lists;
}

Result<Context> make_context(const AnalyzeOptions& options, const Limits& limits) {
  IMGSLIM_TRY(auto dockerfile, parse_dockerfile(options.dockerfile, limits));
  IMGSLIM_TRY(auto base, read_base_hint(options, limits));
  IMGSLIM_TRY(auto runtime, runtime_settings(options));
  IMGSLIM_TRY(auto traces, read_traces(options, limits));
  IMGSLIM_TRY(auto node, read_node(options, limits));
  return Context{options.strict ? image::Strictness::strict : image::Strictness::warn,
                 std::move(dockerfile),
                 std::move(base),
                 std::move(runtime),
                 std::move(traces),
                 memory_bounds(options),
                 std::move(node),
                 options};
}

Result<Analysis> analyze_loaded(LoadedImage loaded, const Context& context, const Limits& limits) {
  IMGSLIM_TRY_DONE(check_image_limits(loaded.layers, limits));
  IMGSLIM_TRY(auto verdict, analysis::verify_layers(loaded, context.strictness));
  auto merged = std::make_unique<const tree::MergedTree>(tree::merge(std::move(loaded.layers)));
  const auto& tree = *merged;
  auto accounting = tree::account(tree);
  auto instructions = attribution::trace_instructions(loaded.info, context.dockerfile);
  auto base = attribution::find_base(loaded.info, instructions, context.base);
  const auto waste_split = tree::split_waste(tree, base.layers);
  auto owners = attribution::find_owners(tree, limits);
  auto relations = attribution::find_relations(tree, owners, limits);
  auto duplicates = tree::find_duplicates(tree);
  rootfs::FileSystem files(tree);
  auto closure = runtime::close(files, loaded.info.config, context.runtime);
  const auto processors = context.bounds.value_or(memory::Bounds()).processors;
  auto startup = memory::estimate({closure, files, owners, !loaded.info.config.exposed_ports.empty(), processors},
                                  memory::built_in_coefficients());
  auto findings = runtime::find_runtime_problems(closure, files, loaded.info.config, loaded.info.platform);
  if (startup) append(findings, memory::find_memory_problems({closure, files, *startup, context.bounds}));
  runtime::add_traces(closure, files, context.traces);  // behind what is about the start: a trace may be of more

  std::vector<Note> notes = loaded.info.notes;
  for (const auto& stage : {verdict.notes, layer_notes(tree), tree.notes(), instructions.notes, base.notes,
                            owners.notes, relations.notes, closure.notes})
    append(notes, stage);
  Analysis analysis{std::move(loaded.info),
                    std::move(merged),
                    tree,
                    std::move(files),
                    std::move(verdict.checks),
                    std::move(accounting),
                    std::move(instructions),
                    std::move(base),
                    waste_split,
                    std::move(owners),
                    std::move(relations),
                    std::move(duplicates),
                    context.runtime.command_override.command,
                    std::move(closure),
                    std::move(startup),
                    context.bounds,
                    context.node,
                    {},
                    std::move(notes),
                    verdict.complete};
  if (analysis.startup) append(findings, analysis::sharing_findings(analysis::sharing_loss(analysis)));
  const auto& options = context.options;
  const analysis::RuleInput rule_input{options.ruleset, options.rules,
                                       options.dockerfile ? &*options.dockerfile : nullptr,
                                       context.dockerfile ? &context.dockerfile->file : nullptr, thread_count(options)};
  IMGSLIM_TRY(analysis.judgement, analysis::judge_image(analysis, rule_input, findings));
  return analysis;
}

Result<Analysis> run(const AnalyzeOptions& options) {
  IMGSLIM_TRY(const auto settings, make_settings(options));
  IMGSLIM_TRY(const auto selection, make_selection(options));
  IMGSLIM_TRY(const auto context, make_context(options, settings.limits));
  IMGSLIM_TRY(auto loaded, analysis::load_image(options.image, selection, settings));
  return analyze_loaded(std::move(loaded), context, settings.limits);
}

/// The report, after every total has been found to reconcile: a wrong number is a bug of ours and never printed.
Report checked_report(const Analysis& analysis, unsigned threads) {
  auto report = analysis::make_report(analysis, threads);
  const auto violation = analysis::find_imbalance(analysis, report);
  if (!violation.empty()) check_failed(violation.c_str(), __FILE__, __LINE__);
  return report;
}

}  // namespace

Result<AnalyzeResult> analyze(const AnalyzeOptions& options, WithTree with_tree) {
  IMGSLIM_TRY(const auto analysis, run(options));
  AnalyzeResult result{checked_report(analysis, thread_count(options)), {}};
  if (with_tree == WithTree::yes) result.tree = analysis::make_tree_view(analysis);
  return result;
}

Result<std::vector<Report>> analyze_platforms(const AnalyzeOptions& options) {
  IMGSLIM_TRY(const auto settings, make_settings(options));
  IMGSLIM_TRY(const auto selection, make_selection(options));
  IMGSLIM_TRY(const auto context, make_context(options, settings.limits));
  IMGSLIM_TRY(auto images, analysis::load_platforms(options.image, selection, settings));
  std::vector<Report> reports;
  for (auto& image : images) {
    IMGSLIM_TRY(const auto analysis, analyze_loaded(std::move(image), context, settings.limits));
    reports.push_back(checked_report(analysis, settings.threads));
  }
  return reports;
}

Result<LibrariesAnswer> find_libraries(const AnalyzeOptions& options, const std::string& confidence) {
  IMGSLIM_TRY(const auto tier, analysis::parse_tier(confidence));
  IMGSLIM_TRY(const auto analysis, run(options));
  return analysis::answer_libraries(analysis, tier);
}

Result<MemoryAnswer> estimate_memory(const AnalyzeOptions& options) {
  IMGSLIM_TRY(const auto analysis, run(options));
  const auto report = checked_report(analysis, thread_count(options));
  MemoryAnswer answer{report.image.reference, report.memory, {}};
  for (const auto& finding : report.findings.value_or(std::vector<ReportFinding>()))
    if (finding.rule.starts_with("SL6")) answer.findings.push_back(finding);
  return answer;
}

Result<WhyAnswer> explain(const AnalyzeOptions& options, const std::string& path_or_package) {
  IMGSLIM_TRY(const auto analysis, run(options));
  return analysis::answer_why(analysis, path_or_package);
}

}  // namespace imgslim
