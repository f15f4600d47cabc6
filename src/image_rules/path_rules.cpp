#include "image_rules/path_rules.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "core/path.h"
#include "image_rules/entry_finding.h"
#include "image_rules/package_checks.h"
#include "rules/matcher.h"
#include "tree/visit.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::LayerIndex;

constexpr std::size_t most_files_apiece = 20;  // of rules with "each"

/// A rule's share of the one set of globs.
struct PathRule {
  CheckContext context;
  std::vector<std::string> instructions;
  std::uint64_t least_bytes = 1;
  bool each = false;
  bool unreached = false;
  bool as_traced = false;
  bool dead = false;
  std::map<LayerIndex, std::vector<std::pair<EntryId, int>>> found;  // inode and the glob that matched
  std::unordered_map<EntryId, std::uint32_t> names;                  // of inodes with several: how many are the rule's
};

struct Glob {
  std::size_t rule = 0;
  bool excludes = false;
};

class PathRules {
 public:
  PathRules(const std::vector<rules::Rule>& rules, const ImageFacts& image) : image_(image), reach_(reach_of(image)) {
    for (const auto& file : image.closure.files) reached_.insert(file.file);
    for (const auto& rule : rules)
      if (rule.image && rule.image->find("paths") && !rule.image->find("check")) add(rule);
  }

  std::vector<RuleFindings> run() {
    const rules::GlobSet set(texts_);
    const auto& tree = image_.tree();
    tree::for_each_visible(tree, [&](tree::NodeId node, bool) {
      const auto entry = tree.node(node).entry;
      if (entry == tree::Node::implied || tree.kind(node) == layer::EntryKind::directory) return;
      const auto inode = tree.inode_of(entry);
      if (image_.is_mine(tree.layer_of(inode))) look_at(inode, set.matches(tree.path(node)));
    });
    if (std::any_of(rules_.begin(), rules_.end(), [](const PathRule& rule) { return rule.dead; })) add_dead(set);
    std::vector<RuleFindings> results;
    for (auto& rule : rules_) {
      results.push_back({&rule.context.rule, findings_of(rule)});
      if (!rule.as_traced) continue;
      for (auto& finding : results.back().findings) {
        finding.as_traced = true;
        finding.basis = Basis::estimated;
      }
    }
    return results;
  }

 private:
  void add(const rules::Rule& rule) {
    PathRule own{{image_, rule}, {}, 1, false, false, false, false, {}, {}};
    own.unreached = own.context.words("unreached") == std::vector<std::string>{"known"};
    if (own.unreached && reach_ == Reach::unknown) return;
    own.as_traced = own.unreached && reach_ == Reach::traced;
    if (const auto* unreached = own.context.parameter("unreached")) own.unreached = own.unreached || unreached->truth;
    own.instructions = own.context.words("instruction");
    own.least_bytes = own.context.bytes("min_bytes", 1);
    if (const auto* each = own.context.parameter("each")) own.each = each->truth;
    if (const auto* dead = own.context.parameter("dead")) own.dead = dead->truth;
    for (const char* list : {"paths", "except"})
      for (auto& glob : own.context.words(list)) {
        texts_.push_back(std::move(glob));
        globs_.push_back({rules_.size(), std::string_view(list) == "except"});
      }
    rules_.push_back(std::move(own));
  }

  /// What later layers hide of the same, in layers that have a finding: the fix does not store it either.
  void add_dead(const rules::GlobSet& set) {
    const auto& tree = image_.tree();
    tree::for_each_entry(tree, [&](EntryId id, LayerIndex layer, const layer::Entry& entry) {
      const bool is_file = entry.kind == layer::EntryKind::regular && entry.content_bytes > 0;
      if (!is_file || !image_.is_mine(layer) || tree.fate(id).fate == tree::Fate::visible) return;
      for_each_rule(set.matches(tree.entry_path(id)), [&](PathRule& rule, int glob) {
        const auto found = rule.found.find(layer);
        if (rule.dead && found != rule.found.end()) found->second.emplace_back(id, glob);
      });
    });
  }

  void look_at(EntryId inode, const std::vector<int>& matched) {
    const bool is_linked = image_.tree().visible_names(inode) > 1;
    for_each_rule(matched, [&](PathRule& rule, int glob) {
      if (is_linked && ++rule.names[inode] > 1) return;
      if (!rule.unreached || !reached_.contains(inode))
        rule.found[image_.tree().layer_of(inode)].emplace_back(inode, glob);
    });
  }

