#include <cstdio>

#include "imgslim/render.h"
#include "report/json_sink.h"

namespace imgslim {
namespace {

std::string octal(std::uint32_t mode) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%04o", mode);
  return buffer;
}

std::string row_json(const FileRow& row) {
  report::JsonSink sink(report::JsonSink::Layout::one_line);
  const auto member = [&sink](const char* key, const auto& value) {
    sink.key(key);
    sink.value(value);
  };
  sink.open('{');
  member("path", std::string_view(row.path));
  member("kind", kind_name(row.kind));
  member("bytes", row.visible_bytes);
  member("mode", std::string_view(octal(row.mode)));
  member("uid", row.uid);
  member("gid", row.gid);
  sink.key("link");
  if (row.kind == FileKind::symlink)
    sink.value(std::string_view(row.link_target));
  else
    sink.null();
  member("layer", std::uint64_t{row.layer});
  if (row.links > 1) {
    member("inode", row.inode);
    member("links", std::uint64_t{row.links});
  }
  sink.close();
  return std::move(sink).take();
}

}  // namespace

std::string render_tree(const TreeView& tree) {
  std::string out;
  for (const auto& row : tree.rows) out.append(row_json(row));
  return out;
}

}  // namespace imgslim
