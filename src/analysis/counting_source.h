#pragma once

#include "archive/byte_source.h"
#include "imgslim/analyze.h"

namespace imgslim::analysis {

/// Passes bytes through and adds them to a Progress, if there is one.
class CountingSource final : public archive::ByteSource {
 public:
  CountingSource(archive::ByteSource& upstream, Progress* progress) : upstream_(upstream), progress_(progress) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    IMGSLIM_TRY(const auto count, upstream_.read(buffer));
    if (progress_ != nullptr) progress_->done_bytes += count;
    return count;
  }

 private:
  archive::ByteSource& upstream_;
  Progress* progress_;
};

}  // namespace imgslim::analysis
