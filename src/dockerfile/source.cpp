#include "dockerfile/source.h"

#include <algorithm>

#include "core/check.h"

namespace imgslim::dockerfile {

LineIndex::LineIndex(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto newline = std::min(text.find('\n', begin), text.size());
    auto end = newline;
    while (end > begin && text[end - 1] == '\r') --end;
    ends_.push_back(static_cast<std::uint32_t>(end));
    begin = newline + 1;
    if (newline < text.size()) starts_.push_back(static_cast<std::uint32_t>(begin));
  }
  size_ = static_cast<std::uint32_t>(text.size());
}

Position LineIndex::position(std::uint32_t offset) const {
  offset = std::min(offset, size_);
  const auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return {static_cast<std::uint32_t>(after - starts_.begin()), offset - *(after - 1) + 1};
}

Span LineIndex::line(std::uint32_t number) const {
  if (number == 0 || number > ends_.size()) return {size_, size_};
  return {starts_[number - 1], ends_[number - 1]};
}

void MappedText::append(std::string_view piece, std::uint32_t source_begin) {
  if (piece.empty()) return;
  const auto size = static_cast<std::uint32_t>(text_.size());
  const bool continues = !pieces_.empty() && pieces_.back().source + (size - pieces_.back().at) == source_begin;
  if (!continues) pieces_.push_back({size, source_begin});
  text_ += piece;
}

std::uint32_t MappedText::source_of(std::uint32_t at) const {
  if (pieces_.empty()) return 0;
  // Behind the last byte is a place of the piece that holds this byte.
  const auto byte = at < text_.size() || at == 0 ? at : at - 1;
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), byte, [](auto value, const Piece& p) { return value < p.at; });
  const auto& piece = *(after - 1);
  return piece.source + (at - piece.at);
}

Span MappedText::source_span(std::uint32_t begin, std::uint32_t end) const {
  IMGSLIM_CHECK(begin <= end && end <= text_.size());
  const auto from = source_of(begin);
  return {from, begin == end ? from : source_of(end - 1) + 1};
}

MappedText MappedText::part(std::uint32_t begin, std::uint32_t end) const {
  IMGSLIM_CHECK(begin <= end && end <= text_.size());
  MappedText out;
  auto next =
      std::upper_bound(pieces_.begin(), pieces_.end(), begin, [](auto value, const Piece& p) { return value < p.at; });
  for (auto at = begin; at < end;) {
    const auto stop = next == pieces_.end() ? end : std::min(end, next->at);
    out.append(std::string_view(text_).substr(at, stop - at), source_of(at));
    at = stop;
    if (next != pieces_.end()) ++next;
  }
  return out;
}

}  // namespace imgslim::dockerfile
