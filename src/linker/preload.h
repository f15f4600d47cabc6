#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "linker/search.h"

/// What is mapped before the program's own needs.
namespace imgslim::linker {

/// Names in /etc/ld.so.preload: words between white space and ":", "#" starts a comment.
[[nodiscard]] std::vector<std::string> read_preload_file(std::string_view text);

/// LD_PRELOAD (between " " and ":"; in secure mode no paths), then /etc/ld.so.preload.
[[nodiscard]] std::vector<std::string> glibc_preloads(const Process& process);
/// LD_AUDIT (in secure mode no paths), then the program's DT_AUDIT and DT_DEPAUDIT, between ":".
[[nodiscard]] std::vector<std::string> glibc_audits(const Process& process);
/// LD_PRELOAD between white space and ":"; none in secure mode.
[[nodiscard]] std::vector<std::string> musl_preloads(const Process& process);

}  // namespace imgslim::linker
