// What programs expect to find beside themselves: certificates, zone data, /tmp, and what variables name.
#include <algorithm>
#include <cctype>
#include <iterator>

#include "core/path.h"
#include "runtime/finding_rules.h"

namespace imgslim::runtime {
namespace {

Finding warning(std::string path, std::string message, Severity severity = Severity::warning) {
  Finding finding;
  finding.severity = severity;
  finding.message = std::move(message);
  if (!path.empty()) finding.evidence.push_back({path, 0});
  finding.path = std::move(path);
  return finding;
}

/// The value of a variable of the config, the last of equal names.
std::string_view variable(const image::ImageConfig& config, std::string_view name) {
  for (auto entry = config.env.rbegin(); entry != config.env.rend(); ++entry) {
    const std::string_view text = *entry;
    if (text.size() > name.size() && text.starts_with(name) && text[name.size()] == '=')
      return text.substr(name.size() + 1);
  }
  return {};
}

bool is_there(const FindingInput& input, std::string_view path) { return input.files.canonical(path).has_value(); }

/// Where distributions keep the bundle that OpenSSL, GnuTLS and Go look for (crypto/x509/root_linux.go has the list).
bool has_certificates(const FindingInput& input) {
  constexpr std::string_view bundles[] = {"/etc/ssl/certs/ca-certificates.crt",
                                          "/etc/pki/tls/certs/ca-bundle.crt",
                                          "/etc/ssl/ca-bundle.pem",
                                          "/etc/pki/tls/cacert.pem",
                                          "/etc/ssl/cert.pem",
                                          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"};
  for (const std::string_view name : {"SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"})
    if (const auto value = variable(input.config, name); !value.empty() && is_there(input, value)) return true;
  return !input.files.list("/etc/ssl/certs").empty() ||
         std::any_of(std::begin(bundles), std::end(bundles),
                     [&](std::string_view path) { return is_there(input, path); });
}

/// "Europe/Berlin": neither a rule of its own ("CET-1CEST", POSIX.1 8.3) nor UTC, which needs no file.
std::string_view zone_name(std::string_view value) {
  if (value.starts_with(':')) value.remove_prefix(1);
  const bool is_rule = value.find('/') == std::string_view::npos && std::any_of(value.begin(), value.end(), [](char c) {
                         return std::isdigit(static_cast<unsigned char>(c)) != 0;
                       });
  constexpr std::string_view without_file[] = {"", "UTC", "GMT", "Z", "UCT", "Zulu", "Etc/UTC", "Etc/GMT", "Universal"};
  const bool builtin = std::find(std::begin(without_file), std::end(without_file), value) != std::end(without_file);
  return is_rule || builtin ? std::string_view() : value;
}

/// Runtimes that carry zone data of their own.
bool has_own_zones(std::string_view runtime) {
  return runtime.starts_with("java") || runtime.starts_with("node") || runtime.starts_with("go");
}

/// Directories of the PATH that every engine sets; slim images lack most of them.
bool is_usual(std::string_view directory) {
  constexpr std::string_view usual[] = {"/usr/local/sbin", "/usr/local/bin",   "/usr/sbin", "/usr/bin", "/sbin", "/bin",
                                        "/usr/games",      "/usr/local/games", "/snap/bin"};
  return std::find(std::begin(usual), std::end(usual), directory) != std::end(usual);
}

void check_directories(const FindingInput& input, std::string_view name, std::string_view separators,
                       std::vector<Finding>& result) {
  auto rest = variable(input.config, name);
  while (!rest.empty()) {
    const auto element = rest.substr(0, rest.find_first_of(separators));
    rest.remove_prefix(std::min(rest.size(), element.size() + 1));
    const bool literal = element.starts_with('/') && element.find('$') == std::string_view::npos;
    if (!literal || is_usual(element) || is_there(input, element)) continue;
    result.push_back(warning(std::string(element), std::string(name) + " names " + std::string(element) +
                                                       ", which is not in the image: correct ENV"));
    result.back().instruction = "ENV " + std::string(name);
  }
}

}  // namespace

/// An image that exposes ports is a server's: what it could do as a client tells nothing.
std::vector<Finding> certificates_missing(const FindingInput& input) {
  if (!input.config.exposed_ports.empty() || has_certificates(input)) return {};
  for (const auto& process : input.closure.processes) {
    const auto& program = process.process.program;
    const auto* facts = input.files.elf(program.file);
    if (facts == nullptr || (facts->imports & elf::imports_tls_client) == 0 || process.process.tier == Tier::possible)
      continue;
    return {warning(program.path,
                    program.path +
                        " can speak TLS as a client, but the image has no CA certificates to verify servers with: "
                        "install ca-certificates, or copy /etc/ssl/certs/ca-certificates.crt")};
  }
  return {};
}

std::vector<Finding> zone_data_missing(const FindingInput& input) {
  const auto zone = zone_name(variable(input.config, "TZ"));
  if (zone.empty() || input.closure.processes.empty()) return {};
  const auto& processes = input.closure.processes;
  if (std::all_of(processes.begin(), processes.end(),
                  [](const ProcessClosure& process) { return has_own_zones(process.runtime); }))
    return {};
  const auto stated = variable(input.config, "TZDIR");
  const auto path = zone.starts_with('/')
                        ? std::string(zone)
                        : (stated.empty() ? "/usr/share/zoneinfo" : std::string(stated)) + "/" + std::string(zone);
  if (is_there(input, path)) return {};
  auto finding = warning(
      path, "TZ is " + std::string(zone) + ", but the image has no " + path + ", so times are UTC: install tzdata");
  finding.instruction = "ENV TZ";
  return {std::move(finding)};
}

std::vector<Finding> no_temporary_directory(const FindingInput& input) {
  constexpr std::uint32_t wanted = 01777;
  const auto& tree = input.files.tree();
  const auto node = tree.resolve("/tmp");
  if (node == tree::Node::none) {
    if (input.closure.processes.empty()) return {};
    return {warning("/tmp", "the image has no /tmp, which many programs take for granted: create it with mode 1777")};
  }
  const auto entry = tree.node(node).entry;
  if (tree.kind(node) != layer::EntryKind::directory || entry == tree::Node::implied) return {};
  const auto mode = tree.home(entry).owners[tree.entry(entry).owner].mode;
  if ((mode & wanted) == wanted) return {};
  return {warning("/tmp", "/tmp does not let every user write files of their own: give it mode 1777")};
}

/// A static program of glibc still opens the C library's modules at run time, of the very version that it was linked
/// with.
std::vector<Finding> static_name_service(const FindingInput& input) {
  std::vector<Finding> result;
  if (is_there(input, "/etc/nsswitch.conf")) return result;
  for (const auto& process : input.closure.processes) {
    const auto& program = process.process.program;
    const auto* facts = input.files.elf(program.file);
    if (process.runtime != "static" || facts == nullptr || process.process.tier == Tier::possible) continue;
    const auto& strings = facts->path_strings;
    if (std::find(strings.begin(), strings.end(), "/etc/nsswitch.conf") == strings.end()) continue;
    result.push_back(warning(program.path,
                             program.path + " is linked statically with glibc and resolves names, but the image has no "
                                            "/etc/nsswitch.conf: link it with musl, or copy the file",
                             Severity::info));
  }
  return result;
}

std::vector<Finding> variable_names_nothing(const FindingInput& input) {
  std::vector<Finding> result;
  check_directories(input, "PATH", ":", result);
  check_directories(input, "LD_LIBRARY_PATH", ":;", result);
  for (const auto& missing : input.closure.missing) {
    if (missing.via != "LD_PRELOAD" || missing.tier != Tier::certain) continue;
    result.push_back(warning(missing.name, missing.name +
                                               " is to be preloaded but is not in the image: correct LD_PRELOAD or "
                                               "/etc/ld.so.preload"));
  }
  return result;
}

}  // namespace imgslim::runtime
