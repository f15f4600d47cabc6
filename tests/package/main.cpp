#include <imgslim/analyze.h>
#include <imgslim/render.h>

#include <cstdio>

int main() {
  const auto missing = imgslim::analyze({.image = "no-such-image.tar"}, imgslim::WithTree::no);
  if (missing.has_value()) return 1;
  std::printf("%s\n", missing.error().message.c_str());

  const auto format = imgslim::parse_format("json");
  if (!format.has_value()) return 2;
  const auto report = imgslim::parse_report(imgslim::render(imgslim::Report{}, *format, {}));
  return report.has_value() ? 0 : 3;
}