  /// Calls visit(rule, its first glob) for the rules that a path is of. `matched` are the globs that it fits,
  /// ascending.
  template <typename Visit>
  void for_each_rule(const std::vector<int>& matched, Visit visit) {
    const auto glob_at = [&](int position) { return globs_[static_cast<std::size_t>(position)]; };
    for (std::size_t at = 0; at < matched.size(); ++at) {
      const auto glob = glob_at(matched[at]);
      const bool first = at == 0 || glob_at(matched[at - 1]).rule != glob.rule;
      if (glob.excludes || !first) continue;
      const bool excluded = std::any_of(matched.begin(), matched.end(), [&](int other) {
        return glob_at(other).rule == glob.rule && glob_at(other).excludes;
      });
      if (!excluded) visit(rules_[glob.rule], matched[at]);
    }
  }

  /// Whether another name keeps the file when those that the rule is about go: installers link out of their caches.
  [[nodiscard]] bool stays(const PathRule& rule, EntryId inode) const {
    const auto found = rule.names.find(inode);
    return found != rule.names.end() && found->second < image_.tree().visible_names(inode);
  }

  [[nodiscard]] bool fits(const PathRule& rule, LayerIndex layer) const {
    if (rule.instructions.empty()) return true;
    const auto& step = image_.step_of(layer);
    return std::any_of(rule.instructions.begin(), rule.instructions.end(),
                       [&](const std::string& beginning) { return step.text.starts_with(beginning); });
  }

  /// The directory that a glob names whole, of "**/NAME/**" the outermost of that name; else the path itself.
  [[nodiscard]] std::string place_of(int glob, const std::string& path) const {
    std::string_view directory = texts_[static_cast<std::size_t>(glob)];
    if (!directory.ends_with("/**")) return path;
    directory.remove_suffix(3);
    const bool anywhere = directory.starts_with("**/");
    if (anywhere) directory.remove_prefix(3);
    if (directory.find_first_of("*?[") != std::string_view::npos) return path;
    if (!anywhere || path.starts_with(std::string(directory) + "/")) return std::string(directory);
    const auto at = path.find("/" + std::string(directory) + "/");
    return at == std::string::npos ? path : path.substr(0, at + 1 + directory.size());
  }

  [[nodiscard]] ImageFinding finding_of(LayerIndex layer, const std::vector<std::pair<EntryId, int>>& found) const {
    ImageFinding finding;
    finding.layer = layer;
    std::map<std::string, std::uint64_t> evidence;
    for (const auto& [inode, glob] : found) {
      finding.claims.whole(image_.tree(), inode);
      evidence[place_of(glob, image_.tree().entry_path(inode))] += image_.tree().entry(inode).content_bytes;
    }
    for (const auto& [path, bytes] : evidence) finding.evidence.push_back({path, bytes});
    if (finding.evidence.size() == 1) finding.path = finding.evidence.front().path;
    rank_evidence(finding.evidence);
    return finding;
  }

  [[nodiscard]] std::vector<ImageFinding> findings_of(PathRule& rule) const {
    std::vector<ImageFinding> findings;
    for (auto& [layer, found] : rule.found) {
      std::sort(found.begin(), found.end());
      std::erase_if(found, [&](const auto& one) { return stays(rule, one.first); });
      if (!fits(rule, layer)) continue;
      if (!rule.each) {
        findings.push_back(finding_of(layer, found));
        if (findings.back().claims.sum().bytes < rule.least_bytes) findings.pop_back();
        continue;
      }
      for (const auto& one : found)
        if (findings.size() < most_files_apiece && image_.tree().entry(one.first).content_bytes >= rule.least_bytes)
          findings.push_back(finding_of(layer, {one}));
    }
    return findings;
  }

  const ImageFacts& image_;
  const Reach reach_;
  std::unordered_set<EntryId> reached_;  // inodes that the run-time closure has, or a trace
  std::vector<PathRule> rules_;
  std::vector<std::string> texts_;
  std::vector<Glob> globs_;  // parallel to texts_
};

}  // namespace

std::vector<RuleFindings> run_path_rules(const std::vector<rules::Rule>& rules, const ImageFacts& image) {
  return PathRules(rules, image).run();
}

}  // namespace imgslim::image_rules
