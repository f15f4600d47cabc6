// A dpkg database whose parts are all hostile.
#include "fuzz/package_checks.h"
#include "packages/dpkg.h"

using namespace imgslim::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = text_of(data, size);
  DpkgDatabase database;
  database.status = take_part(text);
  database.diversions = take_part(text);
  database.info["a.list"] = take_part(text);
  database.info["b.md5sums"] = take_part(text);
  database.info["b.conffiles"] = take_part(text);
  database.status_d["d"] = take_part(text);
  database.status_d["d.md5sums"] = text;
  check_packages(read_dpkg(database), size);
  return 0;
}
