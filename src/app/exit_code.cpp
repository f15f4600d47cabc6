#include "app/exit_code.h"

namespace imgslim::app {

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::input:
      return ExitCode::input;
    case ErrorKind::limit:
      return ExitCode::limit;
    case ErrorKind::environment:
      break;
  }
  return ExitCode::environment;
}

}  // namespace imgslim::app
