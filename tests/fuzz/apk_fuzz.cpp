// A hostile database of apk.
#include "fuzz/package_checks.h"
#include "packages/apk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_packages(imgslim::packages::read_apk(text_of(data, size)), size);
  return 0;
}
