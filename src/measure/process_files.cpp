#include "measure/process_files.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

namespace imgslim::measure {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string proc(pid_t pid, const char* name) { return "/proc/" + std::to_string(pid) + "/" + name; }

std::string namespace_of(pid_t pid) {
  std::string target(64, '\0');
  const auto size = readlink(proc(pid, "ns/pid").c_str(), target.data(), target.size());
  target.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return target;
}

/// "Rss:      12 kB": the number, for a line of that name.
bool read_kib(const std::string& line, const char* name, std::uint64_t& bytes) {
  if (!line.starts_with(name)) return false;
  std::istringstream(line.substr(std::char_traits<char>::length(name))) >> bytes;
  bytes *= 1024;
  return true;
}

/// The path at the end of a mapping's first line, "" for what has none. Its five fields before are hexadecimal or
/// letters.
std::string path_of(const std::string& line) {
  std::size_t at = 0;
  for (int field = 0; field < 5; ++field) at = std::min(line.find(' ', at), line.size() - 1) + 1;
  const auto begin = line.find_first_not_of(' ', at);
  return begin == std::string::npos ? std::string() : line.substr(begin);
}

}  // namespace

std::vector<pid_t> processes_in_namespace_of(pid_t pid) {
  std::vector<pid_t> pids;
  const auto wanted = namespace_of(pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir("/proc"), closedir);
  if (wanted.empty() || !directory) return pids;
  while (const auto* entry = readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    pid_t number = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
    if (parsed.ptr == name.data() + name.size() && namespace_of(number) == wanted) pids.push_back(number);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

std::uint64_t cpu_ticks(pid_t pid) {
  const auto text = read_file(proc(pid, "stat"));
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::uint64_t user = 0, system = 0;
  fields >> user >> system;
  return user + system;
}

ResidentMemory parse_smaps(const std::string& text) {
  ResidentMemory memory;
  ResidentMemory::File nowhere;
  auto* file = &nowhere;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::uint64_t bytes = 0;
    const bool is_field = line.find(':') < line.find(' ');
    if (!is_field) {
      const auto path = path_of(line);
      file = path.starts_with('/') ? &memory.files[path] : &nowhere;
    } else if (read_kib(line, "Rss:", bytes)) {
      memory.resident_bytes += bytes;
      file->resident_bytes += bytes;
    } else if (read_kib(line, "Anonymous:", bytes)) {
      memory.private_bytes += bytes;
      file->private_bytes += bytes;
    }
  }
  return memory;
}

ResidentMemory resident_memory(pid_t pid) { return parse_smaps(read_file(proc(pid, "smaps"))); }

}  // namespace imgslim::measure
