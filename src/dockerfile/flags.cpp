// Flags of instructions (`COPY --from=build --link`). They stand between keyword and arguments. Quotes join blanks into
// a word, a backslash takes the next character's meaning; here it is always the backslash, whatever character the
// escape directive chose. Which flags there are: BuildKit 0.32, frontend/dockerfile/instructions.
#include "dockerfile/flags.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <span>

#include "core/nearest.h"
#include "dockerfile/blanks.h"
#include "dockerfile/durations.h"

namespace imgslim::dockerfile {
namespace {

/// Walks one word of flags.
class FlagWord {
 public:
  FlagWord(const MappedText& text, std::size_t at) : mapped_(text), text_(text.text()), begin_(at), at_(at) {}

  /// Reads to the word's end.
  void read() {
    for (char quote = '\0'; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote == '\0' && space_at(text_, at_) > 0) break;
      if (quote == '\0' ? c == '\'' || c == '"' : c == quote) {
        quote = quote == '\0' ? c : '\0';
        continue;
      }
      if (c == '\\' && ++at_ == text_.size()) break;  // a last backslash counts for nothing
      append(at_);
    }
  }

  [[nodiscard]] std::size_t end() const { return at_; }
  [[nodiscard]] bool ends_flags() const { return whole_.text() == "--"; }

  [[nodiscard]] ReadFlag flag() const {
    ReadFlag read;
    const auto& word = whole_.text();
    const auto size = static_cast<std::uint32_t>(word.size());
    const auto equals = static_cast<std::uint32_t>(std::min<std::size_t>(word.find('='), size));
    read.flag.name = word.substr(2, equals - 2);
    read.flag.span = mapped_.source_span(static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(at_));
    read.flag.name_span = whole_.source_span(2, equals);
    read.flag.value_span = {read.flag.span.end, read.flag.span.end};
    if (equals == size) return read;
    read.value = whole_.part(equals + 1, size);
    read.flag.value = read.value.text();
    read.flag.value_span = {whole_.source_span(equals, equals + 1).end, read.flag.span.end};
    return read;
  }

 private:
  void append(std::size_t at) { whole_.append(text_.substr(at, 1), mapped_.source_of(static_cast<std::uint32_t>(at))); }

  const MappedText& mapped_;
  std::string_view text_;
  std::size_t begin_, at_;
  MappedText whole_;
};

enum class FlagType : std::uint8_t { text, list, boolean, duration, count };

struct KnownFlag {
  Keyword keyword;
  std::string_view name;
  FlagType type;
};

constexpr std::array<KnownFlag, 23> known{{
    {Keyword::add, "checksum", FlagType::text},
    {Keyword::add, "chmod", FlagType::text},
    {Keyword::add, "chown", FlagType::text},
    {Keyword::add, "exclude", FlagType::list},
    {Keyword::add, "keep-git-dir", FlagType::boolean},
    {Keyword::add, "link", FlagType::boolean},
    {Keyword::add, "unpack", FlagType::boolean},
    {Keyword::copy, "chmod", FlagType::text},
    {Keyword::copy, "chown", FlagType::text},
    {Keyword::copy, "exclude", FlagType::list},
    {Keyword::copy, "from", FlagType::text},
    {Keyword::copy, "link", FlagType::boolean},
    {Keyword::copy, "parents", FlagType::boolean},
    {Keyword::from, "platform", FlagType::text},
    {Keyword::healthcheck, "interval", FlagType::duration},
    {Keyword::healthcheck, "retries", FlagType::count},
    {Keyword::healthcheck, "start-interval", FlagType::duration},
    {Keyword::healthcheck, "start-period", FlagType::duration},
    {Keyword::healthcheck, "timeout", FlagType::duration},
    {Keyword::run, "device", FlagType::list},
    {Keyword::run, "mount", FlagType::list},
    {Keyword::run, "network", FlagType::text},
    {Keyword::run, "security", FlagType::text},
}};

const KnownFlag* find_flag(Keyword keyword, std::string_view name) {
  const auto found = std::find_if(known.begin(), known.end(),
                                  [&](const KnownFlag& f) { return f.keyword == keyword && f.name == name; });
  return found == known.end() ? nullptr : &*found;
}

/// What is wrong with a value; "" when nothing is.
std::string value_problem(FlagType type, std::string_view value) {
  if (type == FlagType::boolean) {
    const auto lower = to_lower(value);
    return lower == "true" || lower == "false" ? "" : "is neither true nor false";
  }
  if (value.empty()) return "";
  if (type == FlagType::duration) {
    const auto nanoseconds = parse_duration(value);
    if (!nanoseconds) return "is no duration such as 30s or 1m30s";
    return *nanoseconds != 0 && *nanoseconds < 1e6 ? "is shorter than 1ms" : "";
  }
  if (type != FlagType::count) return "";
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size() && number >= 0 ? "" : "is no count";
}

/// --network and --security take words of a list.
std::string choice_problem(const Instruction& instruction, const Flag& flag) {
  if (instruction.keyword != Keyword::run || !flag.value) return "";
  const std::string_view value = *flag.value;
  if (flag.name == "network" && value != "default" && value != "none" && value != "host")
    return "is none of default, none and host";
  if (flag.name == "security" && value != "sandbox" && value != "insecure") return "is neither sandbox nor insecure";
  return "";
}

enum class Turn : bool { first, repeated };

void check_flag(const Instruction& instruction, const Flag& flag, Turn turn, std::vector<Problem>& problems) {
  const auto* found = find_flag(instruction.keyword, flag.name);
  const auto named = instruction.upper + " --" + excerpt(flag.name);
  if (found == nullptr) {
    const auto names = known_flags(instruction.keyword);
    problems.push_back(
        {ProblemKind::unknown_flag, named + ": unknown flag" + did_you_mean(flag.name, names), flag.name_span});
    return;
  }
  const auto bad = [&](std::string text, Span span) {
    problems.push_back({ProblemKind::bad_flag, std::move(text), span});
  };
  if (found->type != FlagType::list && turn == Turn::repeated) return bad(named + " is given twice", flag.span);
  if (!flag.value) {
    if (found->type != FlagType::boolean) bad(named + " needs a value: --" + flag.name + "=…", flag.span);
    return;
  }
  auto problem = value_problem(found->type, *flag.value);
  if (problem.empty()) problem = choice_problem(instruction, flag);
  if (!problem.empty()) bad(named + ": \"" + excerpt(*flag.value) + "\" " + problem, flag.value_span);
}

}  // namespace

std::pair<std::vector<ReadFlag>, std::uint32_t> read_flags(const MappedText& text) {
  const std::string_view view = text.text();
  std::vector<ReadFlag> flags;
  std::size_t at = 0;
  while (true) {
    while (const auto length = space_at(view, at)) at += length;
    if (!view.substr(at).starts_with("--")) return {std::move(flags), static_cast<std::uint32_t>(at)};
    FlagWord word(text, at);
    word.read();
    at = word.end();
    if (word.ends_flags()) return {std::move(flags), static_cast<std::uint32_t>(at)};
    flags.push_back(word.flag());
  }
}

std::vector<std::string_view> known_flags(Keyword keyword) {
  std::vector<std::string_view> names;
  for (const auto& flag : known)
    if (flag.keyword == keyword) names.push_back(flag.name);
  return names;
}

void check_flags(const Instruction& instruction, std::vector<Problem>& problems) {
  std::set<std::string_view> seen;
  for (const auto& flag : instruction.flags)
    check_flag(instruction, flag, seen.insert(flag.name).second ? Turn::first : Turn::repeated, problems);
}

}  // namespace imgslim::dockerfile
