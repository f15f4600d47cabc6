#include "rootfs/file_system.h"

#include <algorithm>

#include "tree/visit.h"

namespace imgslim::rootfs {
namespace {

using tree::EntryId;
using tree::LayerIndex;
using tree::MergedTree;
using tree::Node;
using tree::NodeId;

constexpr std::string_view capability_xattr = "security.capability";

/// Calls take(EntryId, fact) for each fact of the layers whose file the merged file system shows.
template <typename Facts, typename Take>
void for_each_visible_fact(const MergedTree& tree, Facts layer::Layer::*facts, Take take) {
  for (LayerIndex index = 0; index < tree.layer_count(); ++index) {
    for (const auto& fact : tree.layer(index).*facts) {
      const auto id = tree.id_of(index, fact.entry);
      if (tree.fate(id).fate == tree::Fate::visible) take(id, fact);
    }
  }
}

template <typename Facts>
const Facts* found_or_null(const std::unordered_map<FileId, const Facts*>& facts, FileId file) {
  const auto found = facts.find(file);
  return found == facts.end() ? nullptr : found->second;
}

/// Whether an owner's flat list of xattrs ("name NUL length NUL value …") has one of that name.
bool has_xattr(std::string_view flat, std::string_view name) {
  while (!flat.empty()) {
    const auto name_end = flat.find('\0');
    const auto length_end = flat.find('\0', name_end + 1);
    if (name_end == std::string_view::npos || length_end == std::string_view::npos) return false;
    if (flat.substr(0, name_end) == name) return true;
    std::size_t length = 0;
    for (const char digit : flat.substr(name_end + 1, length_end - name_end - 1))
      length = length * 10 + static_cast<std::size_t>(digit - '0');
    flat.remove_prefix(std::min(flat.size(), length_end + 1 + length));
  }
  return false;
}

}  // namespace

FileSystem::FileSystem(const MergedTree& tree) : tree_(tree), names_(tree.entry_count(), Node::none) {
  for_each_visible_fact(tree, &layer::Layer::elf,
                        [this](EntryId id, const layer::ElfFile& file) { elf_.emplace(id, &file.facts); });
  for_each_visible_fact(tree, &layer::Layer::sources,
                        [this](EntryId id, const layer::SourceFile& file) { sources_.emplace(id, &file.facts); });
  for_each_visible_fact(tree, &layer::Layer::runtime_binaries, [this](EntryId id, const layer::RuntimeBinary& binary) {
    runtime_strings_.emplace(id, &binary.strings);
  });
  for_each_visible_fact(tree, &layer::Layer::bytecode,
                        [this](EntryId id, const layer::BytecodeFile& file) { bytecode_.emplace(id, &file.header); });
  for_each_visible_fact(tree, &layer::Layer::java_archives, [this](EntryId id, const layer::JavaArchive& archive) {
    java_archives_.emplace(id, &archive);
  });
  for_each_visible_fact(tree, &layer::Layer::runtime_texts,
                        [this](EntryId id, const layer::RuntimeText& text) { texts_.emplace(id, text.bytes); });
  // A package.json in node_modules is kept once, as a package database.
  for_each_visible_fact(tree, &layer::Layer::texts,
                        [this](EntryId id, const layer::CapturedText& text) { texts_.emplace(id, text.bytes); });
  for (const auto& [id, facts] : elf_) elf_files_.push_back(id);
  std::sort(elf_files_.begin(), elf_files_.end());
  tree::for_each_visible(tree, [this](NodeId node, bool) {
    const auto entry = tree_.node(node).entry;
    if (entry == Node::implied) return;
    auto& name = names_[tree_.inode_of(entry)];
    if (name == Node::none || tree_.path(node) < tree_.path(name)) name = node;
  });
}

Lookup FileSystem::open(std::string_view path) const {
  const auto [node, loop] = tree_.resolution(path);
  if (node == Node::none) return {std::nullopt, loop ? Failure::loop : Failure::missing};
  const auto entry = tree_.node(node).entry;
  if (entry == Node::implied || tree_.kind(node) != layer::EntryKind::regular) return {std::nullopt, Failure::missing};
  return {Found{node, tree_.inode_of(entry), "/" + tree_.path(node)}, Failure::none};
}

bool FileSystem::is_directory(std::string_view path) const {
  const auto node = tree_.resolve(path);
  return node != Node::none && tree_.kind(node) == layer::EntryKind::directory;
}

std::optional<std::string> FileSystem::canonical(std::string_view path) const {
  const auto node = tree_.resolve(path);
  if (node == Node::none) return std::nullopt;
  return "/" + tree_.path(node);
}

std::optional<std::string> FileSystem::link_target(std::string_view path) const {
  const auto node = tree_.resolve_parent(path);
  if (node == Node::none || tree_.kind(node) != layer::EntryKind::symlink) return std::nullopt;
  return std::string(tree_.raw_link_target(node));
}

std::vector<std::string> FileSystem::list(std::string_view directory) const {
  std::vector<std::string> names;
  const auto node = tree_.resolve(directory);
  if (node == Node::none || tree_.kind(node) != layer::EntryKind::directory) return names;
  for (const auto child : tree_.sorted_children(node)) names.emplace_back(tree_.name(child));
  return names;
}

Permissions FileSystem::permissions(FileId file) const {
  const auto& owner = tree_.owner(file);
  return {owner.mode, owner.uid, owner.gid, has_xattr(owner.xattrs, capability_xattr)};
}

std::uint64_t FileSystem::size_bytes(FileId file) const { return tree_.entry(file).content_bytes; }

const elf::ElfFacts* FileSystem::elf(FileId file) const { return found_or_null(elf_, file); }

const layer::RuntimeStrings* FileSystem::runtime_strings(FileId file) const {
  return found_or_null(runtime_strings_, file);
}

const layer::JavaArchive* FileSystem::java_archive(FileId file) const { return found_or_null(java_archives_, file); }

const layer::BytecodeHeader* FileSystem::bytecode(FileId file) const { return found_or_null(bytecode_, file); }

const imports::SourceFacts* FileSystem::source(FileId file) const { return found_or_null(sources_, file); }

std::optional<std::string_view> FileSystem::text(FileId file) const {
  const auto found = texts_.find(file);
  if (found == texts_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::string_view> FileSystem::text_at(std::string_view path) const {
  const auto found = find(path);
  if (!found) return std::nullopt;
  return text(found->file);
}

std::string FileSystem::path_of(FileId file) const {
  const auto name = names_[file];
  return name == Node::none ? std::string() : "/" + tree_.path(name);
}

}  // namespace imgslim::rootfs
