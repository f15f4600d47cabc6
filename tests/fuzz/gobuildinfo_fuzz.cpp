// Build info is the same however the file is cut into chunks.
#include <algorithm>
#include <span>

#include "core/check.h"
#include "fuzz/package_checks.h"
#include "packages/go_build_info.h"

using namespace imgslim::packages;

namespace {

std::optional<GoBuildInfo> scanned(std::string_view file, std::size_t chunk) {
  GoBuildInfoScanner scanner;
  for (; !file.empty(); file.remove_prefix(std::min(chunk, file.size()))) {
    const auto part = file.substr(0, chunk);
    scanner.feed(std::as_bytes(std::span(part.data(), part.size())));
  }
  return scanner.finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto file = text_of(data + 1, size - 1);
  const auto whole = scanned(file, file.size());
  const auto cut = scanned(file, data[0] % 64u + 1);
  IMGSLIM_CHECK(whole.has_value() == cut.has_value());
  if (!whole) return 0;
  IMGSLIM_CHECK(whole->go_version == cut->go_version && whole->main_path == cut->main_path);
  IMGSLIM_CHECK(whole->main_module == cut->main_module && whole->dependencies == cut->dependencies);
  check_packages({{go_package(*whole, "usr/bin/a")}, {}}, size);
  return 0;
}
