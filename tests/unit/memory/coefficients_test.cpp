#include "memory/coefficients.h"

#include "memory/embedded_coefficients.h"
#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::memory;

TEST_CASE("The built-in coefficients can be read and are sane") {
  const auto coefficients = built_in_coefficients();
  CHECK_FALSE(coefficients.origin.empty());
  CHECK(coefficients.native_heap_per_root_kib > 0);
  for (const auto& interval : coefficients.processes) {
    CHECK(interval.low <= 1);
    CHECK(interval.high >= 1);
  }
}

TEST_CASE("A file of coefficients that lacks a number or has an absurd one is refused") {
  const std::string text(embedded_coefficients());
  const auto without = [&](const std::string& word) {
    auto changed = text;
    for (auto at = changed.find(word); at != std::string::npos; at = changed.find(word))
      changed.replace(at, word.size(), "x");
    return parse_coefficients(changed);
  };
  CHECK(parse_coefficients(text));
  CHECK_FALSE(without("heap_per_root_kib"));
  CHECK_FALSE(without("\"low\""));
  CHECK_FALSE(without("imgslim.memory-coefficients/2"));
  const auto with = [&](const std::string& row) {
    auto changed = text;
    return changed.insert(changed.find("\"files\": {") + 10, "\"a\": {\"text\": " + row + "},"),
           parse_coefficients(changed);
  };
  REQUIRE(with("[3, 0.5, 0.25]"));
  CHECK(with("[3, 0.5, 0.25]")->files["a"][static_cast<std::size_t>(Part::text)].share == 0.5);
  for (const char* const row : {"[3, 0.5]", "[-1, 0.5, 0]", "[3, 1.5, 0]", "[3, 0.5, \"x\"]", "{}"}) {
    INFO(row);
    CHECK_FALSE(with(row));
  }
  CHECK_FALSE(parse_coefficients("{}"));
  CHECK_FALSE(parse_coefficients("no JSON"));
}

TEST_CASE("Files are known by their name up to .so") {
  CHECK(library_key("libssl.so.3") == "libssl");
  CHECK(library_key("_ssl.cpython-311-x86_64-linux-gnu.so") == "_ssl");
  CHECK(library_key("_rust.abi3.so") == "_rust");
  CHECK(library_key("python3.11") == "python3.11");
}
