// Directories of two images. Each report lists the directories that hold at least a thousandth of its image, and what
// each holds beyond those: its own bytes. A directory that only one side lists is new or gone when most of its bytes
// cannot have been there before; else it has just crossed that threshold, and its own bytes are counted in its parent's
// on both sides. New and gone directories are one row with all that is below them; one of each with equal bytes and
// files is a directory that was renamed.
#include <set>

#include "budget/changed_rows.h"
#include "budget/comparison_parts.h"
#include "core/path.h"

namespace imgslim::budget {
namespace {

constexpr std::uint64_t rows_hold_at_least_one_in = 1000;  ///< attribution::directory_rows

struct Directory {
  DiffNumber own_bytes;
  DiffNumber all_bytes, files;
};
using Directories = std::map<std::string, Seen<Directory>>;

enum class Which { before, after };

std::uint64_t& side(DiffNumber& number, Which which) { return which == Which::before ? number.before : number.after; }
std::uint64_t side(const DiffNumber& number, Which which) {
  return which == Which::before ? number.before : number.after;
}
Which other(Which which) { return which == Which::before ? Which::after : Which::before; }

void add(Directories& directories, const Report& report, Which which) {
  for (const auto& path : report.paths) {
    auto& entry = directories[path.path];
    (which == Which::before ? entry.before : entry.after) = true;
    side(entry.row.own_bytes, which) += path.own_visible_bytes;
    side(entry.row.all_bytes, which) = path.visible_bytes;
    side(entry.row.files, which) = path.files;
  }
}

class PathChanges {
 public:
  explicit PathChanges(const Sides& sides)
      : total_{sides.base.totals.visible_bytes, sides.head.totals.visible_bytes},
        cut_{is_cut(sides.base, "paths", sides.base.paths.empty(), total_.before),
             is_cut(sides.head, "paths", sides.head.paths.empty(), total_.after)} {
    add(directories_, sides.base, Which::before);
    add(directories_, sides.head, Which::after);
  }

  std::vector<DiffPath> rows() && {
    for (auto& [path, entry] : directories_) settle(path, entry);
    match_renames(roots(Which::before), roots(Which::after));
    DiffPath rest{"size", rest_name, std::nullopt, total_};
    for (const auto& row : rows_) take_off(rest.visible_bytes, row.visible_bytes);
    std::erase_if(rows_, [](const DiffPath& row) { return row.change == "size" && row.visible_bytes.change() == 0; });
    std::stable_sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    sort_by_change(rows_, &DiffPath::visible_bytes);
    if (rest.visible_bytes.change() != 0) rows_.push_back(std::move(rest));
    return std::move(rows_);
  }

 private:
  struct Root {
    std::string path;
    std::uint64_t bytes = 0, files = 0;
  };

  /// Parents come before their children. What is on one side only goes to the root of all that is new or gone with it,
  /// or to the row above it.
  void settle(const std::string& path, Seen<Directory>& entry) {
    if (entry.before && entry.after) {
      sums_[path] = entry.row.own_bytes;
      return;
    }
    if (cut_.doubt(entry)) return;
    const auto which = entry.before ? Which::before : Which::after;
    const auto root = root_of_[which == Which::after].find(std::string(parent_path(path)));
    if (!path.empty() && root != root_of_[which == Which::after].end()) {
      root_of_[which == Which::after][path] = root->second;
      side(sums_[root->second], which) += side(entry.row.own_bytes, which);
      return;
    }
    if (auto* above = above_on_both(path); above && may_be_below_the_cut(entry, *above->second, which)) {
      side(sums_[above->first], which) += side(entry.row.own_bytes, which);
      folded_.insert(path);
      return;
    }
    root_of_[which == Which::after][path] = path;
    side(sums_[path], which) += side(entry.row.own_bytes, which);
  }

  using Above = std::pair<std::string, Seen<Directory>*>;
  /// The row above that is on both sides; rows that were folded are passed over.
  Above* above_on_both(std::string_view path) {
    while (!path.empty()) {
      path = parent_path(path);
      const auto found = directories_.find(std::string(path));
      if (found == directories_.end() || folded_.contains(found->first)) continue;
      if (!found->second.before || !found->second.after) return nullptr;
      above_ = {found->first, &found->second};
      return &above_;
    }
    return nullptr;
  }

  [[nodiscard]] bool may_be_below_the_cut(const Seen<Directory>& entry, const Seen<Directory>& above,
                                          Which which) const {
    const auto hidden =
        std::min(side(total_, other(which)) / rows_hold_at_least_one_in, side(above.row.own_bytes, other(which)));
    return side(entry.row.all_bytes, which) / 2 <= hidden;
  }

  [[nodiscard]] std::vector<Root> roots(Which which) const {
    std::vector<Root> found;
    for (const auto& [path, root] : root_of_[which == Which::after])
      if (path == root) {
        found.push_back({path, side(sums_.at(path), which), side(directories_.at(path).row.files, which)});
      }
    return found;
  }

  void match_renames(const std::vector<Root>& gone, const std::vector<Root>& added) {
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::pair<std::vector<const Root*>, std::vector<const Root*>>>
        equal;
    for (const auto& root : gone) equal[{root.bytes, root.files}].first.push_back(&root);
    for (const auto& root : added) equal[{root.bytes, root.files}].second.push_back(&root);
    std::map<std::string, std::string> before_of;
    std::set<std::string> renamed;
    for (const auto& [key, both] : equal) {
      if (key.first == 0 || both.first.size() != 1 || both.second.size() != 1) continue;
      before_of[both.second[0]->path] = both.first[0]->path;
      renamed.insert(both.first[0]->path);
    }
    for (const auto& [path, bytes] : sums_) {
      const auto& entry = directories_.at(path);
      if (renamed.contains(path)) continue;
      if (const auto found = before_of.find(path); found != before_of.end())
        rows_.push_back({"renamed", path, found->second, {bytes.after, bytes.after}});
      else
        rows_.push_back({change_of(entry, "size"), path, std::nullopt, bytes});
    }
  }

  DiffNumber total_;
  CutSides cut_;
  Directories directories_;
  std::map<std::string, DiffNumber> sums_;         ///< by the row that counts them
  std::map<std::string, std::string> root_of_[2];  ///< of what is gone, of what is new
  std::set<std::string> folded_;
  Above above_;
  std::vector<DiffPath> rows_;
};

}  // namespace

std::vector<DiffPath> path_changes(const Sides& sides) { return PathChanges(sides).rows(); }

}  // namespace imgslim::budget
