// Metadata and file lists of a Python distribution, all hostile, beside each other and alone.
#include "fuzz/package_checks.h"
#include "packages/python.h"

using namespace imgslim::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = text_of(data, size);
  PythonDistribution distribution;
  distribution.metadata_path = "usr/lib/python3/site-packages/a-1.dist-info/METADATA";
  distribution.metadata = take_part(text);
  const auto record = take_part(text);
  const auto installed_files = take_part(text);
  distribution.top_level = text;
  check_packages(read_python(distribution), size);
  distribution.installed_files = installed_files;
  check_packages(read_python(distribution), size);
  distribution.record = record;
  check_packages(read_python(distribution), size);
  distribution.metadata_path = "a.egg-info";
  check_packages(read_python(distribution), size);
  return 0;
}
