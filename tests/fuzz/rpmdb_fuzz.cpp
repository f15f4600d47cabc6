// The bytes as an rpm database and as one header of it.
#include <span>

#include "fuzz/package_checks.h"
#include "packages/rpm.h"
#include "packages/rpm_header.h"

using namespace imgslim;
using namespace imgslim::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto set = read_rpm_sqlite(bytes)) {
    for (const auto& package : set->packages) check_packages({{package}, {}}, size);
  }
  PackageSet one;
  if (auto package = read_rpm_header(ByteView(bytes), one.notes)) one.packages.push_back(std::move(*package));
  check_packages(one, size);
  return 0;
}
