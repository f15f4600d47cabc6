// How layers become one file system. The OCI image-spec (layer.md) describes a layer as a changeset: whiteouts remove
// what the layers below have, then entries are added, directories merging and anything else replacing what stood
// there. A layer's whiteouts never touch its own entries, wherever they stand in the tar, so each layer is applied in
// two phases. Engines that convert whiteouts to overlayfs device nodes differ from that in known ways; where a layer
// meets one of them, a note says so and the specified result is kept.
//
// A removed subtree is visited once, when it dies: its nodes leave their parents' child lists and come back only when
// an entry names them again. The whole merge is therefore linear in the number of entries.
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/check.h"
#include "core/notes.h"
#include "core/path.h"
#include "tree/merged_tree.h"

namespace imgslim::tree {

using layer::EntryKind;
using layer::Marker;

/// A path that a layer removes.
struct Whiteout {
  layer::EntryIndex index = 0;     // where in the tar
  bool removed_directory = false;  // what it removed
};

class Merger {
 public:
  explicit Merger(std::vector<LayerPtr> layers) : tree_(std::move(layers)) {}

  MergedTree run() &&;

 private:
  struct Death {
    Fate fate;
    std::uint8_t differences = 0;
  };

  const layer::Layer& current() const { return tree_.layer(current_); }
  void apply_layer();
  void apply_marker(layer::EntryIndex index, const layer::Entry& entry);
  void remove_lower(layer::EntryIndex index, const layer::Entry& whiteout);
  void hide_lower(const layer::Entry& opaque);
  void add_entry(EntryId id, const layer::Entry& entry);
  void replace(NodeId at, EntryId id, const layer::Entry& entry);
  bool link(EntryId id, const layer::Entry& entry, NodeId own_node);
  void retry_pending_links();

  NodeId ensure_directory(layer::DirectoryIndex directory);
  NodeId ensure_path(std::string path);
  NodeId enter(NodeId parent, std::string_view name);
  NodeId child_or_new(NodeId parent, std::string_view name, EntryId name_entry);
  void attach(NodeId id);

  void kill(NodeId id, Death death);
  void kill_children(NodeId top, Death death);
  void release(EntryId name_entry, Death death);
  Death compare(EntryId below, EntryId above) const;

  bool is_hidden(std::string_view path) const;
  bool fights_whiteout(layer::EntryIndex index, const layer::Entry& entry);
  const Whiteout* covering_whiteout(layer::DirectoryIndex directory);
  void note(std::string code, std::string_view path, std::string text);

  MergedTree tree_;
  NoteList notes_;
  LayerIndex current_ = 0;

  // Where the current layer's directories are in the tree; a replaced directory or symlink makes the cache stale.
  struct Placed {
    NodeId node = Node::none;
    std::uint32_t generation = 0;
  };
  std::vector<Placed> placed_;
  std::uint32_t generation_ = 0;

  // Paths that the current layer removes, to notice what it adds again.
  std::unordered_map<std::string, Whiteout> whiteouts_;
  std::unordered_set<std::string> opaque_directories_;
  std::vector<std::optional<const Whiteout*>> covering_;  // per directory: the whiteout at or above it, or null
  std::vector<bool> has_whiteouts_;

  std::vector<EntryId> pending_links_;
};

MergedTree merge(std::vector<LayerPtr> layers) { return Merger(std::move(layers)).run(); }

MergedTree Merger::run() && {
  IMGSLIM_CHECK(tree_.layer_count() <= UINT16_MAX);
  for (current_ = 0; current_ < tree_.layer_count(); ++current_) apply_layer();
  tree_.notes_ = notes_.take();
  return std::move(tree_);
}

void Merger::apply_layer() {
  const auto& entries = current().entries;
  const auto directories = current().directories.size();
  placed_.assign(directories, {});
  covering_.assign(directories, std::nullopt);
  opaque_directories_.clear();
  has_whiteouts_.assign(directories, false);
  ++generation_;
  whiteouts_.clear();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool is_marker = entries[i].marker != Marker::none;
    tree_.fates_.push_back({is_marker ? Fate::marker : Fate::visible, 0, static_cast<std::uint16_t>(current_)});
    if (is_marker) apply_marker(static_cast<layer::EntryIndex>(i), entries[i]);
  }
  tree_.index_.reserve(entries.size(), [this](NodeId member) { return tree_.hash(member); });
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].marker == Marker::none)
      add_entry(tree_.id_of(current_, static_cast<layer::EntryIndex>(i)), entries[i]);
  retry_pending_links();
}

