// Folded stacks, the input of flamegraph.pl, inferno and speedscope: a line is frames joined by ";", a space and a
// number. Frames may hold spaces, the last space of the line counts; so ";" and line breaks are all that a frame must
// not hold (escape_folded). The bytes of an inode stand at its first name.
#include "report/folded.h"

#include "imgslim/render.h"
#include "report/escape.h"
#include "report/instruction_text.h"
#include "report/width.h"

namespace imgslim {
namespace report {
namespace {

constexpr std::size_t layer_frame_cells = 60;

/// Appends one line: `frames` (escaped, joined) and each component of `path` below them.
void append_stack(std::string& out, const std::string& frames, std::string_view path, std::uint64_t bytes) {
  out.append(frames);
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    out.append(";").append(escape_folded(path.substr(0, end)));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  out.append(" ").append(std::to_string(bytes)).push_back('\n');
}

std::string layer_frame(const Report& report, std::uint32_t layer) {
  const auto text = one_line(instruction_of(report, layer));
  const auto label = std::to_string(std::uint64_t{layer} + 1) + (text.empty() ? "" : " " + text);
  return escape_folded(cut_end(label, layer_frame_cells, "..."));
}

}  // namespace

std::string write_folded_of_paths(const Report& report) {
  std::string out;
  for (const auto& path : report.paths)
    if (path.own_visible_bytes > 0) append_stack(out, "/", path.path, path.own_visible_bytes);
  return out;
}

}  // namespace report

std::string render_folded(const Report& report, const TreeView& tree) {
  std::vector<std::string> layers, packages;
  for (std::uint32_t layer = 0; layer < report.layers.size(); ++layer)
    layers.push_back(report::layer_frame(report, layer));
  for (const auto& package : report.packages) packages.push_back(report::escape_folded(report::package_label(package)));
  std::string out;
  for (const auto& row : tree.rows) {
    if (row.visible_bytes == 0 || row.repeats_inode) continue;
    const auto layer = row.layer < layers.size() ? layers[row.layer] : report::layer_frame(report, row.layer);
    const bool owned = row.package && *row.package < packages.size();
    report::append_stack(out, layer + ";" + (owned ? packages[*row.package] : "[unattributed]"), row.path,
                         row.visible_bytes);
  }
  return out;
}

}  // namespace imgslim
