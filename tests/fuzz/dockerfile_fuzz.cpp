/// Any text is a Dockerfile to the parser: spans stay within the text and nest, tokens hold what the file says at their
/// places, what is printed parses to the same tree, and variables and stages can be worked out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "dockerfile/parse.h"
#include "dockerfile/print.h"
#include "dockerfile/resolve.h"

using namespace imgslim;
using namespace imgslim::dockerfile;

namespace {

class Checker {
 public:
  explicit Checker(const File& file) : file_(file), whole_{0, static_cast<std::uint32_t>(file.source.size())} {}

  void check() {
    std::uint32_t end = 0, line = 0;
    for (const auto& instruction : file_.instructions) {
      IMGSLIM_CHECK(end <= instruction.span.begin && line < instruction.start_line);
      check_instruction(instruction, whole_);
      end = instruction.span.end;
      line = instruction.end_line;
    }
    IMGSLIM_CHECK(line <= file_.lines.count());
    for (const auto& comment : file_.comments) {
      within(comment.span, whole_);
      IMGSLIM_CHECK(file_.source[comment.span.begin] == '#');
    }
    for (const auto& problem : file_.problems) within(problem.span, whole_);
    for (const auto& directive : file_.directives) IMGSLIM_CHECK(file_.text(directive.value_span) == directive.value);
  }

 private:
  static void within(Span inner, Span outer) {
    IMGSLIM_CHECK(inner.begin <= inner.end);
    IMGSLIM_CHECK(outer.begin <= inner.begin && inner.end <= outer.end);
  }

  /// A word of one piece stands in the file as it is; of a JSON string that is true of its ends only.
  void check_word(const Word& word, Span outer, Form form) {
    within(word.span, outer);
    if (form == Form::json) return;
    IMGSLIM_CHECK(word.text.size() <= word.span.size());
    if (word.text.size() == word.span.size()) IMGSLIM_CHECK(file_.text(word.span) == word.text);
  }

  void check_instruction(const Instruction& instruction, Span outer) {
    within(instruction.span, outer);
    within(instruction.logical_span, instruction.span);
    const auto span = instruction.logical_span;
    check_word(instruction.name, span, Form::words);
    for (const auto& flag : instruction.flags) {
      within(flag.span, span);
      within(flag.value_span, flag.span);
    }
    for (const auto& word : instruction.words) check_word(word, span, instruction.form);
    if (const auto* values = instruction.as<KeyValues>())
      for (const auto& pair : values->pairs) {
        check_word(pair.key, span, Form::words);
        if (pair.value) check_word(*pair.value, span, Form::words);
      }
    if (const auto* copy = instruction.as<Copy>()) IMGSLIM_CHECK(copy->heredoc_of.size() == copy->sources.size());
    for (const auto& heredoc : instruction.heredocs) {
      within(heredoc.span, span);
      within(heredoc.body_span, instruction.span.end < heredoc.body_span.end ? whole_ : instruction.span);
      const auto& body = heredoc.body;
      for (std::uint32_t at = 0; at < body.text().size(); ++at)
        IMGSLIM_CHECK(body.text()[at] == '\n' || file_.source[body.source_of(at)] == body.text()[at]);
    }
    for (const auto& trigger : instruction.onbuild) check_instruction(trigger, instruction.span);
  }

  const File& file_;
  Span whole_;
};

void check_printing(const File& file) {
  const auto again = parse(print(file));
  IMGSLIM_CHECK(again.instructions == file.instructions);
  IMGSLIM_CHECK(again.stages == file.stages);
  IMGSLIM_CHECK(again.escape == file.escape);
}

void check_resolving(const File& file) {
  const auto resolved = resolve(file, {});
  IMGSLIM_CHECK(resolved.stages().size() == file.stages.size());
  for (const auto& word : resolved.words()) {
    IMGSLIM_CHECK(word.instruction < file.instructions.size());
    IMGSLIM_CHECK(resolved.expansion(word.span) != nullptr);
  }
  for (std::uint32_t stage = 0; stage < file.stages.size(); ++stage) {
    const auto& base = resolved.stages()[stage].base;
    IMGSLIM_CHECK(base.kind != ImageSource::Kind::stage || base.stage < stage);
  }
  (void)image_instructions(file, resolved);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = parse(std::string_view(reinterpret_cast<const char*>(data), size));
  Checker(file).check();
  check_printing(file);
  check_resolving(file);
  return 0;
}
