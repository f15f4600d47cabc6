/// Any text is a configuration, rules of dive or a lock to their readers: it is read or refused with a place, and a
/// lock that was read can be judged, compared with itself without a change, and written and read again.
#include <cstddef>
#include <cstdint>

#include "config/gate_config.h"
#include "core/check.h"
#include "imgslim/budget.h"
#include "imgslim/diff.h"
#include "imgslim/render.h"

using namespace imgslim;

namespace {

void check_config(std::string_view text) {
  const auto config = config::read_config(text, "c.yaml");
  if (!config) {
    IMGSLIM_CHECK(config.error().kind == ErrorKind::usage && config.error().message.starts_with("c.yaml:"));
    return;
  }
  for (const auto& image : config->images)
    for (const auto& limit : image.budgets.limits) IMGSLIM_CHECK(!limit.name.empty() && !limit.source.empty());
}

void check_lock(std::string_view text) {
  const auto lock = parse_lock(text);
  if (!lock) return;
  const auto again = parse_lock(write_lock(*lock));
  IMGSLIM_CHECK(again.has_value() && write_lock(*again) == write_lock(*lock));
  Budgets budgets;
  budgets.limits = {
      {"growth", "unpacked", 0, 30'000, "x"}, {"wasted", "", 1, 50'000, "x"}, {"package", "a", 1, {}, "x"}};
  IMGSLIM_CHECK(judge(*lock, budgets, {&*lock, "lock", nullptr}).checks.size() == 3);
  const auto comparison = compare(*lock, *lock);
  if (!comparison) return;
  IMGSLIM_CHECK(comparison->packages.empty() && comparison->totals.payload_bytes.change() == 0);
  IMGSLIM_CHECK(render_comparison(*comparison, Format::text, {}).find('\x1b') == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_config(text);
  (void)config::read_dive_config(text, "d.yaml").has_value();
  check_lock(text);
  return 0;
}
