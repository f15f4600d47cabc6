#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imgslim/result.h"

namespace imgslim::app {

/// What can be written: `tree` lists every file as JSON lines, `markdown` is the comment on a pull request; those
/// from sarif to rdjson list findings.
enum class OutputFormat {
  text,
  json,
  ncdu,
  folded,
  tree,
  markdown,
  sarif,
  github,
  gitlab,
  azure,
  gcc,
  checkstyle,
  junit,
  rdjson,
  prometheus,
  html
};

/// One `-o FORMAT[=FILE]`; an empty file is standard output.
struct OutputRequest {
  OutputFormat format = OutputFormat::text;
  std::string file;
};

/// Parses the values of -o in order. No value means text on standard output. Two outputs on standard output, one file
/// twice and unknown formats are usage errors.
Result<std::vector<OutputRequest>> parse_outputs(const std::vector<std::string>& values);

/// Writes to standard output, or to a temporary file beside `file` that is renamed over it once complete: a failed or
/// interrupted run leaves what was there before. Errors: environment.
Status write_output(const OutputRequest& request, std::string_view bytes);

/// Replaces what a file that is there holds, the same way: its mode stays, a symbolic link stays one and its target
/// changes. Errors: environment.
Status rewrite_file(const std::string& file, std::string_view bytes);

}  // namespace imgslim::app
