#include "dockerfile/edit.h"

#include <algorithm>
#include <map>
#include <optional>

namespace imgslim::dockerfile {
namespace {

/// What has been taken so far, by where it begins. Two places are apart when bytes lie between them, or when they only
/// touch and both change bytes.
class TakenPlaces {
 public:
  explicit TakenPlaces(SamePlace insertions) : insertions_(insertions) {}

  [[nodiscard]] bool is_free(Span span) const {
    const bool inserts = span.begin == span.end;
    if (inserts && insertions_ == SamePlace::behind && places_.contains(span.begin) &&
        places_.at(span.begin) == span.begin)
      return true;
    const auto next = places_.lower_bound(span.begin);
    if (next != places_.end() && meets(span, *next)) return false;
    return next == places_.begin() || !meets(span, *std::prev(next));
  }
  void take(Span span) { places_.emplace(span.begin, span.end); }

 private:
  static bool meets(Span a, const std::pair<const std::uint32_t, std::uint32_t>& b) {
    const bool inserts = a.begin == a.end || b.first == b.second;
    return inserts ? a.begin <= b.second && b.first <= a.end : a.begin < b.second && b.first < a.end;
  }

  SamePlace insertions_;
  std::map<std::uint32_t, std::uint32_t> places_;
};

bool changes(std::string_view text, const Edit& edit) {
  return text.substr(edit.span.begin, edit.span.size()) != edit.replacement;
}

/// The group's edits sorted; nothing when they cannot be applied together.
std::optional<EditGroup> in_order(EditGroup group, std::size_t size) {
  std::stable_sort(group.begin(), group.end(),
                   [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
  std::uint32_t end = 0;
  for (const auto& edit : group) {
    if (edit.span.begin < end || edit.span.end < edit.span.begin || edit.span.end > size) return std::nullopt;
    end = edit.span.end;
  }
  return group;
}

std::string merged(std::string_view text, EditGroup edits) {
  std::stable_sort(edits.begin(), edits.end(),
                   [](const Edit& a, const Edit& b) { return a.span.begin < b.span.begin; });
  std::string out;
  std::uint32_t copied = 0;
  for (const auto& edit : edits) {
    out += text.substr(copied, edit.span.begin - copied);
    out += edit.replacement;
    copied = edit.span.end;
  }
  return out + std::string(text.substr(copied));
}

}  // namespace

EditedText apply_edits(std::string_view text, const std::vector<EditGroup>& groups, SamePlace insertions) {
  EditedText result;
  TakenPlaces taken(insertions);
  EditGroup all;
  for (const auto& group : groups) {
    const auto ordered = in_order(group, text.size());
    const bool fits =
        ordered && !ordered->empty() &&
        std::all_of(ordered->begin(), ordered->end(), [&](const Edit& e) { return taken.is_free(e.span); }) &&
        std::any_of(ordered->begin(), ordered->end(), [&](const Edit& e) { return changes(text, e); });
    result.applied.push_back(fits);
    if (!fits) continue;
    for (const auto& edit : *ordered) {
      taken.take(edit.span);
      all.push_back(edit);
    }
  }
  result.text = merged(text, std::move(all));
  return result;
}

}  // namespace imgslim::dockerfile
