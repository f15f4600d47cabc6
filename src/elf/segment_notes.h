#pragma once

#include <string>
#include <vector>

#include "elf/elf_facts.h"
#include "elf/format.h"
#include "elf/program_headers.h"
#include "elf/sparse_image.h"

namespace imgslim::elf {

/// What the notes of a file state.
struct SegmentNotes {
  std::string build_id;  ///< in hexadecimal digits
  std::vector<DlopenNote> dlopen_notes;
};

/// Reads the notes of all PT_NOTE segments.
[[nodiscard]] SegmentNotes read_segment_notes(const Format& format, const SparseImage& file,
                                              const std::vector<ProgramHeader>& headers);

/// The objects of one dlopen note's description: a JSON array. What is not as specified is passed over.
[[nodiscard]] std::vector<DlopenNote> parse_dlopen_note(std::string_view description);

}  // namespace imgslim::elf
