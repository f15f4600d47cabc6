#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/limits.h"
#include "imgslim/note.h"
#include "layer/hash_index.h"
#include "layer/layer.h"

/// The layers applied one on another (OCI layer.md, "Applying Changesets"), and what became of every entry.
namespace imgslim::tree {

using LayerIndex = std::uint32_t;  ///< 0 = base
using EntryId = std::uint32_t;     ///< an entry of the whole image: layers in order, entries in tar order
using NodeId = std::uint32_t;      ///< a path of the merged view or one that once was

/// What became of an entry. All but `visible` are dead: their payload is waste.
enum class Fate : std::uint8_t {
  visible,            ///< its inode has a name in the merged file system
  deleted,            ///< a whiteout above removed it
  deleted_by_opaque,  ///< an opaque directory above hid it
  overwritten,        ///< other content stands in its place
  metadata_only,      ///< stored again with the same content and other metadata
  identical,          ///< stored again with the same content and metadata
  type_replaced,      ///< another kind of file stands in its place or in a parent's
  shadowed_in_layer,  ///< the same layer states the path again
  marker,             ///< a whiteout or AUFS bookkeeping: never part of the file system
};
inline constexpr std::size_t fate_count = 9;
[[nodiscard]] std::string_view fate_name(Fate fate);  ///< "metadata_only"

/// Which metadata differ between an entry and the one that re-stored it, as a bit set.
enum Difference : std::uint8_t {
  differs_mode = 1,
  differs_uid = 2,
  differs_gid = 4,
  differs_mtime = 8,
  differs_xattrs = 16
};
[[nodiscard]] std::vector<std::string> difference_names(std::uint8_t differences);
/// The bits of all but the time.
[[nodiscard]] std::uint8_t owner_differences(const layer::Ownership& a, const layer::Ownership& b);

struct EntryFate {
  Fate fate = Fate::visible;
  std::uint8_t differences = 0;   ///< of metadata_only
  std::uint16_t cause_layer = 0;  ///< the layer that killed it; of visible entries their own
};

/// A path. 20 bytes: the name is the first entry's that made the path, or an implied directory's.
struct Node {
  static constexpr std::uint32_t none = UINT32_MAX;
  /// Values of `entry` that name no entry.
  static constexpr EntryId dead = UINT32_MAX;         ///< nothing is here (any more)
  static constexpr EntryId implied = UINT32_MAX - 1;  ///< a directory that only its children state

  NodeId parent = none, first_child = none, next_sibling = none;
  std::uint32_t name : 30 = 0;  ///< EntryId, or handle of an implied name
  std::uint32_t name_implied : 1 = 0;
  std::uint32_t attached : 1 = 0;  ///< in its parent's list of children
  EntryId entry = dead;            ///< what is visible here
};

/// What the index of a tree's nodes hashes a name below `parent` to.
[[nodiscard]] std::uint64_t name_hash(NodeId parent, std::string_view name);

/// A layer that images and repeated positions may share.
using LayerPtr = std::shared_ptr<const layer::Layer>;

/// The merged file system of an image, with the layers that it came from.
class MergedTree {
 public:
  static constexpr NodeId root = 0;

  explicit MergedTree(std::vector<LayerPtr> layers);

  [[nodiscard]] LayerIndex layer_count() const { return static_cast<LayerIndex>(layers_.size()); }
  [[nodiscard]] const layer::Layer& layer(LayerIndex index) const { return *layers_[index]; }
  /// The layer that an entry stands in.
  [[nodiscard]] const layer::Layer& home(EntryId entry) const { return *layers_[layer_of(entry)]; }
  [[nodiscard]] std::size_t entry_count() const { return first_entry_.back(); }
  [[nodiscard]] LayerIndex layer_of(EntryId entry) const;
  [[nodiscard]] EntryId id_of(LayerIndex layer, layer::EntryIndex entry) const { return first_entry_[layer] + entry; }
  [[nodiscard]] const layer::Entry& entry(EntryId id) const;
  [[nodiscard]] const layer::Ownership& owner(EntryId id) const { return home(id).owners[entry(id).owner]; }
  /// Whether two inodes hold the same: bytes, symlink target, device numbers.
  [[nodiscard]] bool same_content(EntryId a, EntryId b) const;
  [[nodiscard]] std::string entry_path(EntryId id) const;
  [[nodiscard]] const EntryFate& fate(EntryId id) const { return fates_[id]; }
  /// The entry that stores the content of a visible or once visible entry: itself but for hard links.
  [[nodiscard]] EntryId inode_of(EntryId id) const;
  /// Names of the inode in the merged view: more than 1 for hard links.
  [[nodiscard]] std::uint32_t visible_names(EntryId inode) const;

