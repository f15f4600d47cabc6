#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "archive/member_store.h"
#include "image/descriptor.h"
#include "image/resolve.h"

namespace imgslim::image {

/// How blobs are named: `blobs/ALGORITHM/HEX` (OCI) or `HEX` and `HEX.manifest.json` (skopeo's `dir:`).
enum class BlobNames { oci, skopeo_directory };

/// A member's content of at most `field` bytes; more is an error that names this limit.
[[nodiscard]] Result<std::string> read_text(const archive::MemberStore& members, std::string_view name,
                                            const Limits& limits, std::uint64_t Limits::*field);

/// Finds blobs by digest among the members of an archive and reads the small ones.
class BlobReader {
 public:
  BlobReader(const archive::MemberStore& members, BlobNames names, const Limits& limits)
      : members_(members), names_(names), limits_(limits) {}

  /// The member that holds the blob, links followed; nothing when it is not there or the digest is empty.
  [[nodiscard]] Result<std::optional<std::string>> locate(const Digest& digest) const;
  /// Like locate, but a broken link counts as absent too.
  [[nodiscard]] bool has(const BlobDescriptor& blob) const;
  /// Content, embedded or from its member, unverified; nothing when it is neither. Errors: limit json-bytes, I/O.
  [[nodiscard]] Result<std::optional<std::string>> read(const BlobDescriptor& blob) const;
  /// Like read, for attestations (limit attestation-bytes).
  [[nodiscard]] Result<std::optional<std::string>> read_attestation(const BlobDescriptor& blob) const;
  /// Bytes that the blob takes in the archive; 0 when absent.
  [[nodiscard]] std::uint64_t stored_bytes(const Digest& digest) const;

  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] const archive::MemberStore& members() const { return members_; }

 private:
  [[nodiscard]] Result<std::optional<std::string>> read_up_to(const BlobDescriptor& blob,
                                                              std::uint64_t Limits::*field) const;

  const archive::MemberStore& members_;
  BlobNames names_;
  const Limits& limits_;
};

/// Compares content with what its descriptor states. A difference is a note, under Strictness::strict an input error; a
/// digest of another algorithm than sha256 is a note "not-verified".
class Verifier {
 public:
  explicit Verifier(Strictness strictness) : strictness_(strictness) {}

  /// `what` names the content in the message: "manifest", "config".
  Status check(std::string_view what, const Descriptor& stated, std::string_view content);
  /// A disagreement that only strictness makes an error.
  Status object(Note note);

  [[nodiscard]] std::vector<Note> take_notes() { return std::move(notes_); }

 private:
  Strictness strictness_;
  std::vector<Note> notes_;
};

}  // namespace imgslim::image
