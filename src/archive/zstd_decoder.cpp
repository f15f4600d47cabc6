// zstd as RFC 8878 has it: data frames (magic 28 b5 2f fd) and skippable frames (5x 2a 4d 18), in any number and order.
// Each data frame states its window, the memory its decoding needs: libzstd refuses windows over the limit before it
// allocates them. Frames carry an optional checksum, which libzstd verifies.
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <new>
#include <string>

#include "archive/cut_short.h"
#include "archive/decoder.h"
#include "archive/input_blocks.h"

namespace imgslim::archive {
namespace {

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder(ByteSource& upstream, const Limits& limits)
      : input_(upstream), limits_(limits), context_(ZSTD_createDCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    const auto bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    const int log = static_cast<int>(std::bit_width(std::max<std::uint64_t>(limits.zstd_window_bytes, 1))) - 1;
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, std::clamp(log, bounds.lowerBound, bounds.upperBound));
  }
  ~ZstdDecoder() override { ZSTD_freeDCtx(context_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  Result<std::size_t> decode(std::span<std::byte> output) override {
    std::size_t filled = 0;
    while (filled < output.size() && !ended_) {
      IMGSLIM_TRY(const auto produced, decode_some(output.subspan(filled)));
      filled += produced;
    }
    return filled;
  }

  [[nodiscard]] std::uint64_t bytes_in() const override { return input_.position(); }

 private:
  [[nodiscard]] Error error_at(std::uint64_t position, const std::string& what) const {
    return input_error("zstd: byte " + std::to_string(position) + " of the compressed data: " + what);
  }

  Result<std::size_t> decode_some(std::span<std::byte> output) {
    IMGSLIM_TRY(const auto bytes, input_.available());
    if (bytes.empty() && between_frames_ && input_.position() > 0) {
      ended_ = true;
      return std::size_t{0};
    }
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out{output.data(), output.size(), 0};
    const auto status = ZSTD_decompressStream(context_, &out, &in);
    input_.consume(in.pos);
    if (ZSTD_isError(status) != 0) return failure(status);
    if (in.pos == 0 && out.pos == 0)
      return error_at(input_.position(), bytes.empty() ? cut_short : "the decoder makes no progress");
    between_frames_ = status == 0;
    return out.pos;
  }

  [[nodiscard]] Error failure(std::size_t status) const {
    const auto code = ZSTD_getErrorCode(status);
    if (code == ZSTD_error_frameParameter_windowTooLarge)
      return limit_hit(limits_, &Limits::zstd_window_bytes,
                       "zstd: window of the frame before byte " + std::to_string(input_.position()));
    const bool foreign = code == ZSTD_error_prefix_unknown;
    return error_at(input_.position(), foreign ? "not a zstd frame" : ZSTD_getErrorString(code));
  }

  InputBlocks input_;
  Limits limits_;
  ZSTD_DCtx* context_;
  bool between_frames_ = true;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder(ByteSource& upstream, const Limits& limits) {
  return std::make_unique<ZstdDecoder>(upstream, limits);
}

}  // namespace imgslim::archive
