// BuildKit stores evidence beside an image as a manifest of its own in the same index (buildkit
// attestation-storage.md): each "layer" is one in-toto statement, its kind annotated as `in-toto.io/predicate-type`.
// Those blobs are pushed and pulled with the index, so their bytes are counted, apart from the image's.
#include "image/attestations.h"

#include "image/manifest.h"
#include "image/provenance.h"

namespace imgslim::image {
namespace {

constexpr auto predicate_type = "in-toto.io/predicate-type";

bool is_provenance(const BlobDescriptor& statement) {
  const auto& annotations = statement.descriptor.annotations;
  const auto found = annotations.find(predicate_type);
  return found != annotations.end() && found->second.starts_with("https://slsa.dev/provenance/");
}

std::uint64_t blob_bytes(const BlobReader& reader, const BlobDescriptor& manifest_blob, const Manifest& manifest) {
  auto bytes =
      reader.stored_bytes(manifest_blob.descriptor.digest) + reader.stored_bytes(manifest.config.descriptor.digest);
  for (const auto& statement : manifest.layers) bytes += reader.stored_bytes(statement.descriptor.digest);
  return bytes;
}

Result<Provenance> read_statement(const BlobReader& reader, const BlobDescriptor& statement,
                                  const std::vector<LayerRef>& layers) {
  IMGSLIM_TRY(const auto text, reader.read_attestation(statement));
  if (!text) return input_error("the blob is not in the archive");
  if (statement.descriptor.digest.is_sha256() && sha256_of(*text) != statement.descriptor.digest)
    return input_error("the content's digest is " + sha256_of(*text).text());
  return read_provenance(*text, layers, reader.limits());
}

void add_attestation(ImageInfo& info, const Attestation& attestation, const BlobReader& reader) {
  const auto text = reader.read(attestation.manifest);
  if (!text || !*text) return;  // saved without its evidence: ordinary
  const auto document = parse_document(**text, reader.limits());
  const auto* manifest = document ? std::get_if<Manifest>(&*document) : nullptr;
  if (manifest == nullptr) {
    info.notes.push_back({"attestation-unreadable", attestation.manifest.stated_digest, "not a manifest"});
    return;
  }
  info.attestation_bytes += blob_bytes(reader, attestation.manifest, *manifest);
  for (const auto& statement : manifest->layers) {
    if (!is_provenance(statement) || info.provenance) continue;
    auto provenance = read_statement(reader, statement, info.layers);
    if (provenance)
      info.provenance = std::move(provenance).value();
    else
      info.notes.push_back({"provenance-unreadable", statement.stated_digest, provenance.error().message});
  }
}

}  // namespace

void add_attestations(ImageInfo& info, const Catalog& catalog, const BlobReader& reader) {
  if (info.manifest_digest.empty()) return;
  for (const auto& attestation : catalog.attestations)
    if (attestation.subject == info.manifest_digest.text()) add_attestation(info, attestation, reader);
}

}  // namespace imgslim::image
