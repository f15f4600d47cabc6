#include "image_rules/path_rules.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/path.h"
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
  std::map<LayerIndex, std::vector<std::pair<EntryId, int>>> found;  // inode and the glob that matched
};

struct Glob {
  std::size_t rule = 0;
  bool excludes = false;
};

class PathRules {
 public:
  PathRules(const std::vector<rules::Rule>& rules, const ImageFacts& image) : image_(image) {
    for (const auto& file : image.closure.files) reached_.insert(file.file);
    for (const auto& rule : rules)
      if (rule.image && rule.image->find("paths") && !rule.image->find("check")) add(rule);
  }

  std::vector<RuleFindings> run() {
    const rules::GlobSet set(texts_);
    const auto& tree = image_.tree();
    tree::for_each_visible(tree, [&](tree::NodeId node, bool first_name) {
      const auto entry = tree.node(node).entry;
      if (!first_name || entry == tree::Node::implied || tree.kind(node) == layer::EntryKind::directory) return;
      const auto inode = tree.inode_of(entry);
      if (image_.is_mine(tree.layer_of(inode))) look_at(inode, set.matches(tree.path(node)));
    });
    std::vector<RuleFindings> results;
    for (auto& rule : rules_) results.push_back({&rule.context.rule, findings_of(rule)});
    return results;
  }

 private:
  void add(const rules::Rule& rule) {
    PathRule own{{image_, rule}, {}, 1, false, false, {}};
    own.unreached = own.context.words("unreached") == std::vector<std::string>{"known"};
    if (own.unreached && !closure_is_known(image_)) return;
    if (const auto* unreached = own.context.parameter("unreached")) own.unreached = own.unreached || unreached->truth;
    own.instructions = own.context.words("instruction");
    own.least_bytes = own.context.bytes("min_bytes", 1);
    if (const auto* each = own.context.parameter("each")) own.each = each->truth;
    for (const char* list : {"paths", "except"})
      for (auto& glob : own.context.words(list)) {
        texts_.push_back(std::move(glob));
        globs_.push_back({rules_.size(), std::string_view(list) == "except"});
      }
    rules_.push_back(std::move(own));
  }

  /// `matched` are the globs that the inode's path fits.
  void look_at(EntryId inode, const std::vector<int>& matched) {
    for (std::size_t at = 0; at < matched.size(); ++at) {
      const auto& glob = globs_[static_cast<std::size_t>(matched[at])];
      const bool first = at == 0 || globs_[static_cast<std::size_t>(matched[at - 1])].rule != glob.rule;
      if (glob.excludes || !first || (rules_[glob.rule].unreached && reached_.contains(inode))) continue;
      const bool excluded = std::any_of(matched.begin(), matched.end(), [&](int other) {
        const auto& it = globs_[static_cast<std::size_t>(other)];
        return it.rule == glob.rule && it.excludes;
      });
      if (!excluded) rules_[glob.rule].found[image_.tree().layer_of(inode)].emplace_back(inode, matched[at]);
    }
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
    std::stable_sort(finding.evidence.begin(), finding.evidence.end(),
                     [](const auto& a, const auto& b) { return a.bytes > b.bytes; });
    return finding;
  }

  [[nodiscard]] std::vector<ImageFinding> findings_of(PathRule& rule) const {
    std::vector<ImageFinding> findings;
    for (auto& [layer, found] : rule.found) {
      std::sort(found.begin(), found.end());
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
  std::unordered_set<EntryId> reached_;  // inodes that the run-time closure has
  std::vector<PathRule> rules_;
  std::vector<std::string> texts_;
  std::vector<Glob> globs_;  // parallel to texts_
};

}  // namespace

std::vector<RuleFindings> run_path_rules(const std::vector<rules::Rule>& rules, const ImageFacts& image) {
  return PathRules(rules, image).run();
}

}  // namespace imgslim::image_rules
