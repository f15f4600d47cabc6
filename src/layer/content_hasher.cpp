#include "layer/content_hasher.h"

#include "layer/xxh3_avx2.h"

namespace imgslim::layer {
namespace {

ContentHash to_content_hash(XXH128_hash_t hashed) { return {hashed.low64, hashed.high64}; }

void update(XXH3_state_t& state, std::span<const std::byte> bytes) {
#if IMGSLIM_XXH3_AVX2
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return xxh3_update_avx2(&state, bytes.data(), bytes.size());
#endif
  XXH3_128bits_update(&state, bytes.data(), bytes.size());
}

}  // namespace

void ContentHasher::feed(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (offset == 0 && bytes.size() == logical_bytes_) {
    whole_ = to_content_hash(XXH3_128bits(bytes.data(), bytes.size()));
    return;
  }
  if (next_offset_ == 0) XXH3_128bits_reset(&state_);
  // A hole moves the offset on: files with the same data at other places differ.
  if (offset != next_offset_) XXH3_128bits_update(&state_, &offset, sizeof offset);
  update(state_, bytes);
  next_offset_ = offset + bytes.size();
}

ContentHash ContentHasher::finish() const {
  if (whole_) return *whole_;
  if (next_offset_ == 0) return {};
  return to_content_hash(XXH3_128bits_digest(&state_));
}

}  // namespace imgslim::layer
