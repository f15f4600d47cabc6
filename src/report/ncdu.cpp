// The export format of ncdu, major version 1 (dev.yorhel.nl/ncdu/jsonfmt): [1, minor, {metadata}, directory], where a
// directory is an array whose first item describes the directory and whose others are files (objects) and directories.
//
//   asize, dsize   apparent size and disk usage; ours is whole blocks of 4 KiB
//   ino, nlink,    names of one inode: ncdu counts it once per directory total
//   hlnkc
//   notreg         neither file nor directory
//
// Names are escaped as for a terminal before they become JSON strings: viewers of this format (gdu 5.22) print control
// bytes of imported names as they are. The optional time stamp is left out, for the same bytes on every run.
#include "report/ncdu.h"

#include <algorithm>

#include "imgslim/render.h"
#include "report/escape.h"

namespace imgslim {
namespace report {
namespace {

constexpr std::uint64_t block_bytes = 4096;

/// A name as a JSON string: escape_terminal leaves only what JSON itself wants escaped.
void append_name(std::string& out, std::string_view name) {
  out.push_back('"');
  for (const char c : escape_terminal(name)) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

class NcduWriter {
 public:
  explicit NcduWriter(const Report& report) {
    out_.append("[1,2,{\"progname\":\"imgslim\",\"progver\":");
    append_name(out_, report.tool.version);
    out_.append("},\n[{\"name\":");
    append_name(out_, report.image.reference.empty() ? "/" : report.image.reference);
    out_.push_back('}');
  }

  /// Rows come in the order of path_precedes.
  void add(const FileRow& row) {
    if (row.path.empty()) {
      // The root is open already, so its own bytes can only stand beside what is in it.
      if (row.visible_bytes > 0) add_item("[files]", row);
      return;
    }
    const auto slash = row.path.rfind('/');
    const std::string_view path(row.path);
    enter(slash == std::string::npos ? std::string_view() : path.substr(0, slash));
    const auto name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (row.kind == FileKind::directory) {
      out_.append(",\n[");
      append_info(name, row);
      open_.push_back(row.path);
    } else {
      add_item(name, row);
    }
  }

  std::string take() && {
    enter({});
    out_.append("]]\n");
    return std::move(out_);
  }

 private:
  void add_item(std::string_view name, const FileRow& row) {
    out_.append(",\n");
    append_info(name, row);
  }

  /// Closes the directories that `directory` is not in, and opens those that no row stated.
  void enter(std::string_view directory) {
    while (!open_.empty() && !contains(open_.back(), directory)) {
      out_.push_back(']');
      open_.pop_back();
    }
    std::size_t entered = open_.empty() ? 0 : open_.back().size() + 1;
    while (entered < directory.size()) {
      const auto end = std::min(directory.find('/', entered), directory.size());
      out_.append(",\n[{\"name\":");
      append_name(out_, directory.substr(entered, end - entered));
      out_.push_back('}');
      open_.emplace_back(directory.substr(0, end));
      entered = end + 1;
    }
  }

  static bool contains(std::string_view outer, std::string_view path) {
    return path.starts_with(outer) && (path.size() == outer.size() || path[outer.size()] == '/');
  }

  void append_number(const char* key, std::uint64_t number) {
    out_.append(",\"").append(key).append("\":").append(std::to_string(number));
  }

  void append_info(std::string_view name, const FileRow& row) {
    out_.append("{\"name\":");
    append_name(out_, name);
    if (row.visible_bytes > 0) {
      append_number("asize", row.visible_bytes);
      append_number("dsize", (row.visible_bytes / block_bytes + (row.visible_bytes % block_bytes != 0)) * block_bytes);
    }
    if (row.links > 1 && row.kind != FileKind::directory) {
      append_number("ino", row.inode);
      out_.append(",\"hlnkc\":true");
      append_number("nlink", row.links);
    }
    if (row.kind != FileKind::file && row.kind != FileKind::directory) out_.append(",\"notreg\":true");
    out_.push_back('}');
  }

  std::string out_;
  std::vector<std::string> open_;  ///< paths of the open directories, outermost first, without the root
};

}  // namespace

std::string write_ncdu_of_paths(const Report& report) {
  std::vector<FileRow> rows;
  for (const auto& path : report.paths)
    rows.push_back({.path = path.path, .kind = FileKind::directory, .visible_bytes = path.own_visible_bytes});
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return path_precedes(a.path, b.path); });
  NcduWriter writer(report);
  for (const auto& row : rows) writer.add(row);
  return std::move(writer).take();
}

}  // namespace report

std::string render_ncdu(const Report& report, const TreeView& tree) {
  report::NcduWriter writer(report);
  for (const auto& row : tree.rows) writer.add(row);
  return std::move(writer).take();
}

}  // namespace imgslim
