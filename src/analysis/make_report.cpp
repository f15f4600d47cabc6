#include "analysis/make_report.h"

#include <algorithm>
#include <functional>

#include "analysis/class_rows.h"
#include "analysis/cold_start.h"
#include "analysis/memory_rows.h"
#include "analysis/runtime_rows.h"
#include "analysis/sharing_loss.h"
#include "attribution/content_class.h"
#include "attribution/directory_rows.h"
#include "core/parallel.h"
#include "tree/visit.h"

namespace imgslim::analysis {
namespace {

using archive::Compression;
using tree::Fate;

std::string_view source_kind_name(image::SourceKind kind) {
  using image::SourceKind;
  switch (kind) {
    case SourceKind::docker_archive:
    case SourceKind::docker_directory:
      return "docker-archive";
    case SourceKind::oci_archive:
      return "oci-archive";
    case SourceKind::oci_layout:
      return "oci-layout";
    case SourceKind::skopeo_directory:
      return "dir";
    case SourceKind::rootfs_archive:
    case SourceKind::rootfs_directory:
      break;
  }
  return "rootfs";
}

ReportImage image_section(const image::ImageInfo& info) {
  const auto& config = info.config;
  return {info.reference,
          std::string(source_kind_name(info.source)),
          info.manifest_digest.text(),
          info.config_digest.text(),
          info.platform.text(),
          config.entrypoint,
          config.cmd,
          config.env,
          config.user,
          config.working_dir,
          config.labels};
}

ReportTotals totals_section(const Analysis& analysis) {
  const auto& sums = analysis.accounting;
  ReportTotals totals;
  totals.layers = analysis.tree.layer_count();
  totals.entries = sums.entries;
  totals.directories = sums.directories;
  totals.files = sums.files;
  std::uint64_t blobs = 0, estimate = 0;
  bool all_compressed = true;
  for (tree::LayerIndex i = 0; i < analysis.tree.layer_count(); ++i) {
    const auto& layer = analysis.tree.layer(i);
    totals.stored_bytes += layer.stored_bytes;
    blobs += layer.blob_bytes;
    estimate += layer.compressed_bytes_estimate;
    all_compressed = all_compressed && layer.compression != Compression::none;
  }
  (all_compressed ? totals.compressed_bytes : totals.compressed_bytes_estimate) = all_compressed ? blobs : estimate;
  totals.payload_bytes = sums.payload_bytes;
  totals.tar_overhead_bytes = totals.stored_bytes - totals.payload_bytes;
  totals.visible_bytes = sums.visible_bytes;
  totals.visible_compressed_bytes = sums.visible_compressed_bytes;
  totals.disk_bytes = sums.disk_bytes;
  totals.wasted_bytes = sums.wasted_bytes();
  for (const auto& group : analysis.duplicates) totals.duplicate_bytes += group.wasted_bytes();
  totals.attestation_bytes = analysis.info.attestation_bytes;
  totals.efficiency = rounded_ratio(totals.visible_bytes, totals.payload_bytes).value_or(1);
  return totals;
}

ReportBase base_section(const Analysis& analysis) {
  ReportBase base;
  base.layers = analysis.base.layers;
  base.signal = analysis.base.signal;
  if (!analysis.base.name.empty()) base.name = analysis.base.name;
  base.wasted_bytes = {analysis.waste_split.mine, analysis.waste_split.hidden_base, analysis.waste_split.base};
  for (auto i = analysis.base.layers; i < analysis.tree.layer_count(); ++i)
    base.user_bytes += analysis.tree.layer(i).payload_bytes;
  base.wasted_user_ratio = rounded_ratio(base.wasted_bytes.mine, base.user_bytes);
  return base;
}

ReportInstruction to_instruction(const attribution::BuildStep& step, const attribution::Instructions& all) {
  ReportInstruction instruction;
  instruction.text = step.text;
  instruction.kind = step.kind;
  instruction.source = attribution::source_name(step.source);
  if (step.lines) {
    instruction.file = step.lines->file;
    instruction.start_line = step.lines->start_line;
    instruction.end_line = step.lines->end_line;
  }
  if (all.dockerfile_instructions > 0) instruction.matched = step.source == attribution::InstructionSource::dockerfile;
  return instruction;
}

ReportLayer layer_section(const Analysis& analysis, tree::LayerIndex index) {
  const auto& layer = analysis.tree.layer(index);
  const auto& ref = analysis.info.layers[index];
  const auto& sum = analysis.accounting.layers[index];
  ReportLayer row;
  row.index = index;
  row.digest = ref.descriptor.digest.empty() ? layer.blob_digest.text() : ref.descriptor.digest.text();
  row.diff_id = layer.diff_id.empty() ? ref.diff_id.text() : layer.diff_id.text();
  row.media_type = ref.descriptor.media_type;
  row.compression = archive::compression_name(layer.compression);
  if (layer.compression != Compression::none) row.compressed_bytes = layer.blob_bytes;
  row.stored_bytes = layer.stored_bytes;
  row.payload_bytes = layer.payload_bytes;
  row.visible_bytes = sum.visible_bytes;
  row.wasted_bytes = sum.wasted_bytes;
  row.caused_waste_bytes = sum.caused_waste_bytes;
  row.entries = layer.entries.size();
  row.empty = layer.entries.size() == 0;
  row.digest_verified = analysis.checks[index].digest_verified;
  row.diff_id_verified = analysis.checks[index].diff_id_verified;
  const auto& step = analysis.instructions.steps[analysis.instructions.step_of_layer[index]];
  if (!step.created.empty()) row.created = step.created;
  row.instruction = to_instruction(step, analysis.instructions);
  return row;
}

std::vector<ReportStep> step_section(const Analysis& analysis) {
  std::vector<ReportStep> steps;
  for (const auto& step : analysis.instructions.steps)
    steps.push_back({to_instruction(step, analysis.instructions), step.layer});
  return steps;
}

HistoryMatch match_section(const Analysis& analysis) {
  const auto& instructions = analysis.instructions;
  HistoryMatch match;
  match.source = attribution::source_name(instructions.source);
  if (instructions.dockerfile_instructions > 0) {
    match.matched_ratio =
        rounded_ratio(instructions.matched_instructions, instructions.dockerfile_instructions).value_or(0);
    return match;
  }
  const auto agreeing =
      std::count_if(instructions.step_of_layer.begin(), instructions.step_of_layer.end(), [&](std::uint32_t step) {
        return instructions.steps[step].source == instructions.source &&
               instructions.source != attribution::InstructionSource::none;
      });
  match.matched_ratio =
      rounded_ratio(static_cast<std::uint64_t>(agreeing), instructions.step_of_layer.size()).value_or(0);
  return match;
}

/// The package managers' own files are stored again by every layer that installs: a fate of its own.
std::string waste_fate(Fate fate, const std::string& path) {
  const bool stored_again = fate == Fate::overwritten || fate == Fate::metadata_only || fate == Fate::identical;
  return stored_again && attribution::is_package_database(path) ? "package_database"
                                                                : std::string(tree::fate_name(fate));
}

void waste_section(const Analysis& analysis, Report& report) {
  tree::for_each_entry(analysis.tree, [&](tree::EntryId id, tree::LayerIndex layer, const layer::Entry& entry) {
    const auto& fate = analysis.tree.fate(id);
    if (fate.fate == Fate::visible || entry.content_bytes == 0) return;
    ReportWaste row;
    row.path = analysis.tree.entry_path(id);
    row.bytes = entry.content_bytes;
    row.fate = waste_fate(fate.fate, row.path);
    row.origin_layer = layer;
    row.cause_layer = fate.cause_layer;
    row.attributes = tree::difference_names(fate.differences);
    report.wasted_by_fate[row.fate] += row.bytes;
    report.waste.push_back(std::move(row));
  });
  std::sort(report.waste.begin(), report.waste.end(), [](const ReportWaste& a, const ReportWaste& b) {
    return std::tie(b.bytes, a.path, a.origin_layer) < std::tie(a.bytes, b.path, b.origin_layer);
  });
}

std::vector<ReportPath> path_section(const Analysis& analysis) {
  std::vector<ReportPath> rows;
  for (auto& row : attribution::directory_rows(analysis.tree))
    rows.push_back({row.path, row.total.visible_bytes, row.total.compressed_bytes, row.total.files,
                    row.own_visible_bytes, row.own_compressed_bytes});
  return rows;
}

void startup_sections(const Analysis& analysis, Report& report) {
  report.runtime = runtime_section(analysis);
  const auto mapped = mapped_bytes(analysis);
  for (std::size_t i = 0; i < mapped.size(); ++i) report.layers[i].mapped_bytes = mapped[i];
  report.memory = memory_section(analysis);
  if (const auto bytes = startup_bytes(analysis); report.memory)
    for (std::size_t i = 0; i < bytes.size(); ++i) report.layers[i].startup_rss_bytes = bytes[i];
  report.cold_start = cold_start(analysis);
}

/// One visible name of each inode; hard links give their first in path order.
std::vector<ReportDuplicate> duplicate_section(const Analysis& analysis) {
  std::vector<ReportDuplicate> rows;
  for (const auto& group : analysis.duplicates) {
    ReportDuplicate row{group.bytes_each, group.inodes.size(), group.wasted_bytes(), {}};
    for (const auto inode : group.inodes) row.paths.push_back(analysis.tree.entry_path(inode));
    std::sort(row.paths.begin(), row.paths.end());
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const ReportDuplicate& a, const ReportDuplicate& b) {
    return std::tie(b.wasted_bytes, a.paths) < std::tie(a.wasted_bytes, b.paths);
  });
  return rows;
}

ReportPackage bracketed_row(const char* name, const attribution::RowSum& sum) {
  ReportPackage row;
  row.name = name;
  row.visible_bytes = sum.visible_bytes;
  row.compressed_bytes = sum.compressed_bytes;
  row.stored_bytes = sum.stored_bytes;
  row.files = sum.files;
  return row;
}

ReportPackage package_row(const attribution::OwnedPackage& package, std::string_view state) {
  auto row = bracketed_row("", package.sum);
  row.manager = package.manager;
  row.name = package.name;
  row.version = package.version;
  row.architecture = package.architecture;
  row.layer = package.layer;
  row.declared_bytes = package.declared_bytes;
  row.database_bytes = package.database_bytes;
  row.runtime = state;
  return row;
}

}  // namespace

