#include "elf/read_elf.h"

#include "support/catch.h"
#include "support/elf_builder.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::elf;
using test::build_elf;
using test::ElfSpec;

namespace {

ElfFacts facts_of(std::string_view file) {
  const auto facts = read_elf(SparseImage(ByteView(file)));
  REQUIRE(facts);
  return *facts;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the dynamic section is read in both classes and byte orders") {
  const auto class_bits = GENERATE(32u, 64u);
  const auto order = GENERATE(ByteOrder::little, ByteOrder::big);
  ElfSpec spec{.class_bits = class_bits, .order = order, .machine = 20, .entry = 0x1234};
  spec.interpreter = "/lib/ld.so.1";
  spec.soname = "libx.so.1";
  spec.needed = {"liba.so", "libb.so.2"};
  spec.auxiliary = {"libaux.so"};
  spec.filter = {"libfilter.so"};
  spec.audit = {"audit.so"};
  spec.rpath = {"/r:$ORIGIN"};
  spec.runpath = {""};
  spec.flags = 8;
  spec.flags_1 = 0x08000800;
  const auto facts = facts_of(build_elf(spec));
  CHECK(facts.class_bits == class_bits);
  CHECK(facts.order == order);
  CHECK(facts.type == FileType::shared);
  CHECK(facts.machine == 20);
  CHECK(facts.entry_address == 0x1234);
  CHECK(facts.defect == Defect::none);
  CHECK(facts.interpreter == "/lib/ld.so.1");
  CHECK(facts.soname == "libx.so.1");
  CHECK(facts.needed == Names{"liba.so", "libb.so.2"});
  CHECK(facts.auxiliary == Names{"libaux.so"});
  CHECK(facts.filter == Names{"libfilter.so"});
  CHECK(facts.audit == Names{"audit.so"});
  CHECK(facts.rpath == "/r:$ORIGIN");
  CHECK(facts.runpath == "");
  CHECK(facts.bind_now);
  CHECK(facts.no_default_libraries);
  CHECK(facts.position_independent_executable);
  CHECK(facts.dynamic);
  CHECK(facts.segments.size() == 2);
  CHECK_FALSE(facts.incomplete);
}

TEST_CASE("an absent search path is not an empty one") {
  const auto facts = facts_of(build_elf({}));
  CHECK(facts.rpath == std::nullopt);
  CHECK(facts.runpath == std::nullopt);
}

TEST_CASE("system directories are those that the machine's loader names") {
  const auto listed = real_tools::output_of("/lib64/ld-linux-x86-64.so.2 --help 2>/dev/null");
  if (!listed) IMGSLIM_SKIP("no /lib64/ld-linux-x86-64.so.2 on this machine");
  Names expected;
  for (const auto& line : real_tools::lines_of(*listed)) {
    const auto end = line.find(" (system search path)");
    if (end != std::string::npos) expected.push_back(line.substr(2, end - 2));
  }
  REQUIRE_FALSE(expected.empty());
  CHECK(facts_of(real_tools::file_text("/lib64/ld-linux-x86-64.so.2")).system_directories == expected);
}
