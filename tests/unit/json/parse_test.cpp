#include "json/parse.h"

#include "support/catch.h"

using namespace imgslim;

namespace {
std::string message_of(std::string_view text) {
  const auto parsed = json::parse(text, Limits{});
  return parsed ? std::string() : parsed.error().message;
}
}  // namespace

TEST_CASE("valid JSON is read") {
  const auto parsed = json::parse(R"({"a":[1,-2,3.5,"x",null,true],"n":18446744073709551615})", Limits{});
  REQUIRE(parsed);
  CHECK(json::unsigned_member(*parsed, "n") == UINT64_MAX);
  CHECK(json::member(*parsed, "a").size() == 6);
  CHECK(json::string_member(*parsed, "missing").empty());
}

TEST_CASE("what I-JSON forbids is refused with a reason") {
  CHECK(message_of(R"({"a":1,"a":2})") == "duplicate key \"a\"");
  CHECK(message_of("99999999999999999999") == "integer out of range: 99999999999999999999");
  CHECK(message_of("{\"a\":").find("byte") == 0);
  CHECK_FALSE(message_of("\"\xff\"").empty());
  CHECK_FALSE(message_of("").empty());
}

TEST_CASE("nesting and size are limited by name") {
  const auto deep = json::parse(std::string(40, '[') + std::string(40, ']'), Limits{});
  REQUIRE_FALSE(deep);
  CHECK(deep.error().kind == ErrorKind::limit);
  CHECK(deep.error().message.find("json-depth = 32") != std::string::npos);
}
