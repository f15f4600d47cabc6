// A hostile zip archive.
#include <span>

#include "fuzz/package_checks.h"
#include "packages/jar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto jar = imgslim::packages::read_jar(std::as_bytes(std::span(data, size)), "opt/app-1.0.jar");
  if (jar) check_packages({{jar->package}, jar->notes}, size);
  return 0;
}
