#include "app/shellcheck.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace imgslim::app {
namespace {

namespace fs = std::filesystem;

/// A directory of our own that goes with the object.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (fs::temp_directory_path(error_) / "imgslim.XXXXXX").string();
    if (!error_ && mkdtemp(name.data())) path_ = name;
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  ~ScratchDirectory() {
    if (!path_.empty()) fs::remove_all(path_, error_);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  std::error_code error_;
  fs::path path_;
};

std::string read_all(int descriptor) {
  std::string out;
  std::array<char, 65536> buffer;
  for (;;) {
    const auto got = read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return out;
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

/// What the program prints; "" when it does not start.
std::string output_of(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const auto child = fork();
  if (child == 0) {
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0 &&
        dup2(ends[1], STDOUT_FILENO) >= 0)
      execvp(argv.front(), argv.data());
    _exit(127);
  }
  close(ends[1]);
  auto out = child > 0 ? read_all(ends[0]) : std::string();
  close(ends[0]);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return out;
}

}  // namespace

bool has_shellcheck() {
  const char* path = std::getenv("PATH");
  std::string_view rest = path ? path : "";
  while (!rest.empty()) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (!folder.empty() && access((fs::path(folder) / "shellcheck").c_str(), X_OK) == 0) return true;
  }
  return false;
}

std::string run_shellcheck(const std::vector<std::string>& scripts) {
  const ScratchDirectory scratch;
  if (scratch.path().empty()) return {};
  std::vector<std::string> arguments{"shellcheck", "--norc", "-f", "json", "-e", "SC2187,SC1090,SC1091", "--"};
  for (std::size_t number = 0; number < scripts.size(); ++number) {
    const auto file = scratch.path() / std::to_string(number);
    std::ofstream(file, std::ios::binary) << scripts[number];
    arguments.push_back(file.string());
  }
  return output_of(arguments);
}

}  // namespace imgslim::app