void Merger::apply_marker(layer::EntryIndex index, const layer::Entry& entry) {
  if (entry.marker == Marker::opaque) hide_lower(entry);
  if (entry.marker == Marker::whiteout) remove_lower(index, entry);
}

void Merger::remove_lower(layer::EntryIndex index, const layer::Entry& whiteout) {
  auto path = current().subject(whiteout);
  const auto found = tree_.resolve_parent(path);
  const bool removes_directory = found != Node::none && tree_.kind(found) == EntryKind::directory;
  if (found == Node::none) {
    if (!is_hidden(path))
      note("whiteout-of-missing", path, "removes what no lower layer has; containerd leaves a device node there");
  } else {
    if (tree_.find(path) != found)
      note("whiteout-through-symlink", path,
           "removes through a symlink; overlayfs engines remove nothing and put a directory in its place");
    kill(found, {Fate::deleted});
  }
  has_whiteouts_[whiteout.directory] = true;
  whiteouts_.try_emplace(std::move(path), Whiteout{index, removes_directory});
}

void Merger::hide_lower(const layer::Entry& opaque) {
  const auto path = current().directory(opaque);
  if (path.empty())
    note("opaque-root", "", "an opaque marker at the root hides all lower layers; Docker and containerd ignore it");
  const auto found = tree_.resolve(path);
  if (found != Node::none) kill_children(found, {Fate::deleted_by_opaque});
  opaque_directories_.insert(std::string(path));
}

/// True when the current layer has made a directory above the path opaque.
bool Merger::is_hidden(std::string_view path) const {
  while (!path.empty()) {
    path = parent_path(path);
    if (opaque_directories_.contains(std::string(path))) return true;
  }
  return false;
}

void Merger::add_entry(EntryId id, const layer::Entry& entry) {
  const auto name = current().name(entry);
  if (name.empty()) {  // "./": the root's own metadata
    if (entry.kind == EntryKind::directory) replace(MergedTree::root, id, entry);
    return;
  }
  if (!whiteouts_.empty() && fights_whiteout(id - tree_.id_of(current_, 0), entry))
    note("same-layer-whiteout", current().path(entry),
         "the layer removes this and adds it again; Docker and containerd refuse it or let lower content show through");
  const auto parent = ensure_directory(entry.directory);
  const auto at = child_or_new(parent, name, id);
  if (entry.kind == EntryKind::hardlink && !link(id, entry, at)) return;
  if (tree_.is_visible(at)) {
    replace(at, id, entry);
  } else {
    tree_.nodes_[at].entry = id;
  }
}

void Merger::replace(NodeId at, EntryId id, const layer::Entry& entry) {
  const auto below = tree_.nodes_[at].entry;
  const auto old_kind = tree_.kind(at);
  const bool old_directory = old_kind == EntryKind::directory;
  const bool new_directory = entry.kind == EntryKind::directory;
  if (old_directory != new_directory || old_kind == EntryKind::symlink) ++generation_;
  if (old_directory && !new_directory) kill_children(at, {Fate::type_replaced});
  if (below != Node::implied) {
    const bool same_layer = tree_.layer_of(below) == current_;
    if (same_layer)
      note("duplicate-path", tree_.path(at),
           "the layer states this path twice; the last one counts, Docker refuses the layer");
    else if (old_kind == EntryKind::symlink && new_directory)
      note("layer-replaces-symlink", tree_.path(at),
           "a directory replaces the symlink of a lower layer: what was reached through it is hidden");
    release(below, same_layer ? Death{Fate::shadowed_in_layer} : compare(below, id));
  }
  tree_.nodes_[at].entry = id;
}

