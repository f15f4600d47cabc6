#include "config/gate_config.h"

#include <algorithm>
#include <cmath>

#include "config/reader.h"
#include "config/yaml.h"
#include "core/byte_format.h"

namespace imgslim::config {
namespace {

using Value = json::Located;

/// Limits of the whole image that are sizes, and whether a percentage may stand beside the size.
struct SizeBudget {
  std::string_view key;
  bool takes_percent;
};
constexpr SizeBudget size_budgets[] = {{"unpacked", false},   {"pull", false},         {"wasted", true},
                                       {"wasted-mine", true}, {"sharing-lost", false}, {"rss", false},
                                       {"layer", false}};

std::string place_of(std::string_view file, const Value& value) {
  return std::string(file) + ":" + std::to_string(value.line);
}

/// A number of at most nine digits; 0 when it is none.
std::uint64_t read_count(Reader& reader, const Value& value, std::string_view wanted) {
  const auto text = reader.text(value);
  const bool is_number = !text.empty() && text.size() <= 9 &&
                         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (is_number) return std::stoull(text);
  reader.fail(value, wanted);
  return 0;
}

CommentSettings read_comment(Reader& reader, const Value& value) {
  CommentSettings comment;
  if (value.kind == Value::Kind::object && value.find("when"))
    reader.fail(*value.find("when"),
                "when to comment is what posts it has to know: the input \"comment\" of docs/ci.md");
  if (reader.error() || !reader.map(value, {"key", "min-change", "max-suggestions"})) return comment;
  for (const auto& [key, member] : value.members) {
    if (key == "key") comment.key = reader.text(member);
    if (key == "max-suggestions") comment.max_suggestions = read_count(reader, member, "a number is wanted here");
    if (key != "min-change") continue;
    const auto bytes = parse_byte_count(reader.text(member));
    if (bytes)
      comment.min_change_bytes = *bytes;
    else
      reader.fail(member, bytes.error().message);
  }
  return comment;
}

class GateReader {
 public:
  GateReader(Reader& reader, std::string_view file) : reader_(reader), file_(file) {}

  void images(const Value& value, std::vector<ImageBudgets>& images) {
    if (value.kind != Value::Kind::array) return reader_.fail(value, "a list of images is wanted here");
    for (const auto& item : value.items) images.push_back(image(item));
  }

 private:
  ImageBudgets image(const Value& value) {
    ImageBudgets image;
    image.budgets.fail_on.clear();
    if (!reader_.map(value,
                     {"name", "match", "file", "dockerfile", "budget", "growth", "waivers", "fail-on", "message"}))
      return image;
    for (const auto& [key, member] : value.members) {
      if (key == "name") image.name = reader_.text(member);
      if (key == "match") image.match = reader_.text(member);
      if (key == "file") image.file = reader_.text(member);
      if (key == "dockerfile") image.dockerfile = reader_.text(member);
      if (key == "budget") budget(member, image.budgets.limits);
      if (key == "growth") growth(member, image);
      if (key == "waivers") waivers(member, image.budgets.waivers);
      if (key == "message") image.budgets.message = reader_.text(member);
      if (key == "fail-on") {
        image.budgets.fail_on = reader_.one_of(member, {"error", "warning", "info", "style", "none"});
        image.budgets.fail_on_source = place_of(file_, member);
      }
    }
    return image;
  }

  void budget(const Value& value, std::vector<BudgetLimit>& limits) {
    if (!reader_.map(value, {"unpacked", "pull", "wasted", "wasted-mine", "sharing-lost", "rss", "layer", "layers",
                             "paths", "packages"}))
      return;
    for (const auto& [key, member] : value.members) {
      if (key == "layers") limits.push_back(count(member));
      if (key == "paths") sizes_by_name(member, "path", limits);
      if (key == "packages") sizes_by_name(member, "package", limits);
      for (const auto& known : size_budgets)
        if (known.key == key) size_limits(member, BudgetLimit{key, "", 0, {}, ""}, known.takes_percent, limits);
    }
  }

  /// One limit, or a list of limits that each must hold.
  void size_limits(const Value& value, const BudgetLimit& like, bool takes_percent, std::vector<BudgetLimit>& limits) {
    if (value.kind != Value::Kind::array) {
      limits.push_back(size_limit(value, like, takes_percent));
      return;
    }
    for (const auto& item : value.items) limits.push_back(size_limit(item, like, takes_percent));
  }

  BudgetLimit size_limit(const Value& value, BudgetLimit limit, bool takes_percent) {
    limit.source = place_of(file_, value);
    if (value.kind != Value::Kind::object) {
      parse(value, reader_.text(value), limit);
    } else if (!takes_percent) {
      reader_.fail(value, "a size is wanted here, as in 250MB");
    } else if (reader_.map(value, {"max", "percent"})) {
      const auto *max = value.find("max"), *percent = value.find("percent");
      if (!max || !percent)
        reader_.fail(value,
                     "\"max\" and \"percent\" belong together: of a small image a percentage is next to nothing");
      else
        parse(value, reader_.text(*max) + "|" + reader_.text(*percent) + "%", limit);
    }
    if (!takes_percent && limit.parts_per_million) reader_.fail(value, "a percentage has no meaning here");
    return limit;
  }

  void parse(const Value& at, const std::string& text, BudgetLimit& limit) {
    if (const auto status = parse_limit(text, limit); !status) reader_.fail(at, status.error().message);
  }

  BudgetLimit count(const Value& value) {
    return {"layers", "", read_count(reader_, value, "a number of layers is wanted here"), {}, place_of(file_, value)};
  }

