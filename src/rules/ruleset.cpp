#include "rules/ruleset.h"

#include <algorithm>

#include "core/check.h"
#include "rules/embedded_rules.h"
#include "rules/rule_reader.h"
#include "rules/suppression.h"

namespace imgslim {
namespace {

using rules::Lists;
using rules::Rule;
using rules::RuleReader;

constexpr std::string_view list_folder = "lists/";

struct Text {
  std::string_view name, text;
};

std::string list_name(std::string_view file) {
  file.remove_prefix(list_folder.size());
  return std::string(file.substr(0, file.rfind('.')));
}

Result<Lists> read_lists(const std::vector<Text>& files) {
  Lists lists;
  for (const auto& file : files) {
    if (!file.name.starts_with(list_folder)) continue;
    IMGSLIM_TRY(const auto document, json::parse_located(file.text, file.name));
    RuleReader reader(file.name, lists);
    lists[list_name(file.name)] = reader.list(document);
    if (reader.error()) return *reader.error();
  }
  return lists;
}

Result<std::vector<Rule>> read_rules(const std::vector<Text>& files) {
  IMGSLIM_TRY(const auto lists, read_lists(files));
  std::map<std::string, Rule> by_id;
  for (const auto& file : files) {
    if (file.name.starts_with(list_folder)) continue;
    IMGSLIM_TRY(const auto document, json::parse_located(file.text, file.name));
    RuleReader reader(file.name, lists);
    auto rule = reader.rule(document);
    if (reader.error()) return *reader.error();
    auto id = rule.info.id;
    by_id.insert_or_assign(std::move(id), std::move(rule));
  }
  std::vector<Rule> rules;
  for (auto& [id, rule] : by_id) rules.push_back(std::move(rule));
  return rules;
}

}  // namespace

const Ruleset& Ruleset::built_in() {
  static const Ruleset ruleset = [] {
    auto loaded = with({});
    IMGSLIM_CHECK(loaded.has_value());
    return std::move(loaded).value();
  }();
  return ruleset;
}

Result<Ruleset> Ruleset::with(const std::vector<File>& files) {
  std::vector<Text> all;
  for (const auto& file : rules::embedded_rules()) {
    const bool replaced =
        std::any_of(files.begin(), files.end(), [&](const File& own) { return own.name == file.name; });
    if (!replaced) all.push_back({file.name, file.text});
  }
  for (const auto& file : files) all.push_back({file.name, file.text});
  auto loaded = std::make_shared<Rules>();
  IMGSLIM_TRY(loaded->rules, read_rules(all));
  Ruleset ruleset;
  ruleset.rules_ = std::move(loaded);
  return ruleset;
}

const std::vector<Rule>& rules::all_rules(const Ruleset& ruleset) { return ruleset.rules_->rules; }

std::vector<RuleInfo> Ruleset::rules() const {
  std::vector<RuleInfo> infos;
  for (const auto& rule : rules_->rules) infos.push_back(rule.info);
  return infos;
}

const RuleInfo* Ruleset::find(std::string_view id) const {
  for (const auto& rule : rules_->rules)
    if (rules::same_rule(rule.info.id, id)) return &rule.info;
  for (const auto& rule : rules_->rules)
    for (const auto& alias : rule.info.aliases)
      if (rules::same_rule(alias, id)) return &rule.info;
  return nullptr;
}

std::uint64_t Ruleset::case_count() const {
  std::uint64_t count = 0;
  for (const auto& rule : rules_->rules) count += rule.good.size() + rule.bad.size();
  return count;
}

}  // namespace imgslim
