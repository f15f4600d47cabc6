#pragma once

#include <map>
#include <string>
#include <vector>

#include "imgslim/note.h"

namespace imgslim {

/// Gathers notes, keeps the first 100 of each code and counts the rest: a hostile image must not buy memory with
/// oddities.
class NoteList {
 public:
  void add(std::string code, std::string where, std::string text);
  void add_all(std::vector<Note> notes);
  /// The notes in order of arrival, then one "and N more" note for each code that overflowed.
  [[nodiscard]] std::vector<Note> take();

 private:
  static constexpr std::size_t kept_per_code = 100;

  std::vector<Note> notes_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace imgslim
