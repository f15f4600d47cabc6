// Runs a Dockerfile's ARG, ENV and FROM as a build would, without building. ARG before the first FROM is seen by FROM
// lines, and by a stage once it declares the name again. A stage begins with the variables of the stage it is built
// from.
// --build-arg wins over an ARG's default; the last ARG or ENV of a name counts. FROM takes earlier stages by name, COPY
// --from and mounts take any stage by name or index. Each assignment is kept with its instruction, so that one table
// answers for every place in the file.
#include "dockerfile/resolve.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "dockerfile/stage_lookup.h"

namespace imgslim::dockerfile {
namespace {

constexpr auto end_of_stage = std::numeric_limits<std::uint32_t>::max();

constexpr std::array<std::string_view, 9> platform_arguments{"BUILDPLATFORM", "BUILDOS",        "BUILDARCH",
                                                             "BUILDVARIANT",  "TARGETPLATFORM", "TARGETOS",
                                                             "TARGETARCH",    "TARGETVARIANT",  "TARGETSTAGE"};

/// Known to FROM lines without a declaration, and to stages with one.
bool is_platform_argument(std::string_view name) {
  return std::find(platform_arguments.begin(), platform_arguments.end(), name) != platform_arguments.end();
}

const Variable& predefined_variable() {
  static const Variable variable{Variable::Source::predefined, {Knowledge::unknown, {}}, 0};
  return variable;
}

}  // namespace

class Resolver {
 public:
  Resolver(const File& file, const BuildInputs& inputs) : file_(file), inputs_(inputs), lookup_(inputs) {}

  Resolved run() && {
    resolve_range(file_.before_stages, std::nullopt);
    for (std::uint32_t stage = 0; stage < file_.stages.size(); ++stage) resolve_stage(stage);
    lookup_.set_count(static_cast<std::uint32_t>(file_.stages.size()));
    for (std::uint32_t stage = 0; stage < file_.stages.size(); ++stage) find_copies(stage);
    choose_target();
    std::stable_sort(resolved_.words_.begin(), resolved_.words_.end(),
                     [](const ResolvedWord& a, const ResolvedWord& b) { return a.span.begin < b.span.begin; });
    return std::move(resolved_);
  }

 private:
  void resolve_stage(std::uint32_t index) {
    const auto& stage = file_.stages[index];
    const auto from_index = stage.instructions.begin;
    const auto& instruction = file_.instructions[from_index];
    resolved_.first_instructions_.push_back(from_index);
    resolved_.scopes_.emplace_back();
    StageFacts facts;
    // The expansions of FROM see the global scope, so the stage has none yet.
    current_.reset();
    facts.base = lookup_.base(expand_word(instruction.as<From>()->base, from_index));
    if (const auto* platform = instruction.flag("platform"); platform != nullptr && platform->value)
      expand_word({*platform->value, platform->value_span}, from_index);
    facts.overridden = !stage.name.empty() && lookup_.is_context(stage.name);
    if (facts.base.kind == ImageSource::Kind::stage) resolved_.scopes_.back().parent = facts.base.stage;
    if (!stage.name.empty()) lookup_.define(stage.name, index);
    resolved_.stages_.push_back(std::move(facts));
    resolve_range({from_index + 1, stage.instructions.end}, index);
  }

  void resolve_range(IndexRange range, std::optional<std::uint32_t> stage) {
    current_ = stage;
    for (auto i = range.begin; i < range.end; ++i) resolve_instruction(i);
  }

  Resolved::Scope& scope() { return current_ ? resolved_.scopes_[*current_] : resolved_.global_; }

  VariableValue look_up(std::string_view name, std::uint32_t instruction) const {
    const auto* found = current_ ? resolved_.find_in_chain(*current_, name, instruction)
                                 : Resolved::find(resolved_.global_, name, instruction);
    if (found != nullptr) return found->value;
    const bool predefined = current_ ? name == "PATH" : is_platform_argument(name);
    return {predefined ? Knowledge::unknown : Knowledge::undefined, {}};
  }

  Expansion expand_word(const Word& word, std::uint32_t instruction) {
    return expand_word(word, instruction, instruction);
  }

  /// Expands the word with what is assigned before instruction `before`, and keeps the result.
  Expansion expand_word(const Word& word, std::uint32_t instruction, std::uint32_t before) {
    ExpandOptions options;
    options.escape = file_.escape;
    options.most_work_bytes = most_expanded_bytes - worked_bytes_;
    options.most_bytes = std::min(options.most_bytes, options.most_work_bytes);
    auto expansion = expand(
        word.text, [&](std::string_view name) { return look_up(name, before); }, options);
    worked_bytes_ += std::min(expansion.work_bytes, options.most_work_bytes);
    resolved_.words_.push_back({word.span, instruction, expansion});
    return expansion;
  }

