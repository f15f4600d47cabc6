#include "memory/worker_settings.h"

#include <algorithm>
#include <charconv>

namespace imgslim::memory {
namespace {

constexpr std::uint64_t most_workers = 1024;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view around = " \t\r;\"'";
  const auto begin = text.find_first_not_of(around);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(around) + 1 - begin);
}

}  // namespace

std::optional<std::uint64_t> worker_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return std::min(value, most_workers);
}

std::optional<std::string_view> setting(std::string_view text, std::string_view name) {
  std::optional<std::string_view> found;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name)) continue;
    const auto rest = line.substr(name.size());
    const auto value = std::min(rest.find_first_not_of(" \t=("), rest.size());
    if (value == 0 && !rest.empty()) continue;
    found = trimmed(rest.substr(value, rest.find_first_of(";#", value) - value));
  }
  return found;
}

std::optional<std::string_view> configured(const runtime::ProcessClosure& process, const rootfs::FileSystem& files,
                                           std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& path : process.configuration)
    if (const auto text = files.text_at(path))
      if (const auto value = setting(*text, name)) found = value;
  return found;
}

std::optional<std::string_view> option(const std::vector<std::string>& argv, std::string_view short_name,
                                       std::string_view long_name) {
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    if (word.empty()) continue;
    if (word == short_name || word == long_name) return i + 1 < argv.size() ? argv[i + 1] : std::string_view();
    if (!long_name.empty() && word.starts_with(long_name) && word.substr(long_name.size()).starts_with('='))
      return word.substr(long_name.size() + 1);
    if (!short_name.empty() && word.starts_with(short_name) && !word.starts_with("--"))
      return word.substr(short_name.size());
  }
  return std::nullopt;
}

bool has_word(const runtime::ProcessClosure& process, std::string_view word) {
  const auto& argv = process.process.argv;
  return std::find(argv.begin(), argv.end(), word) != argv.end();
}

}  // namespace imgslim::memory
