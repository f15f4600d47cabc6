// An OCI layout is a graph: index.json lists manifests and further indexes, an index lists one manifest per platform.
// Beside the images stand BuildKit's attestations (platform unknown/unknown, annotated with the digest that they speak
// of), and in registries' copies signatures, charts and caches. docker save and containerd keep the blobs of one
// platform only, so an absent manifest is ordinary. The same digest may be listed once per tag. A hostile index may fan
// out: nodes are counted, depth is limited, and each digest is read once.
#include "image/index_walker.h"

#include <algorithm>

#include "image/config.h"
#include "image/media_type.h"
#include "image/platform.h"

namespace imgslim::image {
namespace {

constexpr auto reference_type = "vnd.docker.reference.type";
constexpr auto reference_digest = "vnd.docker.reference.digest";

std::string annotation(const BlobDescriptor& blob, const char* key) {
  const auto found = blob.descriptor.annotations.find(key);
  return found == blob.descriptor.annotations.end() ? "" : found->second;
}

std::vector<std::string> annotated_names(const BlobDescriptor& blob) {
  std::vector<std::string> names;
  for (const auto* key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"})
    if (auto name = annotation(blob, key); !name.empty()) names.push_back(std::move(name));
  return names;
}

bool may_be_document(std::string_view media_type) {
  return media_type.empty() || is_index_type(media_type) || is_manifest_type(media_type);
}

bool has_all_blobs(const BlobReader& reader, const Manifest& manifest) {
  return reader.has(manifest.config) &&
         std::all_of(manifest.layers.begin(), manifest.layers.end(), [&](const BlobDescriptor& layer) {
           return is_foreign_layer_type(layer.descriptor.media_type) || reader.has(layer);
         });
}

}  // namespace

/// The platform that the config states; empty when there is no readable config.
Platform IndexWalker::platform_in_config(const BlobDescriptor& config) {
  const auto [known, fresh] = config_platforms_.emplace(config.descriptor.digest, Platform());
  if (!fresh && config.data.empty()) return known->second;
  const auto text = reader_.read(config);
  if (!text || !*text) return {};
  if (const auto parsed = parse_config(**text, reader_.limits())) known->second = parsed->platform;
  return known->second;
}

Status IndexWalker::walk_layout(const Index& index) {
  for (const auto& blob : index.manifests)
    IMGSLIM_TRY_DONE(visit(blob, {.depth = 1, .names = {}, .image = {}, .index_digest = {}}));
  return Done{};
}

Status IndexWalker::walk_image(const BlobDescriptor& root) {
  return visit(root, {.depth = 0, .names = {}, .image = catalog_.place({}, {}), .index_digest = {}});
}

Status IndexWalker::visit(const BlobDescriptor& blob, const Position& at) {
  if (++nodes_ > reader_.limits().index_nodes)
    return limit_hit(reader_.limits(), &Limits::index_nodes, "too many manifests in the indexes");
  auto here = at;
  const auto names = annotated_names(blob);
  here.names.insert(here.names.end(), names.begin(), names.end());
  const auto& digest = blob.descriptor.digest;
  if (digest.empty()) {
    catalog_.notes.push_back(
        {"bad-digest", "index", "skipped a manifest whose digest is \"" + blob.stated_digest + "\""});
    return Done{};
  }
  if (!visited_.insert(digest).second) {
    name_again(digest, here.names);
    return Done{};
  }
  if (const auto type = annotation(blob, reference_type); !type.empty()) {
    if (type == "attestation-manifest") catalog_.attestations.push_back({blob, annotation(blob, reference_digest)});
    return Done{};
  }
  if (blob.platform && is_unknown(*blob.platform) && blob.platform->os == "unknown") return Done{};
  return visit_document(blob, here);
}

Status IndexWalker::visit_document(const BlobDescriptor& blob, const Position& at) {
  const auto& media_type = blob.descriptor.media_type;
  if (!may_be_document(media_type)) {
    // A BuildKit cache is an index of layers with a config of its own type.
    if (!is_tar_layer_type(media_type)) add_artifact(blob, at, artifact_name(media_type) + ", not a container image");
    return Done{};
  }
  auto text = reader_.read(blob);
  if (!text && text.error().kind != ErrorKind::input) return std::move(text).error();
  if (!text || !*text) {
    add_candidate({.platform = blob.platform.value_or(Platform()),
                   .normal_platform = {},
                   .manifest = blob,
                   .index_digest = {},
                   .config_digest = {},
                   .docker_entry = {},
                   .complete = false},
                  at);
    return Done{};
  }
  auto document = parse_document(**text, reader_.limits());
  if (!document) {
    if (document.error().kind != ErrorKind::input) return std::move(document).error().within(blob.stated_digest);
    add_artifact(blob, at, document.error().message);
    return Done{};
  }
  if (const auto* manifest = std::get_if<Manifest>(&*document)) {
    visit_manifest(blob, *manifest, at);
    return Done{};
  }
  IMGSLIM_TRY_DONE(verifier_.check("index", blob.descriptor, **text));
  return visit_index(blob, std::get<Index>(*document), at);
}

Status IndexWalker::visit_index(const BlobDescriptor& blob, const Index& index, const Position& at) {
  if (at.depth >= reader_.limits().index_depth)
    return limit_hit(reader_.limits(), &Limits::index_depth, "index " + blob.stated_digest + " nested too deeply");
  auto below = at;
  ++below.depth;
  if (!below.image) below.image = catalog_.place(at.names, {});
  if (below.index_digest.empty()) below.index_digest = blob.descriptor.digest;
  for (const auto& child : index.manifests) IMGSLIM_TRY_DONE(visit(child, below));
  return Done{};
}

void IndexWalker::visit_manifest(const BlobDescriptor& blob, const Manifest& manifest, const Position& at) {
  if (const auto what = describe_artifact(manifest); !what.empty()) {
    add_artifact(blob, at, what + ", not a container image");
    return;
  }
  const bool states_platform = blob.platform && !is_unknown(*blob.platform);
  add_candidate({.platform = states_platform ? *blob.platform : platform_in_config(manifest.config),
                 .normal_platform = {},
                 .manifest = blob,
                 .index_digest = {},
                 .config_digest = manifest.config.descriptor.digest,
                 .docker_entry = {},
                 .complete = has_all_blobs(reader_, manifest)},
                at);
}

void IndexWalker::add_candidate(Candidate candidate, const Position& at) {
  candidate.image = at.image ? *at.image : catalog_.place(at.names, candidate.platform);
  catalog_.image_names[candidate.image].add_all(at.names);
  candidate.index_digest = at.index_digest;
  catalog_.add(std::move(candidate));
}

void IndexWalker::add_artifact(const BlobDescriptor& blob, const Position& at, std::string what) {
  catalog_.artifacts.push_back({at.names, blob.descriptor.digest, std::move(what)});
}

void IndexWalker::name_again(const Digest& digest, const std::vector<std::string>& names) {
  for (const auto& candidate : catalog_.candidates)
    if (candidate.manifest.descriptor.digest == digest || candidate.index_digest == digest)
      return catalog_.image_names[candidate.image].add_all(names);
}

}  // namespace imgslim::image
