#include "analysis/answer_why.h"

#include <algorithm>
#include <tuple>

#include "analysis/class_rows.h"
#include "analysis/make_report.h"
#include "analysis/make_tree_view.h"
#include "analysis/runtime_rows.h"
#include "attribution/content_class.h"
#include "attribution/directory_rows.h"
#include "core/nearest.h"
#include "core/path.h"
#include "tree/visit.h"

namespace imgslim::analysis {
namespace {

using layer::EntryKind;
using tree::Fate;
using tree::MergedTree;
using tree::NodeId;

constexpr std::size_t shown_files = 10;
constexpr std::size_t shown_suggestions = 5;

std::string package_label(const attribution::OwnedPackage& package) {
  return package.manager + " " + package.name + (package.version.empty() ? "" : " " + package.version);
}

void keep_largest(std::vector<WhyFile>& files) {
  std::sort(files.begin(), files.end(), [](const WhyFile& a, const WhyFile& b) {
    return std::tie(b.visible_bytes, a.path) < std::tie(a.visible_bytes, b.path);
  });
  if (files.size() > shown_files) files.resize(shown_files);
}

/// Calls visit(node, first_name) for every visible node below `top`.
template <typename Visit>
void for_each_below(const MergedTree& tree, NodeId top, Visit visit) {
  // A node's parents precede it in the walk, so one flag per node tells whether it stands below.
  std::vector<bool> below(tree.node_count(), false);
  below[top] = true;
  tree::for_each_visible(tree, [&](NodeId id, bool first_name) {
    if (!below[tree.node(id).parent]) return;
    below[id] = true;
    visit(id, first_name);
  });
}

class PathAnswer {
 public:
  PathAnswer(const Analysis& analysis, std::string path) : analysis_(analysis), tree_(analysis.tree) {
    answer_.path = std::move(path);
  }

  /// Nothing when no layer has the path.
  std::optional<WhyPath> run() && {
    read_history();
    const auto node = tree_.resolve_parent(answer_.path);
    answer_.visible = node != tree::Node::none;
    if (answer_.visible) {
      describe(node);
      explain_use();
    }
    if (!answer_.visible && answer_.history.empty()) return std::nullopt;
    return std::move(answer_);
  }

 private:
  /// Every entry and whiteout that names the path or hides it.
  void read_history() {
    tree::for_each_entry(tree_, [&](tree::EntryId id, tree::LayerIndex layer, const layer::Entry& entry) {
      const auto& home = tree_.layer(layer);
      const auto directory = home.directory(entry);
      const auto name = home.name(entry);
      if (entry.marker == layer::Marker::opaque) {
        if (seen_ && answer_.path != directory && is_within(answer_.path, directory))
          add_event(layer, "deleted_by_opaque", 0);
        return;
      }
      if (!may_name(directory, name)) return;
      const auto path = join_path(directory, name);
      if (entry.marker == layer::Marker::whiteout) {
        if (seen_ && is_within(answer_.path, path))
          add_event(layer, path == answer_.path ? "deleted" : "deleted_with_directory", 0);
      } else if (entry.marker == layer::Marker::none && path == answer_.path) {
        add_entry(id, layer, entry);
      }
    });
  }

  /// A cheap test before a path is put together.
  bool may_name(std::string_view directory, std::string_view name) const {
    return is_within(answer_.path, directory) && answer_.path.find(name) != std::string::npos;
  }

  void add_entry(tree::EntryId id, tree::LayerIndex layer, const layer::Entry& entry) {
    std::string event = "added";
    std::vector<std::string> attributes;
    if (entry.kind == EntryKind::hardlink) event = "linked";
    if (last_entry_ && tree_.fate(*last_entry_).cause_layer == layer &&
        tree_.fate(*last_entry_).fate != Fate::visible) {
      const auto& fate = tree_.fate(*last_entry_);
      if (fate.fate == Fate::overwritten) event = "overwritten";
      if (fate.fate == Fate::identical) event = "stored_again";
      if (fate.fate == Fate::type_replaced) event = "type_replaced";
      if (fate.fate == Fate::shadowed_in_layer) event = "shadowed_in_layer";
      if (fate.fate == Fate::metadata_only) {
        event = "metadata_changed";
        attributes = tree::difference_names(fate.differences);
      }
    }
    seen_ = true;
    last_entry_ = id;
    if (tree_.fate(id).fate != Fate::visible) answer_.wasted_bytes += entry.content_bytes;
    answer_.kind = entry.kind == EntryKind::directory ? "directory"
                   : entry.kind == EntryKind::symlink ? "symlink"
                                                      : "file";
    add_event(layer, event, entry.content_bytes);
    answer_.history.back().attributes = std::move(attributes);
  }

  void add_event(tree::LayerIndex layer, const char* event, std::uint64_t bytes) {
    add_event(layer, std::string(event), bytes);
  }
  void add_event(tree::LayerIndex layer, std::string event, std::uint64_t bytes) {
    answer_.history.push_back({layer, std::move(event), bytes, {}, instruction_of(analysis_, layer)});
  }

  void describe(NodeId node) {
    answer_.kind = kind_name(file_kind(tree_, node));
    if (const auto owner = analysis_.owners.by_node[node]; owner != attribution::no_package)
      answer_.package = package_label(analysis_.owners.packages[owner]);
    const auto kind = tree_.kind(node);
    if (kind == EntryKind::directory) {
      describe_directory(node);
      return;
    }
    const auto sum = attribution::node_sum(tree_, node, true);
    answer_.visible_bytes = sum.visible_bytes;
    answer_.compressed_bytes = sum.compressed_bytes;
    answer_.files = 1;
    answer_.content_class = std::string(class_of(tree_, node));
    const auto inode = tree_.inode_of(tree_.node(node).entry);
    if (kind == EntryKind::symlink)
      answer_.link_target = std::string(tree_.home(inode).strings.at(tree_.entry(inode).link));
    if (tree_.visible_names(inode) > 1) find_hard_links(node, inode);
  }

