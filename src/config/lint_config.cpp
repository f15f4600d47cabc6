#include "config/lint_config.h"

#include "config/reader.h"
#include "config/yaml.h"

namespace imgslim::config {
namespace {

using Value = json::Located;

void add(std::vector<std::string>& list, std::vector<std::string> more) {
  list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

void read_schema(Reader& reader, const Value& value, LabelSchema& schema) {
  if (value.kind != Value::Kind::object) return reader.fail(value, "a map of labels is wanted here");
  for (const auto& [label, type] : value.members) {
    // "raw" is hadolint's older name of "text".
    auto kind = reader.one_of(type, {"text", "raw", "rfc3339", "semver", "url", "hash", "spdx", "email"});
    schema[label] = kind == "raw" ? "text" : kind;
  }
}

/// A mapping to lists is "rule: level" turned round.
void read_override(Reader& reader, const Value& value, LintOptions& options) {
  if (!reader.map(value, {"error", "warning", "info", "style"})) return;
  for (const auto& [severity, rules] : value.members)
    for (auto& rule : reader.texts(rules)) options.severity[std::move(rule)] = severity;
}

std::string threshold(Reader& reader, const Value& value) {
  auto word = reader.one_of(value, {"error", "warning", "info", "style", "ignore", "none"});
  return word == "ignore" || word == "none" ? "none" : word;
}

void hadolint_member(Reader& reader, const std::string& key, const Value& value, LintConfig& config) {
  auto& options = config.options;
  if (key == "ignored") add(options.ignore, reader.texts(value));
  if (key == "override") read_override(reader, value, options);
  if (key == "trustedRegistries") add(options.trusted_registries, reader.texts(value));
  if (key == "label-schema") read_schema(reader, value, options.label_schema);
  if (key == "strict-labels") options.strict_labels = reader.truth(value);
  if (key == "disable-ignore-pragma") options.ignore_pragmas = reader.truth(value);
  if (key == "failure-threshold") config.fail_on = threshold(reader, value);
  if (key == "no-fail" && reader.truth(value)) config.fail_on = "none";
}

Waiver read_waiver(Reader& reader, const Value& value) {
  Waiver waiver;
  if (!reader.map(value, {"rule", "path", "reason", "until"})) return waiver;
  if (const auto* rule = value.find("rule")) waiver.rule = reader.text(*rule);
  if (const auto* path = value.find("path")) waiver.path = reader.text(*path);
  if (const auto* reason = value.find("reason")) waiver.reason = reader.text(*reason);
  if (const auto* until = value.find("until")) waiver.until = reader.date(*until);
  if (waiver.rule.empty() || waiver.reason.empty()) reader.fail(value, "a waiver needs its rule and a reason");
  return waiver;
}

void read_ignore(Reader& reader, const Value& value, LintOptions& options) {
  if (value.kind != Value::Kind::array) return reader.fail(value, "a list is wanted here");
  for (const auto& item : value.items) {
    if (item.kind == Value::Kind::object)
      options.waivers.push_back(read_waiver(reader, item));
    else
      options.ignore.push_back(reader.text(item));
  }
}

void read_texts_map(Reader& reader, const Value& value, std::map<std::string, std::string>& map) {
  if (value.kind != Value::Kind::object) return reader.fail(value, "a map is wanted here");
  for (const auto& [name, given] : value.members) map[name] = reader.text(given);
}

void read_rules(Reader& reader, const Value& value, LintConfig& config) {
  auto& options = config.options;
  if (!reader.map(value, {"profile", "select", "extend-select", "ignore", "severity", "directory"})) return;
  for (const auto& [key, member] : value.members) {
    if (key == "profile") options.profile = reader.one_of(member, {"slim", "compat"});
    if (key == "select") options.select = reader.texts(member);
    if (key == "extend-select") options.extend = reader.texts(member);
    if (key == "ignore") read_ignore(reader, member, options);
    if (key == "severity") read_texts_map(reader, member, options.severity);
    if (key == "directory") config.rules_directory = reader.text(member);
  }
}

void read_lint(Reader& reader, const Value& value, LintConfig& config) {
  auto& options = config.options;
  if (!reader.map(value, {"fail-on", "trusted-registries", "labels", "strict-labels", "build-args", "target"})) return;
  for (const auto& [key, member] : value.members) {
    if (key == "fail-on") config.fail_on = threshold(reader, member);
    if (key == "trusted-registries") options.trusted_registries = reader.texts(member);
    if (key == "labels") read_schema(reader, member, options.label_schema);
    if (key == "strict-labels") options.strict_labels = reader.truth(member);
    if (key == "build-args") read_texts_map(reader, member, options.build_arguments);
    if (key == "target") options.target = reader.text(member);
  }
}

}  // namespace

Result<LintConfig> read_hadolint_config(std::string_view text, std::string_view file, LintConfig config) {
  IMGSLIM_TRY(const auto document, parse_yaml(text, file));
  Reader reader(file);
  if (reader.map(document, {"ignored", "override", "trustedRegistries", "label-schema", "strict-labels",
                            "disable-ignore-pragma", "failure-threshold", "format", "formats", "no-color", "no-fail"}))
    for (const auto& [key, value] : document.members) hadolint_member(reader, key, value, config);
  if (reader.error()) return *reader.error();
  return config;
}

void read_lint_members(Reader& reader, const json::Located& document, LintConfig& config) {
  if (const auto* rules = document.find("rules")) read_rules(reader, *rules, config);
  if (const auto* lint = document.find("lint")) read_lint(reader, *lint, config);
}

}  // namespace imgslim::config
