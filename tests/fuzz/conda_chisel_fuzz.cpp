// The two JSON databases.
#include "fuzz/package_checks.h"
#include "packages/chisel.h"
#include "packages/conda.h"

using namespace imgslim::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = text_of(data, size);
  check_packages(read_conda("opt/conda/conda-meta/a.json", text, {}), size);
  imgslim::Limits limits;
  limits.text_bytes = 1u << 20;
  if (const auto set = read_chisel(text, limits)) check_packages(*set, limits.text_bytes);
  return 0;
}
