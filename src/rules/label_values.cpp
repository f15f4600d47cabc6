#include "rules/label_values.h"

#include <algorithm>
#include <map>

#include "core/check.h"
#include "rules/matcher.h"

namespace imgslim::rules {
namespace {

const std::map<std::string, Pattern, std::less<>>& patterns() {
  static const auto compiled = [] {
    const std::pair<const char*, const char*> sources[] = {
        {"url", R"(^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$)"},
        {"rfc3339",
         R"(^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$)"},
        {"hash", R"(^([0-9a-fA-F]{7}|[0-9a-fA-F]{40})$)"},
        {"semver",
         R"(^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$)"},
        {"email",
         R"(^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|"([^"\\]|\\.)*")@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[^\[\]\\ ]*\])$)"},
    };
    std::map<std::string, Pattern, std::less<>> map;
    for (const auto& [type, source] : sources) {
      std::string problem;
      auto pattern = Pattern::compile(source, problem);
      IMGSLIM_CHECK(pattern.has_value());
      map.emplace(type, std::move(*pattern));
    }
    return map;
  }();
  return compiled;
}

/// or-expression := and-expression ("OR" …), and := simple ("AND" …), simple := id ["+"] ["WITH" exception] | ( … )
class LicenseParser {
 public:
  LicenseParser(std::string_view text, const std::vector<std::string>& licenses,
                const std::vector<std::string>& exceptions)
      : licenses_(licenses), exceptions_(exceptions) {
    split(text);
  }
  bool parse() { return disjunction(0) && at_ == tokens_.size(); }

 private:
  void split(std::string_view text) {
    std::string token;
    const auto flush = [&] {
      if (!token.empty()) tokens_.push_back(std::move(token));
      token.clear();
    };
    for (const char c : text) {
      if (c == ' ' || c == '\t' || c == '(' || c == ')') {
        flush();
        if (c == '(' || c == ')') tokens_.emplace_back(1, c);
      } else {
        token += c;
      }
    }
    flush();
  }
  bool take(std::string_view word) {
    if (at_ == tokens_.size() || tokens_[at_] != word) return false;
    ++at_;
    return true;
  }
  bool disjunction(unsigned depth) {
    do {
      if (!conjunction(depth)) return false;
    } while (take("OR"));
    return true;
  }
  bool conjunction(unsigned depth) {
    do {
      if (!simple(depth)) return false;
    } while (take("AND"));
    return true;
  }
  bool simple(unsigned depth) {
    constexpr unsigned deepest = 32;
    if (take("(")) return depth < deepest && disjunction(depth + 1) && take(")");
    if (at_ == tokens_.size()) return false;
    std::string_view id = tokens_[at_++];
    if (id.ends_with('+')) id.remove_suffix(1);
    if (!is_license(id)) return false;
    return !take("WITH") || is_exception();
  }
  [[nodiscard]] bool is_license(std::string_view id) const {
    return id.starts_with("LicenseRef-") || id.starts_with("DocumentRef-") ||
           std::find(licenses_.begin(), licenses_.end(), id) != licenses_.end();
  }
  bool is_exception() {
    return at_ < tokens_.size() &&
           std::find(exceptions_.begin(), exceptions_.end(), tokens_[at_++]) != exceptions_.end();
  }

  const std::vector<std::string>& licenses_;
  const std::vector<std::string>& exceptions_;
  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_label_value(std::string_view type, std::string_view value) {
  const auto found = patterns().find(type);
  return found == patterns().end() || found->second.matches(value);
}

bool is_license_expression(std::string_view text, const std::vector<std::string>& licenses,
                           const std::vector<std::string>& exceptions) {
  return LicenseParser(text, licenses, exceptions).parse();
}

}  // namespace imgslim::rules
