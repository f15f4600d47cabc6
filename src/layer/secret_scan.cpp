// Secrets in small texts, told by forms that hardly anything else has: the armour of PEM (RFC 7468) with base64 below
// it, the prefixes of tokens (GitHub: ghp_ and its like, github_pat_; GitLab: glpat-; AWS: AKIA), and the members that
// npm (.npmrc), Docker (config.json), git (credential-store, URLs of remotes), netrc(5), pip (.pypirc) and PostgreSQL
// (.pgpass) keep passwords in. A false alarm costs more than a miss: what could be a placeholder, a test's or a
// document's is left out.
#include "layer/secret_scan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <unordered_set>

#include "core/path.h"

namespace imgslim::layer {
namespace {

/// Directories of distributions and packages, and of what is made up.
constexpr std::array foreign_directories{
    std::string_view("usr/lib"),         std::string_view("usr/share"),           std::string_view("usr/include"),
    std::string_view("usr/libexec"),     std::string_view("usr/local/go"),        std::string_view("usr/local/include"),
    std::string_view("usr/local/share"), std::string_view("var/lib/dpkg"),        std::string_view("var/lib/apt"),
    std::string_view("etc/ssl/certs"),   std::string_view("etc/ca-certificates"), std::string_view("lib")};
constexpr std::array foreign_names{
    std::string_view("node_modules"), std::string_view("site-packages"), std::string_view("dist-packages"),
    std::string_view("gems"),         std::string_view("vendor"),        std::string_view("test"),
    std::string_view("tests"),        std::string_view("testdata"),      std::string_view("__tests__"),
    std::string_view("fixtures"),     std::string_view("spec"),          std::string_view("example"),
    std::string_view("examples"),     std::string_view("doc"),           std::string_view("docs"),
    std::string_view("samples"),      std::string_view("mock")};
constexpr std::array foreign_pairs{std::string_view("pkg/mod"), std::string_view("registry/cache")};
/// Parts of names of files that show how the real one looks.
constexpr std::array model_names{std::string_view("example"),  std::string_view("sample"),
                                 std::string_view("template"), std::string_view(".dist"),
                                 std::string_view("snakeoil"), std::string_view("dummy")};

/// Asked for most files of an image: one look-up for each directory above the file.
bool is_of_others(std::string_view path) {
  static const std::unordered_set<std::string_view> names(foreign_names.begin(), foreign_names.end());
  std::size_t begin = 0;
  for (auto end = path.find('/'); end != std::string_view::npos; end = path.find('/', begin)) {
    if (names.contains(path.substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return std::any_of(foreign_directories.begin(), foreign_directories.end(),
                     [&](std::string_view directory) { return is_within(path, directory); }) ||
         std::any_of(foreign_pairs.begin(), foreign_pairs.end(),
                     [&](std::string_view pair) { return is_below_directory_named(path, pair); });
}

bool is_token_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\"'");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\"',;") - begin + 1);
}

/// Whether one of the text's lines fits; empty lines and comments are left out.
template <typename Fits>
bool any_line(std::string_view text, Fits fits) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.front() != '#' && line.front() != ';' && fits(line)) return true;
  }
  return false;
}

/// What stands behind "name=" or "name:" of a line that begins, or whose URL part ends, with the name.
std::string_view value_behind(std::string_view line, std::string_view name) {
  const auto at = line.find(name);
  if (at == std::string_view::npos) return {};
  const auto rest = line.substr(at + name.size());
  const auto mark = rest.find_first_not_of(" \t\"'");
  if (mark == std::string_view::npos || (rest[mark] != '=' && rest[mark] != ':')) return {};
  return trim(rest.substr(mark + 1));
}

bool states(std::string_view line, std::string_view name) { return !is_placeholder(value_behind(line, name)); }

/// "-----BEGIN … PRIVATE KEY-----" at the begin of a line, and base64 of some length below it.
bool has_private_key(std::string_view text) {
  constexpr std::string_view armour = "PRIVATE KEY-----";
  constexpr std::size_t least_base64 = 100;
  for (auto at = text.find(armour); at != std::string_view::npos; at = text.find(armour, at + 1)) {
    const auto line = text.rfind('\n', at) == std::string_view::npos ? 0 : text.rfind('\n', at) + 1;
    if (!text.substr(line).starts_with("-----BEGIN ")) continue;
    const auto body = text.substr(at + armour.size());
    const auto end = body.find("-----END ");
    if (end == std::string_view::npos) continue;
    const auto base64 = std::count_if(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
    });
    if (static_cast<std::size_t>(base64) >= least_base64) return true;
  }
  return false;
}

/// A word that begins with the prefix and goes on for `length` token characters or more.
bool has_token(std::string_view text, std::string_view prefix, std::size_t length) {
  for (auto at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
    if (at > 0 && is_token_character(text[at - 1])) continue;
    const auto rest = text.substr(at + prefix.size());
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_token_character);
    const auto token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    const bool varied = !token.empty() && token.find_first_not_of(token.front()) != std::string_view::npos;
    if (token.size() >= length && varied && lower(token).find("example") == std::string::npos) return true;
  }
  return false;
}

/// An access key id alone is no secret: the other half must be there.
bool has_cloud_key(std::string_view text) {
  constexpr std::size_t id_length = 16;
  return has_token(text, "AKIA", id_length) && lower(text).find("secret") != std::string::npos;
}

bool is_environment_file(std::string_view name) { return name == ".env" || name.starts_with(".env."); }

