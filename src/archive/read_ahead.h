#pragma once

#include <memory>

#include "archive/byte_source.h"

namespace imgslim::archive {

/// Runs `upstream` on a thread of its own, up to 8 buffers of 256 KiB ahead of the reader. The upstream must not be
/// touched by anyone else until this object is destroyed or has returned its end; destroying it early stops the thread.
class ReadAhead final : public ByteSource {
 public:
  explicit ReadAhead(ByteSource& upstream);
  ~ReadAhead() override;
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace imgslim::archive
