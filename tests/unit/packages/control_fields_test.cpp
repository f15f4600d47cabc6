#include "packages/control_fields.h"

#include "support/catch.h"

using imgslim::packages::Continuation;
using imgslim::packages::ControlFields;

TEST_CASE("paragraphs are parted by blank lines, names ignore case") {
  std::string_view text = "\n\nPackage: a\nInstalled-Size:12 \nOdd line\n\n\nPackage: b\r\nX:\r\n\r\nPackage: c";
  auto fields = ControlFields::take(text);
  CHECK(fields.value("package") == "a");
  CHECK(fields.value("INSTALLED-SIZE") == "12");
  CHECK(fields.value("Version").empty());
  fields = ControlFields::take(text);
  CHECK(fields.value("Package") == "b");
  fields = ControlFields::take(text);
  CHECK(fields.value("Package") == "c");
  CHECK(text.empty());
  CHECK(ControlFields::take(text).empty());
}

TEST_CASE("continuation lines are joined as their format says") {
  std::string_view lines = "Conffiles:\n /etc/a 1\n /etc/b 2\nNext: x\n";
  const auto paragraph = ControlFields::take(lines);
  CHECK(paragraph.value("Conffiles") == "\n/etc/a 1\n/etc/b 2");
  CHECK(paragraph.value("Next") == "x");
  std::string_view wrapped = "Bundle-SymbolicName: org.exa\r\n mple.lib\r\n";
  CHECK(ControlFields::take(wrapped, Continuation::wrap).value("Bundle-SymbolicName") == "org.example.lib");
}

TEST_CASE("a continuation of nothing is ignored") {
  std::string_view text = " stray\nnot a field\n stray again\nA: b\n";
  CHECK(ControlFields::take(text).value("A") == "b");
}
