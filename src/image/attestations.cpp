// BuildKit stores evidence beside an image as a manifest of its own in the same index (buildkit
// attestation-storage.md): each "layer" is one in-toto statement, its kind annotated as `in-toto.io/predicate-type`.
// Those blobs are pushed and pulled with the index, so their bytes are counted, apart from the image's.
#include "image/attestations.h"

#include <set>

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

Result<Provenance> read_statement(const BlobReader& reader, const BlobDescriptor& statement,
                                  const std::vector<LayerRef>& layers) {
  IMGSLIM_TRY(const auto text, reader.read_attestation(statement));
  if (!text) return input_error("the blob is not in the archive");
  if (statement.descriptor.digest.is_sha256() && sha256_of(*text) != statement.descriptor.digest)
    return input_error("the content's digest is " + sha256_of(*text).text());
  return read_provenance(*text, layers, reader.limits());
}

/// A hostile archive may list one large unreadable statement many times.
constexpr int statements_tried = 8;

class EvidenceReader {
 public:
  EvidenceReader(ImageInfo& info, const BlobReader& reader) : info_(info), reader_(reader) {}

  void add(const Attestation& attestation);

 private:
  void count_bytes(const Digest& digest);
  void try_statement(const BlobDescriptor& statement);

  ImageInfo& info_;
  const BlobReader& reader_;
  std::set<Digest> counted_;
  int tried_ = 0;
};

void EvidenceReader::add(const Attestation& attestation) {
  const auto text = reader_.read(attestation.manifest);
  if (!text || !*text) return;  // saved without its evidence: ordinary
  const auto document = parse_document(**text, reader_.limits());
  const auto* manifest = document ? std::get_if<Manifest>(&*document) : nullptr;
  if (manifest == nullptr) {
    info_.notes.push_back({"attestation-unreadable", attestation.manifest.stated_digest, "not a manifest"});
    return;
  }
  count_bytes(attestation.manifest.descriptor.digest);
  count_bytes(manifest->config.descriptor.digest);
  for (const auto& statement : manifest->layers) {
    count_bytes(statement.descriptor.digest);
    if (is_provenance(statement)) try_statement(statement);
  }
}

void EvidenceReader::count_bytes(const Digest& digest) {
  if (counted_.insert(digest).second) info_.attestation_bytes += reader_.stored_bytes(digest);
}

void EvidenceReader::try_statement(const BlobDescriptor& statement) {
  if (info_.provenance || ++tried_ > statements_tried) return;
  auto provenance = read_statement(reader_, statement, info_.layers);
  if (provenance)
    info_.provenance = std::move(provenance).value();
  else
    info_.notes.push_back({"provenance-unreadable", statement.stated_digest, provenance.error().message});
}

}  // namespace

void add_attestations(ImageInfo& info, const Catalog& catalog, const BlobReader& reader) {
  if (info.manifest_digest.empty()) return;
  EvidenceReader evidence(info, reader);
  for (const auto& attestation : catalog.attestations)
    if (attestation.subject == info.manifest_digest.text()) evidence.add(attestation);
}

}  // namespace imgslim::image
