#pragma once

#include <string_view>

namespace imgslim::memory {

/// rules/memory/coefficients.json; its source file is made by cmake (ImgslimEmbed.cmake).
[[nodiscard]] std::string_view embedded_coefficients();

}  // namespace imgslim::memory