/// Joins a hard link to its target's inode. False when the entry links to its own name, which changes nothing.
bool Merger::link(EntryId id, const layer::Entry& entry, NodeId own_node) {
  const auto target = tree_.resolve_parent(current().strings.at(entry.link));
  if (target == Node::none || tree_.kind(target) == EntryKind::directory) {
    pending_links_.push_back(id);
    return true;
  }
  if (target == own_node) {
    tree_.fates_[id].fate = Fate::shadowed_in_layer;
    return false;
  }
  const auto inode = tree_.inode_of(tree_.nodes_[target].entry);
  if (tree_.layer_of(inode) != current_)
    note("cross-layer-hardlink", current().path(entry),
         "a hard link to a file of a lower layer: Docker, containerd and podman refuse the layer");
  tree_.hardlink_inode_[id] = inode;
  ++tree_.linked_names_.try_emplace(inode, 1).first->second;
  return true;
}

/// A link may stand before its target in the tar: look again once the layer is complete.
void Merger::retry_pending_links() {
  for (const auto id : pending_links_) {
    const auto& entry = tree_.entry(id);
    const auto own_node = tree_.find(current().path(entry));
    const auto target = tree_.resolve_parent(current().strings.at(entry.link));
    const bool usable = own_node != Node::none && target != Node::none && target != own_node &&
                        tree_.nodes_[own_node].entry == id && tree_.kind(target) != EntryKind::directory;
    const auto inode = usable ? tree_.inode_of(tree_.nodes_[target].entry) : Node::dead;
    if (!usable || inode == id) {
      note("hardlink-target-missing", current().path(entry),
           "a hard link to what the image does not have; counted as an empty file");
      continue;
    }
    note("hardlink-before-target", current().path(entry),
         "the link stands before its target in the tar: engines refuse the layer");
    tree_.hardlink_inode_[id] = inode;
    ++tree_.linked_names_.try_emplace(inode, 1).first->second;
  }
  pending_links_.clear();
}

NodeId Merger::ensure_directory(layer::DirectoryIndex directory) {
  auto& placed = placed_[directory];
  if (placed.generation != generation_) {
    const auto node = ensure_path(std::string(current().strings.at(current().directories[directory])));
    placed = {node, generation_};
  }
  return placed.node;
}

/// The directory at a clean path, made where it is missing; symlinks on the way are followed as umoci does.
NodeId Merger::ensure_path(std::string path) {
  constexpr int max_hops = 40;
  NodeId at = MergedTree::root;
  int hops = 0;
  bool noted = false;
  for (std::size_t position = 0; position < path.size();) {
    const auto slash = std::min(path.find('/', position), path.size());
    const auto name = std::string_view(path).substr(position, slash - position);
    const auto next = tree_.child(at, name);
    const bool is_link = next != Node::none && tree_.is_visible(next) && tree_.kind(next) == EntryKind::symlink;
    if (!is_link || hops++ == max_hops) {
      at = enter(at, name);
      position = slash + 1;
      continue;
    }
    if (!noted && tree_.layer_of(tree_.nodes_[next].entry) != current_) {
      noted = true;
      note("layer-replaces-symlink", path,
           "stands below the symlink " + tree_.path(next) +
               " of a lower layer: Docker, containerd and podman replace the symlink by a directory");
    }
    path = join_path(tree_.link_target(next),
                     slash == path.size() ? std::string_view() : std::string_view(path).substr(slash + 1));
    position = 0;
    at = MergedTree::root;
  }
  return at;
}

/// The child directory of that name; what is no directory makes way.
NodeId Merger::enter(NodeId parent, std::string_view name) {
  const auto id = child_or_new(parent, name, Node::implied);
  if (tree_.is_visible(id) && tree_.kind(id) == EntryKind::directory) return id;
  if (tree_.is_visible(id)) {
    note("implied-directory-replaces", tree_.path(id),
         "entries stand below what a lower layer has as a file; counted as a directory");
    release(tree_.nodes_[id].entry, {Fate::type_replaced});
    ++generation_;
  }
  tree_.nodes_[id].entry = Node::implied;
  return id;
}

NodeId Merger::child_or_new(NodeId parent, std::string_view name, EntryId name_entry) {
  const auto hash = name_hash(parent, name);
  if (const auto found = tree_.child(parent, name, hash); found != Node::none) {
    attach(found);
    return found;
  }
  Node node;
  node.parent = parent;
  node.name_implied = name_entry == Node::implied;
  // Entries are limited to 10 million and the names of implied directories are parts of theirs: 30 bits hold both.
  const auto name_reference = node.name_implied ? tree_.implied_names_.add(name) : name_entry;
  IMGSLIM_CHECK(name_reference < (1u << 30));
  node.name = name_reference & ((1u << 30) - 1);
  const auto id = static_cast<NodeId>(tree_.nodes_.size());
  tree_.nodes_.push_back(node);
  tree_.index_.insert(hash, id, [this](NodeId member) { return tree_.hash(member); });
  attach(id);
  return id;
}

