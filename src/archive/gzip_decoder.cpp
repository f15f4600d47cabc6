// gzip as RFC 1952 has it: members one behind the other, each a header of 10 bytes and optional fields (FEXTRA, FNAME,
// FCOMMENT, FHCRC, in this order), a DEFLATE stream, its CRC-32 and its length modulo 2^32. The content of the file is
// that of its members joined. Headers are parsed here, byte by byte, because they may straddle input blocks; the
// stream and its trailer belong to the inflate engine.
// Behind the last member NUL bytes are accepted, as gzip(1) does for tapes and block devices; anything else is an
// error.
#include <zlib.h>

#include <string>

#include "archive/cut_short.h"
#include "archive/decoder.h"
#include "archive/input_blocks.h"

namespace imgslim::archive {
namespace {

constexpr int flag_header_crc = 0x02;
constexpr int flag_extra = 0x04;
constexpr int flag_name = 0x08;
constexpr int flag_comment = 0x10;
constexpr int reserved_flags = 0xe0;

class GzipDecoder final : public Decoder {
 public:
  GzipDecoder(ByteSource& upstream, std::unique_ptr<InflateEngine> engine)
      : input_(upstream), engine_(std::move(engine)) {}

  Result<std::size_t> decode(std::span<std::byte> output) override {
    std::size_t filled = 0;
    while (filled < output.size() && phase_ != Phase::ended) {
      if (phase_ == Phase::in_member) {
        IMGSLIM_TRY(const auto produced, inflate_some(output.subspan(filled)));
        filled += produced;
      } else {
        IMGSLIM_TRY_DONE(start_next_member());
      }
    }
    return filled;
  }

  [[nodiscard]] std::uint64_t bytes_in() const override { return input_.position(); }
  [[nodiscard]] std::uint64_t held_output() const override { return held_output_; }

 private:
  enum class Phase { before_first, between_members, in_member, ended };

  [[nodiscard]] Error error_at(std::uint64_t position, const std::string& what) const {
    return input_error("gzip: byte " + std::to_string(position) + " of the compressed data: " + what);
  }

  Status start_next_member() {
    const auto start = input_.position();
    IMGSLIM_TRY(const auto first, input_.take_byte());
    if (first < 0 && phase_ == Phase::before_first) return error_at(start, "the stream is empty");
    if (first < 0) {
      phase_ = Phase::ended;
      return Done{};
    }
    if (first == 0 && phase_ == Phase::between_members) return skip_padding();
    IMGSLIM_TRY_DONE(read_header(start, first));
    engine_->start_member();
    phase_ = Phase::in_member;
    idle_steps_ = 0;
    return Done{};
  }

  Status skip_padding() {
    while (true) {
      IMGSLIM_TRY(const auto bytes, input_.available());
      if (bytes.empty()) break;
      std::size_t zeros = 0;
      while (zeros < bytes.size() && bytes[zeros] == std::byte{0}) ++zeros;
      input_.consume(zeros);
      if (zeros < bytes.size()) return error_at(input_.position(), "data behind the padding of the last member");
    }
    phase_ = Phase::ended;
    return Done{};
  }

  Result<int> header_byte() {
    IMGSLIM_TRY(const auto byte, input_.take_byte());
    if (byte < 0) return error_at(input_.position(), "the stream ends inside a member's header");
    const auto octet = static_cast<Bytef>(byte);
    header_crc_ = crc32(header_crc_, &octet, 1);
    return byte;
  }

  Status skip_string() {
    while (true) {
      IMGSLIM_TRY(const auto byte, header_byte());
      if (byte == 0) return Done{};
    }
  }

  Status read_header(std::uint64_t start, int first) {
    const auto magic = static_cast<Bytef>(first);
    header_crc_ = crc32(crc32(0, nullptr, 0), &magic, 1);
    if (first != 0x1f) return error_at(start, foreign_bytes());
    IMGSLIM_TRY(const auto second, header_byte());
    if (second != 0x8b) return error_at(start, foreign_bytes());
    IMGSLIM_TRY(const auto method, header_byte());
    if (method != 8) return error_at(start + 2, "compression method " + std::to_string(method) + " is not deflate");
    IMGSLIM_TRY(const auto flags, header_byte());
    if ((flags & reserved_flags) != 0) return error_at(start + 3, "a reserved flag is set in the member's header");
    for (int i = 0; i < 6; ++i) IMGSLIM_TRY_DONE(skip_byte());
    if ((flags & flag_extra) != 0) IMGSLIM_TRY_DONE(skip_extra());
    if ((flags & flag_name) != 0) IMGSLIM_TRY_DONE(skip_string());
    if ((flags & flag_comment) != 0) IMGSLIM_TRY_DONE(skip_string());
    if ((flags & flag_header_crc) != 0) IMGSLIM_TRY_DONE(check_header_crc());
    return Done{};
  }

  [[nodiscard]] const char* foreign_bytes() const {
    return phase_ == Phase::before_first ? "no gzip header" : "data behind the last member that is no gzip header";
  }

  Status skip_byte() {
    IMGSLIM_TRY([[maybe_unused]] const auto byte, header_byte());
    return Done{};
  }

  Status skip_extra() {
    IMGSLIM_TRY(const auto low, header_byte());
    IMGSLIM_TRY(const auto high, header_byte());
    for (int left = low + 256 * high; left > 0; --left) IMGSLIM_TRY_DONE(skip_byte());
    return Done{};
  }

  Status check_header_crc() {
    const auto expected = static_cast<int>(header_crc_ & 0xffff);
    const auto position = input_.position();
    IMGSLIM_TRY(const auto low, header_byte());
    IMGSLIM_TRY(const auto high, header_byte());
    if (low + 256 * high != expected) return error_at(position, "the checksum of a member's header does not match");
    return Done{};
  }

  Result<std::size_t> inflate_some(std::span<std::byte> output) {
    IMGSLIM_TRY(const auto input, input_.available());
    const auto step = engine_->step(input, output);
    input_.consume(step.consumed);
    held_output_ = step.held_output;
    if (step.failure != nullptr) return error_at(input_.position(), step.failure);
    if (step.finished) phase_ = Phase::between_members;
    idle_steps_ = step.finished || step.consumed + step.produced > 0 ? 0 : idle_steps_ + 1;
    if (idle_steps_ > 0 && input.empty()) return error_at(input_.position(), cut_short);
    // A step may use one call to change its inner state; a second one without progress would go on for ever.
    if (idle_steps_ > 1) return error_at(input_.position(), "invalid deflate data");
    return step.produced;
  }

  InputBlocks input_;
  std::unique_ptr<InflateEngine> engine_;
  Phase phase_ = Phase::before_first;
  uLong header_crc_ = 0;
  std::size_t held_output_ = 0;
  int idle_steps_ = 0;
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder(ByteSource& upstream, std::unique_ptr<InflateEngine> engine) {
  return std::make_unique<GzipDecoder>(upstream, std::move(engine));
}

}  // namespace imgslim::archive
