#include "elf/read_elf.h"

#include <set>
#include <sstream>

#include "elf/segment_notes.h"
#include "elf/symbols.h"
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

TEST_CASE("symbol versions are read, the file's own name left out") {
  const auto class_bits = GENERATE(32u, 64u);
  ElfSpec spec{.class_bits = class_bits, .order = ByteOrder::big};
  spec.version_needs = {{"libc.so.6", {"GLIBC_2.34", "GLIBC_2.2.5"}}, {"libm.so.6", {"GLIBC_2.29"}}};
  spec.version_definitions = {"libx.so", "X_1", "X_2"};
  const auto facts = facts_of(build_elf(spec));
  CHECK(facts.version_needs ==
        std::vector<VersionNeed>{{"libc.so.6", {"GLIBC_2.34", "GLIBC_2.2.5"}}, {"libm.so.6", {"GLIBC_2.29"}}});
  CHECK(facts.version_definitions == Names{"X_1", "X_2"});
}

TEST_CASE("imports are told by undefined symbols") {
  CHECK(facts_of(build_elf({.imports = {"dlopen", "getpwnam"}})).imports == (imports_dlopen | imports_users));
  CHECK(facts_of(build_elf({.exports = {"dlopen"}})).imports == 0);
  CHECK(facts_of(build_elf({.exports = {"__libc_start_main", "stdin"}})).imports == exports_libc);
  CHECK(facts_of(build_elf({.exports = {"stdin"}})).imports == 0);
  const auto iterator = "_ZNSt10filesystem7__cxx1118directory_iteratorC1ERKNS0_4pathENS_17directory_optionsEPSt10error";
  CHECK(facts_of(build_elf({.imports = {iterator, "_ZN8QLibrary4loadEv"}})).imports ==
        (imports_directories | imports_dlopen));
  CHECK(facts_of(build_elf({.imports = {"_ZNSt6vectorIiE8iteratorE", "_ZN4QUrlC1Ev"}})).imports == 0);
  CHECK(facts_of(build_elf({.exports = {"plugin_auto_load"}})).imports == offers_load_all);
  CHECK(facts_of(build_elf({.exports = {"plugin_load", "autoload", "autoload_plugins_by_name"}})).imports == 0);
}

TEST_CASE("notes are read with the padding of their segment") {
  const auto alignment = GENERATE(4u, 8u);
  ElfSpec spec;
  spec.note_alignment = alignment;
  spec.notes = {{"GNU", 3, "\x01\xab"},
                {"FDO", 0x407c0c0a, R"([{"soname":["liba.so.1","libb.so"],"feature":"f","priority":"required"}])"}};
  const auto facts = facts_of(build_elf(spec));
  CHECK(facts.build_id == "01ab");
  CHECK(facts.dlopen_notes == std::vector<DlopenNote>{{{"liba.so.1", "libb.so"}, "f", DlopenPriority::required}});
}

TEST_CASE("entries of a dlopen note that are not as specified are passed over") {
  CHECK(parse_dlopen_note("[{\"soname\":[\"a\"]},3,{\"soname\":\"b\"},{\"soname\":[\"\",4]}]") ==
        std::vector<DlopenNote>{{{"a"}, "", DlopenPriority::recommended}});
  CHECK(parse_dlopen_note(R"({"soname":["a"]})").empty());
  CHECK(parse_dlopen_note("[[[[[[[[[[1]]]]]]]]]]").empty());
  CHECK(parse_dlopen_note(std::string(3, '\0')).empty());
}

TEST_CASE("what ends glibc's search is a defect, another class or machine is none") {
  const auto defect_with = [](std::size_t at, std::string_view bytes) {
    auto file = build_elf({});
    file.replace(at, bytes.size(), bytes);
    return facts_of(file).defect;
  };
  CHECK(defect_with(4, "\1") == Defect::bad_header_size);  // its fields are read elsewhere
  CHECK(facts_of(build_elf({.class_bits = 32})).defect == Defect::none);
  CHECK(facts_of(build_elf({.machine = 183})).defect == Defect::none);
  CHECK(defect_with(5, "\3") == Defect::wrong_byte_order);
  CHECK(facts_of(build_elf({}).replace(5, 1, "\3")).machine == 62);
  CHECK(defect_with(6, "\2") == Defect::bad_version);
  CHECK(defect_with(7, "\x09") == Defect::bad_abi);
  CHECK(defect_with(8, "\1") == Defect::bad_abi);
  CHECK(defect_with(7, std::string_view("\3\3", 2)) == Defect::none);
  CHECK(defect_with(7, std::string_view("\3\4", 2)) == Defect::bad_abi);
  CHECK(defect_with(15, "\1") == Defect::bad_abi);
  CHECK(defect_with(16, "\1") == Defect::bad_type);
  CHECK(defect_with(20, "\2") == Defect::bad_version);
  CHECK(defect_with(54, "\x20") == Defect::bad_header_size);
  CHECK(facts_of(build_elf({}).substr(0, 63)).defect == Defect::not_elf);
  CHECK_FALSE(read_elf(SparseImage(ByteView(std::string_view("GROUP ( libc.so.6 )")))));
}

