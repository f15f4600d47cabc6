#include "report/page.h"

#include "support/catch.h"

using namespace imgslim;

TEST_CASE("a number and its unit stand on one line wherever a paragraph breaks") {
  for (std::size_t before = 30; before < 60; ++before) {
    const RenderOptions options{.columns = 60};
    report::Page page(options);
    page.paragraph({"  "}, std::string(before, 'x') + " 12.5 MB (-55.4 %), 3 kB; then");
    const auto text = std::move(page).take();
    CAPTURE(text);
    CHECK(text.find("12.5 MB") != std::string::npos);
    CHECK(text.find("(-55.4 %),") != std::string::npos);
    CHECK(text.find("3 kB;") != std::string::npos);
  }
}

TEST_CASE("a word that merely begins like a unit may start a line") {
  const RenderOptions options{.columns = 60};
  report::Page page(options);
  page.paragraph({""}, std::string(56, 'x') + " 12 Butterflies");
  CHECK(std::move(page).take() == std::string(56, 'x') + " 12\nButterflies\n");
}
