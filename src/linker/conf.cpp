#include "linker/conf.h"

#include <algorithm>
#include <set>

#include "linker/search_path.h"

// One directory on a line, "#" starts a comment, "include GLOB…" reads other files in the order of their names,
// relative to the including file; "hwcap …" is ignored, and so is "=TYPE" behind a directory. Includes nest; the depth,
// the files and the directories are bounded here, as two files may include each other.
namespace imgslim::linker {
namespace {

constexpr std::size_t most_depth = 8, most_files = 200, most_conf_directories = 1'000;
constexpr std::string_view blank = " \t\r\f\v";

/// Whether `c` is in the bracket expression that begins `pattern`; moves behind it. Without an end "[" is a plain
/// character.
bool matches_bracket(char c, std::string_view& pattern) {
  const auto end = pattern.find(']', pattern.size() > 2 && (pattern[1] == '!' || pattern[1] == '^') ? 3 : 2);
  if (end == std::string_view::npos) {
    pattern.remove_prefix(1);
    return c == '[';
  }
  auto set = pattern.substr(1, end - 1);
  pattern.remove_prefix(end + 1);
  const bool negated = set.starts_with('!') || set.starts_with('^');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found |= set[i] <= c && c <= set[i + 2];
      i += 2;
    } else {
      found |= set[i] == c;
    }
  }
  return found != negated;
}

class ConfReader {
 public:
  explicit ConfReader(const rootfs::FileSystem& files) : files_(files) {}

  void read(const std::string& path, std::size_t depth) {
    const auto text = files_.text_at(path);
    if (!text || depth > most_depth || ++files_read_ > most_files) return;
    std::size_t number = 0;
    for (auto line : split_list(*text, "\n")) {
      ++number;
      line = line.substr(0, line.find('#'));
      line.remove_prefix(std::min(line.size(), line.find_first_not_of(blank)));
      const auto words = split_words(line, blank);
      if (words.empty() || (words[0] == "hwcap" && words.size() > 1)) continue;
      if (words[0] == "include" && words.size() > 1) {
        for (std::size_t i = 1; i < words.size(); ++i) include(absolute(directory_of(path), words[i]), depth + 1);
      } else {
        add(line, path, number);
      }
    }
  }

  [[nodiscard]] std::vector<ConfiguredDirectory> done() && { return std::move(directories_); }

 private:
  void add(std::string_view line, const std::string& path, std::size_t number) {
    line = line.substr(0, line.find('='));
    line = line.substr(0, line.find_last_not_of(blank) + 1);
    while (line.size() > 1 && line.ends_with('/')) line.remove_suffix(1);
    if (line.empty() || directories_.size() >= most_conf_directories || !seen_.emplace(line).second) return;
    directories_.push_back({std::string(line), path, number});
  }

  /// Files that an absolute pattern names; wildcards in directories are followed component by component.
  void include(const std::string& pattern, std::size_t depth) {
    std::vector<std::string> paths = {""};
    for (const auto component : split_words(pattern, "/")) {
      std::vector<std::string> next;
      for (const auto& path : paths) {
        if (next.size() > most_files) break;
        if (component.find_first_of("*?[") == std::string_view::npos) {
          next.emplace_back(path).append("/").append(component);
          continue;
        }
        for (const auto& name : files_.list(path.empty() ? "/" : path))
          if (matches_glob(name, component)) next.emplace_back(path).append("/").append(name);
      }
      paths = std::move(next);
    }
    for (const auto& path : paths) read(path, depth);
  }

  const rootfs::FileSystem& files_;
  std::size_t files_read_ = 0;
  std::set<std::string, std::less<>> seen_;
  std::vector<ConfiguredDirectory> directories_;
};

}  // namespace

bool matches_glob(std::string_view name, std::string_view pattern) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  // Where to go on when the text behind the last "*" does not match: one character later.
  std::string_view retry_name, retry_pattern;
  bool has_star = false;
  while (!name.empty() || !pattern.empty()) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      retry_name = name, retry_pattern = pattern, has_star = true;
      continue;
    }
    bool matched = !name.empty() && !pattern.empty();
    if (matched && pattern.starts_with('[')) {
      matched = matches_bracket(name.front(), pattern);
    } else if (matched) {
      matched = pattern.front() == '?' || pattern.front() == name.front();
      pattern.remove_prefix(1);
    }
    if (matched) {
      name.remove_prefix(1);
      continue;
    }
    if (!has_star || retry_name.empty()) return false;
    retry_name.remove_prefix(1);
    name = retry_name, pattern = retry_pattern;
  }
  return true;
}

std::vector<ConfiguredDirectory> read_conf(const rootfs::FileSystem& files) {
  ConfReader reader(files);
  reader.read("/etc/ld.so.conf", 0);
  return std::move(reader).done();
}

}  // namespace imgslim::linker
