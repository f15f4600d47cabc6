#include "linker/candidate.h"

#include "linker/search_path.h"
#include "linker/secure_mode.h"

namespace imgslim::linker {

bool Places::spend() {
  process_.cut |= lookups_ >= most_lookups;
  return lookups_++ < most_lookups;
}

Candidate Places::open(std::string_view path) {
  Candidate candidate;
  candidate.path = absolute(process_.environment.working_directory, path);
  if (!spend()) {
    candidate.state = Candidate::State::error;
    return candidate;
  }
  auto lookup = process_.files.open(candidate.path);
  if (lookup.failure == rootfs::Failure::loop) {
    candidate.state = Candidate::State::error;
  } else if (!lookup.found) {
    if (process_.files.is_directory(candidate.path)) candidate.state = Candidate::State::opened;
  } else if (!may_read(process_.files.permissions(lookup.found->file), process_.environment)) {
    candidate.state = Candidate::State::unreadable;
  } else {
    candidate.state = Candidate::State::opened;
    candidate.found = std::move(lookup.found);
  }
  return candidate;
}

const Place& Places::at(const std::string& directory) {
  const auto [place, added] = places_.try_emplace(directory);
  if (!added) return place->second;
  const auto path = absolute(process_.environment.working_directory, directory);
  place->second.exists = process_.files.is_directory(path);
  if (!place->second.exists) return place->second;
  for (const auto& subdirectory : subdirectories_) {
    if (process_.files.is_directory(absolute(path, subdirectory.path)))
      place->second.subdirectories.push_back(&subdirectory);
  }
  return place->second;
}

// The order of the tests is Debian's (measured with 2.36): a file for another machine is passed over even if its byte
// order, ABI or type would be fatal; the machine is read in the loader's byte order.
Verdict judge_for_glibc(const elf::ElfFacts* facts, const Machine& wanted) {
  if (facts == nullptr || facts->defect == elf::Defect::not_elf) return Verdict::refuse;
  if (facts->class_bits != wanted.class_bits) return Verdict::pass_over;
  const auto swapped = static_cast<std::uint16_t>(facts->machine << 8 | facts->machine >> 8);
  const bool own_order = facts->order == wanted.order;
  if ((own_order ? facts->machine : swapped) != wanted.number) return Verdict::pass_over;
  const bool library = facts->type == elf::FileType::shared && !facts->position_independent_executable;
  return own_order && facts->defect == elf::Defect::none && library && facts->dynamic ? Verdict::take : Verdict::refuse;
}

Verdict judge_for_musl(const elf::ElfFacts* facts) {
  const bool loadable = facts != nullptr && facts->dynamic &&
                        (facts->type == elf::FileType::shared || facts->type == elf::FileType::executable);
  return loadable ? Verdict::take : Verdict::refuse;
}

}  // namespace imgslim::linker
