#include "layer/layer_builder.h"

#include <xxhash.h>

#include <algorithm>

#include "core/path.h"

namespace imgslim::layer {
namespace {

constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view opaque_name = ".wh..wh..opq";
constexpr std::string_view aufs_prefix = ".wh..wh.";

std::uint64_t hash_text(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::string flatten(const std::vector<archive::Xattr>& xattrs) {
  std::string flat;
  for (const auto& xattr : xattrs) {
    flat += xattr.name;
    flat += '\0';
    flat += std::to_string(xattr.value.size());
    flat += '\0';
    flat += xattr.value;
  }
  return flat;
}

std::uint64_t hash_owner(const Ownership& owner) {
  const std::uint64_t numbers[] = {owner.mode, owner.uid, owner.gid, owner.device_major, owner.device_minor};
  return XXH3_64bits(numbers, sizeof numbers) ^ hash_text(owner.xattrs);
}

/// ".wh." followed by nothing, "." or "..": engines refuse it or delete the directory itself.
bool is_invalid_whiteout(std::string_view name) {
  const auto target = name.substr(whiteout_prefix.size());
  return target.empty() || target == "." || target == "..";
}

Marker marker_of(std::string_view name) {
  if (!name.starts_with(whiteout_prefix)) return Marker::none;
  if (name == opaque_name) return Marker::opaque;
  if (name.starts_with(aufs_prefix) || is_invalid_whiteout(name)) return Marker::ignored;
  return Marker::whiteout;
}

/// What the imports of a source file take in memory.
std::uint64_t imports_bytes(const imports::SourceFacts& facts) {
  std::uint64_t bytes = 0;
  for (const auto& import : facts.imports) bytes += sizeof import + import.name.size();
  return bytes;
}

}  // namespace

LayerBuilder::LayerBuilder(const Limits& limits) : limits_(limits) {}

Status LayerBuilder::check_limits(const archive::TarEntry& header) const {
  if (layer_.entries.size() >= limits_.layer_entries)
    return limit_hit(limits_, &Limits::layer_entries, "too many entries in a layer");
  const auto longest = std::max(header.path.size(), header.link_target.size());
  if (longest > limits_.path_bytes)
    return limit_hit(limits_, &Limits::path_bytes, "a path of " + std::to_string(longest) + " bytes");
  const auto components = std::count(header.path.begin(), header.path.end(), '/');
  if (static_cast<std::uint64_t>(components) > limits_.path_components)
    return limit_hit(limits_, &Limits::path_components, "a path of " + std::to_string(components) + " components");
  if (!layer_.strings.can_hold(header.path) || !layer_.strings.can_hold(header.link_target))
    return limit_error("the names of a layer take more than imgslim can hold (4 GiB in all, 64 KiB each)");
  return Done{};
}

Result<EntryIndex> LayerBuilder::add(const archive::TarEntry& header) {
  IMGSLIM_TRY_DONE(check_limits(header));
  const auto clean = clean_path(header.path);
  if (clean.escaped_root)
    notes_.add("path-escapes-root", header.path,
               "the name climbs above the root; counted as " + clean.text + ", engines refuse it");
  Entry entry;
  entry.kind = header.kind;
  entry.mtime_ns = header.mtime_ns;
  entry.owner = intern_owner(header);
  set_name(entry, clean.text);
  if (header.kind == EntryKind::symlink) entry.link = layer_.strings.add(header.link_target);
  if (header.kind == EntryKind::hardlink) entry.link = layer_.strings.add(clean_path(header.link_target).text);
  layer_.entries.push_back(entry);
  return static_cast<EntryIndex>(layer_.entries.size() - 1);
}

void LayerBuilder::set_name(Entry& entry, std::string_view clean) {
  const auto name = base_name(clean);
  entry.directory = intern_directory(parent_path(clean));
  entry.marker = marker_of(name);
  if (entry.marker == Marker::ignored && is_invalid_whiteout(name))
    notes_.add("invalid-whiteout", std::string(clean),
               "a whiteout that names no file: engines refuse the layer or delete the whole directory");
  else if (entry.marker == Marker::ignored)
    notes_.add("aufs-metadata", std::string(clean), "AUFS bookkeeping, ignored");
  entry.name = layer_.strings.add(entry.marker == Marker::whiteout ? name.substr(whiteout_prefix.size()) : name);
}

DirectoryIndex LayerBuilder::intern_directory(std::string_view path) {
  auto text_of = [this](DirectoryIndex id) { return layer_.strings.at(layer_.directories[id]); };
  // Tar writers emit a directory's files together.
  if (!layer_.directories.empty() && text_of(last_directory_) == path) return last_directory_;
  const auto hash = hash_text(path);
  auto id = directory_index_.find(hash, [&](std::uint32_t candidate) { return text_of(candidate) == path; });
  if (id == HashIndex::none) {
    id = static_cast<DirectoryIndex>(layer_.directories.size());
    layer_.directories.push_back(layer_.strings.add(path));
    directory_index_.insert(hash, id, [&](std::uint32_t member) { return hash_text(text_of(member)); });
  }
  last_directory_ = id;
  return id;
}

std::uint32_t LayerBuilder::intern_owner(const archive::TarEntry& header) {
  Ownership owner{header.mode,         header.uid,          header.gid,
                  header.device_major, header.device_minor, flatten(header.xattrs)};
  const auto hash = hash_owner(owner);
  auto id = owner_index_.find(hash, [&](std::uint32_t candidate) { return layer_.owners[candidate] == owner; });
  if (id == HashIndex::none) {
    id = static_cast<std::uint32_t>(layer_.owners.size());
    layer_.owners.push_back(std::move(owner));
    owner_index_.insert(hash, id, [&](std::uint32_t member) { return hash_owner(layer_.owners[member]); });
  }
  return id;
}

ContentProbe LayerBuilder::probe(EntryIndex entry, const archive::TarEntry& header) const {
  const auto left = [this](std::uint64_t kept) {
    return limits_.text_total_bytes - std::min(kept, limits_.text_total_bytes);
  };
  return ContentProbe(layer_.path(layer_.entries[entry]), header.logical_bytes, (header.mode & 0111) != 0, limits_,
                      {left(database_text_bytes_), left(runtime_text_bytes_)});
}

bool LayerBuilder::can_keep_facts(std::uint64_t bytes) {
  if (bytes > limits_.facts_bytes - std::min(facts_bytes_, limits_.facts_bytes)) return false;
  facts_bytes_ += bytes;
  return true;
}

void LayerBuilder::set_content(EntryIndex index, std::uint64_t content_bytes, packages::DatabaseKind kind,
                               ContentFacts facts) {
  Entry& entry = layer_.entries[index];
  entry.content_bytes = content_bytes;
  entry.content = facts.hash;
  layer_.payload_bytes += content_bytes;
  if (facts.text) {
    database_text_bytes_ += facts.text->size();
    layer_.texts.push_back({index, kind, std::move(*facts.text)});
  }
  if (facts.packages) layer_.packages.push_back({index, std::move(*facts.packages)});
  set_runtime_facts(index, facts);
  if (!facts.note.empty()) notes_.add("content-not-read", layer_.path(entry), std::move(facts.note));
}

void LayerBuilder::set_runtime_facts(EntryIndex index, ContentFacts& facts) {
  const auto path = [&] { return layer_.path(layer_.entries[index]); };
  if (facts.elf && facts.elf->facts.incomplete)
    notes_.add("elf-not-read-whole", path(),
               "what this ELF file states was not all found: it is very large or damaged");
  if (facts.elf && can_keep_facts(sizeof(ElfFile) + elf::kept_bytes(facts.elf->facts))) {
    facts.elf->entry = index;
    layer_.elf.push_back(std::move(*facts.elf));
  } else if (facts.elf) {
    notes_.add("facts-left-out", path(),
               "an ELF file beyond the limit facts-bytes; the run-time closure does not know it");
  }
  if (facts.runtime_strings && can_keep_facts(kept_bytes(*facts.runtime_strings)))
    layer_.runtime_binaries.push_back({index, std::move(*facts.runtime_strings)});
  if (facts.bytecode && can_keep_facts(sizeof(BytecodeFile))) layer_.bytecode.push_back({index, *facts.bytecode});
  if (facts.java_archive && can_keep_facts(sizeof(JavaArchive) + facts.java_archive->class_path.size())) {
    facts.java_archive->entry = index;
    layer_.java_archives.push_back(std::move(*facts.java_archive));
  }
  if (facts.go_program) {
    facts.go_program->entry = index;
    layer_.go_programs.push_back(std::move(*facts.go_program));
  }
  if (facts.secret && can_keep_facts(sizeof(SecretFile))) layer_.secrets.push_back({index, *facts.secret});
  if (facts.runtime_text) {
    runtime_text_bytes_ += facts.runtime_text->size();
    layer_.runtime_texts.push_back({index, std::move(*facts.runtime_text)});
  }
  if (facts.source && can_keep_facts(sizeof(SourceFile) + imports_bytes(*facts.source))) {
    layer_.sources.push_back({index, std::move(*facts.source)});
  } else if (facts.source) {
    notes_.add("facts-left-out", path(), "a source file beyond the limit facts-bytes; what it imports is not known");
  }
}

Layer LayerBuilder::finish() && {
  layer_.notes = notes_.take();
  return std::move(layer_);
}

}  // namespace imgslim::layer
