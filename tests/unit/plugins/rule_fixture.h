#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plugins/named_paths.h"
#include "plugins/rule.h"
#include "support/runtime_image.h"

namespace imgslim::test {

/// A process of an image, linked: what a rule is called with.
class RuleProcess {
 public:
  RuleProcess(const BuiltImage& image, const std::string& program, std::vector<std::string> arguments = {},
              std::vector<std::string> environment = {})
      : image_(image),
        process_(process(image, program, std::move(arguments), std::move(environment))),
        map_(image.files, process_.program, {}) {
    const auto& objects = map_.objects();
    for (std::size_t i = 0; i < objects.size(); ++i) {
      tiers_.push_back(Tier::certain);
      named_.add(image.files, static_cast<linker::ObjectIndex>(i), image.files.elf(objects[i].file.file)->path_strings);
    }
  }

  [[nodiscard]] std::vector<plugins::Candidate> run(plugins::Rule rule) const {
    return rule({image_.files, image_.config, process_, map_, tiers_, used_, &named_});
  }

 private:
  static entrypoint::Process process(const BuiltImage& image, const std::string& program,
                                     std::vector<std::string> arguments, std::vector<std::string> environment) {
    const auto found = image.files.find(program);
    REQUIRE(found);
    entrypoint::Process result;
    result.program = *found;
    result.argv = {program};
    result.argv.insert(result.argv.end(), arguments.begin(), arguments.end());
    result.environment = std::move(environment);
    return result;
  }

  const BuiltImage& image_;
  entrypoint::Process process_;
  linker::LinkMap map_;
  std::vector<Tier> tiers_;
  std::vector<plugins::UsedFile> used_;
  plugins::NamedPaths named_;
};

/// "tier name (detail)" of each candidate, for claims on whole lists.
inline std::vector<std::string> texts(const std::vector<plugins::Candidate>& candidates) {
  std::vector<std::string> result;
  for (const auto& candidate : candidates)
    result.push_back(std::string(tier_name(candidate.tier)) + " " + candidate.name + " (" + candidate.detail + ")");
  return result;
}

using Texts = std::vector<std::string>;

}  // namespace imgslim::test
