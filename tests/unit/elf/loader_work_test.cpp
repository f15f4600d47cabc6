// What the dynamic linker writes, held against running programs: the pages of PT_GNU_RELRO are read-only after start,
// so those of them that are private copies are the ones that the linker wrote.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "elf/read_elf.h"
#include "support/catch.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::elf;

namespace {

constexpr std::uint64_t page_bytes = 4096;

/// A program that waits, killed when this goes.
class WaitingProgram {
 public:
  explicit WaitingProgram(std::vector<std::string> arguments) {
    if (pipe(input_) != 0) return;
    process_ = fork();
    if (process_ == 0) {
      dup2(input_[0], 0);
      close(input_[1]);
      const int nowhere = open("/dev/null", O_WRONLY);
      dup2(nowhere, 1);
      dup2(nowhere, 2);
      std::vector<char*> argv;
      for (auto& argument : arguments) argv.push_back(argument.data());
      argv.push_back(nullptr);
      execvp(argv[0], argv.data());
      _exit(127);
    }
    for (int calm = 0, tries = 0; calm < 3 && tries < 1200; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      calm = waits() ? calm + 1 : 0;
    }
  }
  WaitingProgram(const WaitingProgram&) = delete;
  WaitingProgram& operator=(const WaitingProgram&) = delete;
  ~WaitingProgram() {
    if (process_ > 0) kill(process_, SIGKILL);
    if (process_ > 0) waitpid(process_, nullptr, 0);
    close(input_[0]);
    close(input_[1]);
  }

  /// Where each file's first mapping begins.
  [[nodiscard]] std::map<std::string, std::uint64_t> maps() const {
    std::map<std::string, std::uint64_t> first;
    for (const auto& line : real_tools::lines_of(file("maps"))) {
      std::istringstream fields(line);
      std::string range, mode, offset, device, inode, path;
      fields >> range >> mode >> offset >> device >> inode >> path;
      if (path.starts_with('/')) first.try_emplace(path, std::stoull(range, nullptr, 16));
    }
    if (first.size() < 2) first.clear();
    return first;
  }
  /// Whether the page is a private copy: present and not of a file (Documentation/admin-guide/mm/pagemap.rst).
  [[nodiscard]] bool is_private(std::uint64_t address) const {
    // Reads must be of whole entries, which a stream's are not.
    const int pagemap = open(("/proc/" + std::to_string(process_) + "/pagemap").c_str(), O_RDONLY | O_CLOEXEC);
    std::uint64_t entry = 0;
    const auto count = pread(pagemap, &entry, sizeof entry, static_cast<off_t>(address / page_bytes * sizeof entry));
    close(pagemap);
    return count == sizeof entry && (entry >> 63 & 1) == 1 && (entry >> 61 & 1) == 0;
  }

 private:
  /// Asleep with libc mapped, for input or the clock; not for a child, as a script does that ends in the program.
  [[nodiscard]] bool waits() const {
    const auto self = std::to_string(process_);
    return file("status").find("State:\tS") != std::string::npos && file("task/" + self + "/children").empty() &&
           !maps().empty();
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return real_tools::file_text("/proc/" + std::to_string(process_) + '/' + name);
  }

  int input_[2] = {-1, -1};
  pid_t process_ = -1;
};

void add(const std::vector<PageRange>& ranges, std::set<std::uint64_t>& pages) {
  for (const auto& range : ranges)
    for (auto page = range.first; page < range.first + range.count; ++page) pages.insert(page);
}

/// Pages of PT_GNU_RELRO that the linker writes when the file is loaded `bias` bytes from its link-time address.
std::set<std::uint64_t> predicted(const ElfFacts& facts, std::uint64_t bias) {
  const auto& work = facts.loader_work;
  std::set<std::uint64_t> written;
  add(work.relocated_pages, written);
  if (facts.bind_now || bias != 0) add(work.jump_slot_pages, written);
  if (bias != 0 || work.has_debug_entry) {
    const auto& dynamic = work.dynamic_section;
    add({{dynamic.begin / page_bytes,
          (dynamic.begin + dynamic.size_bytes - 1) / page_bytes - dynamic.begin / page_bytes + 1}},
        written);
  }
  std::set<std::uint64_t> read_only;
  const auto end = (facts.relro->begin + facts.relro->size_bytes) / page_bytes;
  for (const auto page : written)
    if (page >= facts.relro->begin / page_bytes && page < end) read_only.insert(page);
  return read_only;
}

std::set<std::uint64_t> measured(const WaitingProgram& program, const ElfFacts& facts, std::uint64_t bias) {
  std::set<std::uint64_t> pages;
  const auto end = (facts.relro->begin + facts.relro->size_bytes) / page_bytes;
  for (auto page = facts.relro->begin / page_bytes; page < end; ++page)
    if (program.is_private(bias + page * page_bytes)) pages.insert(page);
  return pages;
}

bool can_read_pagemap() {
  const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  std::uint64_t entry = 0;
  const auto place = reinterpret_cast<std::uintptr_t>(&entry) / page_bytes * sizeof entry;
  const bool works =
      pread(pagemap, &entry, sizeof entry, static_cast<off_t>(place)) == sizeof entry && entry >> 63 == 1;
  close(pagemap);
  return works;
}

struct Checked {
  std::size_t objects = 0, pages = 0;
};

Checked check_program(const std::vector<std::string>& arguments) {
  Checked checked;
  const WaitingProgram program(arguments);
  for (const auto& [path, begin] : program.maps()) {
    const auto text = real_tools::file_text(path);
    const auto facts = read_elf(SparseImage(ByteView(text)));
    // The dynamic linker keeps variables of its own in its RELRO.
    if (!facts || !facts->relro || facts->segments.empty() || !facts->system_directories.empty()) continue;
    const auto bias = begin - facts->segments.front().address / page_bytes * page_bytes;
    INFO(arguments.front() << ' ' << path);
    const auto expected = measured(program, *facts, bias);
    CHECK(predicted(*facts, bias) == expected);
    ++checked.objects;
    checked.pages += expected.size();
  }
  return checked;
}

}  // namespace

TEST_CASE("pages that relocations write are the private pages of running programs") {
  if (!can_read_pagemap()) IMGSLIM_SKIP("/proc/PID/pagemap cannot be read here");
  std::size_t programs = 0;
  Checked sum;
  const std::vector<std::vector<std::string>> commands{{"sleep", "100"},
                                                       {"cat"},
                                                       {"bash", "-c", "read line"},
                                                       {"python3", "-c", "input()"},
                                                       {"perl", "-e", "<STDIN>"},
                                                       {"openssl", "sha256"},
                                                       {"sqlite3"}};
  for (const auto& command : commands) {
    if (!real_tools::has_program(command.front())) continue;
    const auto checked = check_program(command);
    programs += checked.objects > 0 ? 1 : 0;
    sum.objects += checked.objects;
    sum.pages += checked.pages;
  }
  if (programs == 0) IMGSLIM_SKIP("none of the programs is on this machine");
  WARN(programs << " programs, " << sum.objects << " objects, " << sum.pages << " private pages as predicted");
  CHECK(sum.pages > 0);
}
