#pragma once

#include <string>

namespace imgslim {

/// One oddity in one place: it is counted in every report and never ends the run.
/// `code` is a stable kebab-case word (docs/notes.md lists them). `where` is a path, a layer or a digest, `text` a
/// sentence; both may hold raw bytes from an image.
struct Note {
  std::string code;
  std::string where;
  std::string text;

  friend bool operator==(const Note&, const Note&) = default;
};

}  // namespace imgslim
