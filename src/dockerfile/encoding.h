#pragma once

#include <string>

#include "dockerfile/ast.h"

namespace imgslim::dockerfile {

struct DecodedText {
  std::string text;  ///< UTF-8 without byte order mark
  Encoding encoding = Encoding::utf8;
  bool valid = true;  ///< else U+FFFD stands for what could not be decoded
};

/// Takes a byte order mark off, and UTF-16 and UTF-32 that have one to UTF-8. Other text stays as it is.
[[nodiscard]] DecodedText decode_text(std::string bytes);

/// The reverse, for valid UTF-8.
[[nodiscard]] std::string encode_text(std::string text, Encoding encoding);

}  // namespace imgslim::dockerfile
