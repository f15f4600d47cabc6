#include "archive/member_store.h"

#include <utility>

namespace imgslim::archive {
namespace {

constexpr int link_hops = 40;  // as the kernel's ELOOP

Error no_such_member(std::string_view name) {
  return input_error("no member \"" + std::string(name) + "\" in the archive");
}

}  // namespace

void MemberStore::build_index() {
  index_.clear();
  const auto& all = members();
  for (std::size_t i = 0; i < all.size(); ++i) index_.insert_or_assign(all[i].first, i);
}

std::optional<std::size_t> MemberStore::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<std::string>> MemberStore::resolve(std::string_view name) const {
  if (!find(name).has_value()) return std::optional<std::string>();
  std::string current(name);
  for (int hop = 0; hop <= link_hops; ++hop) {
    const auto index = find(current);
    const auto& target = members()[*index].second.link_target;
    if (target.empty()) return std::optional(std::move(current));
    if (!find(target).has_value())
      return input_error("\"" + std::string(name) + "\" is a link to \"" + target +
                         "\", which the archive does not hold");
    current = target;
  }
  return input_error("\"" + std::string(name) + "\" is a link that leads back to itself");
}

void CapturedMembers::add(std::string name, Member member, std::optional<std::string> content) {
  contents_.erase(name);
  if (content.has_value()) contents_.emplace(name, std::move(*content));
  members_.emplace_back(std::move(name), std::move(member));
}

Result<std::string> CapturedMembers::read(std::string_view name, std::uint64_t limit_bytes) const {
  if (!find(name).has_value()) return no_such_member(name);
  const auto found = contents_.find(name);
  if (found == contents_.end())
    return input_error("\"" + std::string(name) + "\" was not kept while the archive passed by");
  if (found->second.size() > limit_bytes)
    return limit_error("\"" + std::string(name) + "\": " + std::to_string(found->second.size()) +
                       " bytes, more than the limit of " + std::to_string(limit_bytes));
  return found->second;
}

Result<SourcePtr> CapturedMembers::open(std::string_view name) const {
  if (!find(name).has_value()) return no_such_member(name);
  const auto found = contents_.find(name);
  if (found == contents_.end())
    return input_error("\"" + std::string(name) + "\" was not kept while the archive passed by");
  return SourcePtr(std::make_unique<MemorySource>(std::as_bytes(std::span(found->second))));
}

}  // namespace imgslim::archive
