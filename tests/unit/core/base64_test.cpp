#include "core/base64.h"

#include "support/catch.h"

using namespace imgslim;

TEST_CASE("base64 is decoded strictly") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9v") == "foo");
  CHECK(decode_base64("Zm9vYmE=") == "fooba");
  CHECK(decode_base64("/+8A") == std::string("\xff\xef\0", 3));
  for (const auto* text : {"Zg", "Zg=", "Z===", "Zm9 ", "Zm9v\n", "====", "Zm=v"}) {
    INFO(text);
    CHECK_FALSE(decode_base64(text).has_value());
  }
}
