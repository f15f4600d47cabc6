#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace imgslim::archive {

/// What one call of InflateEngine::step did.
struct InflateStep {
  std::size_t consumed = 0;       ///< input bytes used
  std::size_t produced = 0;       ///< output bytes written
  std::size_t held_output = 0;    ///< bytes decoded already that a later step will write
  bool finished = false;          ///< the member is complete and its trailer matched
  const char* failure = nullptr;  ///< why the data cannot be decoded, or null
};

/// Inflates the members of a gzip file: each is a DEFLATE stream (RFC 1951) and the 8-byte trailer of RFC 1952, whose
/// CRC-32 and length the engine verifies. The member header is read by GzipDecoder.
class InflateEngine {
 public:
  virtual ~InflateEngine() = default;
  /// Forgets the previous member.
  virtual void start_member() = 0;
  /// Decodes until the input is used up or the output is full. No progress on empty input means that the member is
  /// incomplete. `output` is not empty.
  virtual InflateStep step(std::span<const std::byte> input, std::span<std::byte> output) = 0;
};

std::unique_ptr<InflateEngine> make_zlib_engine();
#if IMGSLIM_HAVE_ISAL
std::unique_ptr<InflateEngine> make_isal_engine();
#endif
/// ISA-L where the build has it, else zlib.
std::unique_ptr<InflateEngine> make_inflate_engine();

}  // namespace imgslim::archive