  /// Why the file, or the one that the symlink leads to, is mapped or read.
  void explain_use() {
    const auto file = analysis_.files.find(answer_.path);
    if (!file) return;
    const auto use = use_of(analysis_, file->file);
    answer_.runtime = std::string(file_state(analysis_, use));
    if (use) answer_.chain = reason_chain(analysis_, *use);
  }

  void describe_directory(NodeId top) {
    for_each_below(tree_, top, [&](NodeId id, bool first_name) {
      const auto sum = attribution::node_sum(tree_, id, first_name);
      answer_.visible_bytes += sum.visible_bytes;
      answer_.compressed_bytes += sum.compressed_bytes;
      answer_.files += sum.files;
      if (sum.visible_bytes > 0) answer_.largest.push_back({tree_.path(id), sum.visible_bytes});
    });
    keep_largest(answer_.largest);
    tree::for_each_entry(tree_, [&](tree::EntryId id, tree::LayerIndex layer, const layer::Entry& entry) {
      const bool dead = tree_.fate(id).fate != Fate::visible && entry.content_bytes > 0;
      if (dead && is_within(tree_.layer(layer).directory(entry), answer_.path))
        answer_.wasted_bytes += entry.content_bytes;
    });
  }

  void find_hard_links(NodeId node, tree::EntryId inode) {
    tree::for_each_visible(tree_, [&](NodeId id, bool) {
      const auto entry = tree_.node(id).entry;
      if (id != node && entry != tree::Node::implied && tree_.inode_of(entry) == inode)
        answer_.hard_links.push_back(tree_.path(id));
    });
    std::sort(answer_.hard_links.begin(), answer_.hard_links.end());
  }

  const Analysis& analysis_;
  const MergedTree& tree_;
  WhyPath answer_;
  bool seen_ = false;
  std::optional<tree::EntryId> last_entry_;
};

void add_used_files(const Analysis& analysis, attribution::PackageIndex package, WhyPackage& answer) {
  answer.runtime = std::string(package_states(analysis)[package]);
  for (runtime::UseIndex i = 0; i < analysis.closure.files.size(); ++i)
    if (owner_of(analysis, analysis.closure.files[i]) == package) answer.used.push_back(used_file_row(analysis, i));
  std::sort(answer.used.begin(), answer.used.end(), [](const RuntimeFile& a, const RuntimeFile& b) {
    return std::tie(b.visible_bytes, a.path) < std::tie(a.visible_bytes, b.path);
  });
}

WhyPackage package_answer(const Analysis& analysis, attribution::PackageIndex index) {
  const auto& package = analysis.owners.packages[index];
  WhyPackage answer;
  answer.manager = package.manager;
  answer.name = package.name;
  answer.version = package.version;
  answer.architecture = package.architecture;
  answer.layer = package.layer;
  if (package.layer) answer.instruction = instruction_of(analysis, *package.layer);
  answer.visible_bytes = package.sum.visible_bytes;
  answer.compressed_bytes = package.sum.compressed_bytes;
  answer.declared_bytes = package.declared_bytes;
  answer.database_bytes = package.database_bytes;
  answer.files = package.sum.files;
  tree::for_each_visible(analysis.tree, [&](NodeId id, bool first_name) {
    if (analysis.owners.by_node[id] != index) return;
    const auto bytes = attribution::node_sum(analysis.tree, id, first_name).visible_bytes;
    if (bytes > 0) answer.largest.push_back({analysis.tree.path(id), bytes});
  });
  keep_largest(answer.largest);
  add_used_files(analysis, index, answer);
  return answer;
}

/// Names spelled alike: packages, and paths that end in the query.
std::vector<std::string> nearest_names(const Analysis& analysis, const std::string& query) {
  std::vector<std::string> names;
  const auto wanted = "/" + clean_path(query).text;
  tree::for_each_visible(analysis.tree, [&](NodeId id, bool) {
    if (analysis.tree.name(id) != base_name(wanted)) return;
    auto path = "/" + analysis.tree.path(id);
    if (path.ends_with(wanted)) names.push_back(std::move(path));
  });
  std::sort(names.begin(), names.end());
  std::vector<std::string_view> packages;
  for (const auto& package : analysis.owners.packages) packages.push_back(package.name);
  if (const auto near = nearest_word(query, packages); !near.empty()) names.emplace_back(near);
  if (names.size() > shown_suggestions) names.resize(shown_suggestions);
  return names;
}

}  // namespace

WhyAnswer answer_why(const Analysis& analysis, const std::string& query) {
  WhyAnswer answer;
  answer.image = analysis.info.reference;
  answer.query = query;
  if (auto path = PathAnswer(analysis, clean_path(query).text).run()) answer.paths.push_back(std::move(*path));
  for (attribution::PackageIndex i = 0; i < analysis.owners.packages.size(); ++i)
    if (analysis.owners.packages[i].name == query) answer.packages.push_back(package_answer(analysis, i));
  if (answer.paths.empty() && answer.packages.empty()) answer.nearest = nearest_names(analysis, query);
  return answer;
}

}  // namespace imgslim::analysis
