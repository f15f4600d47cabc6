#include <map>

#include "archive/stored_members.h"
#include "archive/tar_reader.h"
#include "core/path.h"

namespace imgslim::archive {
namespace {

struct Place {
  std::uint64_t offset = 0;
  bool sparse = false;
};

class TarMembers final : public StoredMembers {
 public:
  TarMembers(std::shared_ptr<const File> file, std::vector<std::pair<std::string, Member>> members,
             std::vector<Place> places)
      : StoredMembers(std::move(members)), file_(std::move(file)), places_(std::move(places)) {}

 private:
  Result<SourcePtr> open_at(std::size_t index) const override {
    const auto& [name, member] = members()[index];
    if (places_[index].sparse)
      return input_error("member \"" + name +
                         "\" is stored as a sparse file; write the archive again without --sparse");
    return SourcePtr(std::make_unique<FileRegion>(file_, places_[index].offset, member.size_bytes));
  }

  std::shared_ptr<const File> file_;
  std::vector<Place> places_;
};

/// Collects members; a name that comes again replaces the earlier one, as it does when the archive is unpacked.
class TarIndex {
 public:
  void add(std::string name, Member member, Place place) {
    const auto [known, is_new] = newest_.try_emplace(name, members_.size());
    if (!is_new) {
      members_[known->second].first.clear();  // no member has an empty name
      known->second = members_.size();
    }
    members_.emplace_back(std::move(name), std::move(member));
    places_.push_back(place);
  }

  std::unique_ptr<MemberStore> store(std::shared_ptr<const File> file) && {
    std::vector<std::pair<std::string, Member>> members;
    std::vector<Place> places;
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (members_[i].first.empty()) continue;
      members.push_back(std::move(members_[i]));
      places.push_back(places_[i]);
    }
    return std::make_unique<TarMembers>(std::move(file), std::move(members), std::move(places));
  }

 private:
  std::vector<std::pair<std::string, Member>> members_;
  std::vector<Place> places_;
  std::map<std::string, std::size_t> newest_;
};

std::optional<Member> to_member(const TarEntry& entry, std::string_view name) {
  switch (entry.kind) {
    case EntryKind::regular:
      return Member{entry.logical_bytes, ""};
    case EntryKind::symlink:
      return Member{0, symlink_member_target(name, entry.link_target)};
    case EntryKind::hardlink:
      return Member{0, symlink_member_target("", clean_path(entry.link_target).text)};
    default:
      return std::nullopt;
  }
}

}  // namespace

Result<std::unique_ptr<MemberStore>> index_tar_file(std::shared_ptr<const File> file, const Limits& limits) {
  FileRegion region(file, 0, file->size_bytes());
  TarReader reader(region, limits);
  TarIndex index;
  std::uint64_t entries = 0;
  while (true) {
    IMGSLIM_TRY(const auto entry, reader.next());
    if (!entry.has_value()) return std::move(index).store(std::move(file));
    if (++entries > limits.archive_members)
      return limit_hit(limits, &Limits::archive_members, "members of the archive");
    auto name = clean_path(entry->path).text;
    if (auto member = to_member(*entry, name); member.has_value() && !name.empty())
      index.add(std::move(name), std::move(*member), {reader.content_offset(), entry->sparse});
  }
}

}  // namespace imgslim::archive
