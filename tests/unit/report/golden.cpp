#include "unit/report/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/catch.h"

namespace imgslim::test {

void check_golden(const std::string& name, const std::string& actual) {
  INFO("golden file " << name << "; after a wanted change run with IMGSLIM_UPDATE_GOLDEN=1 and read the diff");
  const auto path = std::string(IMGSLIM_TESTS_DIR "/golden/report/") + name;
  if (const char* update = std::getenv("IMGSLIM_UPDATE_GOLDEN"); update && std::string(update) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  const std::string expected((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  CHECK(actual == expected);
}

}  // namespace imgslim::test
