// What `imgslim libs` prints: the closure as a table, as a list of paths for other programs, and as a tree with
// reasons.
#include <algorithm>
#include <map>
#include <set>

#include "core/path.h"
#include "imgslim/render.h"
#include "report/escape.h"
#include "report/json_writer.h"
#include "report/runtime_text.h"
#include "report/table.h"
#include "report/text_blocks.h"
#include "report/width.h"

namespace imgslim {
namespace report {
namespace {

std::uint64_t total_bytes(const std::vector<RuntimeFile>& files) {
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.visible_bytes;
  return bytes;
}

void write_objects(Page& page, const std::vector<RuntimeFile>& objects) {
  if (objects.empty()) return;
  Table table({{.align = Align::right}, {}, {}, {.fit = Fit::cut}, {}, {.align = Align::right}});
  table.heading({"SIZE", "SURE", "WHY", "OBJECT", "PACKAGE", "LAYER"});
  const auto limit = std::min(objects.size(), page.rows(objects.size()));
  for (std::size_t i = 0; i < limit; ++i) {
    const auto& object = objects[i];
    table.row({{page.size(object.visible_bytes)},
               {escape_terminal(object.confidence)},
               {cut_end(escape_terminal(object.via), 12, page.ellipsis())},
               {escape_terminal(base_name(object.path)), Style::normal, Cut::middle},
               {cut_end(escape_terminal(object.package.value_or("")), 16, page.ellipsis())},
               {std::to_string(std::uint64_t{object.layer} + 1)}});
  }
  page.blank();
  table.print(page);
  if (limit < objects.size()) page.line({{"  " + counted(objects.size() - limit, "other object"), Style::dim}});
}

/// What is in use beside the objects, by use.
void write_other_files(Page& page, const std::vector<RuntimeFile>& files) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> sums;
  for (const auto& file : files) {
    auto& [count, bytes] = sums[file.use];
    ++count;
    bytes += file.visible_bytes;
  }
  if (sums.empty()) return;
  std::vector<std::string> pieces;
  for (const auto& [use, sum] : sums)
    pieces.push_back(counted(sum.first, use == "data"     ? "data file"
                                        : use == "source" ? "source file"
                                                          : "program") +
                     " " + page.size(sum.second));
  page.blank();
  page.list({"  also in use: ", Style::dim}, pieces);
}

std::string write_table(const LibrariesAnswer& answer, const RenderOptions& options) {
  Page page(options);
  const auto& runtime = answer.runtime;
  const auto program = main_program(runtime);
  page.line({{answer.image.empty() ? "unnamed image" : escape_terminal(answer.image), Style::heading},
             {program.empty() ? "" : "   " + program}});
  page.blank();
  if (runtime.no_command)
    page.line("  the image names no command: say what it runs with --cmd 'PROGRAM ARGUMENTS'");
  else
    page.line("  " + counted(runtime.objects.size(), "object") + " with " + page.size(total_bytes(runtime.objects)) +
              ", tiers up to " + escape_terminal(answer.confidence));
  write_runtime_warnings(page, runtime);
  write_trace(page, runtime);
  write_objects(page, runtime.objects);
  write_other_files(page, runtime.files);
  return std::move(page).take();
}

/// Draws the forest of the objects and of what led to them.
class Tree {
 public:
  Tree(const ReportRuntime& runtime, bool unicode) : unicode_(unicode) {
    std::map<std::string_view, const RuntimeFile*> by_path;
    for (const auto* list : {&runtime.files, &runtime.objects})
      for (const auto& file : *list) by_path[file.path] = &file;
    // Everything on the way to an object, in the order of the report.
    std::set<const RuntimeFile*> wanted;
    for (const auto& object : runtime.objects)
      for (auto at = by_path.find(object.path); at != by_path.end() && wanted.insert(at->second).second;)
        at = by_path.find(at->second->needed_by);
    for (const auto* list : {&runtime.objects, &runtime.files})
      for (const auto& file : *list) {
        if (!wanted.contains(&file)) continue;
        const auto parent = by_path.find(file.needed_by);
        const bool is_root = parent == by_path.end() || parent->second == &file;
        children_[is_root ? nullptr : parent->second].push_back(&file);
      }
  }

  std::string draw() && {
    std::vector<Row> open;
    push_children(open, nullptr, "", true);
    while (!open.empty()) {
      const auto row = open.back();
      open.pop_back();
      const std::string branch = row.is_root ? "" : row.is_last ? (unicode_ ? "└ " : "` ") : (unicode_ ? "├ " : "|-");
      out_.append(row.prefix).append(branch).append(shown_path(row.file->path)).append("  [");
      out_.append(escape_terminal(row.file->confidence)).append("] ").append(reason(*row.file)).append("\n");
      push_children(open, row.file,
                    row.is_root ? ""
                                : row.prefix + (row.is_last ? "  "
                                                : unicode_  ? "│ "
                                                            : "| "),
                    false);
    }
    return std::move(out_);
  }

 private:
  struct Row {
    const RuntimeFile* file;
    std::string prefix;
    bool is_root, is_last;
  };

  void push_children(std::vector<Row>& open, const RuntimeFile* parent, const std::string& prefix, bool are_roots) {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    const auto& list = found->second;
    for (std::size_t i = list.size(); i-- > 0;) open.push_back({list[i], prefix, are_roots, i + 1 == list.size()});
  }

  bool unicode_;
  std::map<const RuntimeFile*, std::vector<const RuntimeFile*>> children_;
  std::string out_;
};

}  // namespace
}  // namespace report

std::string render_libraries(const LibrariesAnswer& answer, Format format, const RenderOptions& options) {
  return format == Format::json ? report::write_libraries_json(answer) : report::write_table(answer, options);
}

std::string render_library_list(const LibrariesAnswer& answer) {
  std::vector<std::string> paths;
  for (const auto& object : answer.runtime.objects) paths.push_back(object.path);
  std::sort(paths.begin(), paths.end());
  std::string out;
  for (const auto& path : paths) out.append(report::shown_path(path)).append("\n");
  return out;
}

std::string render_library_tree(const LibrariesAnswer& answer, const RenderOptions& options) {
  return report::Tree(answer.runtime, options.unicode).draw();
}

}  // namespace imgslim
