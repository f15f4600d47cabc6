#include "elf/loaded_image.h"

#include <algorithm>

namespace imgslim::elf {

LoadedImage::LoadedImage(const Format& format, const SparseImage& file, const std::vector<ProgramHeader>& headers)
    : format_(format), file_(file) {
  for (const auto& header : headers)
    if (header.type == ProgramType::load)
      segments_.push_back(
          {header.flags, header.offset, header.address, header.file_bytes, header.memory_bytes, header.alignment});
}

std::vector<LoadSegment> LoadedImage::constant_segments() const {
  const auto gather = [this](std::uint32_t unwanted_flags) {
    std::vector<LoadSegment> found;
    for (const auto& segment : segments_)
      if ((segment.flags & unwanted_flags) == 0) found.push_back(segment);
    return found;
  };
  auto found = gather(segment_writable | segment_executable);
  return found.empty() ? gather(segment_writable) : found;
}

std::vector<LoadSegment> LoadedImage::writable_segments() const {
  std::vector<LoadSegment> found;
  for (const auto& segment : segments_)
    if ((segment.flags & segment_writable) != 0) found.push_back(segment);
  return found;
}

const LoadSegment* LoadedImage::segment_of(std::uint64_t address) const {
  const auto found = std::find_if(segments_.begin(), segments_.end(), [&](const LoadSegment& segment) {
    return address >= segment.address && address - segment.address < segment.file_bytes;
  });
  return found == segments_.end() ? nullptr : &*found;
}

std::optional<std::uint64_t> LoadedImage::file_offset(std::uint64_t address) const {
  const auto* segment = segment_of(address);
  if (segment == nullptr) return std::nullopt;
  const auto within = address - segment->address;
  if (segment->offset > UINT64_MAX - within) return std::nullopt;
  return segment->offset + within;
}

std::optional<ByteView> LoadedImage::bytes(std::uint64_t address, std::uint64_t length) const {
  const auto* segment = segment_of(address);
  const auto offset = file_offset(address);
  if (segment == nullptr || !offset || length > segment->file_bytes - (address - segment->address)) return std::nullopt;
  return file_.part(*offset, length);
}

ByteView LoadedImage::bytes_up_to(std::uint64_t address, std::uint64_t length) const {
  const auto* segment = segment_of(address);
  const auto offset = file_offset(address);
  if (segment == nullptr || !offset) return {};
  return file_.up_to(*offset, std::min(length, segment->file_bytes - (address - segment->address)));
}

}  // namespace imgslim::elf
