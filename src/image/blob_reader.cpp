#include "image/blob_reader.h"

namespace imgslim::image {
namespace {

std::vector<std::string> possible_names(BlobNames names, const Digest& digest) {
  const std::string algorithm(digest.algorithm());
  const std::string encoded(digest.encoded());
  if (names == BlobNames::oci) return {"blobs/" + algorithm + "/" + encoded};
  // containers/image directory_transport.go: manifests of a list carry a suffix, digests other than sha256 a prefix.
  return {encoded, encoded + ".manifest.json", algorithm + "-" + encoded, algorithm + "-" + encoded + ".manifest.json"};
}

}  // namespace

Result<std::string> read_text(const archive::MemberStore& members, std::string_view name, const Limits& limits,
                              std::uint64_t Limits::*field) {
  auto text = members.read(name, limits.*field);
  if (!text && text.error().kind == ErrorKind::limit) return limit_hit(limits, field, "\"" + std::string(name) + "\"");
  return text;
}

Result<std::optional<std::string>> BlobReader::locate(const Digest& digest) const {
  if (digest.empty()) return std::optional<std::string>();
  for (const auto& name : possible_names(names_, digest)) {
    IMGSLIM_TRY(auto found, members_.resolve(name));
    if (found) return found;
  }
  return std::optional<std::string>();
}

bool BlobReader::has(const BlobDescriptor& blob) const {
  if (!blob.data.empty()) return true;
  const auto found = locate(blob.descriptor.digest);
  return found.has_value() && found->has_value();
}

Result<std::optional<std::string>> BlobReader::read_up_to(const BlobDescriptor& blob,
                                                          std::uint64_t Limits::*field) const {
  if (!blob.data.empty()) return std::optional(blob.data);
  IMGSLIM_TRY(const auto name, locate(blob.descriptor.digest));
  if (!name) return std::optional<std::string>();
  IMGSLIM_TRY(auto content, read_text(members_, *name, limits_, field));
  return std::optional(std::move(content));
}

Result<std::optional<std::string>> BlobReader::read(const BlobDescriptor& blob) const {
  return read_up_to(blob, &Limits::json_bytes);
}

Result<std::optional<std::string>> BlobReader::read_attestation(const BlobDescriptor& blob) const {
  return read_up_to(blob, &Limits::attestation_bytes);
}

std::uint64_t BlobReader::stored_bytes(const Digest& digest) const {
  const auto name = locate(digest);
  if (!name.has_value() || !name->has_value()) return 0;
  const auto index = members_.find(**name);
  return index ? members_.members()[*index].second.size_bytes : 0;
}

Status Verifier::object(Note note) {
  if (strictness_ == Strictness::strict) return input_error(note.where + ": " + note.text);
  notes_.push_back(std::move(note));
  return Done{};
}

Status Verifier::check(std::string_view what, const Descriptor& stated, std::string_view content) {
  const auto where = std::string(what) + " " + stated.digest.text();
  if (!stated.digest.is_sha256()) {
    notes_.push_back({"not-verified", where, "only sha256 digests are verified"});
    return Done{};
  }
  if (stated.size_bytes != 0 && stated.size_bytes != content.size())
    IMGSLIM_TRY_DONE(object({"size-mismatch", where,
                             "the descriptor states " + std::to_string(stated.size_bytes) + " bytes, the content has " +
                                 std::to_string(content.size())}));
  if (const auto actual = sha256_of(content); actual != stated.digest)
    IMGSLIM_TRY_DONE(object({"digest-mismatch", where, "the content's digest is " + actual.text()}));
  return Done{};
}

}  // namespace imgslim::image