  [[nodiscard]] std::size_t node_count() const { return nodes_.size(); }
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] bool is_visible(NodeId id) const { return nodes_[id].entry != Node::dead; }
  [[nodiscard]] std::string_view name(NodeId id) const;
  [[nodiscard]] std::string path(NodeId id) const;
  /// Kind of what is visible; implied directories are directories.
  [[nodiscard]] layer::EntryKind kind(NodeId id) const;
  /// Visible children sorted by name bytes.
  [[nodiscard]] std::vector<NodeId> sorted_children(NodeId id) const;
  /// The visible node at a clean path, symlinks not followed; none when absent.
  [[nodiscard]] NodeId find(std::string_view path) const;
  /// Where a path leads; `loop` when it passes more symlinks than the kernel follows (ELOOP).
  struct Resolution {
    NodeId node = Node::none;
    bool loop = false;
  };
  /// The visible node at a path as the kernel resolves it from the root (path_resolution(7)): symlinks followed, at
  /// most `hops` of them, ".." of the root is the root.
  [[nodiscard]] Resolution resolution(std::string_view path, std::uint64_t hops = 40) const;
  /// The node of resolution().
  [[nodiscard]] NodeId resolve(std::string_view path, std::uint64_t hops = 40) const {
    return resolution(path, hops).node;
  }
  /// As resolve(), but a symlink at the last component is itself the answer.
  [[nodiscard]] NodeId resolve_parent(std::string_view path, std::uint64_t hops = 40) const;

  /// Where a visible symlink points, as a clean path.
  [[nodiscard]] std::string link_target(NodeId id) const;
  /// What a visible symlink holds.
  [[nodiscard]] std::string_view raw_link_target(NodeId id) const;

  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }

 private:
  friend class Merger;

  [[nodiscard]] std::uint64_t hash(NodeId id) const { return name_hash(nodes_[id].parent, name(id)); }
  /// The node of that name below `parent`, whose name_hash() is `hash`, visible or not.
  [[nodiscard]] NodeId child(NodeId parent, std::string_view wanted, std::uint64_t hash) const;
  [[nodiscard]] NodeId child(NodeId parent, std::string_view wanted) const {
    return child(parent, wanted, name_hash(parent, wanted));
  }
  enum class FollowLast { no, yes };
  [[nodiscard]] Resolution walk(std::string_view path, std::uint64_t hops, FollowLast follow_last) const;

  std::vector<LayerPtr> layers_;
  std::vector<EntryId> first_entry_;  // per layer, and the end
  layer::ChunkedVector<Node> nodes_;
  layer::HashIndex index_;  // (parent, name) -> node
  layer::StringArena implied_names_;
  layer::ChunkedVector<EntryFate> fates_;
  std::unordered_map<EntryId, EntryId> hardlink_inode_;      // hard link entry -> inode
  std::unordered_map<EntryId, std::uint32_t> linked_names_;  // inode that has hard links -> visible names
  std::vector<Note> notes_;
};

/// Applies the layers in order, whiteouts of a layer before its entries. Cost: linear in entries, whatever a
/// whiteout removes. At most 65,535 layers (Limits::layers is lower).
[[nodiscard]] MergedTree merge(std::vector<LayerPtr> layers);

}  // namespace imgslim::tree
