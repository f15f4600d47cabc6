#include "app/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "core/nearest.h"

namespace imgslim::app {
namespace {

constexpr std::array<std::string_view, 16> format_names{"text",  "json",   "ncdu",       "folded", "tree", "markdown",
                                                        "sarif", "github", "gitlab",     "azure",  "gcc",  "checkstyle",
                                                        "junit", "rdjson", "prometheus", "html"};

Error system_error(const std::string& what) { return environment_error(what + ": " + std::strerror(errno)); }

Status write_all(int descriptor, std::string_view bytes, const std::string& where) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error("cannot write " + where);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Done{};
}

/// The mode a file made by open(…, 0666) would get: mkostemp makes private ones.
mode_t default_mode() {
  const auto mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

/// Writes beside the file and renames over it.
Status replace_file(const std::string& file, std::string_view bytes, mode_t mode) {
  std::string temporary = file + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot create a file beside " + file);
  auto status = write_all(descriptor, bytes, file);
  if (status && fchmod(descriptor, mode) != 0) status = system_error("cannot set the mode of " + file);
  if (close(descriptor) != 0 && status) status = system_error("cannot write " + file);
  if (status && rename(temporary.c_str(), file.c_str()) != 0) status = system_error("cannot rename to " + file);
  if (!status) unlink(temporary.c_str());
  return status;
}

/// Devices and pipes (/dev/null, >(...)) cannot be renamed over.
bool is_special(const std::string& file) {
  struct stat status {};
  return stat(file.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

Status write_special(const std::string& file, std::string_view bytes) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot open " + file);
  auto status = write_all(descriptor, bytes, file);
  if (close(descriptor) != 0 && status) status = system_error("cannot write " + file);
  return status;
}

}  // namespace

Result<std::vector<OutputRequest>> parse_outputs(const std::vector<std::string>& values) {
  std::vector<OutputRequest> requests;
  for (const auto& value : values) {
    const auto equals = std::min(value.find('='), value.size());
    const auto name = std::string_view(value).substr(0, equals);
    const auto found = std::find(format_names.begin(), format_names.end(), name);
    if (found == format_names.end())
      return usage_error("unknown output format \"" + std::string(name) + "\"" + did_you_mean(name, format_names) +
                         " (text, json, html, markdown, sarif, github, gitlab, azure, gcc, checkstyle, junit, rdjson, "
                         "prometheus, ncdu, folded, tree)");
    OutputRequest request{static_cast<OutputFormat>(found - format_names.begin()), ""};
    if (equals < value.size()) {
      request.file = value.substr(equals + 1);
      if (request.file.empty()) return usage_error("-o " + value + " names no file");
    }
    if (request.file == "-") request.file.clear();
    for (const auto& other : requests)
      if (other.file == request.file)
        return usage_error(request.file.empty()
                               ? "two outputs cannot share standard output: give one a file, as in -o json=report.json"
                               : "two outputs go to " + request.file);
    requests.push_back(std::move(request));
  }
  if (requests.empty()) requests.emplace_back();
  return requests;
}

Status write_output(const OutputRequest& request, std::string_view bytes) {
  if (request.file.empty()) return write_all(STDOUT_FILENO, bytes, "standard output");
  if (is_special(request.file)) return write_special(request.file, bytes);
  return replace_file(request.file, bytes, default_mode());
}

Status rewrite_file(const std::string& file, std::string_view bytes) {
  char resolved[PATH_MAX];
  struct stat status {};
  if (realpath(file.c_str(), resolved) == nullptr || stat(resolved, &status) != 0)
    return system_error("cannot find " + file);
  return replace_file(resolved, bytes, status.st_mode & 07777);
}

}  // namespace imgslim::app
