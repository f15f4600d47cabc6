#include "rules/matcher.h"

#include <re2/re2.h>

#include <algorithm>

namespace imgslim::rules {

std::optional<Pattern> Pattern::compile(std::string_view text, std::string& problem) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  Pattern pattern;
  pattern.expression_ = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (pattern.expression_->ok()) return pattern;
  problem = pattern.expression_->error();
  return std::nullopt;
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

bool Matcher::matches(std::string_view text) const {
  const bool free = is.empty() && prefix.empty() && suffix.empty() && contains.empty() && patterns.empty();
  const auto one_of = [text](const auto& alternatives, auto holds) {
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const auto& one) { return holds(text, one); });
  };
  const bool holds =
      free || one_of(is, [](std::string_view a, std::string_view b) { return a == b; }) ||
      one_of(prefix, [](std::string_view a, std::string_view b) { return a.starts_with(b); }) ||
      one_of(suffix, [](std::string_view a, std::string_view b) { return a.ends_with(b); }) ||
      one_of(contains, [](std::string_view a, std::string_view b) { return a.find(b) != std::string_view::npos; }) ||
      one_of(patterns, [](std::string_view a, const Pattern& b) { return b.matches(a); });
  return holds && std::none_of(except.begin(), except.end(), [&](const Matcher& other) { return other.matches(text); });
}

bool ValuesMatcher::matches(const std::vector<std::string>& values) const {
  if (values.size() < least || (most && values.size() > *most)) return false;
  const auto holds = [this](const std::string& value) { return matcher.matches(value); };
  switch (quantifier) {
    case Quantifier::some:
      return std::any_of(values.begin(), values.end(), holds);
    case Quantifier::every:
      return std::all_of(values.begin(), values.end(), holds);
    case Quantifier::none:
      break;
  }
  return std::none_of(values.begin(), values.end(), holds);
}

}  // namespace imgslim::rules
