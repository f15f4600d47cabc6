#pragma once

namespace imgslim::archive {

/// What every reader says of input that ends inside something: an interrupted copy, download or save.
inline constexpr const char* cut_short = "truncated, the data ends too early; copy it again, or save the image again";

}  // namespace imgslim::archive
