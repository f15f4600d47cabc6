#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace imgslim {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "imgslim: internal error: %s (%s:%d). This is a bug: please report it.\n", condition, file,
               line);
  std::_Exit(70);
}

}  // namespace imgslim
