#include "core/byte_format.h"

#include "support/catch.h"

using namespace imgslim;

TEST_CASE("byte counts print in SI, IEC or plain") {
  CHECK(format_bytes(0, Units::si) == "0 B");
  CHECK(format_bytes(999, Units::si) == "999 B");
  CHECK(format_bytes(1000, Units::si) == "1.0 kB");
  CHECK(format_bytes(999'949, Units::si) == "999.9 kB");
  CHECK(format_bytes(999'950, Units::si) == "1.0 MB");
  CHECK(format_bytes(254'200'000, Units::si) == "254.2 MB");
  CHECK(format_bytes(1024, Units::iec) == "1.0 KiB");
  CHECK(format_bytes(UINT64_MAX, Units::bytes) == "18446744073709551615");
  CHECK(format_byte_change(-1500, Units::si) == "-1.5 kB");
}

TEST_CASE("byte counts parse with explicit units") {
  CHECK(*parse_byte_count("20MB") == 20'000'000);
  CHECK(*parse_byte_count("20MiB") == 20'971'520);
  CHECK(*parse_byte_count("20") == 20);
  CHECK(*parse_byte_count("1.5 GB") == 1'500'000'000);
  CHECK(*parse_byte_count("3k") == 3'000);
  CHECK_FALSE(parse_byte_count("20MX"));
  CHECK_FALSE(parse_byte_count("-5"));
  CHECK_FALSE(parse_byte_count("MB"));
  CHECK_FALSE(parse_byte_count("99999999999GB"));
}
