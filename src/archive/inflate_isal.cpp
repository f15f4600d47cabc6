#include "archive/inflate.h"

#if IMGSLIM_HAVE_ISAL
#include <isa-l/igzip_lib.h>

#include <algorithm>

namespace imgslim::archive {
namespace {

const char* failure_text(int status) {
  switch (status) {
    case ISAL_INCORRECT_CHECKSUM:
      return "the checksum or length at the end of the member does not match";
    default:
      return "invalid deflate data";
  }
}

/// ISA-L leaves three things to its caller: it returns "ok" for input that ends early, so only ISAL_BLOCK_FINISH is
/// the end of a member; it may return without progress on bad input, which GzipDecoder takes for corruption; and its
/// own gzip header parser forgets the flags of a header that is cut in two, hence ISAL_GZIP_NO_HDR_VER (trailer only).
class IsalEngine final : public InflateEngine {
 public:
  IsalEngine() { isal_inflate_init(&state_); }

  void start_member() override {
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
  }

  InflateStep step(std::span<const std::byte> input, std::span<std::byte> output) override {
    state_.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(input.data()));
    state_.avail_in = static_cast<std::uint32_t>(input.size());
    state_.next_out = reinterpret_cast<std::uint8_t*>(output.data());
    state_.avail_out = static_cast<std::uint32_t>(output.size());
    const int status = isal_inflate(&state_);
    InflateStep step;
    // From the pointers: after an error the two counts may be off, even below zero.
    const auto* input_begin = reinterpret_cast<const std::uint8_t*>(input.data());
    step.consumed = std::min(static_cast<std::size_t>(state_.next_in - input_begin), input.size());
    const auto* output_begin = reinterpret_cast<const std::uint8_t*>(output.data());
    step.produced = std::min(static_cast<std::size_t>(state_.next_out - output_begin), output.size());
    step.held_output = static_cast<std::size_t>(state_.tmp_out_valid - state_.tmp_out_processed);
    step.finished = status == ISAL_DECOMP_OK && state_.block_state == ISAL_BLOCK_FINISH;
    if (status != ISAL_DECOMP_OK) step.failure = failure_text(status);
    return step;
  }

 private:
  inflate_state state_{};
};

}  // namespace

std::unique_ptr<InflateEngine> make_isal_engine() { return std::make_unique<IsalEngine>(); }

std::unique_ptr<InflateEngine> make_inflate_engine() { return make_isal_engine(); }

}  // namespace imgslim::archive
#endif
