// A hostile gem specification under a hostile name.
#include "fuzz/package_checks.h"
#include "packages/gem.h"

using namespace imgslim::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = text_of(data, size);
  const auto path = imgslim::clean_path(take_part(text)).text;
  const auto marker = imgslim::clean_path(take_part(text)).text;
  check_packages(read_gem(path, text, GemExtensions({marker})), size);
  return 0;
}
