#pragma once

namespace imgslim {

/// How byte counts are written: SI (`docker images` style, 1 kB = 1000 B), IEC (1 KiB = 1024 B) or plain integers.
enum class Units { si, iec, bytes };

}  // namespace imgslim
