#include "memory/problem_rules.h"
#include "support/catch.h"

using namespace imgslim::memory;

TEST_CASE("Versions that read the limits of cgroup v2 are told from those that do not") {
  struct Verdict {
    const char *runtime, *version;
    bool reads;
  };
  for (const auto& [runtime, version, reads] : std::initializer_list<Verdict>{{"java", "1.8.0_362", false},
                                                                              {"java", "1.8.0_372", true},
                                                                              {"java", "11.0.15", false},
                                                                              {"java", "11.0.16+8", true},
                                                                              {"java", "13.0.2", false},
                                                                              {"java", "14", false},
                                                                              {"java", "15", true},
                                                                              {"java", "17.0.9", true},
                                                                              {"node", "18.20.4", false},
                                                                              {"node", "20.2.0", false},
                                                                              {"node", "20.3.0", true},
                                                                              {"node", "22.1.0", true},
                                                                              {"java", "", true},
                                                                              {"python", "3.11", true}}) {
    INFO(runtime << " " << version);
    CHECK(reads_cgroup_v2(runtime, version) == reads);
  }
}
