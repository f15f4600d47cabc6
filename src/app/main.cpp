#include <malloc.h>

#include <csignal>
#include <exception>
#include <new>

#include "app/commands.h"
#include "app/options.h"

namespace imgslim::app {
namespace {

/// Our code throws nothing; memory may run out, and a library may surprise.
ExitCode guarded_main(int argc, const char* const* argv) {
  try {
    const auto options = parse_options(argc, argv);
    return options ? run(*options) : report_error(options.error());
  } catch (const std::bad_alloc&) {
    return report_error(environment_error("out of memory"));
  } catch (const std::exception& exception) {
    report_error(
        environment_error(std::string("internal error: ") + exception.what() + ". This is a bug: please report it."));
    return ExitCode::internal;
  }
}

}  // namespace
}  // namespace imgslim::app

/// What one file's facts took is used again for the next file's: given back to the kernel in between, as is done with
/// large blocks by default, it costs the clearing of pages anew.
static void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

int main(int argc, char** argv) {
  keep_freed_memory();
  // A reader that closes the pipe early (head) is an I/O error with a message, not a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  return static_cast<int>(imgslim::app::guarded_main(argc, argv));
}