  void expand_words(const std::vector<Word>& words, std::uint32_t instruction) {
    for (const auto& word : words) expand_word(word, instruction);
  }

  void expand_flags(const Instruction& instruction, std::uint32_t index) {
    for (const auto& flag : instruction.flags)
      if (flag.value && flag.name != "from") expand_word({*flag.value, flag.value_span}, index);
  }

  void resolve_instruction(std::uint32_t index) {
    const auto& instruction = file_.instructions[index];
    switch (instruction.keyword) {
      case Keyword::arg:
      case Keyword::env:
      case Keyword::label:
        return resolve_pairs(instruction, index);
      case Keyword::add:
      case Keyword::copy:
        expand_flags(instruction, index);
        return expand_words(instruction.words, index);
      case Keyword::run:
        for (const auto& mount : instruction.as<Run>()->mounts)
          for (const auto& field : mount.fields)
            if (field.value && field.name != "from") expand_word(*field.value, index);
        return;
      case Keyword::expose:
      case Keyword::stopsignal:
      case Keyword::user:
      case Keyword::volume:
      case Keyword::workdir:
        return expand_words(instruction.words, index);
      default:
        return;
    }
  }

  void resolve_pairs(const Instruction& instruction, std::uint32_t index) {
    // Of a global ARG the second name sees the first; all others see what was before their line.
    const auto before = instruction.keyword == Keyword::arg && !current_ ? index + 1 : index;
    for (const auto& pair : instruction.as<KeyValues>()->pairs) {
      const auto key = expand_word(pair.key, index, before);
      std::optional<Expansion> value;
      if (pair.value) value = expand_word(*pair.value, index, before);
      if (instruction.keyword == Keyword::env && value)
        assign(key.text, {Variable::Source::env, value_of(*value), index});
      if (instruction.keyword == Keyword::arg) declare(key.text, value, index);
    }
  }

  static VariableValue value_of(const Expansion& expansion) {
    return expansion.known ? VariableValue{Knowledge::known, expansion.text} : VariableValue{Knowledge::unknown, {}};
  }

  void assign(const std::string& name, Variable variable) {
    const auto instruction = variable.instruction;
    scope().variables[name].push_back({instruction, std::move(variable)});
  }

  /// ARG: --build-arg, then the default, then the global ARG of the name.
  void declare(const std::string& name, const std::optional<Expansion>& fallback, std::uint32_t index) {
    const auto source = current_ ? Variable::Source::argument : Variable::Source::global_argument;
    if (const auto given = inputs_.arguments.find(name); given != inputs_.arguments.end())
      return assign(name, {source, {Knowledge::known, given->second}, index});
    if (fallback) return assign(name, {source, value_of(*fallback), index});
    if (current_) {
      const auto* global = Resolved::find(resolved_.global_, name, end_of_stage);
      if (global != nullptr && global->value.knowledge != Knowledge::unset)
        return assign(name, {Variable::Source::global_argument, global->value, index});
    }
    if (is_platform_argument(name))
      return assign(name, {Variable::Source::predefined, {Knowledge::unknown, {}}, index});
    // BuildKit leaves an ENV of that name alone.
    if (look_up(name, index).knowledge == Knowledge::undefined) assign(name, {source, {Knowledge::unset, {}}, index});
  }

  void find_copies(std::uint32_t stage) {
    const auto range = file_.stages[stage].instructions;
    for (auto i = range.begin; i < range.end; ++i) {
      const auto& instruction = file_.instructions[i];
      const auto* from = instruction.keyword == Keyword::copy ? instruction.flag("from") : nullptr;
      if (from != nullptr && from->value) add_copy(stage, i, {*from->value, from->value_span});
      const auto* run = instruction.as<Run>();
      if (run == nullptr) continue;
      for (const auto& mount : run->mounts)
        if (const auto* field = mount.field("from"); field != nullptr && field->value)
          add_copy(stage, i, *field->value);
    }
  }

  void add_copy(std::uint32_t stage, std::uint32_t instruction, const Word& name) {
    resolved_.stages_[stage].copies.push_back({instruction, name.span, lookup_.copy_source(name.text)});
  }

