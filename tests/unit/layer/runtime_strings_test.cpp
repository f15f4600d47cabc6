#include "layer/runtime_strings.h"

#include <string>

#include "core/byte_view.h"
#include "support/catch.h"

using imgslim::ByteView;
using imgslim::layer::RuntimeStrings;
using imgslim::layer::RuntimeStringsScanner;

namespace {

RuntimeStrings scan(std::string_view file_name, std::string_view content, std::size_t block_bytes) {
  auto scanner = RuntimeStringsScanner::for_file(file_name);
  REQUIRE(scanner);
  for (std::size_t at = 0; at < content.size(); at += block_bytes)
    scanner->feed(ByteView(content.substr(at, block_bytes)).bytes());
  return std::move(*scanner).finish();
}

std::string with_nuls(std::string text) {
  for (auto& c : text)
    if (c == '|') c = '\0';
  return text;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("words of the JVM end with a NUL, have a capital and come sorted, each once") {
  const auto content = with_nuls("||UseG1GC|-XX:MaxRAM|UseG1GC|lower|Ab|Open\x01Shared\x01|NotEnded");
  CHECK(scan("libjvm.so", content, content.size()).vm_words == Words{"MaxRAM", "UseG1GC"});
}

TEST_CASE("words of the JVM may be 3 to 96 bytes long") {
  const auto word = [](std::size_t size) { return "A" + std::string(size - 1, 'b'); };
  const auto content = with_nuls(word(2) + "|" + word(3) + "|" + word(96) + "|" + word(97) + "|" + word(300) + "|");
  for (const std::size_t block : {std::size_t{1}, std::size_t{50}, std::size_t{97}, content.size()})
    CHECK(scan("libjvm.so", content, block).vm_words == Words{word(3), word(96)});
}

TEST_CASE("how the file is cut into blocks changes no word") {
  const auto content = with_nuls("|UseG1GC|-XX:MaxRAM|\x02Tail9|UseSerialGC||x.Y|Zed|more");
  const Words expected{"MaxRAM", "Tail9", "UseG1GC", "UseSerialGC", "Zed"};
  for (std::size_t block = 1; block <= content.size(); ++block)
    CHECK(scan("libjvm.so", content, block).vm_words == expected);
}

TEST_CASE("node's version stands in the address of its headers, wherever blocks end") {
  const std::string content = "xx https://nodejs.org/download/release/v20.20.2/node-v20.20.2.tar.gz yy";
  for (std::size_t block = 1; block <= content.size(); ++block)
    CHECK(scan("node", content, block).node_version == "20.20.2");
}