TEST_CASE("relocated pages are those that relocations write") {
  constexpr std::uint32_t copy = 5, glob_dat = 6, jump_slot = 7, relative = 8;
  constexpr auto data = test::elf_data_address;
  ElfSpec spec;
  spec.imports = {"stdout"};
  spec.data_bytes = 0x8000;
  spec.relocations = {{data, relative, 0, 0x10}, {data + 8, glob_dat, 1}, {data + 0x1ffc, relative, 0, 0x10},
                      {data + 0x4ffc, copy, 1},  {data + 0x6000, 0},      {0x900000, relative}};
  spec.jump_slots = {{data + 0x7000, jump_slot, 1}};
  const auto work = facts_of(build_elf(spec)).loader_work;
  constexpr auto first = data / 4096;
  CHECK(work.relocated_pages == std::vector<PageRange>{{first, 3}, {first + 4, 2}});
  CHECK(work.jump_slot_pages == std::vector<PageRange>{{first + 7, 1}});
  CHECK(work.tables.size() == 2);
  CHECK(work.dynamic_section.begin == test::elf_dynamic_address);
}

TEST_CASE("compressed relative relocations cover the words that their bitmaps name") {
  constexpr auto data = test::elf_data_address;
  ElfSpec spec;
  spec.data_bytes = 0x8000;
  // A word at the data's begin, then words 0 and 62 behind it; then a word before the end of page 2 and two behind it.
  spec.relr = {data,          1u | 1u << 1 | std::uint64_t{1} << 63,
               data + 0x2ff8, 1u | 1u << 1,
               data + 0x5f00, 1u | std::uint64_t{1} << 63};
  const auto work = facts_of(build_elf(spec)).loader_work;
  constexpr auto first = data / 4096;
  CHECK(work.relocated_pages == std::vector<PageRange>{{first, 1}, {first + 2, 2}, {first + 5, 2}});
}

TEST_CASE("initializers and resolvers are code that runs at start") {
  constexpr auto data = test::elf_data_address;
  ElfSpec spec;
  spec.data_bytes = 0x2000;
  spec.more_entries = {{25, data}, {27, 16}, {12, 0x40}};  // DT_INIT_ARRAY, DT_INIT
  spec.relocations = {
      {data, 8, 0, data + 0x1800}, {data + 0x1000, 37, 0, test::elf_dynamic_address}, {data + 0x1008, 8, 0, 0x1f0000}};
  const auto work = facts_of(build_elf(spec)).loader_work;
  CHECK(work.code_pages == std::vector<PageRange>{{0, 1}, {test::elf_dynamic_address / 4096, 1}, {data / 4096 + 1, 1}});
}

TEST_CASE("names of symbols are numbers, of a DT_HASH as of a DT_GNU_HASH") {
  ElfSpec spec;
  spec.imports = {"printf", "malloc"};
  spec.exports = {"mine"};
  const auto facts = facts_of(build_elf(spec));
  CHECK(facts.wanted_symbols == std::vector<std::uint32_t>{symbol_hash("printf"), symbol_hash("malloc")});
  CHECK(facts.offered_symbols == std::vector<std::uint32_t>{symbol_hash("mine")});
  // The value that DT_GNU_HASH's specification gives for printf.
  CHECK(symbol_hash("printf") == 0x156b2bb8u >> 1);
}

TEST_CASE("this machine's libc offers what nm lists") {
  const std::string libc = "/lib/x86_64-linux-gnu/libc.so.6";
  const auto listed = real_tools::output_of("nm -D --defined-only --format=just-symbols " + libc + " 2>/dev/null");
  if (!listed) IMGSLIM_SKIP("no nm or no libc to look at");
  std::set<std::uint32_t> expected;
  std::istringstream names(*listed);
  for (std::string name; std::getline(names, name);) expected.insert(symbol_hash(name.substr(0, name.find('@'))));
  const auto facts = facts_of(real_tools::file_text(libc));
  CHECK(std::set<std::uint32_t>(facts.offered_symbols.begin(), facts.offered_symbols.end()) == expected);
}

TEST_CASE("UPX's mark behind the program headers tells a packed file") {
  auto file = build_elf({.machine = 62});
  CHECK_FALSE(facts_of(file).packed_by_upx);
  const auto behind_headers = file.find(std::string(8, '\0'), 300);
  REQUIRE(behind_headers < 1000);
  file.replace(behind_headers, 4, "UPX!");
  CHECK(facts_of(file).packed_by_upx);
}
