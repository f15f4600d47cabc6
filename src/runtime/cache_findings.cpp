// What glibc's loader does not find although ld.so.conf names its directory: it reads the cache alone.
#include "linker/cache_check.h"
#include "runtime/finding_rules.h"

namespace imgslim::runtime {
namespace {

constexpr std::size_t most_evidence = 20;

bool links_with_glibc(const FindingInput& input) {
  for (const auto& file : input.closure.files) {
    const auto* facts = input.files.elf(file.file);
    if (facts != nullptr && facts->soname == "libc.so.6" && file.tier != Tier::possible) return true;
  }
  return false;
}

}  // namespace

std::vector<Finding> directory_not_cached(const FindingInput& input) {
  std::vector<Finding> result;
  if (!links_with_glibc(input)) return result;
  for (const auto& uncovered : linker::check_cache(input.files).uncovered) {
    Finding finding;
    finding.path = uncovered.directory.path;
    finding.message =
        finding.path + " is in ld.so.conf, but " + std::to_string(uncovered.libraries.size()) +
        " of its libraries are not in /etc/ld.so.cache, which alone is searched: run ldconfig after installing them";
    for (std::size_t i = 0; i < uncovered.libraries.size() && i < most_evidence; ++i)
      finding.evidence.push_back({uncovered.libraries[i], 0});
    result.push_back(std::move(finding));
  }
  return result;
}

std::vector<Finding> cache_is_stale(const FindingInput& input) {
  if (!links_with_glibc(input)) return {};
  const auto stale = linker::check_cache(input.files).stale;
  if (stale.empty()) return {};
  Finding finding;
  finding.path = "/etc/ld.so.cache";
  finding.message = "/etc/ld.so.cache names " + stale.front().path +
                    (stale.size() > 1 ? " and " + std::to_string(stale.size() - 1) + " more that are" : ", which is") +
                    " not in the image: run ldconfig after removing libraries";
  for (std::size_t i = 0; i < stale.size() && i < most_evidence; ++i) finding.evidence.push_back({stale[i].path, 0});
  return {finding};
}

}  // namespace imgslim::runtime
