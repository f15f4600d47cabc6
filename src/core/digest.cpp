#include "core/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/check.h"

namespace imgslim {
namespace {

bool is_lower_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_separator(char c) { return c == '+' || c == '.' || c == '_' || c == '-'; }
bool is_encoded(char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '=' || c == '_' || c == '-'; }

/// algorithm ::= component (separator component)*, component ::= [a-z0-9]+
bool is_algorithm(std::string_view text) {
  bool component_open = false;
  for (char c : text) {
    if (is_lower_alnum(c)) {
      component_open = true;
    } else if (is_separator(c) && component_open) {
      component_open = false;
    } else {
      return false;
    }
  }
  return component_open;
}

std::size_t hex_length(std::string_view algorithm) {
  if (algorithm == "sha256") return 64;
  if (algorithm == "sha512") return 128;
  return 0;
}

/// Fetched once: in OpenSSL 3 each implicit fetch takes a lock and a look-up.
const EVP_MD* sha256_method() {
  static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  auto refuse = [&] { return input_error("not a digest: \"" + std::string(text.substr(0, 100)) + "\""); };
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.size() > 512) return refuse();
  const auto algorithm = text.substr(0, colon);
  const auto encoded = text.substr(colon + 1);
  if (!is_algorithm(algorithm) || encoded.empty() || !std::all_of(encoded.begin(), encoded.end(), is_encoded))
    return refuse();
  if (const auto length = hex_length(algorithm); length != 0) {
    if (encoded.size() != length || !std::all_of(encoded.begin(), encoded.end(), is_lower_hex)) return refuse();
  }
  Digest digest;
  digest.text_ = text;
  return digest;
}

Digest Digest::sha256_from_hex(std::string_view hex) {
  auto digest = parse("sha256:" + std::string(hex));
  IMGSLIM_CHECK(digest.has_value());
  return std::move(digest).value();
}

std::string_view Digest::algorithm() const {
  return std::string_view(text_).substr(0, std::min(text_.find(':'), text_.size()));
}

std::string_view Digest::encoded() const {
  const auto colon = text_.find(':');
  return colon == std::string::npos ? std::string_view() : std::string_view(text_).substr(colon + 1);
}

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  IMGSLIM_CHECK(state_->context != nullptr);
  IMGSLIM_CHECK(EVP_DigestInit_ex(state_->context, sha256_method(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  IMGSLIM_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  std::array<unsigned char, 32> raw{};
  unsigned int length = 0;
  IMGSLIM_CHECK(EVP_DigestFinal_ex(state_->context, raw.data(), &length) == 1 && length == raw.size());
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char byte : raw) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return Digest::sha256_from_hex(hex);
}

Digest sha256_of(std::string_view bytes) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(bytes)));
  return hash.finish();
}

}  // namespace imgslim
