#pragma once

#include <string>

#include "imgslim/render.h"
#include "imgslim/render_findings.h"

namespace imgslim {

/// The Dockerfile with what each instruction costs beside its first line: bytes unpacked, bytes of waste that it
/// caused, and memory at start that files of its layer hold. FROM has the base image. What no line is to blame for
/// stands below, so that each column sums to the report's total. Lines are cut at the page's width.
[[nodiscard]] std::string render_annotated(const Report& report, const DockerfileText& dockerfile,
                                           const RenderOptions& options);

}  // namespace imgslim