  void sizes_by_name(const Value& value, const std::string& name, std::vector<BudgetLimit>& limits) {
    if (value.kind != Value::Kind::object) return reader_.fail(value, "a map of names to sizes is wanted here");
    for (const auto& [subject, size] : value.members)
      limits.push_back(size_limit(size, BudgetLimit{name, subject, 0, {}, ""}, false));
  }

  void growth(const Value& value, ImageBudgets& image) {
    if (!reader_.map(value, {"unpacked", "pull", "wasted", "rss", "over"})) return;
    for (const auto& [key, member] : value.members) {
      if (key == "over")
        image.baseline = reader_.text(member);
      else
        size_limits(member, BudgetLimit{"growth", key, 0, {}, ""}, true, image.budgets.limits);
    }
  }

  void waivers(const Value& value, std::vector<BudgetWaiver>& waivers) {
    if (value.kind != Value::Kind::array) return reader_.fail(value, "a list is wanted here");
    for (const auto& item : value.items) {
      BudgetWaiver waiver;
      if (!reader_.map(item, {"budget", "subject", "reason", "until"})) return;
      for (const auto& [key, member] : item.members) {
        if (key == "budget")
          waiver.name = reader_.one_of(member, {"unpacked", "pull", "wasted", "wasted-mine", "sharing-lost", "rss",
                                                "layer", "layers", "path", "package", "growth"});
        if (key == "subject") waiver.subject = reader_.text(member);
        if (key == "reason") waiver.reason = reader_.text(member);
        if (key == "until") waiver.until = reader_.date(member);
      }
      if (waiver.name.empty() || waiver.reason.empty()) reader_.fail(item, "a waiver needs its budget and a reason");
      waivers.push_back(std::move(waiver));
    }
  }

  Reader& reader_;
  std::string_view file_;
};

/// dive writes a share as a number from 0 to 1, in quotes or not, or "disabled".
std::string percent_of_share(Reader& reader, const Value& value, const std::string& text) {
  const bool is_share = (text.starts_with("0") || text.starts_with("1") || text.starts_with(".")) &&
                        text.find_first_not_of("0123456789.") == std::string::npos && text.size() < 12;
  const double share = is_share ? std::strtod(text.c_str(), nullptr) : -1;
  if (share < 0 || share > 1) reader.fail(value, "a number from 0 to 1 is wanted here");
  const auto hundredths = static_cast<std::uint64_t>(std::round(std::clamp(share, 0.0, 1.0) * 10'000));
  const auto fraction = std::to_string(100 + hundredths % 100).substr(1);
  return std::to_string(hundredths / 100) + (fraction == "00" ? "" : "." + fraction);
}

/// "0.95" of lowestEfficiency as the percentage that may be wasted.
std::string complement(Reader& reader, const Value& value, const std::string& text) {
  const auto percent = percent_of_share(reader, value, text);
  const auto wasted = static_cast<std::uint64_t>(std::round((100 - std::strtod(percent.c_str(), nullptr)) * 100));
  const auto fraction = std::to_string(100 + wasted % 100).substr(1);
  return std::to_string(wasted / 100) + (fraction == "00" ? "" : "." + fraction);
}

}  // namespace

Result<Config> read_config(std::string_view text, std::string_view file) {
  IMGSLIM_TRY(const auto document, parse_yaml(text, file));
  Reader reader(file);
  Config config;
  if (reader.map(document, {"version", "images", "rules", "lint", "comment"})) {
    const auto* version = document.find("version");
    if (!version || reader.text(*version) != "1")
      reader.fail(version ? *version : document, "write \"version: 1\" first");
    read_lint_members(reader, document, config.lint);
    if (const auto* comment = document.find("comment")) config.comment = read_comment(reader, *comment);
    if (const auto* images = document.find("images")) GateReader(reader, file).images(*images, config.images);
  }
  if (reader.error()) return *reader.error();
  return config;
}

Result<DiveRules> read_dive_config(std::string_view text, std::string_view file) {
  IMGSLIM_TRY(const auto document, parse_yaml(text, file));
  Reader reader(file);
  DiveRules rules;
  const auto* dive = document.find("rules");
  if (!reader.map(document, {"rules"}) || !dive ||
      !reader.map(*dive, {"lowestEfficiency", "highestWastedBytes", "highestUserWastedPercent"})) {
    if (!reader.error()) reader.fail(document, "\"rules:\" of dive is wanted here");
    return *reader.error();
  }
  for (const auto& [key, value] : dive->members) {
    const auto word = reader.text(value);
    if (word == "disabled" || reader.error()) continue;
    BudgetLimit limit{key == "highestUserWastedPercent" ? "wasted-mine" : "wasted", "", 0, {}, place_of(file, value)};
    const auto budget = key == "highestWastedBytes" ? word
                        : key == "lowestEfficiency" ? "0|" + complement(reader, value, word) + "%"
                                                    : "0|" + percent_of_share(reader, value, word) + "%";
    if (const auto status = parse_limit(budget, limit); !status) reader.fail(value, status.error().message);
    rules.limits.push_back(std::move(limit));
  }
  if (reader.error()) return *reader.error();
  if (!rules.limits.empty())
    rules.warnings.emplace_back(
        "dive adds the copy that stays visible to the waste of each file; imgslim counts dead copies only, so its "
        "numbers are lower: tighten the limits to what `imgslim check` reports");
  for (const auto& limit : rules.limits)
    if (limit.name == "wasted-mine")
      rules.warnings.emplace_back(
          "highestUserWastedPercent is held against the layers above the base image; dive takes all but the first");
  return rules;
}

}  // namespace imgslim::config