void Merger::attach(NodeId id) {
  Node& node = tree_.nodes_[id];
  if (node.attached) return;
  node.attached = 1;
  Node& parent = tree_.nodes_[node.parent];
  node.next_sibling = parent.first_child;
  parent.first_child = id;
}

void Merger::kill(NodeId id, Death death) {
  kill_children(id, death);
  Node& node = tree_.nodes_[id];
  if (node.entry != Node::dead && node.entry != Node::implied) release(node.entry, death);
  if (id != MergedTree::root) node.entry = Node::dead;
}

void Merger::kill_children(NodeId top, Death death) {
  std::vector<NodeId> open{top};
  while (!open.empty()) {
    Node& directory = tree_.nodes_[open.back()];
    open.pop_back();
    for (auto id = std::exchange(directory.first_child, Node::none); id != Node::none;) {
      Node& node = tree_.nodes_[id];
      if (node.entry != Node::dead && node.entry != Node::implied) release(node.entry, death);
      node.entry = Node::dead;
      node.attached = 0;
      if (node.first_child != Node::none) open.push_back(id);
      id = std::exchange(node.next_sibling, Node::none);
    }
  }
}

/// A name goes; its inode dies with its last name, and that event is the inode's fate.
void Merger::release(EntryId name_entry, Death death) {
  const EntryFate fate{death.fate, death.differences, static_cast<std::uint16_t>(current_)};
  const auto inode = tree_.inode_of(name_entry);
  if (inode != name_entry) tree_.fates_[name_entry] = fate;
  const auto linked = tree_.linked_names_.find(inode);
  if (linked != tree_.linked_names_.end() && --linked->second > 0) return;
  tree_.fates_[inode] = fate;
}

Merger::Death Merger::compare(EntryId below, EntryId above) const {
  const auto old_id = tree_.inode_of(below);
  const auto new_id = tree_.inode_of(above);
  const auto& old_entry = tree_.entry(old_id);
  const auto& new_entry = tree_.entry(new_id);
  if (old_entry.kind != new_entry.kind) return {Fate::type_replaced};
  if (!tree_.same_content(old_id, new_id)) return {Fate::overwritten};
  const auto mtime = old_entry.mtime_ns != new_entry.mtime_ns ? differs_mtime : 0;
  const auto differences =
      static_cast<std::uint8_t>(owner_differences(tree_.owner(old_id), tree_.owner(new_id)) | mtime);
  return {differences == 0 ? Fate::identical : Fate::metadata_only, differences};
}

const Whiteout* Merger::covering_whiteout(layer::DirectoryIndex directory) {
  auto& covering = covering_[directory];
  if (!covering) {
    covering = nullptr;
    auto path = current().strings.at(current().directories[directory]);
    for (; !path.empty() && *covering == nullptr; path = parent_path(path))
      if (const auto found = whiteouts_.find(std::string(path)); found != whiteouts_.end()) covering = &found->second;
  }
  return *covering;
}

/// True when overlay engines unpack the entry otherwise than the spec says: its path, or a directory above it, is
/// removed later in the tar (they make the device node where the new file stands), or was a directory below that they
/// then show through the new one. A file that follows its whiteout is common and harmless.
bool Merger::fights_whiteout(layer::EntryIndex index, const layer::Entry& entry) {
  const auto differs = [&](const Whiteout& whiteout, bool new_directory) {
    return whiteout.index > index || (whiteout.removed_directory && new_directory);
  };
  if (const auto* above = covering_whiteout(entry.directory); above != nullptr && differs(*above, true)) return true;
  if (!has_whiteouts_[entry.directory]) return false;
  const auto own = whiteouts_.find(current().path(entry));
  return own != whiteouts_.end() && differs(own->second, entry.kind == EntryKind::directory);
}

void Merger::note(std::string code, std::string_view path, std::string text) {
  notes_.add(std::move(code), "layer " + std::to_string(current_ + 1) + ": /" + std::string(path), std::move(text));
}

}  // namespace imgslim::tree
