#pragma once

#include <optional>
#include <string>
#include <vector>

#include "linker/link_map.h"

namespace imgslim::linker {

/// What a process has mapped; the two linkers search on it.
struct Process {
  const rootfs::FileSystem& files;
  Environment environment;
  bool secure = false;
  std::vector<Object> objects;
  std::vector<Weakness> weaknesses;
  bool cut = false;  ///< one of the bounds below was reached: something may be missing

  /// Never null: an object that is no ELF file has empty facts.
  [[nodiscard]] const elf::ElfFacts& facts(ObjectIndex object) const;
  /// A list that makes the working directory part of the search; once for each object and element.
  void add_weakness(ObjectIndex object, std::string_view list, std::string_view element);
};

// Names times directories multiply in a hostile image: what one process may cost.
inline constexpr std::uint64_t most_lookups = 1'000'000;
inline constexpr std::size_t most_directories = 1'000, most_objects = 10'000, most_missing = 1'000, most_tried = 100;

struct Request {
  std::string_view name;
  ObjectIndex loader = no_object;  ///< no_object: nobody's RPATH counts
  Via via = Via::needed;
};

/// Outcome of a search: an object that is there, or a file to map, or neither.
struct Answer {
  std::optional<ObjectIndex> known;
  std::optional<rootfs::Found> file;
  std::string search_path, how;  ///< of `file`
  bool assumed = false;
  std::vector<std::string> tried;  ///< what was not there, in order; bounded
  std::string refused;             ///< the file that ended the search

  void add_tried(std::string path) {
    if (tried.size() < most_tried) tried.push_back(std::move(path));
  }
};

/// The rules by which one linker finds what an object asks for.
class Search {
 public:
  Search() = default;
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  virtual ~Search() = default;
  [[nodiscard]] virtual Answer find(const Request& request) = 0;
  /// Told of each object once it is in Process::objects.
  virtual void mapped(ObjectIndex object) = 0;
  /// LD_PRELOAD and the linker's own configuration: names in order.
  [[nodiscard]] virtual std::vector<std::string> preloads() const = 0;
  /// LD_AUDIT and DT_AUDIT.
  [[nodiscard]] virtual std::vector<std::string> audits() const = 0;
};

/// `process` must outlive the result.
[[nodiscard]] std::unique_ptr<Search> make_glibc_search(Process& process, const elf::ElfFacts& interpreter);
/// `interpreter` is object 1; its path as PT_INTERP states it decides where the path file is.
[[nodiscard]] std::unique_ptr<Search> make_musl_search(Process& process, std::string_view interpreter_path);

}  // namespace imgslim::linker
