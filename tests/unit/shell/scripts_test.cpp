/// Every shell script of this machine that its own shell accepts is understood, and prints to an equal one.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "shell/parse.h"
#include "shell/print.h"
#include "support/catch.h"

using namespace imgslim::shell;

namespace {

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// "dash" or "bash" by the "#!" line; "" for other files.
std::string shell_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line(128, '\0');
  file.read(line.data(), static_cast<std::streamsize>(line.size()));
  line = line.substr(0, line.find('\n'));
  if (!line.starts_with("#!")) return "";
  const auto name_end = line.find_first_of(" \0", line.find('/'));
  const auto name = line.substr(0, name_end);
  if (name.ends_with("/sh") || name.ends_with("/dash")) return "dash";
  if (name.ends_with("/bash") || line.ends_with("env bash")) return "bash";
  return "";
}

bool accepts(const std::string& shell, const std::filesystem::path& path) {
  const auto command = shell + " -n '" + path.string() + "' >/dev/null 2>&1";
  return path.string().find('\'') == std::string::npos && std::system(command.c_str()) == 0;
}

}  // namespace

TEST_CASE("scripts of the machine that dash or bash accepts are understood whole") {
  std::size_t scripts = 0;
  for (const auto* directory : {"/etc/init.d", "/usr/bin", "/usr/sbin", "/usr/lib/git-core", "/var/lib/dpkg/info"}) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      if (!entry.is_regular_file(error)) continue;
      const auto shell = shell_of(entry.path());
      if (shell.empty() || !accepts(shell, entry.path())) continue;
      ++scripts;
      INFO(entry.path().string());
      const auto dialect = shell == "bash" ? Dialect::bash : Dialect::posix;
      const auto parsed = parse(contents(entry.path()), dialect);
      CHECK(parsed.opaque.empty());
      const auto again = parse(print(parsed), dialect);
      CHECK(again.list == parsed.list);
      CHECK(print(again) == print(parsed));
    }
  }
  std::printf("%zu scripts of this machine parsed\n", scripts);
  CHECK(scripts > 50);
}
