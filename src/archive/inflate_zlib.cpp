#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

#include "archive/inflate.h"

namespace imgslim::archive {
namespace {

/// Raw inflate, with the CRC and the trailer in our hands so that both engines take the same input: a DEFLATE stream
/// and 8 bytes behind it.
class ZlibEngine final : public InflateEngine {
 public:
  ZlibEngine() {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~ZlibEngine() override { inflateEnd(&stream_); }
  ZlibEngine(const ZlibEngine&) = delete;
  ZlibEngine& operator=(const ZlibEngine&) = delete;

  void start_member() override {
    inflateReset(&stream_);
    crc_ = crc32(0, nullptr, 0);
    length_ = 0;
    trailer_bytes_ = 0;
    in_trailer_ = false;
  }

  InflateStep step(std::span<const std::byte> input, std::span<std::byte> output) override {
    InflateStep step;
    if (!in_trailer_) inflate_into(step, input, output);
    if (in_trailer_ && step.failure == nullptr) read_trailer(step, input.subspan(step.consumed));
    return step;
  }

 private:
  void inflate_into(InflateStep& step, std::span<const std::byte> input, std::span<std::byte> output) {
    // zlib's C interface takes non-const input that it does not write.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(output.data());
    stream_.avail_out = static_cast<uInt>(output.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    step.consumed = input.size() - stream_.avail_in;
    step.produced = output.size() - stream_.avail_out;
    crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(output.data()), step.produced);
    length_ += static_cast<std::uint32_t>(step.produced);
    in_trailer_ = status == Z_STREAM_END;
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      step.failure = status == Z_MEM_ERROR ? "out of memory" : "invalid deflate data";
  }

  void read_trailer(InflateStep& step, std::span<const std::byte> input) {
    const auto count = std::min(input.size(), trailer_.size() - trailer_bytes_);
    std::copy_n(input.begin(), count, trailer_.begin() + static_cast<std::ptrdiff_t>(trailer_bytes_));
    trailer_bytes_ += count;
    step.consumed += count;
    if (trailer_bytes_ < trailer_.size()) return;
    step.finished = word_at(0) == crc_ && word_at(4) == length_;
    if (!step.finished) step.failure = "the checksum or length at the end of the member does not match";
  }

  [[nodiscard]] std::uint32_t word_at(std::size_t offset) const {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) word |= std::to_integer<std::uint32_t>(trailer_.at(offset + i)) << (8 * i);
    return word;
  }

  z_stream stream_{};
  uLong crc_ = 0;
  std::uint32_t length_ = 0;
  std::array<std::byte, 8> trailer_{};
  std::size_t trailer_bytes_ = 0;
  bool in_trailer_ = false;
};

}  // namespace

std::unique_ptr<InflateEngine> make_zlib_engine() { return std::make_unique<ZlibEngine>(); }

#if !IMGSLIM_HAVE_ISAL
std::unique_ptr<InflateEngine> make_inflate_engine() { return make_zlib_engine(); }
#endif

}  // namespace imgslim::archive
