#include "tree/merged_tree.h"

#include <xxhash.h>

#include <algorithm>

#include "core/path.h"

namespace imgslim::tree {

std::string_view fate_name(Fate fate) {
  static constexpr std::string_view names[fate_count] = {"visible",       "deleted",           "deleted_by_opaque",
                                                         "overwritten",   "metadata_only",     "identical",
                                                         "type_replaced", "shadowed_in_layer", "marker"};
  return names[static_cast<std::size_t>(fate)];
}

std::uint8_t owner_differences(const layer::Ownership& a, const layer::Ownership& b) {
  return static_cast<std::uint8_t>((a.mode != b.mode ? differs_mode : 0) | (a.uid != b.uid ? differs_uid : 0) |
                                   (a.gid != b.gid ? differs_gid : 0) | (a.xattrs != b.xattrs ? differs_xattrs : 0));
}

std::vector<std::string> difference_names(std::uint8_t differences) {
  std::vector<std::string> names;
  for (const auto& [bit, name] :
       {std::pair(differs_mode, "mode"), std::pair(differs_uid, "uid"), std::pair(differs_gid, "gid"),
        std::pair(differs_mtime, "mtime"), std::pair(differs_xattrs, "xattrs")})
    if (differences & bit) names.emplace_back(name);
  return names;
}

MergedTree::MergedTree(std::vector<LayerPtr> layers) : layers_(std::move(layers)) {
  EntryId total = 0;
  for (const auto& layer : layers_) {
    first_entry_.push_back(total);
    total += static_cast<EntryId>(layer->entries.size());
  }
  first_entry_.push_back(total);
  Node top;
  top.name_implied = 1;
  top.attached = 1;
  top.entry = Node::implied;
  nodes_.push_back(top);
}

LayerIndex MergedTree::layer_of(EntryId entry) const {
  const auto above = std::upper_bound(first_entry_.begin(), first_entry_.end(), entry);
  return static_cast<LayerIndex>(above - first_entry_.begin() - 1);
}

const layer::Entry& MergedTree::entry(EntryId id) const {
  const auto layer = layer_of(id);
  return layers_[layer]->entries[id - first_entry_[layer]];
}

bool MergedTree::same_content(EntryId a, EntryId b) const {
  const auto &first = entry(a), &second = entry(b);
  const auto &first_owner = owner(a), &second_owner = owner(b);
  return first.content_bytes == second.content_bytes && first.content == second.content &&
         home(a).strings.at(first.link) == home(b).strings.at(second.link) &&
         first_owner.device_major == second_owner.device_major && first_owner.device_minor == second_owner.device_minor;
}

std::string MergedTree::entry_path(EntryId id) const { return home(id).path(entry(id)); }

EntryId MergedTree::inode_of(EntryId id) const {
  if (entry(id).kind != layer::EntryKind::hardlink) return id;
  const auto found = hardlink_inode_.find(id);
  return found == hardlink_inode_.end() ? id : found->second;
}

std::uint32_t MergedTree::visible_names(EntryId inode) const {
  const auto found = linked_names_.find(inode);
  if (found != linked_names_.end()) return found->second;
  return fates_[inode].fate == Fate::visible ? 1 : 0;
}

std::string_view MergedTree::name(NodeId id) const {
  const Node& node = nodes_[id];
  if (node.name_implied) return implied_names_.at(node.name);
  const auto layer = layer_of(node.name);
  const auto& owner = *layers_[layer];
  return owner.name(owner.entries[node.name - first_entry_[layer]]);
}

std::string MergedTree::path(NodeId id) const {
  if (id == root) return {};
  std::size_t length = 0;
  for (auto at = id; at != root; at = nodes_[at].parent) length += name(at).size() + 1;
  std::string path(length - 1, '/');
  auto end = path.size();
  for (; id != root; id = nodes_[id].parent) {
    const auto component = name(id);
    component.copy(path.data() + end - component.size(), component.size());
    end -= component.size() + (nodes_[id].parent == root ? 0 : 1);
  }
  return path;
}

layer::EntryKind MergedTree::kind(NodeId id) const {
  const auto visible = nodes_[id].entry;
  if (visible == Node::implied || visible == Node::dead) return layer::EntryKind::directory;
  return entry(inode_of(visible)).kind;
}

std::vector<NodeId> MergedTree::sorted_children(NodeId id) const {
  std::vector<NodeId> children;
  for (auto next = nodes_[id].first_child; next != Node::none; next = nodes_[next].next_sibling)
    if (is_visible(next)) children.push_back(next);
  std::sort(children.begin(), children.end(), [this](NodeId a, NodeId b) { return name(a) < name(b); });
  return children;
}

std::uint64_t name_hash(NodeId parent, std::string_view name) {
  return XXH3_64bits_withSeed(name.data(), name.size(), parent);
}

NodeId MergedTree::child(NodeId parent, std::string_view wanted, std::uint64_t hash) const {
  return index_.find(hash, [&](NodeId id) { return nodes_[id].parent == parent && name(id) == wanted; });
}

NodeId MergedTree::find(std::string_view path) const {
  NodeId at = root;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    at = child(at, path.substr(0, slash));
    if (at == Node::none || !is_visible(at)) return Node::none;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return at;
}

MergedTree::Resolution MergedTree::walk(std::string_view path, std::uint64_t hops, FollowLast follow_last) const {
  NodeId at = root;
  std::string rest(path);
  std::size_t position = 0;
  while (position < rest.size()) {
    const auto slash = std::min(rest.find('/', position), rest.size());
    const auto component = std::string_view(rest).substr(position, slash - position);
    const bool last = slash == rest.size();
    position = slash + 1;
    if (kind(at) != layer::EntryKind::directory) return {};
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      at = at == root ? root : nodes_[at].parent;
      continue;
    }
    const auto next = child(at, component);
    if (next == Node::none || !is_visible(next)) return {};
    if (kind(next) != layer::EntryKind::symlink || (last && follow_last == FollowLast::no)) {
      at = next;
      continue;
    }
    if (hops-- == 0) return {Node::none, true};
    const auto target = raw_link_target(next);
    rest = join_path(target, last ? std::string_view() : std::string_view(rest).substr(position));
    position = 0;
    if (target.starts_with('/')) at = root;
  }
  if (rest.ends_with('/') && kind(at) != layer::EntryKind::directory) return {};
  return {at, false};
}

std::string MergedTree::link_target(NodeId id) const { return resolve_link(path(id), raw_link_target(id)).text; }

std::string_view MergedTree::raw_link_target(NodeId id) const {
  const auto inode = inode_of(nodes_[id].entry);
  return home(inode).strings.at(entry(inode).link);
}

MergedTree::Resolution MergedTree::resolution(std::string_view path, std::uint64_t hops) const {
  return walk(path, hops, FollowLast::yes);
}

NodeId MergedTree::resolve_parent(std::string_view path, std::uint64_t hops) const {
  return walk(path, hops, FollowLast::no).node;
}

}  // namespace imgslim::tree
