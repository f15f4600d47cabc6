#include "core/notes.h"

#include <utility>

namespace imgslim {

void NoteList::add(std::string code, std::string where, std::string text) {
  if (++counts_[code] <= kept_per_code) notes_.push_back({std::move(code), std::move(where), std::move(text)});
}

void NoteList::add_all(std::vector<Note> notes) {
  for (auto& note : notes) add(std::move(note.code), std::move(note.where), std::move(note.text));
}

std::vector<Note> NoteList::take() {
  for (const auto& [code, count] : counts_)
    if (count > kept_per_code) notes_.push_back({code, "", "and " + std::to_string(count - kept_per_code) + " more"});
  counts_.clear();
  return std::exchange(notes_, {});
}

}  // namespace imgslim
