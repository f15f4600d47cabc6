// deb-control(5), "Depends": relations are parted by commas, alternatives of one by "|"; an alternative is
// "NAME[:ARCH] [(<<|<=|=|>=|>> VERSION)]". Provides has names, versioned ones with "(= VERSION)"; a name without
// version satisfies no relation that asks for one. var/lib/apt/extended_states (apt-mark(8)) has paragraphs with
// Package, Architecture and Auto-Installed: 1; a package of architecture all stands there under the system's own. That
// every relation of one text is resolved once bounds the work: systems say "libc6 (>= 2.34)" a thousand times.
#include "packages/dpkg_relations.h"

#include <algorithm>
#include <compare>
#include <unordered_map>
#include <unordered_set>

#include "packages/control_fields.h"
#include "packages/debian_version.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

using Id = DependencyGraph::Id;
using ChoiceId = DependencyGraph::ChoiceId;

/// Real systems have some ten thousand: a bound on what a hostile database can make of names that all provide.
constexpr std::size_t most_candidates = 4'000'000;

/// Takes the part of `text` before the next `separator` off it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return part;
}

/// `text` without blanks, tabs and line ends around it.
std::string_view stripped(std::string_view text) {
  constexpr std::string_view blanks = " \t\n";
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// "libc6:amd64 (>= 2.34)".
struct Alternative {
  std::string_view name, relation, version;
};

Alternative read_alternative(std::string_view text) {
  Alternative alternative;
  auto inside = text;
  const auto name = stripped(take_until(inside, '('));
  alternative.name = name.substr(0, name.find(':'));
  const auto restriction = stripped(inside.substr(0, inside.find(')')));
  const auto version = std::min(restriction.find_first_not_of("<>="), restriction.size());
  alternative.relation = restriction.substr(0, version);
  alternative.version = stripped(restriction.substr(version));
  return alternative;
}

/// "<" and ">" are the old names of "<=" and ">=".
bool satisfies(std::string_view version, const Alternative& wanted) {
  if (wanted.relation.empty()) return true;
  if (version.empty()) return false;
  const auto order = compare_debian_versions(version, wanted.version);
  if (wanted.relation == "<<") return std::is_lt(order);
  if (wanted.relation == "<=" || wanted.relation == "<") return std::is_lteq(order);
  if (wanted.relation == "=") return std::is_eq(order);
  return wanted.relation == ">>" ? std::is_gt(order) : std::is_gteq(order);
}

/// What apt installed by itself: "NAME" and "NAME:ARCH".
class AutoInstalled {
 public:
  explicit AutoInstalled(std::string_view extended_states) {
    for (auto text = extended_states; !text.empty();) {
      const auto fields = ControlFields::take(text);
      if (fields.value("Auto-Installed") != "1") continue;
      const std::string name(fields.value("Package"));
      names_.insert(name);
      names_.insert(name + ':' + std::string(fields.value("Architecture")));
    }
  }

  [[nodiscard]] bool has(const DependencyGraph::Node& node) const {
    return names_.contains(node.architecture == "all" ? node.name : node.name + ':' + node.architecture);
  }

 private:
  std::unordered_set<std::string> names_;
};

/// apt takes itself for essential (apt-pkg/pkgcachegen.cc, pkgCacheGen::ForceEssential).
bool is_kept_by_distribution(const ControlFields& fields) {
  auto status = fields.value("Status");
  if (fields.value("Package") == "apt") return true;
  return fields.value("Essential") == "yes" || fields.value("Important") == "yes" ||
         fields.value("Protected") == "yes" || fields.value("Priority") == "required" || take_word(status) == "hold";
}

bool is_installed(const ControlFields& fields) {
  const auto status = fields.value("Status");
  return !fields.value("Package").empty() && !status.ends_with("not-installed") && !status.ends_with("config-files");
}

class RelationReader {
 public:
  RelationReader(const DpkgDatabase& database, std::string_view extended_states) : automatic_(extended_states) {
    for (auto text = database.status; !text.empty();) add(ControlFields::take(text));
    for (const auto& [name, content] : database.status_d) {
      auto text = content;
      if (!name.ends_with(".md5sums")) add(ControlFields::take(text));
    }
  }

  DependencyGraph run() && {
    for (Id id = 0; id < paragraphs_.size(); ++id) offer(id);
    for (Id id = 0; id < paragraphs_.size(); ++id) {
      const auto& fields = paragraphs_[id];
      auto& node = graph_.nodes[id];
      node.depends = resolve(fields.value("Depends"));
      const auto before = resolve(fields.value("Pre-Depends"));
      node.depends.insert(node.depends.end(), before.begin(), before.end());
      node.recommends = resolve(fields.value("Recommends"));
      node.suggests = resolve(fields.value("Suggests"));
    }
    return std::move(graph_);
  }

 private:
  struct Offer {
    Id id;
    std::string_view version;
  };

  void add(ControlFields fields) {
    if (!is_installed(fields)) return;
    DependencyGraph::Node node;
    node.name = fields.value("Package");
    node.architecture = fields.value("Architecture");
    node.wanted = !automatic_.has(node) || is_kept_by_distribution(fields);
    const auto [place, is_new] = places_.try_emplace(node.name + ':' + node.architecture, paragraphs_.size());
    if (is_new) {
      graph_.nodes.emplace_back();
      paragraphs_.emplace_back();
    }
    // As dpkg reads it: a later paragraph of the same package replaces an earlier one.
    graph_.nodes[place->second] = std::move(node);
    paragraphs_[place->second] = std::move(fields);
  }

  void offer(Id id) {
    const auto& fields = paragraphs_[id];
    offers_[fields.value("Package")].push_back({id, fields.value("Version")});
    for (auto provides = fields.value("Provides"); !provides.empty();) {
      const auto provided = read_alternative(take_until(provides, ','));
      offers_[provided.name].push_back({id, provided.version});
    }
  }

  std::vector<ChoiceId> resolve(std::string_view relations) {
    std::vector<ChoiceId> choices;
    while (!relations.empty()) {
      const auto relation = stripped(take_until(relations, ','));
      if (!relation.empty()) choices.push_back(choice_of(relation));
    }
    return choices;
  }

  ChoiceId choice_of(std::string_view relation) {
    const auto [known, is_new] = choices_.try_emplace(relation, static_cast<ChoiceId>(graph_.choices.size()));
    if (!is_new) return known->second;
    auto& packages = graph_.choices.emplace_back();
    while (!relation.empty()) {
      const auto wanted = read_alternative(take_until(relation, '|'));
      const auto found = offers_.find(wanted.name);
      if (found == offers_.end()) continue;
      candidates_ += found->second.size();
      if (candidates_ > most_candidates) {
        graph_.cut = true;
        break;
      }
      for (const auto& offer : found->second)
        if (satisfies(offer.version, wanted)) packages.push_back(offer.id);
    }
    // One package may satisfy several alternatives, or one by its name and by what it provides.
    std::sort(packages.begin(), packages.end());
    packages.erase(std::unique(packages.begin(), packages.end()), packages.end());
    return known->second;
  }

  AutoInstalled automatic_;
  DependencyGraph graph_;
  std::vector<ControlFields> paragraphs_;  // per node
  std::unordered_map<std::string, std::size_t> places_;
  std::unordered_map<std::string_view, std::vector<Offer>> offers_;  // by name
  std::unordered_map<std::string_view, ChoiceId> choices_;           // by the relation's text
  std::size_t candidates_ = 0;
};

}  // namespace

DependencyGraph read_dpkg_relations(const DpkgDatabase& database, std::string_view extended_states) {
  return RelationReader(database, extended_states).run();
}

}  // namespace imgslim::packages
