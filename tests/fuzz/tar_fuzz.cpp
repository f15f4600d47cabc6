// Any bytes through the tar reader. What must hold beyond not crashing: offsets ascend and end where the stream does,
// all bytes of the source are read once the end is reached, no block of content lies outside its file, and skipping
// bodies gives the same entries as reading them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "archive/tar_reader.h"

using namespace imgslim;
using namespace imgslim::archive;

namespace {

enum class Bodies { read, skip };

struct Reading {
  bool complete = false;
  std::string entries;
};

void read_body(TarReader& reader, const TarEntry& entry) {
  std::uint64_t end = 0;
  while (true) {
    auto block = reader.next_block();
    if (!block || !block->has_value()) return;
    if ((*block)->offset < end || (*block)->bytes.empty()) std::abort();
    end = (*block)->offset + (*block)->bytes.size();
    if (end > entry.logical_bytes) std::abort();
  }
}

Reading read_tar(std::span<const std::byte> bytes, Bodies bodies) {
  MemorySource memory(bytes);
  HashingSource source(memory);
  const Limits limits;
  TarReader reader(source, limits);
  Reading reading;
  std::uint64_t offset = 0;
  while (true) {
    auto entry = reader.next();
    if (!entry) return reading;
    if (reader.entry_offset() < offset || reader.entry_offset() > bytes.size()) std::abort();
    offset = reader.entry_offset();
    if (!entry->has_value()) break;
    reading.entries +=
        (*entry)->path + '\0' + (*entry)->link_target + '\0' + std::to_string((*entry)->logical_bytes) + '\n';
    if (bodies == Bodies::read) read_body(reader, **entry);
  }
  if (reader.total_bytes() != bytes.size() || source.bytes() != bytes.size()) std::abort();
  reading.complete = true;
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto read = read_tar(bytes, Bodies::read);
  const auto skipped = read_tar(bytes, Bodies::skip);
  if (read.complete && (!skipped.complete || read.entries != skipped.entries)) std::abort();
  return 0;
}
