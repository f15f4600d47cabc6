#pragma once

#include <string_view>

#include "core/limits.h"
#include "core/notes.h"
#include "layer/content_probe.h"
#include "layer/hash_index.h"
#include "layer/layer.h"

namespace imgslim::layer {

/// Collects entries into a Layer: cleans names, tells whiteouts, interns directories and owners, notes oddities.
class LayerBuilder {
 public:
  explicit LayerBuilder(const Limits& limits);

  /// Adds an entry without content. Errors: limits on entries, path length and string space.
  Result<EntryIndex> add(const archive::TarEntry& header);
  /// A probe for the content of the entry just added (a regular file).
  [[nodiscard]] ContentProbe probe(EntryIndex entry, const archive::TarEntry& header) const;
  /// Ends the entry's content: `content_bytes` is what the tar stored.
  void set_content(EntryIndex index, std::uint64_t content_bytes, packages::DatabaseKind kind, ContentFacts facts);

  [[nodiscard]] NoteList& notes() { return notes_; }
  [[nodiscard]] Layer& layer() { return layer_; }
  /// Call once.
  [[nodiscard]] Layer finish() &&;

 private:
  Status check_limits(const archive::TarEntry& header) const;
  DirectoryIndex intern_directory(std::string_view path);
  std::uint32_t intern_owner(const archive::TarEntry& header);
  void set_name(Entry& entry, std::string_view clean);
  void set_runtime_facts(EntryIndex index, ContentFacts& facts);
  [[nodiscard]] bool can_keep_facts(std::uint64_t bytes);

  const Limits& limits_;
  Layer layer_;
  NoteList notes_;
  HashIndex directory_index_, owner_index_;
  DirectoryIndex last_directory_ = 0;
  std::uint64_t database_text_bytes_ = 0, runtime_text_bytes_ = 0, facts_bytes_ = 0;
};

}  // namespace imgslim::layer
