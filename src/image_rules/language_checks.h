#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of what languages leave in an image (family "languages").
namespace imgslim::image_rules {

/// Compiled Python modules that no interpreter of the image reads: of another version, or of optimization levels that
/// stand beside the plain ones.
[[nodiscard]] std::vector<ImageFinding> check_bytecode_copies(const CheckContext& context);
/// Virtual environments whose interpreter is not in the image.
[[nodiscard]] std::vector<ImageFinding> check_broken_environments(const CheckContext& context);
/// Wheels of CUDA libraries in an image that states no use of a GPU, or beside a CUDA installation.
[[nodiscard]] std::vector<ImageFinding> check_cuda(const CheckContext& context);
/// npm packages that one node_modules tree holds in several versions: all but the largest.
[[nodiscard]] std::vector<ImageFinding> check_npm_versions(const CheckContext& context);
/// Symbols and debug sections of Go programs.
[[nodiscard]] std::vector<ImageFinding> check_go_symbols(const CheckContext& context);
/// Go programs whose build settings lack -trimpath.
[[nodiscard]] std::vector<ImageFinding> check_go_paths(const CheckContext& context);
/// Symbols and debug sections of ELF files of other languages. Of files of system packages none of the three speaks.
[[nodiscard]] std::vector<ImageFinding> check_elf_symbols(const CheckContext& context);

}  // namespace imgslim::image_rules
