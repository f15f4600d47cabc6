#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "image/catalog.h"
#include "image/manifest.h"

namespace imgslim::image {

/// Collects the images, attestations and artifacts below an index, nested indexes included (limits index-depth,
/// index-nodes). A blob that is absent or unreadable makes its image incomplete or an artifact with that reason, never
/// ends the walk.
class IndexWalker {
 public:
  IndexWalker(const BlobReader& reader, Verifier& verifier) : reader_(reader), verifier_(verifier) {}

  /// Walks a layout's index.json: every entry is an image of its own unless names and platforms say otherwise.
  Status walk_layout(const Index& index);
  /// Walks one index or manifest whose platforms are all of one image.
  Status walk_image(const BlobDescriptor& root);

  /// Candidates, attestations, artifacts and notes; call once.
  [[nodiscard]] Catalog take() { return std::move(catalog_); }

 private:
  struct Position {
    std::size_t depth = 0;
    std::vector<std::string> names;
    std::optional<std::size_t> image;  ///< nothing at the top of a layout
    Digest index_digest;
  };

  Status visit(const BlobDescriptor& blob, const Position& at);
  Status visit_document(const BlobDescriptor& blob, const Position& at);
  Status visit_index(const BlobDescriptor& blob, const Index& index, const Position& at);
  void visit_manifest(const BlobDescriptor& blob, const Manifest& manifest, const Position& at);
  void add_candidate(Candidate candidate, const Position& at);
  void add_artifact(const BlobDescriptor& blob, const Position& at, std::string what);
  void name_again(const Digest& digest, const std::vector<std::string>& names);
  Platform platform_in_config(const BlobDescriptor& config);

  const BlobReader& reader_;
  Verifier& verifier_;
  Catalog catalog_;
  std::set<Digest> visited_;
  std::map<Digest, Platform> config_platforms_;  ///< many manifests may share one large config
  std::uint64_t nodes_ = 0;
};

}  // namespace imgslim::image
