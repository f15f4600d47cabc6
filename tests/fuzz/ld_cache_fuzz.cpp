// A hostile ld.so.cache: what is read lies within the file, and every entry is found by its own name.
#include <cstdlib>

#include "linker/cache.h"

using imgslim::linker::Cache;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto order : {imgslim::ByteOrder::little, imgslim::ByteOrder::big}) {
    const auto cache = Cache::read(bytes, order);
    if (!cache) continue;
    if (cache->entries().size() > size / 12) std::abort();
    for (const auto& entry : cache->entries()) {
      for (const auto text : {entry.name, entry.path})
        if (text.data() < bytes.data() || text.data() + text.size() >= bytes.data() + size) std::abort();
    }
    for (std::size_t i = 0; i < cache->entries().size(); i += 1 + cache->entries().size() / 16) {
      const auto& entry = cache->entries()[i];
      const auto* found = cache->find(entry.name, {entry.flags, {std::string(entry.subdirectory)}, entry.hwcap});
      if (found == nullptr || found->name != entry.name) std::abort();
    }
  }
  return 0;
}
