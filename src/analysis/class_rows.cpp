#include "analysis/class_rows.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "attribution/content_class.h"
#include "attribution/directory_rows.h"
#include "tree/visit.h"

namespace imgslim::analysis {
namespace {

using tree::MergedTree;

/// The ELF facts of an entry, or null.
const layer::ElfFile* elf_of(const MergedTree& tree, tree::EntryId id) {
  const auto layer = tree.layer_of(id);
  const auto index = id - tree.id_of(layer, 0);
  const auto& facts = tree.layer(layer).elf;
  const auto found =
      std::lower_bound(facts.begin(), facts.end(), index,
                       [](const layer::ElfFile& fact, layer::EntryIndex entry) { return fact.entry < entry; });
  return found != facts.end() && found->entry == index ? &*found : nullptr;
}

class ClassSums {
 public:
  explicit ClassSums(const MergedTree& tree) : tree_(tree) {}

  void add_visible(tree::NodeId node, bool first_name) {
    const auto sum = attribution::node_sum(tree_, node, first_name);
    if (tree_.kind(node) == layer::EntryKind::directory) {
      rows_[attribution::other_class].compressed_bytes += sum.compressed_bytes;
      return;
    }
    const auto inode = tree_.inode_of(tree_.node(node).entry);
    const auto* elf = elf_of(tree_, inode);
    auto& row = rows_[classes_.of(tree_.path(node), elf != nullptr)];
    ++row.files;
    row.visible_bytes += sum.visible_bytes;
    row.compressed_bytes += sum.compressed_bytes;
    if (elf == nullptr || !first_name) return;
    move_part(row, elf->debug_bytes, attribution::debug_section_class, tree_.entry(inode));
    move_part(row, elf->symbol_bytes, attribution::symbol_table_class, tree_.entry(inode));
  }

  void add_wasted(const std::string& path, bool is_elf, std::uint64_t bytes) {
    rows_[classes_.of(path, is_elf)].wasted_bytes += bytes;
  }

  std::vector<ReportClass> sorted() && {
    std::vector<ReportClass> list;
    for (auto& [name, row] : rows_) {
      row.name = name;
      list.push_back(std::move(row));
    }
    std::sort(list.begin(), list.end(), [](const ReportClass& a, const ReportClass& b) {
      return std::tie(b.visible_bytes, b.wasted_bytes, a.name) < std::tie(a.visible_bytes, a.wasted_bytes, b.name);
    });
    return list;
  }

 private:
  /// Sections are a part of their file; their share of its compressed bytes is taken as their share of its size.
  void move_part(ReportClass& from, std::uint64_t bytes, std::string_view to_class, const layer::Entry& file) {
    bytes = std::min(bytes, file.content_bytes);
    if (bytes == 0) return;
    const auto share = static_cast<double>(bytes) / static_cast<double>(file.content_bytes);
    const auto compressed =
        std::min(static_cast<std::uint64_t>(share * static_cast<double>(file.compressed_bytes)), from.compressed_bytes);
    auto& to = rows_[to_class];
    bytes = std::min(bytes, from.visible_bytes);
    from.visible_bytes -= bytes;
    from.compressed_bytes -= compressed;
    to.visible_bytes += bytes;
    to.compressed_bytes += compressed;
  }

  const MergedTree& tree_;
  attribution::ContentClasses classes_;
  std::map<std::string_view, ReportClass> rows_;  // map: references stay valid while rows are added
};

}  // namespace

std::string_view class_of(const MergedTree& tree, tree::NodeId node) {
  const auto inode = tree.inode_of(tree.node(node).entry);
  return attribution::ContentClasses().of(tree.path(node), elf_of(tree, inode) != nullptr);
}

std::vector<ReportClass> class_rows(const MergedTree& tree) {
  ClassSums sums(tree);
  sums.add_visible(MergedTree::root, true);
  tree::for_each_visible(tree, [&](tree::NodeId id, bool first_name) { sums.add_visible(id, first_name); });
  tree::for_each_entry(tree, [&](tree::EntryId id, tree::LayerIndex, const layer::Entry& entry) {
    if (tree.fate(id).fate != tree::Fate::visible && entry.content_bytes > 0)
      sums.add_wasted(tree.entry_path(id), elf_of(tree, id) != nullptr, entry.content_bytes);
  });
  return std::move(sums).sorted();
}

}  // namespace imgslim::analysis
