#include "imports/heredoc.h"

namespace imgslim::imports {

HereDocuments::Tag HereDocuments::tag_at(std::size_t at, std::size_t end) const {
  Tag tag;
  if (at < end && (text_[at] == '~' || text_[at] == '-')) {
    tag.indented = true;
    ++at;
  }
  if (at >= end) return tag;
  const char quote = text_[at];
  if (quote == '"' || quote == '\'' || quote == '`') {
    const auto close = find_byte(text_.substr(0, end), quote, at + 1);
    if (close != npos) tag.word = text_.substr(at + 1, close - at - 1);
    return tag;
  }
  // A bare tag of lower case is rather a shift or an append: array <<item.
  const bool starts_tag = (quote >= 'A' && quote <= 'Z') || quote == '_';
  if (starts_tag) tag.word = leading_word(text_.substr(at, end - at));
  return tag;
}

std::size_t HereDocuments::end_of_body(std::size_t at, const Tag& tag) const {
  NextOccurrence words(text_, tag.word);
  for (auto hit = words.from(at); hit != npos; hit = words.from(hit + 1)) {
    const auto behind = hit + tag.word.size();
    const auto rest = text_.substr(behind, 2);
    if (!rest.empty() && rest[0] != '\n' && rest != "\r\n") continue;
    auto start = hit;
    while (tag.indented && start > at && (text_[start - 1] == ' ' || text_[start - 1] == '\t')) --start;
    if (start == at || text_[start - 1] == '\n') return std::min(line_end(text_, behind) + 1, text_.size());
  }
  return npos;
}

std::size_t HereDocuments::after_line(std::size_t begin, std::size_t end) {
  auto next = std::min(end + 1, text_.size());
  for (auto marker = markers_.from(begin); marker < end && failures_left_ > 0; marker = markers_.from(marker + 2)) {
    const auto tag = tag_at(marker + 2, end);
    if (tag.word.empty()) continue;
    const auto behind = end_of_body(next, tag);
    if (behind == npos)
      --failures_left_;
    else
      next = behind;
  }
  return next;
}

}  // namespace imgslim::imports
