#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace imgslim::layer {

/// What kind of secret a text holds. The secret itself is never kept.
enum class SecretKind : std::uint8_t {
  private_key,         ///< a PEM or OpenSSH private key
  npm_token,           ///< _authToken, _auth or _password of .npmrc
  environment_secret,  ///< an assignment of a secret in an .env file
  cloud_key,           ///< an access key of AWS with its secret
  forge_token,         ///< a token of GitHub or GitLab
  registry_login,      ///< "auth" of .docker/config.json
  login,               ///< a password in .netrc, .git-credentials, .pypirc, .pgpass or the URL of a git remote
};
/// "a private key".
[[nodiscard]] std::string_view secret_name(SecretKind kind);

/// Larger files are not looked at.
inline constexpr std::uint64_t largest_secret_bytes = 64u << 10;

/// Whether a file may hold a secret of its owner: not where distributions and packages keep theirs, nor among tests,
/// examples and documents, whose keys are made up.
[[nodiscard]] bool may_hold_secret(std::string_view clean_path, std::uint64_t logical_bytes);

/// The first kind of secret that the whole text of such a file holds. Placeholders are none.
[[nodiscard]] std::optional<SecretKind> find_secret(std::string_view clean_path, std::string_view text);

/// Whether a value stands for another one: "", "changeme", "<token>", "${TOKEN}".
[[nodiscard]] bool is_placeholder(std::string_view value);

}  // namespace imgslim::layer
