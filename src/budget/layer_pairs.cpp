// Pairs the layers of two images. First by content: the n-th layer of a diff_id with the n-th one of the same diff_id;
// the longest run of such pairs that keeps its order is where the images are the same, the pairs out of it were moved.
// Between two neighbours of that run, what is left of both sides is paired by instruction text, then one by one by the
// kind of instruction: a RUN that was edited took the place of the RUN that was there.
//
// Of several longest runs any one is right, but the answer must not depend on which image is called the first: the
// search is made in a fixed order of the two, and turned round afterwards.
#include "budget/layer_pairs.h"

#include <algorithm>
#include <map>

namespace imgslim::budget {
namespace {

constexpr auto none = static_cast<std::size_t>(-1);

/// What a side's layers are paired with: positions on the other side.
struct Side {
  const Report& report;
  std::vector<std::size_t> partner;
  std::vector<bool> anchor;  ///< in the run that keeps its order

  explicit Side(const Report& from)
      : report(from), partner(from.layers.size(), none), anchor(from.layers.size(), false) {}
  [[nodiscard]] std::size_t size() const { return partner.size(); }
};

void join(Side& a, std::size_t at_a, Side& b, std::size_t at_b) {
  a.partner[at_a] = at_b;
  b.partner[at_b] = at_a;
}

void pair_by_content(Side& a, Side& b) {
  std::map<std::string, std::vector<std::size_t>> places;
  for (std::size_t i = b.size(); i-- > 0;)
    if (const auto& id = b.report.layers[i].diff_id; !id.empty()) places[id].push_back(i);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto found = places.find(a.report.layers[i].diff_id);
    if (found == places.end() || found->second.empty()) continue;
    join(a, i, b, found->second.back());
    found->second.pop_back();
  }
}

/// Marks a longest increasing subsequence of the partners (patience sorting).
void mark_anchors(Side& a, Side& b) {
  std::vector<std::size_t> ends, previous(a.size(), none);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a.partner[i] == none) continue;
    const auto place = std::lower_bound(ends.begin(), ends.end(), a.partner[i],
                                        [&](std::size_t end, std::size_t value) { return a.partner[end] < value; });
    if (place != ends.begin()) previous[i] = *(place - 1);
    if (place == ends.end())
      ends.push_back(i);
    else
      *place = i;
  }
  for (auto at = ends.empty() ? none : ends.back(); at != none; at = previous[at]) {
    a.anchor[at] = true;
    b.anchor[a.partner[at]] = true;
  }
}

/// The layers of a side between two anchors, [begin, end).
struct Gap {
  std::size_t begin, end;
};

std::vector<std::size_t> unpaired(const Side& side, Gap gap) {
  std::vector<std::size_t> found;
  for (auto i = gap.begin; i < gap.end; ++i)
    if (side.partner[i] == none) found.push_back(i);
  return found;
}

/// Pairs the n-th layer of a key with the n-th of the same key on the other side; empty keys pair with nothing.
template <typename Key>
void pair_by_key(Side& a, const std::vector<std::size_t>& of_a, Side& b, const std::vector<std::size_t>& of_b,
                 Key key) {
  std::map<std::string, std::vector<std::size_t>> places;
  for (auto at = of_b.rbegin(); at != of_b.rend(); ++at)
    if (b.partner[*at] == none) places[key(b.report.layers[*at])].push_back(*at);
  for (const auto at : of_a) {
    const auto name = key(a.report.layers[at]);
    const auto found = places.find(name);
    if (a.partner[at] != none || name.empty() || found == places.end() || found->second.empty()) continue;
    join(a, at, b, found->second.back());
    found->second.pop_back();
  }
}

void pair_gap(Side& a, Gap in_a, Side& b, Gap in_b) {
  const auto of_a = unpaired(a, in_a), of_b = unpaired(b, in_b);
  if (of_a.empty() || of_b.empty()) return;
  pair_by_key(a, of_a, b, of_b, [](const ReportLayer& layer) { return folded_instruction(layer.instruction); });
  pair_by_key(a, of_a, b, of_b, [](const ReportLayer& layer) { return layer.instruction.kind; });
}

void pair_gaps(Side& a, Side& b) {
  std::size_t begin_a = 0, begin_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!a.anchor[i]) continue;
    pair_gap(a, {begin_a, i}, b, {begin_b, a.partner[i]});
    begin_a = i + 1;
    begin_b = a.partner[i] + 1;
  }
  pair_gap(a, {begin_a, a.size()}, b, {begin_b, b.size()});
}

std::vector<std::string> contents(const Report& report) {
  std::vector<std::string> ids;
  for (const auto& layer : report.layers) ids.push_back(layer.diff_id + ' ' + layer.instruction.text);
  return ids;
}

/// Rows in the order of `after`, each removed layer behind the partner of the paired layer below it.
std::vector<LayerPair> in_order(const Side& before, const Side& after) {
  std::vector<std::vector<std::size_t>> removed_behind(after.size() + 1);  // [0]: below all
  std::size_t place = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before.partner[i] == none)
      removed_behind[place].push_back(i);
    else
      place = before.partner[i] + 1;
  }
  std::vector<LayerPair> pairs;
  for (std::size_t i = 0; i <= after.size(); ++i) {
    if (i > 0) {
      const auto partner = after.partner[i - 1];
      if (partner == none)
        pairs.push_back({std::nullopt, i - 1, false});
      else
        pairs.push_back(
            {partner, i - 1,
             !after.anchor[i - 1] && before.report.layers[partner].diff_id == after.report.layers[i - 1].diff_id});
    }
    for (const auto removed : removed_behind[i]) pairs.push_back({removed, std::nullopt, false});
  }
  return pairs;
}

}  // namespace

std::string folded_instruction(const ReportInstruction& instruction) {
  std::string out;
  const std::string_view text = instruction.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool continues = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '\n' || text[i + 1] == '\r');
    const bool blank = text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r';
    if (!continues && !blank)
      out.push_back(text[i]);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<LayerPair> pair_layers(const Report& before, const Report& after) {
  Side of_before(before), of_after(after);
  const bool turned = contents(after) < contents(before);
  Side& first = turned ? of_after : of_before;
  Side& second = turned ? of_before : of_after;
  pair_by_content(first, second);
  mark_anchors(first, second);
  pair_gaps(first, second);
  return in_order(of_before, of_after);
}

}  // namespace imgslim::budget
