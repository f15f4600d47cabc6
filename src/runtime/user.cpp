#include "runtime/user.h"

#include <charconv>
#include <optional>

namespace imgslim::runtime {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// The field at `index` of a line of passwd(5) or group(5).
std::string_view field(std::string_view line, int index) {
  for (; index > 0; --index) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {};
    line.remove_prefix(colon + 1);
  }
  return line.substr(0, line.find(':'));
}

/// The first line whose field `index` is `value`, or "".
std::string_view line_with(std::string_view text, int index, std::string_view value) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (field(line, index) == value) return line;
  }
  return {};
}

}  // namespace

User resolve_user(const rootfs::FileSystem& files, std::string_view config_user) {
  User user;
  const auto colon = config_user.find(':');
  const auto name = config_user.substr(0, colon);
  const auto group = colon == std::string_view::npos ? std::string_view() : config_user.substr(colon + 1);
  const auto passwd = files.text_at("/etc/passwd").value_or("");
  const auto uid = number(name);
  user.numeric = name.empty() || uid.has_value();
  auto line = name.empty() ? line_with(passwd, 2, "0") : line_with(passwd, 0, name);
  if (line.empty() && uid) line = line_with(passwd, 2, name);
  if (line.empty() && !user.numeric) user.unknown_user = name;
  user.uid = line.empty() ? uid.value_or(0) : number(field(line, 2)).value_or(0);
  user.gid = line.empty() ? 0 : number(field(line, 3)).value_or(0);
  if (group.empty()) return user;
  const auto entry = line_with(files.text_at("/etc/group").value_or(""), 0, group);
  const auto gid = entry.empty() ? number(group) : number(field(entry, 2));
  if (!gid) user.unknown_group = group;
  user.gid = gid.value_or(0);
  return user;
}

}  // namespace imgslim::runtime
