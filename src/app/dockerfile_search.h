#pragma once

#include <string>
#include <vector>

#include "imgslim/lint.h"

namespace imgslim::app {

/// The Dockerfiles that the arguments name, each once, in their order: files as they are, directories searched
/// (Dockerfile, Dockerfile.*, *.Dockerfile, Containerfile, …; no hidden ones, no node_modules), patterns with "*", "?"
/// and "**" matched, "-" standard input. Without arguments the current directory's Dockerfile or Containerfile. Errors:
/// environment when a file is not there, input when nothing fits.
Result<std::vector<std::string>> find_dockerfiles(const std::vector<std::string>& arguments);

/// Reads a Dockerfile and what lies around it: the .dockerignore and the names in its context. `context` is the build
/// context, "" for the file's directory. Standard input has no context unless one is given.
Result<LintSource> read_dockerfile(const std::string& file, const std::string& context);

}  // namespace imgslim::app
