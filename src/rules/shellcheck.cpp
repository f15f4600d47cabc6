// ShellCheck's comments on RUN bodies. All scripts of a file are checked in one run of the program; what it says comes
// back as JSON with the number of the script, and line and column in it. Each script begins with lines of ours: the
// shell, and a declaration of every variable that the builder defines, so that ShellCheck does not take them for unset.
#include "rules/shellcheck.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "json/parse.h"
#include "rules/suppression.h"

namespace imgslim::rules {
namespace {

using dockerfile::Keyword;

struct Body {
  const Step* step = nullptr;
  std::string script;
  std::uint32_t header_lines = 0;
};

bool is_checked_shell(std::string_view shell) {
  const auto name = shell.substr(shell.rfind('/') + 1);
  return !name.starts_with("pwsh") && !name.starts_with("powershell") && !name.starts_with("cmd");
}

/// The shell that `# hadolint shell=` right above the instruction or anywhere before it in the stage names.
std::string stated_shell(const Facts& facts, const Step& step, std::string shell) {
  const auto& file = *facts.file;
  for (const auto& comment : file.comments) {
    if (comment.line >= step.instruction->start_line) break;
    if (auto named = read_hadolint_shell(comment.text)) shell = std::move(*named);
  }
  return shell;
}

class Bodies {
 public:
  explicit Bodies(const Facts& facts) : facts_(facts) {}

  std::vector<Body> all() {
    for (const auto& step : facts_.plain.steps) visit(step);
    return std::move(bodies_);
  }

 private:
  void visit(const Step& step) {
    const auto& instruction = *step.instruction;
    if (instruction.keyword == Keyword::from) {
      shell_ = "/bin/sh";
      names_ = {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
                "FTP_PROXY",  "ftp_proxy",  "NO_PROXY",    "no_proxy"};
    }
    if (instruction.keyword == Keyword::shell && !instruction.words.empty()) shell_ = instruction.words.front().text;
    if (const auto* pairs = instruction.as<dockerfile::KeyValues>(); pairs && instruction.keyword != Keyword::label)
      for (const auto& pair : pairs->pairs) names_.insert(pair.key.text);
    if (instruction.keyword == Keyword::run && !step.script.exec_form) add(step);
  }

  void add(const Step& step) {
    const auto shell = stated_shell(facts_, step, shell_);
    const auto& interpreter = step.script.interpreter;
    if (!is_checked_shell(shell) || (!interpreter.empty() && !interpreter.ends_with("sh"))) return;
    Body body{&step, "#!" + shell + "\n", 1};
    for (const auto& name : names_) {
      const bool is_name = !name.empty() && name.find_first_not_of(
                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                "0123456789_") == std::string::npos;
      if (!is_name) continue;
      body.script += "export " + name + "=1\n";
      ++body.header_lines;
    }
    body.script += step.script.text + "\n";
    bodies_.push_back(std::move(body));
  }

  const Facts& facts_;
  std::string shell_ = "/bin/sh";
  std::set<std::string> names_;
  std::vector<Body> bodies_;
};

/// Where line and column of a body stand in the file.
dockerfile::Span place_of(const Body& body, std::uint64_t line, std::uint64_t column) {
  const auto& text = body.step->script.text;
  std::size_t at = 0;
  for (std::uint64_t number = body.header_lines + 1; number < line && at < text.size(); ++number)
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
  at = std::min(at + static_cast<std::size_t>(column > 0 ? column - 1 : 0), text.size());
  const auto offset = body.step->script.source.source_of(static_cast<std::uint32_t>(at));
  return {offset, offset + 1};
}

Rule& rule_of(const std::string& id, const std::string& severity, const std::string& message, std::deque<Rule>& rules) {
  for (auto& rule : rules)
    if (rule.info.id == id) return rule;
  auto& rule = rules.emplace_back();
  rule.info.id = id;
  rule.info.severity = severity;
  rule.info.title = message;
  rule.info.family = "shell";
  rule.info.profiles = {"compat"};
  rule.info.links = {"https://www.shellcheck.net/wiki/" + id};
  return rule;
}

}  // namespace

std::vector<Draft> shellcheck_drafts(const Facts& facts, const LintOptions& options, std::deque<Rule>& rules) {
  if (!options.shellcheck) return {};
  const auto bodies = Bodies(facts).all();
  std::vector<std::string> scripts;
  for (const auto& body : bodies) scripts.push_back(body.script);
  if (scripts.empty()) return {};
  Limits limits;
  limits.json_bytes = 64u << 20;
  const auto said = json::parse(options.shellcheck(scripts), limits);
  if (!said || !said->is_array()) return {};
  std::vector<Draft> drafts;
  for (const auto& comment : *said) {
    const auto name = json::string_member(comment, "file");
    const auto file = name.substr(name.rfind('/') + 1);
    std::size_t number = 0;
    std::from_chars(file.data(), file.data() + file.size(), number);
    const auto line = json::unsigned_member(comment, "line").value_or(1);
    const auto code = json::unsigned_member(comment, "code").value_or(0);
    if (number >= bodies.size() || line <= bodies[number].header_lines) continue;
    const auto& body = bodies[number];
    const auto message = json::string_member(comment, "message");
    const auto column = json::unsigned_member(comment, "column").value_or(1);
    Draft draft;
    draft.rule = &rule_of("SC" + std::to_string(code), json::string_member(comment, "level"), message, rules);
    draft.step = body.step->index;
    draft.finding.rule = draft.rule->info.id;
    draft.finding.message = message;
    draft.finding.location = locate(*facts.file, place_of(body, line, column));
    drafts.push_back(std::move(draft));
  }
  return drafts;
}

}  // namespace imgslim::rules
