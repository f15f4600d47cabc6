#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/member_store.h"

namespace imgslim::archive {

/// A store whose members can all be opened, at any time and in any order.
class StoredMembers : public MemberStore {
 public:
  [[nodiscard]] const std::vector<std::pair<std::string, Member>>& members() const final { return members_; }
  Result<std::string> read(std::string_view name, std::uint64_t limit_bytes) const final;
  Result<SourcePtr> open(std::string_view name) const final;

 protected:
  explicit StoredMembers(std::vector<std::pair<std::string, Member>> members);
  /// Opens the member at `index`, which is not a link.
  virtual Result<SourcePtr> open_at(std::size_t index) const = 0;

 private:
  [[nodiscard]] Result<std::size_t> find_content(std::string_view name) const;
  std::vector<std::pair<std::string, Member>> members_;
};

/// A symlink's target as Member::link_target wants it. A target outside the archive keeps its raw form, which no clean
/// name equals: following it ends as a dangling link.
[[nodiscard]] std::string symlink_member_target(std::string_view link, std::string_view target);

}  // namespace imgslim::archive
