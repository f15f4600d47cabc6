#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "archive/byte_source.h"

namespace imgslim::archive {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// Serves a text in reads of the given sizes, over and over: what pipes and decoders do.
class ChunkedSource final : public ByteSource {
 public:
  ChunkedSource(std::string text, std::vector<std::size_t> sizes) : text_(std::move(text)), sizes_(std::move(sizes)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = std::min({buffer.size(), sizes_[turn_++ % sizes_.size()], text_.size() - position_});
    if (count > 0) std::memcpy(buffer.data(), text_.data() + position_, count);
    position_ += count;
    return count;
  }

 private:
  std::string text_;
  std::vector<std::size_t> sizes_;
  std::size_t position_ = 0, turn_ = 0;
};

/// Serves a text and then an error in place of the end.
class FailingSource final : public ByteSource {
 public:
  explicit FailingSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (position_ == text_.size()) return environment_error("disk on fire");
    const auto count = std::min(buffer.size(), text_.size() - position_);
    std::memcpy(buffer.data(), text_.data() + position_, count);
    position_ += count;
    return count;
  }

 private:
  std::string text_;
  std::size_t position_ = 0;
};

/// Reads to the end in steps of `step` bytes.
inline Result<std::string> try_read_all(ByteSource& source, std::size_t step = 4096) {
  std::string text;
  std::vector<std::byte> buffer(step);
  while (true) {
    IMGSLIM_TRY(const auto count, source.read(buffer));
    if (count == 0) return text;
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
}

inline std::string read_all(ByteSource& source, std::size_t step = 4096) { return try_read_all(source, step).value(); }

}  // namespace imgslim::archive
