// What a file says of its own dlopen calls (ELF dlopen metadata, .note.dlopen). A required library is opened or the
// program does not work. Recommended and suggested ones are opened when a feature is used: on the programs of Debian 13
// one of five was, so they count as no more than possible.
#include "plugins/system_rules.h"

namespace imgslim::plugins {

std::vector<Candidate> noted_libraries(const Context& context) {
  std::vector<Candidate> result;
  for (const auto& object : context.map.objects()) {
    const auto* facts = context.files.elf(object.file.file);
    if (facts == nullptr) continue;
    for (const auto& note : facts->dlopen_notes) {
      if (note.sonames.empty()) continue;
      const bool required = note.priority == elf::DlopenPriority::required;
      Candidate candidate{note.sonames.front(), Use::object,      required ? Tier::declared : Tier::possible,
                          Via::dlopen_note,     object.file.path, note.feature};
      candidate.alternatives.assign(note.sonames.begin() + 1, note.sonames.end());
      result.push_back(std::move(candidate));
    }
  }
  return result;
}

}  // namespace imgslim::plugins
