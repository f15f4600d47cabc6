#include "image/config.h"
#include "image/layer_list.h"
#include "image/load_image.h"
#include "image/manifest.h"

namespace imgslim::image {
namespace {

Error absent(const std::string& where) {
  return input_error(where + ": the blob is not in the archive; pull the image again and save it");
}

/// Content of a JSON blob that the image cannot do without, checked against its descriptor.
Result<std::string> read_required(const LoadContext& context, std::string_view what, const BlobDescriptor& blob) {
  const auto where = std::string(what) + " " + blob.stated_digest;
  if (blob.descriptor.digest.empty())
    return input_error(std::string(what) + ": not a digest: \"" + blob.stated_digest + "\"");
  auto text = context.reader.read(blob);
  if (!text) return std::move(text).error().within(where);
  if (!*text) return absent(where);
  IMGSLIM_TRY_DONE(context.verifier.check(what, blob.descriptor, **text));
  return std::move(**text);
}

Result<Manifest> read_manifest(const LoadContext& context, const BlobDescriptor& blob) {
  IMGSLIM_TRY(const auto text, read_required(context, "manifest", blob));
  auto document = parse_document(text, context.reader.limits());
  if (!document) return std::move(document).error().within("manifest " + blob.descriptor.digest.text());
  if (auto* manifest = std::get_if<Manifest>(&*document)) return std::move(*manifest);
  return input_error("manifest " + blob.descriptor.digest.text() + ": an index where a manifest was expected");
}

Result<ParsedConfig> read_config(const LoadContext& context, const BlobDescriptor& blob) {
  IMGSLIM_TRY(const auto text, read_required(context, "config", blob));
  auto config = parse_config(text, context.reader.limits());
  if (!config) return std::move(config).error().within("config " + blob.descriptor.digest.text());
  return config;
}

Result<std::vector<StatedLayer>> state_layers(const LoadContext& context, const Manifest& manifest,
                                              const std::vector<Digest>& diff_ids) {
  std::vector<StatedLayer> stated;
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const auto& blob = manifest.layers[i];
    const auto where = "layer " + std::to_string(i + 1);
    if (blob.descriptor.digest.empty()) return input_error(where + ": not a digest: \"" + blob.stated_digest + "\"");
    auto member = context.reader.locate(blob.descriptor.digest);
    if (!member) return std::move(member).error().within(where);
    stated.push_back({.descriptor = blob.descriptor,
                      .diff_id = diff_ids[i],
                      .label = blob.stated_digest,
                      .member = std::move(*member)});
  }
  return stated;
}

std::vector<Digest> layer_digests(const Manifest& manifest) {
  std::vector<Digest> digests;
  for (const auto& layer : manifest.layers) digests.push_back(layer.descriptor.digest);
  return digests;
}

/// Puts layers that prove to be in another order than diff_ids into it.
std::vector<Note> restore_order(Manifest& manifest, const std::vector<Digest>& diff_ids) {
  const auto order = proven_order(layer_digests(manifest), diff_ids);
  if (!order) return {};
  std::vector<BlobDescriptor> layers;
  for (const auto position : *order) layers.push_back(manifest.layers[position]);
  manifest.layers = std::move(layers);
  return {{"layer-order", "manifest",
           "the manifest lists the layers in another order than rootfs.diff_ids, which is used"}};
}

Platform stated_platform(const Candidate& candidate, const ParsedConfig& config) {
  return candidate.platform.text().empty() ? config.platform : candidate.platform;
}

}  // namespace

Result<ImageInfo> load_oci_image(const LoadContext& context, const Candidate& candidate) {
  IMGSLIM_TRY(auto manifest, read_manifest(context, candidate.manifest));
  if (manifest.layers.size() > context.reader.limits().layers)
    return limit_hit(context.reader.limits(), &Limits::layers,
                     "the manifest has " + std::to_string(manifest.layers.size()) + " layers");
  IMGSLIM_TRY(auto config, read_config(context, manifest.config));
  IMGSLIM_TRY_DONE(check_layer_count(manifest.layers.size(), config.diff_ids.size(), "the manifest"));
  auto notes = restore_order(manifest, config.diff_ids);
  IMGSLIM_TRY(const auto stated, state_layers(context, manifest, config.diff_ids));
  IMGSLIM_TRY(auto list, list_layers(stated, context.missing_blobs));
  notes.insert(notes.end(), list.notes.begin(), list.notes.end());
  return ImageInfo{.source = context.catalog.source,
                   .reference = "",
                   .manifest_digest = candidate.manifest.descriptor.digest,
                   .config_digest = manifest.config.descriptor.digest,
                   .platform = stated_platform(candidate, config),
                   .config = std::move(config.config),
                   .layers = std::move(list.layers),
                   .history = std::move(config.history),
                   .annotations = std::move(manifest.annotations),
                   .provenance = {},
                   .attestation_bytes = 0,
                   .notes = std::move(notes)};
}

}  // namespace imgslim::image
