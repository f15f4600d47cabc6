#pragma once

#include <string>

namespace imgslim::test {

/// Compares with tests/golden/report/NAME; IMGSLIM_UPDATE_GOLDEN=1 writes it instead, for a reviewed diff.
void check_golden(const std::string& name, const std::string& actual);

}  // namespace imgslim::test
