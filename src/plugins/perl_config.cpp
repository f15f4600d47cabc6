// Programs in Perl have their plugins named by configuration: SpamAssassin's `loadplugin`, PerlModule of mod_perl,
// `plugin = A::B`. Perl's names of modules are distinct enough to be told without knowing the grammar.
#include "plugins/perl_config.h"

#include <algorithm>
#include <cctype>

#include "core/path.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_files = 2'000, most_modules = 1'000;
constexpr std::size_t most_bytes = 4u << 20;
constexpr int deepest = 3;

bool is_name_byte(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == ':';
}

/// Whether the line begins with a word such as "loadplugin" or "PerlModule".
bool is_load_line(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  std::string word;
  for (auto at = begin; at < line.size() && std::isalpha(static_cast<unsigned char>(line[at])) != 0; ++at)
    word += static_cast<char>(std::tolower(static_cast<unsigned char>(line[at])));
  return word.find("load") != std::string::npos || word.find("module") != std::string::npos ||
         word.find("plugin") != std::string::npos;
}

/// The first name with "::" on the line, "" without.
std::string module_on(std::string_view line) {
  const auto colons = line.find("::");
  if (colons == std::string_view::npos || !is_load_line(line)) return {};
  auto begin = colons, end = colons;
  while (begin > 0 && is_name_byte(line[begin - 1])) --begin;
  while (end < line.size() && is_name_byte(line[end])) ++end;
  const auto name = line.substr(begin, end - begin);
  const bool plain = begin < colons && std::isalpha(static_cast<unsigned char>(name[0])) != 0 && name.back() != ':';
  return plain ? std::string(name) : std::string();
}

class Reader {
 public:
  explicit Reader(const rootfs::FileSystem& files) : files_(files) {}

  void read_directory(const std::string& directory, int depth) {
    for (const auto& name : files_.list(directory)) {
      const auto path = join_path(directory, name);
      if (files_.is_directory(path)) {
        if (depth < deepest) read_directory(path, depth + 1);
      } else if (depth > 0) {
        read_file(path);
      }
    }
  }

  std::vector<ConfiguredModule> take() { return std::move(modules_); }

 private:
  void read_file(const std::string& path) {
    if (++read_ > most_files) return;
    const auto text = files_.text_at(path);
    if (!text || text->find("::") == std::string_view::npos || (bytes_ += text->size()) > most_bytes) return;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text->size() && modules_.size() < most_modules;) {
      const auto end = std::min(text->find('\n', at), text->size());
      ++number;
      auto module = module_on(text->substr(at, end - at));
      if (!module.empty()) modules_.push_back({std::move(module), path, path + ":" + std::to_string(number)});
      at = end + 1;
    }
  }

  const rootfs::FileSystem& files_;
  std::size_t read_ = 0, bytes_ = 0;
  std::vector<ConfiguredModule> modules_;
};

}  // namespace

std::vector<ConfiguredModule> configured_perl_modules(const rootfs::FileSystem& files) {
  Reader reader(files);
  reader.read_directory("/etc", 0);
  return reader.take();
}

}  // namespace imgslim::plugins
