#include "dockerfile/ast.h"

#include <algorithm>
#include <array>

#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

/// In the order of Keyword.
constexpr std::array<std::string_view, 19> keyword_names{
    "",      "ADD",        "ARG",     "CMD", "COPY",  "ENTRYPOINT", "ENV",  "EXPOSE", "FROM",   "HEALTHCHECK",
    "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"};

/// In the order of ProblemKind.
constexpr std::array<std::string_view, 16> problem_names{
    "bad-directive", "unknown-instruction", "missing-arguments",    "too-many-arguments", "bad-arguments",
    "bad-json",      "json-required",       "unterminated-heredoc", "unknown-flag",       "bad-flag",
    "bad-mount",     "bad-stage-name",      "bad-onbuild",          "long-line",          "no-instructions",
    "bad-encoding"};

}  // namespace

std::string_view keyword_name(Keyword keyword) { return keyword_names[static_cast<std::size_t>(keyword)]; }

Keyword keyword_of(std::string_view name) {
  const auto upper = to_upper(name);
  const auto found = std::find(keyword_names.begin() + 1, keyword_names.end(), upper);
  return found == keyword_names.end() ? Keyword::unknown : static_cast<Keyword>(found - keyword_names.begin());
}

std::string_view problem_name(ProblemKind kind) { return problem_names[static_cast<std::size_t>(kind)]; }

const MountField* Mount::field(std::string_view name) const {
  const auto found = std::find_if(fields.rbegin(), fields.rend(), [&](const auto& f) { return f.name == name; });
  return found == fields.rend() ? nullptr : &*found;
}

std::string_view Mount::value(std::string_view name) const {
  const auto* found = field(name);
  return found != nullptr && found->value ? std::string_view(found->value->text) : std::string_view();
}

const Flag* Instruction::flag(std::string_view flag_name) const {
  const auto found = std::find_if(flags.begin(), flags.end(), [&](const Flag& f) { return f.name == flag_name; });
  return found == flags.end() ? nullptr : &*found;
}

std::string_view Instruction::flag_value(std::string_view flag_name) const {
  const auto* found = flag(flag_name);
  return found != nullptr && found->value ? std::string_view(*found->value) : std::string_view();
}

}  // namespace imgslim::dockerfile
