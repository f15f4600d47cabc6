#pragma once

#include <vector>

#include "dockerfile/ast.h"
#include "dockerfile/flags.h"

namespace imgslim::dockerfile {

/// Reads instruction.arguments into form, words and details. The keyword is set.
void read_arguments(Instruction& instruction, const std::vector<ReadFlag>& flags, char escape,
                    std::vector<Problem>& problems);

/// Reports what the reference does not allow: numbers of arguments, forms, names.
void check_arguments(const Instruction& instruction, std::vector<Problem>& problems);

/// Ties the sources of a COPY or ADD to the heredocs that they are.
void match_heredoc_sources(Instruction& instruction);

}  // namespace imgslim::dockerfile
