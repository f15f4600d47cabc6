#include "imports/called_functions.h"

#include <algorithm>
#include <map>
#include <optional>

#include "imports/scan.h"

/// Programs keep much of what they import in functions: `def main(): import x`, and at the end `main()`. Only imports
/// are followed back: from the function that holds one to the places that call it by name, from there to the functions
/// that these stand in, until a place outside of functions is found.
///
/// Indentation tells what a line depends on: of the lines above, those that stand less deep than all below them open
/// the blocks around it. A block that is opened by a word of a condition or a loop may not run.
namespace imgslim::imports {
namespace {

constexpr std::size_t most_names = 32;         // functions that are looked for
constexpr std::size_t most_places = 512;       // calls that are looked at, of all functions
constexpr std::size_t most_callers = 12;       // functions that are told to run one import
constexpr std::size_t farthest_back = 32'768;  // bytes above a line in which its blocks are searched

constexpr std::string_view conditional_words[] = {
    "if",     "elif",    "else", "elsif", "elseif", "unless",   "for", "foreach", "while", "until",
    "except", "finally", "case", "match", "and",    "function", "def", "sub",     "class", "async"};

/// When a place runs: nothing when that is not known.
using Run = std::optional<Level>;

class CalledFunctions {
 public:
  CalledFunctions(std::string_view text, const std::vector<Span>& spans) : text_(text), spans_(spans) {}

  Run run_of(std::size_t place) {
    if (!is_unconditional(place)) return std::nullopt;
    const auto* const span = span_at(place);
    if (span == nullptr) return Level::load;
    if (span->kind == SpanKind::main) return Level::main;
    return span->kind == SpanKind::function ? run_of_function(span->name) : std::nullopt;
  }

  /// The last parts of the names of functions that reach the place whenever they are called.
  std::vector<std::string_view> functions_of(std::size_t place) {
    std::vector<std::string_view> names;
    const auto add = [&](std::string_view name) {
      const bool known = std::find(names.begin(), names.end(), name) != names.end();
      if (!name.empty() && !known && names.size() < most_callers) names.push_back(name);
    };
    add(function_at(place));
    std::size_t next = 0;
    while (next < names.size())  // they become more meanwhile
      for (const auto caller : callers_of(names[next++])) add(caller);
    for (auto& name : names) name = name.substr(name.find_last_of(".:") + 1);
    return names;
  }

 private:
  /// The function that runs the place whenever it is called, "" without one.
  [[nodiscard]] std::string_view function_at(std::size_t place) const {
    const auto* const span = span_at(place);
    const bool runs = span != nullptr && span->kind == SpanKind::function && is_unconditional(place);
    return runs ? span->name : std::string_view();
  }

  /// The functions that call a function whenever they are called themselves; of some functions only, since each costs a
  /// search through the text.
  const std::vector<std::string_view>& callers_of(std::string_view name) {
    static const std::vector<std::string_view> none;
    const auto known = callers_.find(name);
    if (known != callers_.end()) return known->second;
    if (callers_.size() >= most_names) return none;
    auto& callers = callers_[name];
    for_each_call(name, [&](std::size_t hit) {
      callers.push_back(function_at(hit));
      return true;
    });
    return callers;
  }

  /// Calls of the function in the order of the text, until `take` returns false.
  template <typename Take>
  void for_each_call(std::string_view name, Take take) {
    for (auto hit = text_.find(name); hit != npos && places_ < most_places; hit = text_.find(name, hit + name.size())) {
      if (!is_call(hit, name.size())) continue;
      ++places_;
      if (!take(hit)) return;
    }
  }

  [[nodiscard]] const Span* span_at(std::size_t place) const {
    const auto next = std::upper_bound(spans_.begin(), spans_.end(), place,
                                       [](std::size_t at, const Span& s) { return at < s.begin; });
    if (next == spans_.begin()) return nullptr;
    const auto& span = *(next - 1);
    return place < span.end ? &span : nullptr;
  }

