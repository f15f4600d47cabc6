#pragma once

#include <string>

#include "imgslim/render.h"
#include "imgslim/report.h"

namespace imgslim {

/// The report as one HTML page for people who look at it in a browser: UTF-8, complete in itself. It loads nothing and
/// runs nothing, and a policy in its head forbids both; without its style it is still a page to read. Text of the image
/// is escaped. `options` give the units and, with `top`, the rows of a list.
[[nodiscard]] std::string render_html(const Report& report, const RenderOptions& options);

}  // namespace imgslim
