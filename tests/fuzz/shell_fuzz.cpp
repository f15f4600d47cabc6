/// Any text is a script to the parser: spans stay within the text and nest, and what is printed parses to the same
/// tree.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "shell/parse.h"
#include "shell/print.h"

using namespace imgslim;
using namespace imgslim::shell;

namespace {

class SpanChecker {
 public:
  SpanChecker(const Parsed& parsed, std::size_t size_bytes)
      : parsed_(parsed), whole_{0, static_cast<std::uint32_t>(size_bytes)} {}

  void check() {
    check_list(parsed_.list, whole_);
    for (const auto& document : parsed_.here_documents) check_word(document.body, whole_);
    for (const auto& opaque : parsed_.opaque) within(opaque.span, whole_);
    for (const auto& comment : parsed_.comments) within(comment, whole_);
  }

 private:
  static void within(Span inner, Span outer) {
    IMGSLIM_CHECK(inner.begin <= inner.end);
    IMGSLIM_CHECK(outer.begin <= inner.begin && inner.end <= outer.end);
  }

  void check_list(const List& list, Span outer) {
    within(list.span, outer);
    for (const auto& chain : list.chains) {
      within(chain.span, list.span);
      for (const auto& pipeline : chain.pipelines) {
        within(pipeline.span, chain.span);
        for (const auto& command : pipeline.commands) check_command(command, pipeline.span);
      }
    }
  }

  void check_command(const Command& command, Span outer) {
    within(command.span, outer);
    for (const auto& assignment : command.assignments) {
      within(assignment.span, command.span);
      check_word(assignment.value, assignment.span);
      for (const auto& subscript : assignment.subscript) check_word(subscript, assignment.span);
    }
    for (const auto& word : command.words) check_word(word, command.span);
    for (const auto& redirection : command.redirections) {
      within(redirection.span, command.span);
      check_word(redirection.target, redirection.span);
      if (redirection.here_document) IMGSLIM_CHECK(*redirection.here_document < parsed_.here_documents.size());
    }
    for (const auto& list : command.lists) check_list(list, command.span);
    for (const auto& body : command.body) check_command(body, command.span);
    for (const auto& item : command.cases) {
      within(item.span, command.span);
      for (const auto& pattern : item.patterns) check_word(pattern, item.span);
      check_list(item.body, item.span);
    }
  }

  void check_word(const Word& word, Span outer) {
    if (word.parts.empty()) return;
    within(word.span, outer);
    for (const auto& part : word.parts) check_part(part, word.span);
  }

  void check_part(const Part& part, Span outer) {
    within(part.span, outer);
    for (const auto& inner : part.parts) check_part(inner, part.span);
    for (const auto& list : part.list) check_list(list, part.span);
    for (const auto& operand : part.operands) check_word(operand, part.span);
    for (const auto& subscript : part.subscript) check_word(subscript, part.span);
  }

  const Parsed& parsed_;
  Span whole_;
};

void check_printing(const Parsed& parsed, Dialect dialect) {
  const auto printed = print(parsed);
  const auto again = parse(printed, dialect);
  IMGSLIM_CHECK(again.list == parsed.list);
  IMGSLIM_CHECK(print(again) == printed);  // here-documents are no part of the list
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto dialect : {Dialect::posix, Dialect::bash}) {
    const auto parsed = parse(text, dialect);
    SpanChecker(parsed, size).check();
    if (parsed.opaque.empty()) check_printing(parsed, dialect);  // else what follows decides how far a guess reaches
  }
  return 0;
}
