#include <algorithm>

#include "archive/decompressor.h"

namespace imgslim::archive {
namespace {

__extension__ using Wide = unsigned __int128;  // products of two stream lengths

}  // namespace

void CompressionMap::add(std::uint64_t uncompressed, std::uint64_t compressed) {
  const Point last = points_.empty() ? Point{0, 0} : points_.back();
  if (uncompressed > last.uncompressed && compressed > last.compressed) points_.push_back({uncompressed, compressed});
}

void CompressionMap::finish(std::uint64_t uncompressed, std::uint64_t compressed) {
  // The end replaces points at or behind it: trailers and padding belong to the last bytes.
  while (!points_.empty() && points_.back().uncompressed >= uncompressed) points_.pop_back();
  points_.push_back({uncompressed, compressed});
  points_.shrink_to_fit();
}

std::uint64_t CompressionMap::compressed_offset(std::uint64_t uncompressed) const {
  const auto at_or_behind = [&](std::size_t index) { return points_[index].uncompressed >= uncompressed; };
  if (cursor_ > 0 && at_or_behind(cursor_ - 1)) cursor_ = 0;
  while (cursor_ < points_.size() && !at_or_behind(cursor_)) ++cursor_;
  const Point before = cursor_ == 0 ? Point{0, 0} : points_[cursor_ - 1];
  if (cursor_ == points_.size()) return before.compressed;
  const Point behind = points_[cursor_];
  const auto run = behind.uncompressed - before.uncompressed;
  if (run == 0) return behind.compressed;
  const Wide share = Wide{uncompressed - before.uncompressed} * (behind.compressed - before.compressed) / run;
  return before.compressed + static_cast<std::uint64_t>(share);
}

}  // namespace imgslim::archive