  /// When the surest of its calls runs. One that is being looked for calls itself.
  Run run_of_function(std::string_view name) {
    const auto [known, added] = runs_.try_emplace(name);
    if (!added || name.empty() || runs_.size() > most_names) return known->second;
    Run best;
    for_each_call(name, [&](std::size_t hit) {
      const auto run = run_of(hit);
      if (run && (!best || *run == Level::load)) best = run;
      return best != Level::load;
    });
    runs_[name] = best;
    return best;
  }

  /// "name(" where no longer name, no method, no definition and no comment is.
  [[nodiscard]] bool is_call(std::size_t hit, std::size_t length) const {
    const auto behind = without_leading_blanks(text_.substr(hit + length, 8));
    if (!behind.starts_with('(')) return false;
    const auto begin = hit == 0 ? npos : text_.rfind('\n', hit - 1);
    const auto line = text_.substr(begin == npos ? 0 : begin + 1);
    const auto before = line.substr(0, hit - (begin == npos ? 0 : begin + 1));
    if (!before.empty() && (is_word_byte(before.back()) || std::string_view(".:>$@%\"'").find(before.back()) != npos))
      return false;
    const auto first = without_leading_blanks(before);
    for (const std::string_view definition : {"def", "async", "sub", "function", "local"})
      if (leading_word(first) == definition) return false;
    return !first.starts_with('#') && !first.starts_with("--") && before.find(" #") == npos;
  }

  /// Whether no line that opens a block around `place` begins with a word of a condition; `if __name__` is a span.
  [[nodiscard]] bool is_unconditional(std::size_t place) const {
    const auto* const span = span_at(place);
    auto at = line_begin(place);
    auto depth = indent_at(at);
    if (is_conditional(at) && !(span != nullptr && span->kind == SpanKind::main)) return false;
    const auto floor = std::max(span == nullptr ? 0 : span->begin, place > farthest_back ? place - farthest_back : 0);
    while (depth > 0 && at > floor) {
      at = line_begin(at - 1);
      const auto indent = indent_at(at);
      if (indent >= depth || is_blank(at)) continue;
      depth = indent;
      const bool opens_span = span != nullptr && at <= span->begin;
      if (!opens_span && (is_conditional(at) || opens_function(at))) return false;
    }
    return depth == 0 || (span != nullptr && at <= span->begin);
  }

  [[nodiscard]] std::size_t line_begin(std::size_t place) const {
    const auto newline = place == 0 ? npos : text_.rfind('\n', place - 1);
    return newline == npos ? 0 : newline + 1;
  }
  [[nodiscard]] std::size_t indent_at(std::size_t line) const {
    return std::min(text_.find_first_not_of(" \t", line), text_.size()) - line;
  }
  [[nodiscard]] bool is_blank(std::size_t line) const {
    const auto first = line + indent_at(line);
    return first >= text_.size() || text_[first] == '\n' || text_[first] == '\r' || text_[first] == '#';
  }
  [[nodiscard]] bool opens_function(std::size_t line) const {
    const auto code = text_.substr(line, line_end(text_, line) - line);
    return code.find("function") != npos || code.find("= sub {") != npos || code.find("=> sub {") != npos;
  }
  [[nodiscard]] bool is_conditional(std::size_t line) const {
    auto code = text_.substr(line + indent_at(line), 16);
    if (code.starts_with('}')) code = without_leading_blanks(code.substr(1));
    const auto word = leading_word(code);
    return std::find(std::begin(conditional_words), std::end(conditional_words), word) != std::end(conditional_words);
  }

  std::string_view text_;
  const std::vector<Span>& spans_;
  std::map<std::string_view, Run> runs_;
  std::map<std::string_view, std::vector<std::string_view>> callers_;  // of functions that were asked for
  std::size_t places_ = 0;
};

}  // namespace

void raise_called_imports(std::string_view text, const std::vector<Span>& spans, ImportList& list) {
  CalledFunctions functions(text, spans);
  list.raise_calls([&](std::size_t place) { return functions.run_of(place); });
}

void offer_called_imports(std::string_view text, const std::vector<Span>& spans, ImportList& list) {
  CalledFunctions functions(text, spans);
  list.offer_calls([&](std::size_t place) { return functions.functions_of(place); });
}

}  // namespace imgslim::imports
