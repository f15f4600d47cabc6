#pragma once

#include "rules/checks.h"

/// Checks on where files and images come from.
namespace imgslim::rules {

/// archive.extracted: COPY of an archive that a later RUN of the stage unpacks.
void check_extracted_archives(const Linter& linter);
/// copy.ignored: COPY or ADD of what .dockerignore leaves out.
void check_ignored_copies(const Linter& linter);
/// registry.trusted: images of registries that the configuration does not list.
void check_registries(const Linter& linter);

}  // namespace imgslim::rules
