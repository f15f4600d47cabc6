#include "measure/process_files.h"

#include <unistd.h>

#include "support/catch.h"

using namespace imgslim::measure;

TEST_CASE("Mappings of a file are summed, paths with blanks and colons included") {
  const auto memory = parse_smaps(
      "7f00-7f10 r--p 00000000 fe:00 12 /lib/libc.so.6\nRss: 8 kB\nAnonymous: 0 kB\nVmFlags: rd\n"
      "7f10-7f20 rw-p 00001000 fe:00 12                         /lib/libc.so.6\nRss: 4 kB\nAnonymous: 4 kB\n"
      "7f20-7f30 r--p 00000000 fe:00 13 /a b: c\nRss: 12 kB\nAnonymous: 0 kB\n"
      "7f30-7f40 rw-p 00000000 00:00 0 \nRss: 16 kB\nAnonymous: 16 kB\n"
      "7f40-7f50 rw-p 00000000 00:00 0 [heap]\nRss: 20 kB\nAnonymous: 20 kB\n");
  REQUIRE(memory.files.size() == 2);
  CHECK(memory.files.at("/lib/libc.so.6").resident_bytes == 12 * 1024);
  CHECK(memory.files.at("/lib/libc.so.6").private_bytes == 4 * 1024);
  CHECK(memory.files.at("/a b: c").resident_bytes == 12 * 1024);
  CHECK(memory.resident_bytes == 60 * 1024);
  CHECK(memory.private_bytes == 40 * 1024);
}

TEST_CASE("This process is among those of its namespace and has memory") {
  const auto pids = processes_in_namespace_of(getpid());
  CHECK(std::find(pids.begin(), pids.end(), getpid()) != pids.end());
  CHECK(resident_memory(getpid()).resident_bytes > 0);
}

TEST_CASE("A process that is not there has nothing") {
  CHECK(processes_in_namespace_of(0).empty());
  CHECK(cpu_ticks(0) == 0);
  CHECK(resident_memory(0).files.empty());
  CHECK(parse_smaps("").resident_bytes == 0);
  CHECK(parse_smaps("x").resident_bytes == 0);
}
