#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace imgslim::dockerfile {

/// One instruction with the lines it stands on (1-based, inclusive; heredoc bodies included).
struct Instruction {
  std::string keyword;    ///< upper case: "RUN"
  std::string arguments;  ///< continued lines joined, comments between them dropped, trimmed
  std::string heredoc;    ///< bodies of its heredocs, as written
  std::uint32_t start_line = 0, end_line = 0;
};

/// The instructions from one FROM to the next; instructions[0] is the FROM.
struct Stage {
  std::string base;  ///< as written, build arguments unexpanded
  std::string name;  ///< of `AS name`, lower case; "" when unnamed
  std::vector<Instruction> instructions;
};

/// A Dockerfile cut into stages and instructions, as its reference describes the language; instructions before the
/// first FROM are in `global`.
struct Dockerfile {
  std::vector<Instruction> global;
  std::vector<Stage> stages;
};

/// Never fails: what is no instruction becomes one with an unknown keyword.
[[nodiscard]] Dockerfile parse(std::string_view text);

/// The instructions that made the image of the last stage: those of the stages it builds FROM, then its own; the FROM
/// lines are left out.
[[nodiscard]] std::vector<Instruction> final_stage_instructions(const Dockerfile& file);

}  // namespace imgslim::dockerfile