/// API_TOKEN=…, DB_PASSWORD=…
bool assigns_secret(std::string_view line) {
  constexpr std::size_t least_value = 6;
  if (line.starts_with("export ")) line.remove_prefix(7);
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  const auto name = lower(trim(line.substr(0, equals)));
  const auto value = trim(line.substr(equals + 1));
  constexpr std::array parts{std::string_view("secret"), std::string_view("password"),
                             std::string_view("passwd"), std::string_view("api_key"),
                             std::string_view("apikey"), std::string_view("access_key"),
                             std::string_view("token"),  std::string_view("private_key")};
  constexpr std::array harmless{std::string_view("_file"), std::string_view("_path"),   std::string_view("_url"),
                                std::string_view("_ttl"),  std::string_view("_expiry"), std::string_view("_expires_in"),
                                std::string_view("_name")};
  const bool named = std::any_of(parts.begin(), parts.end(),
                                 [&](std::string_view part) { return name.find(part) != std::string::npos; });
  const bool aside = std::any_of(harmless.begin(), harmless.end(), [&](auto ending) { return name.ends_with(ending); });
  return named && !aside && value.size() >= least_value && !is_placeholder(value);
}

/// "https://user:token@host" where the token is none of a variable's.
bool has_login_in_url(std::string_view line) {
  const auto scheme = line.find("://");
  if (scheme == std::string_view::npos) return false;
  const auto authority = line.substr(scheme + 3, line.substr(scheme + 3).find('/'));
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return false;
  const auto colon = authority.find(':');
  return colon < at && !is_placeholder(authority.substr(colon + 1, at - colon - 1));
}

bool netrc_login(std::string_view line) {
  const auto at = line.find("password ");
  return at != std::string_view::npos && !is_placeholder(trim(line.substr(at + 9)));
}

/// "host:port:database:user:password".
bool pgpass_login(std::string_view line) {
  return std::count(line.begin(), line.end(), ':') >= 4 && !is_placeholder(line.substr(line.rfind(':') + 1));
}

/// Kinds that the file's name decides.
std::optional<SecretKind> secret_of_name(std::string_view path, std::string_view text) {
  const auto name = base_name(path);
  if (name == ".npmrc" || name == "npmrc") {
    const auto token = [](std::string_view line) {
      return states(line, "_authToken") || states(line, "_auth") || states(line, "_password");
    };
    if (any_line(text, token)) return SecretKind::npm_token;
  }
  if (is_environment_file(name) && any_line(text, assigns_secret)) return SecretKind::environment_secret;
  if (path.ends_with(".docker/config.json") &&
      any_line(text, [](std::string_view line) { return states(line, "auth\""); }))
    return SecretKind::registry_login;
  if (path.ends_with(".aws/credentials") &&
      any_line(text, [](std::string_view line) { return states(line, "aws_secret_access_key"); }))
    return SecretKind::cloud_key;
  const bool has_urls = name == ".git-credentials" || path.ends_with(".git/config");
  if ((name == ".netrc" && any_line(text, netrc_login)) || (name == ".pgpass" && any_line(text, pgpass_login)) ||
      (has_urls && any_line(text, has_login_in_url)) ||
      (name == ".pypirc" && any_line(text, [](std::string_view line) { return states(line, "password"); })))
    return SecretKind::login;
  return std::nullopt;
}

}  // namespace

std::string_view secret_name(SecretKind kind) {
  switch (kind) {
    case SecretKind::private_key:
      return "a private key";
    case SecretKind::npm_token:
      return "a login of npm";
    case SecretKind::environment_secret:
      return "a secret variable";
    case SecretKind::cloud_key:
      return "an access key of AWS";
    case SecretKind::forge_token:
      return "a token of GitHub or GitLab";
    case SecretKind::registry_login:
      return "a login of a container registry";
    case SecretKind::login:
      break;
  }
  return "a password";
}

bool is_placeholder(std::string_view value) {
  const auto text = lower(trim(value));
  constexpr std::array known{std::string_view(""),         std::string_view("changeme"), std::string_view("change_me"),
                             std::string_view("password"), std::string_view("secret"),   std::string_view("token"),
                             std::string_view("none"),     std::string_view("null"),     std::string_view("true"),
                             std::string_view("false"),    std::string_view("todo"),     std::string_view("postgres"),
                             std::string_view("root"),     std::string_view("test")};
  if (std::find(known.begin(), known.end(), text) != known.end()) return true;
  if (text.find("${") != std::string::npos || text.front() == '$' || text.front() == '<' || text.front() == '%' ||
      text.starts_with("{{"))
    return true;
  for (const std::string_view part : {"your", "example", "placeholder", "change-me", "changeme", "replace", "xxx"})
    if (text.find(part) != std::string::npos) return true;
  return text.find_first_not_of(text.front()) == std::string::npos;
}

bool may_hold_secret(std::string_view path, std::uint64_t logical_bytes) {
  if (logical_bytes == 0 || logical_bytes > largest_secret_bytes || is_of_others(path)) return false;
  const auto name = lower(base_name(path));
  return std::none_of(model_names.begin(), model_names.end(),
                      [&](std::string_view part) { return name.find(part) != std::string::npos; });
}

std::optional<SecretKind> find_secret(std::string_view path, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  if (const auto kind = secret_of_name(path, text)) return kind;
  if (has_private_key(text)) return SecretKind::private_key;
  if (has_cloud_key(text)) return SecretKind::cloud_key;
  constexpr std::size_t github = 36, fine_grained = 60, gitlab = 20;
  for (const std::string_view prefix : {"ghp_", "gho_", "ghs_"})
    if (has_token(text, prefix, github)) return SecretKind::forge_token;
  if (has_token(text, "github_pat_", fine_grained) || has_token(text, "glpat-", gitlab)) return SecretKind::forge_token;
  return std::nullopt;
}

}  // namespace imgslim::layer
