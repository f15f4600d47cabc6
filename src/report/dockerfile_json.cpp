#include "report/dockerfile_json.h"

#include <array>

#include "report/json_sink.h"

namespace imgslim::report {
namespace {

using namespace dockerfile;

constexpr std::array<const char*, 6> encoding_names{"utf-8",    "utf-8-bom", "utf-16le",
                                                    "utf-16be", "utf-32le",  "utf-32be"};
constexpr std::array<const char*, 3> form_names{"words", "text", "json"};

class Writer {
 public:
  explicit Writer(const File& file) : file_(file) {}

  std::string write(std::string_view name) && {
    sink_.open('{');
    field("schema", dockerfile_schema);
    field("file", name);
    field("encoding", encoding_names[static_cast<std::size_t>(file_.encoding)]);
    field("escape", std::string_view(&file_.escape, 1));
    list("directives", file_.directives, [&](const Directive& directive) { write_directive(directive); });
    list("comments", file_.comments, [&](const Comment& comment) { write_comment(comment); });
    list("instructions", file_.instructions, [&](const Instruction& instruction) { write_instruction(instruction); });
    list("stages", file_.stages, [&](const Stage& stage) { write_stage(stage); });
    list("problems", file_.problems, [&](const Problem& problem) { write_problem(problem); });
    sink_.close();
    return std::move(sink_).take();
  }

 private:
  template <typename T>
  void field(const char* name, const T& value) {
    sink_.key(name);
    sink_.value(value);
  }
  void number(const char* name, std::uint32_t value) { field(name, std::uint64_t{value}); }

  template <typename List, typename Write>
  void list(const char* name, const List& items, Write write) {
    sink_.key(name);
    sink_.open('[');
    for (const auto& item : items) write(item);
    sink_.close();
  }

  /// As `list`, but empty lists are left out.
  template <typename List, typename Write>
  void list_if_any(const char* name, const List& items, Write write) {
    if (!items.empty()) list(name, items, write);
  }

  void span(const char* name, Span value) {
    const auto position = file_.lines.position(value.begin);
    sink_.key(name);
    sink_.open('{');
    number("begin", value.begin);
    number("end", value.end);
    number("line", position.line);
    number("column", position.column);
    sink_.close();
  }

  void word(const Word& value) {
    sink_.open('{');
    field("text", value.text);
    span("span", value.span);
    sink_.close();
  }
  void word_field(const char* name, const Word& value) {
    sink_.key(name);
    word(value);
  }

  void write_directive(const Directive& directive) {
    sink_.open('{');
    field("name", directive.name);
    field("value", directive.value);
    span("span", directive.span);
    sink_.close();
  }

  void write_comment(const Comment& comment) {
    sink_.open('{');
    field("text", comment.text);
    span("span", comment.span);
    if (comment.inside_instruction) field("inside_instruction", true);
    sink_.close();
  }

  void write_stage(const Stage& stage) {
    sink_.open('{');
    field("name", stage.name);
    number("first_instruction", stage.instructions.begin);
    number("end_instruction", stage.instructions.end);
    sink_.close();
  }

  void write_problem(const Problem& problem) {
    sink_.open('{');
    field("kind", problem_name(problem.kind));
    field("message", problem.message);
    span("span", problem.span);
    sink_.close();
  }

  void write_instruction(const Instruction& instruction) {
    sink_.open('{');
    field("keyword", instruction.upper);
    word_field("name", instruction.name);
    span("span", instruction.span);
    number("start_line", instruction.start_line);
    number("end_line", instruction.end_line);
    list_if_any("flags", instruction.flags, [&](const Flag& flag) { write_flag(flag); });
    field("form", form_names[static_cast<std::size_t>(instruction.form)]);
    list_if_any("words", instruction.words, [&](const Word& value) { word(value); });
    write_details(instruction);
    list_if_any("heredocs", instruction.heredocs, [&](const Heredoc& heredoc) { write_heredoc(heredoc); });
    list_if_any("blank_lines", instruction.blank_lines,
                [&](Span blank) { sink_.value(std::uint64_t{file_.lines.position(blank.begin).line}); });
    write_range("comments", instruction.comments);
    write_range("inner_comments", instruction.inner_comments);
    list_if_any("onbuild", instruction.onbuild, [&](const Instruction& trigger) { write_instruction(trigger); });
    sink_.close();
  }

  /// Indexes of comments.
  void write_range(const char* name, IndexRange range) {
    if (range.empty()) return;
    sink_.key(name);
    sink_.open('[');
    for (auto i = range.begin; i < range.end; ++i) sink_.value(std::uint64_t{i});
    sink_.close();
  }

  void write_flag(const Flag& flag) {
    sink_.open('{');
    field("name", flag.name);
    if (flag.value) field("value", *flag.value);
    span("span", flag.span);
    sink_.close();
  }

  void write_heredoc(const Heredoc& heredoc) {
    sink_.open('{');
    field("name", heredoc.name);
    field("expand", heredoc.expand);
    field("strip_tabs", heredoc.strip_tabs);
    field("terminated", heredoc.terminated);
    field("body", heredoc.body.text());
    span("span", heredoc.span);
    span("body_span", heredoc.body_span);
    sink_.close();
  }

  void write_details(const Instruction& instruction) {
    if (const auto* from = instruction.as<From>()) write_from(*from);
    if (const auto* copy = instruction.as<Copy>()) write_copy(*copy);
    if (const auto* values = instruction.as<KeyValues>()) write_pairs(*values);
    if (const auto* check = instruction.as<Healthcheck>()) word_field("type", check->type);
    if (const auto* run = instruction.as<Run>())
      list_if_any("mounts", run->mounts, [&](const Mount& mount) { write_mount(mount); });
  }

  void write_from(const From& from) {
    word_field("base", from.base);
    if (from.alias) word_field("alias", *from.alias);
  }

  void write_copy(const Copy& copy) {
    sink_.key("sources");
    sink_.open('[');
    for (std::size_t i = 0; i < copy.sources.size(); ++i) {
      sink_.open('{');
      field("text", copy.sources[i].text);
      span("span", copy.sources[i].span);
      if (copy.heredoc_of[i]) number("heredoc", *copy.heredoc_of[i]);
      sink_.close();
    }
    sink_.close();
    if (copy.destination) word_field("destination", *copy.destination);
  }

  void write_pairs(const KeyValues& values) {
    if (values.legacy) field("legacy", true);
    list("pairs", values.pairs, [&](const KeyValue& pair) {
      sink_.open('{');
      word_field("key", pair.key);
      if (pair.value) word_field("value", *pair.value);
      sink_.close();
    });
  }

  void write_mount(const Mount& mount) {
    sink_.open('{');
    field("type", mount.type);
    list("fields", mount.fields, [&](const MountField& mount_field) {
      sink_.open('{');
      field("name", mount_field.name);
      word_field("key", mount_field.key);
      if (mount_field.value) word_field("value", *mount_field.value);
      sink_.close();
    });
    span("span", mount.span);
    sink_.close();
  }

  const File& file_;
  JsonSink sink_{JsonSink::Layout::lines, JsonSink::Strings::text};
};

}  // namespace

std::string write_dockerfile_json(std::string_view name, const File& file) { return Writer(file).write(name); }

}  // namespace imgslim::report
