#include <algorithm>

#include "image/config.h"
#include "image/layer_list.h"
#include "image/load_image.h"
#include "image/manifest.h"
#include "image/media_type.h"

namespace imgslim::image {
namespace {

struct ReadConfig {
  ParsedConfig config;
  Digest digest;
};

Result<ReadConfig> read_config(const LoadContext& context, const std::string& name) {
  const auto where = "config \"" + name + "\"";
  const auto& members = context.reader.members();
  auto member = members.resolve(name);
  if (!member) return std::move(member).error().within(where);
  if (!*member)
    return input_error(where + ": manifest.json names it, but it is not in the archive; save the image again");
  auto text = members.read(**member, context.reader.limits().json_bytes);
  if (!text) return std::move(text).error().within(where);
  if (const auto stated = digest_in_name(name); !stated.empty())
    IMGSLIM_TRY_DONE(context.verifier.check(
        "config", {.media_type = "", .digest = stated, .size_bytes = 0, .annotations = {}}, *text));
  auto config = parse_config(*text, context.reader.limits());
  if (!config) return std::move(config).error().within(where);
  return ReadConfig{std::move(config).value(), sha256_of(*text)};
}

/// What index.json's manifest adds; nothing when there is none, which is ordinary.
std::optional<Manifest> read_described_manifest(const LoadContext& context, const Candidate& candidate) {
  if (candidate.manifest.descriptor.digest.empty()) return std::nullopt;
  const auto text = context.reader.read(candidate.manifest);
  if (!text || !*text) return std::nullopt;
  auto document = parse_document(**text, context.reader.limits());
  auto* manifest = document ? std::get_if<Manifest>(&*document) : nullptr;
  return manifest ? std::optional(std::move(*manifest)) : std::nullopt;
}

std::vector<Digest> stated_digests(const std::vector<std::string>& paths) {
  std::vector<Digest> digests;
  // Outside blobs/ a name may be the digest of the compressed or of the uncompressed layer: it proves nothing.
  for (const auto& path : paths) digests.push_back(path.starts_with("blobs/") ? digest_in_name(path) : Digest());
  return digests;
}

/// True when the manifest of index.json lists the layers that manifest.json lists.
bool agrees(const Manifest& manifest, const std::vector<Digest>& digests) {
  return std::equal(manifest.layers.begin(), manifest.layers.end(), digests.begin(), digests.end(),
                    [](const BlobDescriptor& layer, const Digest& digest) {
                      return digest.empty() || layer.descriptor.digest == digest;
                    });
}

std::string describe_disagreement(const Manifest& manifest, std::size_t layers) {
  if (manifest.layers.size() != layers)
    return "index.json's manifest lists " + std::to_string(manifest.layers.size()) + " layers, manifest.json " +
           std::to_string(layers) + "; manifest.json is used";
  return "index.json's manifest lists other layers than manifest.json, or in another order; manifest.json is used";
}

/// The archive's names and descriptors of one image's layers, base first.
struct LayerSources {
  std::vector<std::string> paths;
  std::vector<Digest> digests;       ///< as the paths state
  std::optional<Manifest> manifest;  ///< only when it agrees
  std::vector<Note> notes;
};

LayerSources layer_sources(const LoadContext& context, const Candidate& candidate, const DockerEntry& entry,
                           const std::vector<Digest>& diff_ids) {
  LayerSources sources{.paths = entry.layers, .digests = stated_digests(entry.layers), .manifest = {}, .notes = {}};
  sources.manifest = read_described_manifest(context, candidate);
  if (sources.manifest && !agrees(*sources.manifest, sources.digests)) {
    sources.notes.push_back(
        {"manifest-disagreement", "index.json", describe_disagreement(*sources.manifest, entry.layers.size())});
    sources.manifest.reset();
  }
  const auto order = proven_order(sources.digests, diff_ids);
  if (!order) return sources;
  for (std::size_t i = 0; i < order->size(); ++i) sources.paths[i] = entry.layers[(*order)[i]];
  sources.digests = diff_ids;
  sources.manifest.reset();
  sources.notes.push_back({"layer-order", "manifest.json",
                           "manifest.json lists the layers in another order than rootfs.diff_ids, which is used"});
  return sources;
}

Descriptor descriptor_of_layer(const LayerSources& sources, const DockerEntry& entry, std::size_t i,
                               const Digest& diff_id) {
  if (sources.manifest) return sources.manifest->layers[i].descriptor;
  const auto found = entry.sources.find(diff_id.text());
  auto descriptor = found == entry.sources.end() ? Descriptor() : found->second;
  if (descriptor.digest == sources.digests[i]) return descriptor;
  // It describes the layer where it was pulled from; the archive may hold it in another form.
  const bool foreign = is_foreign_layer_type(descriptor.media_type);
  return {.media_type = foreign ? descriptor.media_type : "",
          .digest = sources.digests[i],
          .size_bytes = 0,
          .annotations = {}};
}

Result<std::vector<StatedLayer>> state_layers(const LoadContext& context, const LayerSources& sources,
                                              const DockerEntry& entry, const std::vector<Digest>& diff_ids) {
  std::vector<StatedLayer> stated;
  for (std::size_t i = 0; i < sources.paths.size(); ++i) {
    auto member = context.reader.members().resolve(sources.paths[i]);
    if (!member)
      return std::move(member).error().within("layer " + std::to_string(i + 1) + " (" + sources.paths[i] + ")");
    stated.push_back({.descriptor = descriptor_of_layer(sources, entry, i, diff_ids[i]),
                      .diff_id = diff_ids[i],
                      .label = sources.paths[i],
                      .member = std::move(*member)});
  }
  return stated;
}

}  // namespace

Result<ImageInfo> load_docker_image(const LoadContext& context, const Candidate& candidate) {
  const auto& entry = context.catalog.docker_entries[*candidate.docker_entry];
  IMGSLIM_TRY(auto read, read_config(context, entry.config));
  auto& config = read.config;
  IMGSLIM_TRY_DONE(check_layer_count(entry.layers.size(), config.diff_ids.size(), "manifest.json"));
  auto sources = layer_sources(context, candidate, entry, config.diff_ids);
  IMGSLIM_TRY(const auto stated, state_layers(context, sources, entry, config.diff_ids));
  IMGSLIM_TRY(auto list, list_layers(stated, context.missing_blobs));
  auto& notes = sources.notes;
  notes.insert(notes.end(), list.notes.begin(), list.notes.end());
  return ImageInfo{
      .source = context.catalog.source,
      .reference = "",
      .manifest_digest = candidate.manifest.descriptor.digest,
      .config_digest = read.digest,
      .platform = config.platform.text().empty() ? candidate.platform : config.platform,
      .config = std::move(config.config),
      .layers = std::move(list.layers),
      .history = std::move(config.history),
      .annotations = sources.manifest ? std::move(sources.manifest->annotations) : std::map<std::string, std::string>(),
      .provenance = {},
      .attestation_bytes = 0,
      .notes = std::move(notes)};
}

}  // namespace imgslim::image