  void choose_target() {
    auto& stages = resolved_.stages_;
    if (stages.empty()) return;
    resolved_.target_ = inputs_.target.empty() ? std::optional(static_cast<std::uint32_t>(stages.size() - 1))
                                               : lookup_.stage(inputs_.target);
    std::vector<std::uint32_t> open;
    const auto reach = [&](std::uint32_t stage) {
      if (stages[stage].reachable) return;
      stages[stage].reachable = true;
      if (!stages[stage].overridden) open.push_back(stage);
    };
    if (resolved_.target_) reach(*resolved_.target_);
    while (!open.empty()) {
      const auto& facts = stages[open.back()];
      open.pop_back();
      if (facts.base.kind == ImageSource::Kind::stage) reach(facts.base.stage);
      for (const auto& copy : facts.copies)
        if (copy.source.kind == ImageSource::Kind::stage) reach(copy.source.stage);
    }
  }

  const File& file_;
  const BuildInputs& inputs_;
  StageLookup lookup_;
  Resolved resolved_;
  std::optional<std::uint32_t> current_;  ///< the stage whose scope counts; none: the global one
  std::size_t worked_bytes_ = 0;
};

const Variable* Resolved::find(const Scope& scope, std::string_view name, std::uint32_t before) {
  const auto found = scope.variables.find(name);
  if (found == scope.variables.end()) return nullptr;
  const auto& list = found->second;
  const auto after = std::lower_bound(list.begin(), list.end(), before,
                                      [](const Assignment& a, std::uint32_t value) { return a.instruction < value; });
  return after == list.begin() ? nullptr : &(after - 1)->variable;
}

const Variable* Resolved::find_in_chain(std::uint32_t stage, std::string_view name, std::uint32_t before) const {
  for (unsigned depth = 0; depth < deepest_stage_chain; ++depth) {
    if (const auto* found = find(scopes_[stage], name, before)) return found;
    if (!scopes_[stage].parent) break;
    stage = *scopes_[stage].parent;
    before = end_of_stage;
  }
  return nullptr;
}

std::optional<std::uint32_t> Resolved::stage_of(std::uint32_t instruction) const {
  const auto after = std::upper_bound(first_instructions_.begin(), first_instructions_.end(), instruction);
  if (after == first_instructions_.begin()) return std::nullopt;
  return static_cast<std::uint32_t>(after - first_instructions_.begin() - 1);
}

const Expansion* Resolved::expansion(Span place) const {
  const auto found = std::lower_bound(words_.begin(), words_.end(), place.begin,
                                      [](const ResolvedWord& w, std::uint32_t begin) { return w.span.begin < begin; });
  return found == words_.end() || found->span.begin != place.begin ? nullptr : &found->expansion;
}

const Variable* Resolved::variable(std::uint32_t instruction, std::string_view name) const {
  const auto stage = stage_of(instruction);
  const bool is_from = stage && first_instructions_[*stage] == instruction;
  const auto* found = stage && !is_from ? find_in_chain(*stage, name, instruction)
                                        : find(global_, name, is_from ? end_of_stage : instruction);
  if (found != nullptr) return found;
  const bool predefined = stage && !is_from ? name == "PATH" : is_platform_argument(name);
  return predefined ? &predefined_variable() : nullptr;
}

const Variable* Resolved::variable_at_end(std::uint32_t stage, std::string_view name) const {
  return find_in_chain(stage, name, end_of_stage);
}

std::vector<std::string> Resolved::names(std::uint32_t instruction) const {
  std::set<std::string> names;
  const auto collect = [&](const Scope& scope, std::uint32_t before) {
    for (const auto& [name, list] : scope.variables)
      if (list.front().instruction < before) names.insert(name);
  };
  auto stage = stage_of(instruction);
  if (!stage || first_instructions_[*stage] == instruction) {
    collect(global_, instruction);
    stage.reset();
  }
  for (unsigned depth = 0; stage && depth < deepest_stage_chain; ++depth) {
    collect(scopes_[*stage], depth == 0 ? instruction : end_of_stage);
    stage = scopes_[*stage].parent;
  }
  return {names.begin(), names.end()};
}

Resolved resolve(const File& file, const BuildInputs& inputs) { return Resolver(file, inputs).run(); }

std::vector<const Instruction*> image_instructions(const File& file, const Resolved& resolved) {
  std::vector<const Instruction*> chain;
  auto stage = resolved.target();
  while (stage) {
    const auto range = file.stages[*stage].instructions;
    for (auto i = range.end; i > range.begin + 1; --i) chain.push_back(&file.instructions[i - 1]);
    const auto& base = resolved.stages()[*stage].base;
    stage = base.kind == ImageSource::Kind::stage ? std::optional(base.stage) : std::nullopt;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

}  // namespace imgslim::dockerfile
