#include "elf/section_summary.h"

#include <map>

#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::elf;

namespace {

/// Writes numbers of one class and byte order.
class ElfWriter {
 public:
  ElfWriter(bool wide, ByteOrder order) : wide_(wide), order_(order) {}

  void number(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
      const auto shift = 8 * (order_ == ByteOrder::big ? bytes - 1 - i : i);
      text_ += static_cast<char>(value >> shift & 0xff);
    }
  }
  void word_of_class(std::uint64_t value) { number(value, wide_ ? 8 : 4); }
  void raw(std::string_view bytes) { text_ += bytes; }
  void header(std::uint16_t programs, std::uint64_t section_offset, std::uint16_t sections) {
    raw("\x7f"
        "ELF");
    number(wide_ ? 2 : 1, 1);
    number(order_ == ByteOrder::little ? 1 : 2, 1);
    raw(std::string(10, '\0'));
    number(3, 2);
    number(62, 2);
    number(1, 4);
    word_of_class(0);
    word_of_class(wide_ ? 64 : 52);
    word_of_class(section_offset);
    number(0, 4);
    number(wide_ ? 64 : 52, 2);
    number(wide_ ? 56 : 32, 2);
    number(programs, 2);
    number(wide_ ? 64 : 40, 2);
    number(sections, 2);
    number(0, 2);
  }
  struct Section {
    std::uint32_t type;
    std::uint64_t flags, offset, size;
    std::uint32_t link = 0;
  };
  void section(const Section& section) {
    number(0, 4);
    number(section.type, 4);
    word_of_class(section.flags);
    word_of_class(0);
    word_of_class(section.offset);
    word_of_class(section.size);
    number(section.link, 4);
    number(0, 4);
    word_of_class(0);
    word_of_class(0);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool wide_;
  ByteOrder order_;
  std::string text_;
};

SectionSummary summary_of(std::string_view file) {
  SummaryInput input{ByteView(file.substr(0, 4096)), {}, file.size()};
  if (const auto place = locate_sections(input.header)) {
    input.table = ByteView(file).part(place->offset, place->size_bytes).value_or(ByteView());
  }
  return summarize_sections(input);
}

/// The same sums from `readelf -SW`, nothing when it is no ELF file.
struct Expected {
  std::uint64_t debug_bytes = 0, symbol_table_bytes = 0;
  bool has_interpreter = false;
};

struct ReadelfSection {
  std::string name, type;
  std::uint64_t size = 0;
  std::string flags;
  std::size_t link = 0;
};

std::optional<ReadelfSection> parse_readelf_line(const std::string& line) {
  const auto bracket = line.find("] ");
  if (line.rfind("  [", 0) != 0 || bracket == std::string::npos || line.find("[Nr]") != std::string::npos) {
    return std::nullopt;
  }
  std::vector<std::string> words;
  std::string word;
  for (const char c : line.substr(bracket + 2) + ' ') {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  // [name] type address offset size entsize [flags] link info align; a section may have no name and no flags
  const bool has_flags =
      words.size() >= 3 && words[words.size() - 4].find_first_not_of("0123456789") != std::string::npos;
  const auto tail = words.size() - (has_flags ? 8 : 7);
  ReadelfSection section;
  section.type = words.at(tail - 1);
  section.name = tail >= 2 ? words[tail - 2] : "";
  section.size = std::stoull(words.at(tail + 2), nullptr, 16);
  section.flags = has_flags ? words.at(tail + 4) : "";
  section.link = std::stoul(words.at(words.size() - 3));
  return section;
}

std::optional<Expected> readelf(const std::string& path) {
  const auto output = real_tools::output_of("LC_ALL=C readelf -SW " + path + " 2>/dev/null");
  if (!output) return std::nullopt;
  std::vector<ReadelfSection> sections;
  for (const auto& line : real_tools::lines_of(*output)) {
    if (auto section = parse_readelf_line(line)) sections.push_back(std::move(*section));
  }
  Expected expected;
  for (const auto& section : sections) {
    if (section.name == ".interp") expected.has_interpreter = true;
    if (section.flags.find('A') != std::string::npos) continue;
    if (section.type == "PROGBITS") expected.debug_bytes += section.size;
    if (section.type == "SYMTAB") expected.symbol_table_bytes += section.size + sections.at(section.link).size;
  }
  return expected;
}

void check_against_readelf(const std::string& path) {
  CAPTURE(path);
  const auto expected = readelf(path);
  REQUIRE(expected);
  const auto summary = summary_of(real_tools::file_text(path));
  CHECK(summary.is_elf);
  CHECK(summary.debug_bytes == expected->debug_bytes);
  CHECK(summary.symbol_table_bytes == expected->symbol_table_bytes);
  if (summary.type == FileType::executable || summary.type == FileType::shared) {
    CHECK(summary.has_interpreter == expected->has_interpreter);
  }
}

}  // namespace

TEST_CASE("both classes and both byte orders give the same summary") {
  for (const bool wide : {false, true}) {
    for (const auto order : {ByteOrder::little, ByteOrder::big}) {
      CAPTURE(wide, static_cast<int>(order));
      ElfWriter writer(wide, order);
      const std::uint64_t programs_end = wide ? 64 + 2 * 56 : 52 + 2 * 32;
      writer.header(2, programs_end, 8);
      writer.number(1, 4);
      writer.raw(std::string(wide ? 52 : 28, '\0'));
      writer.number(3, 4);
      writer.raw(std::string(wide ? 52 : 28, '\0'));
      writer.section({0, 0, 0, 0});
      writer.section({1, 6, 0, 100});         // .text is loaded
      writer.section({1, 0, 100, 30});        // .debug_info
      writer.section({0x7000001e, 0, 0, 5});  // MIPS .debug_line
      writer.section({8, 0, 0, 50});          // NOBITS has no bytes
      writer.section({2, 0, 130, 40, 6});     // .symtab
      writer.section({3, 0, 170, 20});        // .strtab
      writer.section({11, 2, 0, 60, 6});      // .dynsym is loaded
      const auto summary = summary_of(writer.text());
      CHECK(summary.is_elf);
      CHECK(summary.class_bits == (wide ? 64 : 32));
      CHECK(summary.order == order);
      CHECK(summary.type == FileType::shared);
      CHECK(summary.machine == 62);
      CHECK(summary.debug_bytes == 35);
      CHECK(summary.symbol_table_bytes == 60);
      CHECK(summary.has_interpreter == std::optional(true));
    }
  }
}

TEST_CASE("sections behind the file's end, overflowing sizes and bad links do not count") {
  ElfWriter writer(true, ByteOrder::little);
  writer.header(0, 64, 5);
  writer.section({1, 0, 0, UINT64_MAX});
  writer.section({1, 0, UINT64_MAX, 1});
  writer.section({1, 0, 0, 64});
  writer.section({2, 0, 0, 10, 0xffffffff});
  writer.section({2, 0, 0, 10, 3});
  const auto summary = summary_of(writer.text());
  CHECK(summary.debug_bytes == 64);
  CHECK(summary.symbol_table_bytes == 30);
  CHECK(summary.has_interpreter == std::optional(false));
}

TEST_CASE("what is no ELF file has no summary and no table") {
  ElfWriter writer(true, ByteOrder::little);
  writer.header(0, 64, 1);
  for (std::size_t size = 0; size < header_bytes; ++size) {
    CHECK_FALSE(summary_of(writer.text().substr(0, size)).is_elf);
  }
  for (const auto at : {0u, 4u, 5u}) {
    auto broken = writer.text();
    broken[at] = '\7';
    CHECK_FALSE(summary_of(broken).is_elf);
    CHECK_FALSE(locate_sections(ByteView(broken)));
  }
}

TEST_CASE("a table is located as the header claims and never when entries have a foreign size") {
  ElfWriter writer(true, ByteOrder::little);
  writer.header(0, 0xfffffffffffffff0, 0xffff);
  const auto place = locate_sections(ByteView(writer.text()));
  REQUIRE(place);
  CHECK(place->offset == 0xfffffffffffffff0);
  CHECK(place->size_bytes == 0xffffu * 64);
  CHECK(summary_of(writer.text()).debug_bytes == 0);
  auto foreign = writer.text();
  foreign[58] = 1;
  CHECK_FALSE(locate_sections(ByteView(foreign)));
  ElfWriter stripped(true, ByteOrder::little);
  stripped.header(0, 0, 0);
  CHECK_FALSE(locate_sections(ByteView(stripped.text())));
  CHECK(summary_of(stripped.text()).is_elf);
}

TEST_CASE("binaries of this machine have the sizes readelf states") {
  if (!real_tools::has_program("readelf")) IMGSLIM_SKIP("no readelf on this machine");
  std::size_t checked = 0;
  for (const auto* directory : {"/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/local/go/bin"}) {
    if (!std::filesystem::is_directory(directory)) continue;
    std::size_t of_directory = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      if (of_directory >= 60) break;
      if (!entry.is_regular_file() || entry.file_size() > (64u << 20)) continue;
      if (real_tools::file_text(entry.path()).substr(0, 4) !=
          "\x7f"
          "ELF")
        continue;
      check_against_readelf(entry.path().string());
      ++of_directory;
    }
    checked += of_directory;
  }
  WARN(checked << " binaries held against readelf");
}

