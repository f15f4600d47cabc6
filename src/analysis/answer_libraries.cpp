#include "analysis/answer_libraries.h"

#include <algorithm>

#include "analysis/copy_list.h"
#include "analysis/runtime_rows.h"

namespace imgslim::analysis {

Result<Tier> parse_tier(const std::string& name) {
  for (const auto tier : {Tier::certain, Tier::declared, Tier::likely, Tier::possible})
    if (name == tier_name(tier)) return tier;
  return usage_error("unknown tier \"" + name + "\": certain, declared, likely or possible");
}

LibrariesAnswer answer_libraries(const Analysis& analysis, Tier limit) {
  LibrariesAnswer answer;
  answer.image = analysis.info.reference;
  answer.confidence = tier_name(limit);
  answer.runtime = runtime_section(analysis);
  const auto less_sure = [limit](const RuntimeFile& file) {
    const auto tier = parse_tier(file.confidence);
    return tier && *tier > limit;
  };
  std::erase_if(answer.runtime.objects, less_sure);
  std::erase_if(answer.runtime.files, less_sure);
  answer.copy = copy_groups(analysis, limit);
  return answer;
}

}  // namespace imgslim::analysis
