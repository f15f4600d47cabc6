// A hostile package.json under a hostile path, which also goes through the classifier.
#include "fuzz/package_checks.h"
#include "packages/database_kind.h"
#include "packages/npm.h"

using namespace imgslim::packages;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = text_of(data, size);
  const auto path = imgslim::clean_path(take_part(text)).text;
  const auto kind = classify_database(path);
  const auto set = read_npm(path, text, {});
  check_packages(set, size);
  if (kind == DatabaseKind::npm_package) IMGSLIM_CHECK(!set.packages.at(0).name.empty());
  return 0;
}
