// Lines of apk's database (apk-tools, doc/apk-v2.5.scd): "D:" lists what a package depends on, "p:" what it provides,
// "i:" the packages in whose presence it is installed by itself; words parted by blanks, each NAME or NAME and a
// version restriction ("so:libc.musl-x86_64.so.1", "busybox>=1.36", "!conflict", "pkg@repository"). apk keeps the
// database consistent, so names alone tell who satisfies what. World has the same words, one a line or parted by
// blanks.
#include "packages/apk_relations.h"

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

using Id = DependencyGraph::Id;
using ChoiceId = DependencyGraph::ChoiceId;

std::string_view name_of(std::string_view word) { return word.substr(0, word.find_first_of("<>=~@")); }

class ApkRelationReader {
 public:
  ApkRelationReader(std::string_view installed, std::string_view world) {
    read_world(world);
    while (!installed.empty()) {
      const auto line = take_line(installed);
      if (line.empty())
        finish();
      else if (line.size() > 2 && line[1] == ':')
        read_field(line.front(), line.substr(2));
    }
    finish();
  }

  DependencyGraph run() && {
    for (Id id = 0; id < graph_.nodes.size(); ++id)
      for (auto depends = depends_[id]; !depends.empty();) {
        const auto word = take_word(depends);
        if (!word.empty() && !word.starts_with('!')) graph_.nodes[id].depends.push_back(choice_of(name_of(word)));
      }
    return std::move(graph_);
  }

 private:
  void read_world(std::string_view world) {
    while (!world.empty()) {
      auto line = take_line(world);
      for (auto word = take_word(line); !word.empty(); word = take_word(line))
        if (!word.starts_with('!')) world_.insert(name_of(word));
    }
  }

  void read_field(char letter, std::string_view value) {
    if (letter == 'P') name_ = value;
    if (letter == 'A') architecture_ = value;
    if (letter == 'D') current_depends_ = value;
    if (letter == 'p') provides_ = value;
    if (letter == 'i') comes_by_itself_ = true;
  }

  void finish() {
    if (!name_.empty()) {
      const auto id = static_cast<Id>(graph_.nodes.size());
      bool wanted = world_.empty() || comes_by_itself_;
      const auto offer = [&](std::string_view name) {
        offers_[name].push_back(id);
        wanted = wanted || world_.contains(name);
      };
      offer(name_);
      for (auto word = take_word(provides_); !word.empty(); word = take_word(provides_)) offer(name_of(word));
      graph_.nodes.push_back({std::string(name_), std::string(architecture_), wanted, {}, {}, {}});
      depends_.push_back(current_depends_);
    }
    name_ = architecture_ = current_depends_ = provides_ = {};
    comes_by_itself_ = false;
  }

  ChoiceId choice_of(std::string_view name) {
    const auto [known, is_new] = choices_.try_emplace(name, static_cast<ChoiceId>(graph_.choices.size()));
    if (!is_new) return known->second;
    auto& packages = graph_.choices.emplace_back();
    if (const auto found = offers_.find(name); found != offers_.end()) packages = std::move(found->second);
    return known->second;
  }

  DependencyGraph graph_;
  std::unordered_set<std::string_view> world_;
  std::string_view name_, architecture_, current_depends_, provides_;
  bool comes_by_itself_ = false;
  std::vector<std::string_view> depends_;  // per node
  std::unordered_map<std::string_view, std::vector<Id>> offers_;
  std::unordered_map<std::string_view, ChoiceId> choices_;
};

}  // namespace

DependencyGraph read_apk_relations(std::string_view installed, std::string_view world) {
  return ApkRelationReader(installed, world).run();
}

}  // namespace imgslim::packages
