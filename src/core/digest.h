#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "imgslim/result.h"

namespace imgslim {

/// A content digest as the OCI image-spec writes it, "algorithm:encoded" (descriptor.md, "Digests").
/// Empty means "none stated".
class Digest {
 public:
  Digest() = default;

  /// Accepts only the grammar of descriptor.md; for sha256 and sha512 also the exact length in lower-case hex.
  static Result<Digest> parse(std::string_view text);
  /// The sha256 digest whose encoded part is `hex` (64 lower-case characters, checked).
  static Digest sha256_from_hex(std::string_view hex);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view algorithm() const;
  [[nodiscard]] std::string_view encoded() const;
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] bool is_sha256() const { return algorithm() == "sha256"; }

  friend bool operator==(const Digest&, const Digest&) = default;
  friend std::strong_ordering operator<=>(const Digest& a, const Digest& b) { return a.text_ <=> b.text_; }

 private:
  std::string text_;
};

/// Incremental SHA-256 (OpenSSL EVP; uses SHA-NI where the CPU has it).
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// Ends the computation; call once.
  [[nodiscard]] Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of bytes at hand.
[[nodiscard]] Digest sha256_of(std::string_view bytes);

}  // namespace imgslim
