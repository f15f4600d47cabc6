#include "archive/stored_members.h"

#include "core/path.h"

namespace imgslim::archive {

StoredMembers::StoredMembers(std::vector<std::pair<std::string, Member>> members) : members_(std::move(members)) {
  build_index();
}

Result<std::size_t> StoredMembers::find_content(std::string_view name) const {
  const auto index = find(name);
  if (!index.has_value()) return input_error("no member \"" + std::string(name) + "\" in the archive");
  if (!members_[*index].second.link_target.empty())
    return input_error("member \"" + std::string(name) + "\" is a link and has no content of its own");
  return *index;
}

Result<SourcePtr> StoredMembers::open(std::string_view name) const {
  IMGSLIM_TRY(const auto index, find_content(name));
  return open_at(index);
}

Result<std::string> StoredMembers::read(std::string_view name, std::uint64_t limit_bytes) const {
  IMGSLIM_TRY(const auto index, find_content(name));
  const auto size = members_[index].second.size_bytes;
  if (size > limit_bytes)
    return limit_error("\"" + std::string(name) + "\": " + std::to_string(size) + " bytes, more than the limit of " +
                       std::to_string(limit_bytes));
  IMGSLIM_TRY(const auto source, open_at(index));
  std::string content(static_cast<std::size_t>(size), '\0');
  IMGSLIM_TRY(const auto count, read_fully(*source, std::as_writable_bytes(std::span(content))));
  if (count < content.size())
    return input_error("\"" + std::string(name) + "\" ends after " + std::to_string(count) + " of " +
                       std::to_string(size) + " bytes");
  return content;
}

std::string symlink_member_target(std::string_view link, std::string_view target) {
  auto resolved = resolve_link(link, target);
  if (target.starts_with('/') || resolved.escaped_root) return std::string(target);
  return resolved.text.empty() ? "." : std::move(resolved.text);
}

}  // namespace imgslim::archive
