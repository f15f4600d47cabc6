// The reader against libelf over all ELF files of this machine. libelf goes by section headers where the reader goes by
// program headers, so that both can only agree by being right.
#ifdef IMGSLIM_HAVE_LIBELF
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <cstring>
#endif

#include "elf/read_elf.h"
#include "elf/relocations.h"
#include "elf/symbols.h"
#include "support/catch.h"
#include "support/real_tools.h"

#ifndef IMGSLIM_HAVE_LIBELF

TEST_CASE("ELF files of this machine are read as libelf reads them") {
  IMGSLIM_SKIP("built without libelf (libelf-dev)");
}

#else

using namespace imgslim;

namespace {

/// What libelf tells.
struct Expected {
  std::vector<std::string> needed;
  std::string soname, interpreter;
  std::optional<std::string> rpath, runpath;
  std::vector<elf::LoadSegment> segments;
  std::vector<std::pair<std::string, bool> > symbols;  ///< name cut as the reader cuts it, defined
  bool has_sections = false;
  bool maps_dynamic = false;  ///< files of debug information keep the header without the bytes
};

void read_segments(Elf* file, Expected& expected) {
  std::size_t count = 0;
  elf_getphdrnum(file, &count);
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr header;
    if (gelf_getphdr(file, static_cast<int>(i), &header) == nullptr) continue;
    if (header.p_type == PT_LOAD)
      expected.segments.push_back(
          {header.p_flags, header.p_offset, header.p_vaddr, header.p_filesz, header.p_memsz, header.p_align});
    if (header.p_type == PT_DYNAMIC) expected.maps_dynamic = header.p_filesz > 0;
    if (header.p_type != PT_INTERP || !expected.interpreter.empty()) continue;
    std::size_t size = 0;
    const char* const raw = elf_rawfile(file, &size);
    if (header.p_offset + header.p_filesz <= size)
      expected.interpreter.assign(raw + header.p_offset, strnlen(raw + header.p_offset, header.p_filesz));
  }
}

void read_dynamic(Elf* file, Elf_Scn* section, const GElf_Shdr& header, Expected& expected) {
  Elf_Data* const data = elf_getdata(section, nullptr);
  expected.has_sections = data != nullptr && data->d_buf != nullptr;
  for (int i = 0; expected.has_sections; ++i) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, i, &entry) == nullptr || entry.d_tag == DT_NULL) return;
    const char* const text = elf_strptr(file, header.sh_link, entry.d_un.d_val);
    if (entry.d_tag == DT_NEEDED) expected.needed.emplace_back(text == nullptr ? "" : text);
    if (entry.d_tag == DT_SONAME) expected.soname = text;
    if (entry.d_tag == DT_RPATH) expected.rpath = text;
    if (entry.d_tag == DT_RUNPATH) expected.runpath = text;
  }
}

void read_symbols(Elf* file, Elf_Scn* section, const GElf_Shdr& header, Expected& expected) {
  Elf_Data* const data = elf_getdata(section, nullptr);
  if (data == nullptr || header.sh_entsize == 0) return;
  for (std::size_t i = 0; i < header.sh_size / header.sh_entsize; ++i) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const char* const text = elf_strptr(file, header.sh_link, symbol.st_name);
    expected.symbols.emplace_back(std::string(text == nullptr ? "" : text).substr(0, elf::longest_symbol_bytes),
                                  symbol.st_shndx != SHN_UNDEF);
  }
}

std::optional<Expected> ask_libelf(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Elf* const file = elf_begin(descriptor, ELF_C_READ_MMAP, nullptr);
  std::optional<Expected> expected;
  if (file != nullptr && elf_kind(file) == ELF_K_ELF) {
    expected.emplace();
    read_segments(file, *expected);
    for (Elf_Scn* section = nullptr; (section = elf_nextscn(file, section)) != nullptr;) {
      GElf_Shdr header;
      if (gelf_getshdr(section, &header) == nullptr) continue;
      if (header.sh_type == SHT_DYNAMIC) read_dynamic(file, section, header, *expected);
      if (header.sh_type == SHT_DYNSYM) read_symbols(file, section, header, *expected);
    }
  }
  elf_end(file);
  close(descriptor);
  return expected;
}

std::vector<std::pair<std::string, bool> > symbols_of(const elf::SparseImage& file) {
  std::vector<std::pair<std::string, bool> > symbols;
  const auto format = elf::Format::of(file.up_to(0, 64));
  const auto headers = elf::read_program_headers(*format, file);
  const elf::LoadedImage image(*format, file, headers);
  const auto section = elf::DynamicSection::read(image, headers);
  if (!section) return symbols;
  const auto table = elf::read_symbols(image, *section);
  for (std::uint64_t i = 0; i < table.count(); ++i) {
    const auto symbol = table.at(i);
    symbols.emplace_back(symbol.name, symbol.defined);
  }
  return symbols;
}

bool agrees(std::string_view text, const Expected& expected) {
  const elf::SparseImage file((ByteView(text)));
  const auto facts = elf::read_elf(file);
  if (!facts) return false;
  const bool same_segments = facts->segments == expected.segments && facts->interpreter == expected.interpreter;
  if (!expected.has_sections || !expected.maps_dynamic) return same_segments;
  return same_segments && facts->needed == expected.needed && facts->soname == expected.soname &&
         facts->rpath == expected.rpath && facts->runpath == expected.runpath && symbols_of(file) == expected.symbols;
}

}  // namespace

TEST_CASE("ELF files of this machine are read as libelf reads them") {
  REQUIRE(elf_version(EV_CURRENT) != EV_NONE);
  std::size_t files = 0, symbols = 0;
  std::vector<std::string> different;
  for (const auto* top : {"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/libexec", "/usr/local"}) {
    std::error_code ignored;
    using Iterator = std::filesystem::recursive_directory_iterator;
    for (Iterator at(top, std::filesystem::directory_options::skip_permission_denied, ignored), end; at != end;
         at.increment(ignored)) {
      if (!at->is_regular_file(ignored) || at->is_symlink(ignored) || at->file_size(ignored) > (256u << 20)) continue;
      const auto path = at->path().string();
      std::ifstream begin(path, std::ios::binary);
      std::array<char, 4> magic{};
      if (!begin.read(magic.data(), magic.size()) || std::string_view(magic.data(), 4) !=
                                                         "\x7f"
                                                         "ELF")
        continue;
      const auto expected = ask_libelf(path);
      if (!expected) continue;
      ++files;
      symbols += expected->symbols.size();
      if (!agrees(real_tools::file_text(path), *expected)) different.push_back(path);
    }
  }
  for (const auto& path : different) WARN("differs: " << path);
  WARN(files << " ELF files, " << symbols << " dynamic symbols held against libelf, " << different.size() << " differ");
  CHECK(different.empty());
  CHECK(files > 0);
}

#endif
