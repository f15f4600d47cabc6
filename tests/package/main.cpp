#include <imgslim/result.h>

#include <cstdio>

namespace {
imgslim::Result<int> half(int number) {
  if (number % 2 != 0) return imgslim::usage_error("odd number");
  return number / 2;
}
}  // namespace

int main() {
  const auto failed = half(7);
  if (failed.has_value() || failed.error().kind != imgslim::ErrorKind::usage) return 1;
  std::printf("%d\n", *half(84));
  return 0;
}