ReportInstruction instruction_of(const Analysis& analysis, tree::LayerIndex layer) {
  return to_instruction(analysis.instructions.steps[analysis.instructions.step_of_layer[layer]], analysis.instructions);
}

PackageRows package_rows(const Analysis& analysis) {
  constexpr std::uint32_t bracketed = UINT32_MAX;
  const auto& packages = analysis.owners.packages;
  const auto states = package_states(analysis);
  std::vector<std::pair<ReportPackage, std::uint32_t>> rows;
  for (std::uint32_t i = 0; i < packages.size(); ++i)
    if (packages[i].sum.files > 0 || packages[i].sum.stored_bytes > 0)
      rows.emplace_back(package_row(packages[i], states[i]), i);
  rows.emplace_back(bracketed_row("[package databases]", analysis.owners.databases), bracketed);
  rows.emplace_back(bracketed_row("[unattributed]", analysis.owners.unattributed), bracketed);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    const auto& x = a.first;
    const auto& y = b.first;
    return std::tie(y.visible_bytes, x.manager, x.name, x.version, a.second) <
           std::tie(x.visible_bytes, y.manager, y.name, y.version, b.second);
  });
  PackageRows result;
  result.row_of_package.resize(packages.size());
  for (auto& [row, package] : rows) {
    if (package != bracketed) result.row_of_package[package] = static_cast<std::uint32_t>(result.rows.size());
    result.rows.push_back(std::move(row));
  }
  return result;
}

Report make_report(const Analysis& analysis, unsigned threads) {
  Report report;
  report.complete = analysis.complete;
  report.tool.version = IMGSLIM_VERSION;
  report.image = image_section(analysis.info);
  report.totals = totals_section(analysis);
  report.base = base_section(analysis);
  for (tree::LayerIndex i = 0; i < analysis.tree.layer_count(); ++i)
    report.layers.push_back(layer_section(analysis, i));
  report.instructions = step_section(analysis);
  report.history_match = match_section(analysis);
  const std::vector<std::function<void()>> large_sections = {
      [&] { waste_section(analysis, report); },
      [&] { report.packages = package_rows(analysis).rows; },
      [&] { report.paths = path_section(analysis); },
      [&] { report.classes = class_rows(analysis.tree); },
      [&] { report.duplicates = duplicate_section(analysis); },
      [&] { startup_sections(analysis, report); },
  };
  run_parallel(threads, large_sections.size(), [&](std::size_t i) { large_sections[i](); });
  report.findings = analysis.judgement.findings;
  report.suggestions = analysis.judgement.suggestions;
  report.notes = analysis.notes;
  return report;
}

}  // namespace imgslim::analysis