TEST_CASE("debug information and symbols appear with -g and go with strip") {
  if (!real_tools::has_program("g++") || !real_tools::has_program("readelf")) IMGSLIM_SKIP("no g++ on this machine");
  const real_tools::ScratchDirectory scratch;
  const auto root = scratch.path().string();
  REQUIRE(real_tools::output_of("cd " + root +
                                " && echo 'int main() { return 0; }' > a.cpp && g++ -g -o debug a.cpp && "
                                "g++ -o plain a.cpp && g++ -s -o stripped a.cpp && g++ -g -c -o object a.cpp && "
                                "g++ -static -o static a.cpp"));
  for (const auto* name : {"debug", "plain", "stripped", "object", "static"}) check_against_readelf(root + '/' + name);
  const auto debug = summary_of(real_tools::file_text(scratch.path() / "debug"));
  const auto plain = summary_of(real_tools::file_text(scratch.path() / "plain"));
  const auto stripped = summary_of(real_tools::file_text(scratch.path() / "stripped"));
  CHECK(debug.debug_bytes > plain.debug_bytes + 200);
  CHECK(plain.debug_bytes < 1024);
  CHECK(plain.symbol_table_bytes > 0);
  CHECK(stripped.symbol_table_bytes == 0);
  CHECK(plain.has_interpreter == std::optional(true));
  CHECK(summary_of(real_tools::file_text(scratch.path() / "object")).type == FileType::relocatable);
  for (const auto* target : {"elf32-big", "elf64-big", "elf32-little"}) {
    const auto command = "cd " + root + " && objcopy -O " + target + " object " + target + " 2>/dev/null";
    if (real_tools::output_of(command)) check_against_readelf(root + '/' + target);
  }
}
