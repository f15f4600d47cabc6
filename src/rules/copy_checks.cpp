#include "rules/copy_checks.h"

#include <algorithm>
#include <set>

#include "rules/context.h"
#include "rules/fields.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;

std::string base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

bool is_archive(std::string_view name) {
  constexpr std::string_view endings[] = {".tar", ".Z",    ".bz2", ".gz",  ".lz",  ".lzma", ".tZ", ".tb2",
                                          ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz",  ".xz"};
  return std::any_of(std::begin(endings), std::end(endings), [&](std::string_view end) { return name.ends_with(end); });
}

bool unpacks(const Command& command) {
  constexpr std::string_view programs[] = {"unzip", "gunzip", "bunzip2", "unlzma",    "unxz",
                                           "zgz",   "zcat",   "gzcat",   "uncompress"};
  if (std::find(std::begin(programs), std::end(programs), std::string_view(command.name)) != std::end(programs))
    return true;
  return command.name == "tar" && std::any_of(command.arguments.begin(), command.arguments.end(), [](const auto& one) {
           const std::string_view text = one.text;
           return text == "--extract" || text == "--get" ||
                  (text.starts_with('-') && text.find('x') != std::string_view::npos);
         });
}

/// Base names that an instruction copies archives to, or from.
std::vector<std::string> archives_of(const Linter& linter, const Step& step) {
  std::vector<std::string> names;
  for (const auto& target : field_values(linter.facts, step, "destination"))
    if (is_archive(target)) return {base_name(target)};
  for (const auto& source : field_values(linter.facts, step, "source"))
    if (is_archive(source)) names.push_back(base_name(source));
  return names;
}

bool is_unpacked_below(const View& view, std::size_t copy, const std::vector<std::string>& archives) {
  for (std::size_t at = copy + 1; at < view.steps.size() && view.steps[at].stage == view.steps[copy].stage; ++at) {
    if (view.steps[at].instruction->keyword != Keyword::run) continue;
    for (const auto& command : view.steps[at].script.commands) {
      if (!unpacks(command)) continue;
      for (const auto* operand : command.operands())
        if (std::find(archives.begin(), archives.end(), base_name(operand->text)) != archives.end()) return true;
    }
  }
  return false;
}

bool allows(std::string_view allowed, std::string_view registry) {
  if (allowed == "*") return true;
  if (allowed.starts_with('*')) return registry.ends_with(allowed.substr(1));
  if (allowed.ends_with('*')) return registry.starts_with(allowed.substr(0, allowed.size() - 1));
  return registry == allowed;
}

class Registries {
 public:
  explicit Registries(const Linter& linter) : linter_(linter) {}

  void check(const Step& step) {
    const auto& instruction = *step.instruction;
    if (const auto* from = instruction.as<dockerfile::From>()) {
      if (!is_trusted(linter_.facts.expanded(from->base))) linter_.at(step, from->base.span);
      if (from->alias) stages_.insert(from->alias->text);
    }
    if (const auto* flag = instruction.flag("from"); flag && instruction.keyword == Keyword::copy)
      if (flag->value && !is_trusted(*flag->value)) linter_.at(step, flag->value_span);
    if (const auto* run = instruction.as<dockerfile::Run>())
      for (const auto& mount : run->mounts)
        if (const auto from = mount.value("from"); !from.empty() && !is_trusted(std::string(from)))
          linter_.at(step, mount.span);
  }

 private:
  [[nodiscard]] bool is_trusted(const std::string& reference) const {
    const auto image = split_image_name(reference);
    if (image.registry.empty() && (image.name == "scratch" || stages_.contains(image.name))) return true;
    const bool is_index = !reference.empty() && reference.find_first_not_of("0123456789") == std::string::npos;
    const bool is_context = std::find(linter_.options.contexts.begin(), linter_.options.contexts.end(), reference) !=
                            linter_.options.contexts.end();
    if (is_index || is_context) return true;
    const auto& allowed = linter_.options.trusted_registries;
    return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& one) {
      if (!image.registry.empty()) return allows(one, image.registry);
      return allows(one, "docker.io") || allows(one, "hub.docker.com");
    });
  }

  const Linter& linter_;
  std::set<std::string> stages_;
};

bool is_remote(std::string_view source) {
  return source.find("://") != std::string_view::npos || source.starts_with("git@");
}

}  // namespace

void check_extracted_archives(const Linter& linter) {
  const auto& view = linter.facts.plain;
  for (std::size_t at = 0; at < view.steps.size(); ++at) {
    const auto& step = view.steps[at];
    if (step.instruction->keyword != Keyword::copy || step.instruction->flag("from")) continue;
    const auto archives = archives_of(linter, step);
    if (!archives.empty() && is_unpacked_below(view, at, archives)) linter.at(step);
  }
}

void check_ignored_copies(const Linter& linter) {
  const auto& ignore = linter.facts.ignore_file;
  if (!ignore || !ignore->exists) return;
  const auto& patterns = ignore->patterns;
  const bool excepts =
      std::any_of(patterns.begin(), patterns.end(), [](const auto& one) { return one.starts_with('!'); });
  if (excepts) return;
  for (const auto& step : linter.facts.plain.steps) {
    const auto keyword = step.instruction->keyword;
    if ((keyword != Keyword::copy && keyword != Keyword::add) || step.instruction->flag("from")) continue;
    for (const auto& source : field_values(linter.facts, step, "source.expanded")) {
      if (is_remote(source)) continue;
      const auto hides = [&](const std::string& pattern) { return path_matches(pattern, source); };
      const auto found = std::find_if(patterns.begin(), patterns.end(), hides);
      if (found != patterns.end())
        linter.at(step, {},
                  keyword == Keyword::copy
                      ? "COPY of \"" + source + "\", which .dockerignore leaves out (" + *found + ")"
                      : "ADD of \"" + source + "\", which .dockerignore leaves out (" + *found + ")");
    }
  }
}

void check_registries(const Linter& linter) {
  if (linter.options.trusted_registries.empty()) return;
  Registries registries(linter);
  for (const auto& step : linter.facts.plain.steps) registries.check(step);
}

}  // namespace imgslim::rules
