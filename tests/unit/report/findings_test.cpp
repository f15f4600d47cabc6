#include "imgslim/render_findings.h"
#include "report/escape_markup.h"
#include "support/catch.h"
#include "unit/report/golden.h"
#include "unit/report/sample_suggestions.h"

using namespace imgslim;

namespace {

constexpr std::pair<const char*, LintFormat> formats[] = {{"page.txt", LintFormat::text},
                                                          {"lint.json", LintFormat::json},
                                                          {"sarif.json", LintFormat::sarif},
                                                          {"github.txt", LintFormat::github},
                                                          {"gitlab.json", LintFormat::gitlab},
                                                          {"azure.txt", LintFormat::azure},
                                                          {"gcc.txt", LintFormat::gcc},
                                                          {"junit.xml", LintFormat::junit},
                                                          {"checkstyle.xml", LintFormat::checkstyle},
                                                          {"rdjson.json", LintFormat::rdjson},
                                                          {"markdown.md", LintFormat::markdown}};

std::vector<RuleInfo> rules_of(const Report& report) {
  std::vector<RuleInfo> rules;
  for (const auto& finding : *report.findings) {
    RuleInfo rule;
    rule.id = finding.rule;
    rule.title = "a title";
    rule.why = "a reason";
    rule.fix = "a way out";
    rule.severity = finding.severity;
    rule.family = "layers";
    const auto is_same = [&](const RuleInfo& other) { return other.id == rule.id; };
    if (std::none_of(rules.begin(), rules.end(), is_same)) rules.push_back(rule);
  }
  return rules;
}

const ReportFinding& finding_of(const LintReport& all, const std::string& rule) {
  for (const auto& file : all.files)
    for (const auto& finding : file.result.findings)
      if (finding.rule == rule) return finding;
  FAIL("no finding of " << rule);
  return all.files.front().result.findings.front();
}

std::size_t count_of(const std::string& text, const std::string& piece) {
  std::size_t count = 0;
  for (auto at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("findings of an image are as reviewed in every format") {
  const auto report = test::suggested_report();
  const auto findings = findings_of(report, test::sample_dockerfile(), rules_of(report));
  const auto hostile = test::hostile_suggested_report();
  const auto attacks = findings_of(hostile, test::hostile_dockerfile(), rules_of(hostile));
  for (const auto& [name, format] : formats) {
    test::check_golden(std::string("findings.") + name, render_lint(findings, format, {}));
    test::check_golden(std::string("findings-hostile.") + name, render_lint(attacks, format, {}));
  }
}

TEST_CASE("the page of a rule and the list of rules are as reviewed") {
  RuleInfo sized{"SL3001",
                 "apt lists stay in the image",
                 "warning",
                 "Nothing reads them at run time.",
                 "rm -rf them.",
                 "os-packages",
                 {"slim", "compat"},
                 {"DL3009"},
                 {"https://docs.docker.com/"},
                 "dockerfile",
                 "paths",
                 "FROM debian:12\nRUN apt-get update\n",
                 "FROM debian:12\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\n"};
  RuleInfo hostile = sized;
  hostile.id = "X1";
  hostile.title = "a\x1b[31mtitle\nof two lines \xe2\x80\xae";
  hostile.bad = hostile.good = "";
  hostile.profiles = hostile.aliases = hostile.links = {};
  test::check_golden("rule.txt", render_rule(sized));
  test::check_golden("rule-hostile.txt", render_rule(hostile));
  test::check_golden("rules.txt", render_rules({sized, hostile}, Format::text));
  test::check_golden("rules.json", render_rules({sized, hostile}, Format::json));
}

TEST_CASE("each finding stands at a line: its own, its layer's, the last FROM, or a stable one") {
  auto report = test::suggested_report();
  const auto all = findings_of(report, test::sample_dockerfile(), {});
  CHECK(finding_of(all, "SL4001").location.line == 8u);
  CHECK(finding_of(all, "SL3001").location.line == report.layers[1].instruction.start_line);
  CHECK(finding_of(all, "SL7001").location.line == 3u);
  CHECK(finding_of(all, "SL7001").location.file == "Dockerfile");
  for (auto& layer : report.layers) layer.instruction = {};
  report.instructions.reset();
  const auto bare = findings_of(report, {}, {});
  CHECK(finding_of(bare, "SL3001").location.line == 1u);
  CHECK(finding_of(bare, "SL3001").location.file == "Dockerfile");
}

TEST_CASE("patches are filled in once, and only where there are edits") {
  auto report = test::suggested_report();
  fill_patches(*report.findings, test::sample_dockerfile());
  const auto& fix = *(*report.findings)[report.findings->size() - 3].fix;
  CHECK(fix.patch.find("+RUN pip install --no-cache-dir -r requirements.txt\n") != std::string::npos);
  (*report.findings)[report.findings->size() - 3].fix->patch = "mine";
  fill_patches(*report.findings, test::sample_dockerfile());
  CHECK((*report.findings)[report.findings->size() - 3].fix->patch == "mine");
}

TEST_CASE("of each level GitHub gets ten annotations at most, those that save most first") {
  Report report;
  report.findings.emplace();
  for (const char* severity : {"error", "warning", "info", "style"})
    for (std::uint64_t i = 0; i < 10; ++i) {
      ReportFinding finding;
      finding.rule = "SL" + std::to_string(1000 + i);
      finding.severity = severity;
      finding.message = "m";
      finding.saving = FindingSaving{.bytes = i * 1000};
      report.findings->push_back(finding);
    }
  const auto text = render_lint(findings_of(report, {}, {}), LintFormat::github, {});
  CHECK(count_of(text, "::error ") == 10);
  CHECK(count_of(text, "::warning ") == 10);
  CHECK(count_of(text, "::notice ") == 10);
  CHECK(count_of(text, "more: ") == 1);
  CHECK(text.find("11 more: ") != std::string::npos);
  CHECK(text.find("SL1009") < text.find("SL1000"));
}

TEST_CASE("SARIF counts columns in code points") {
  LintedFile file;
  file.path = "Dockerfile";
  file.text = "RUN echo \xe6\xbc\xa2 ab\n";
  ReportFinding finding;
  finding.rule = "SL1";
  finding.severity = "error";
  finding.message = "m";
  finding.location = {"Dockerfile", 1, 14, 1, 15, {}, {}};
  file.result.findings = {finding};
  LintReport report;
  report.files = {file};
  CHECK(render_lint(report, LintFormat::sarif, {}).find("\"startColumn\": 12, \"endLine\": 1, \"endColumn\": 14") !=
        std::string::npos);
}

TEST_CASE("Markdown prose tells nobody and refers to nothing") {
  using namespace report;
  CHECK(escape_markdown("@all") == "\\@&#8203;all");
  CHECK(escape_markdown("o/r#1 !2") == "o/r\\#&#8203;1 \\!&#8203;2");
  CHECK(escape_markdown("http://x www.y WWW.z") == "http:&#8203;//x www&#8203;.y WWW&#8203;.z");
  CHECK(escape_markdown("<!-- a -->") == "\\<\\!&#8203;-- a --\\>");
  CHECK(markdown_code("a`b``c") == "```a`b``c```");
  CHECK(markdown_code("`a|b") == "`` `a\\|b ``");
  CHECK(markdown_code(" ") == "`(empty)`");
  CHECK(markdown_block("diff", "+```\n\ta\x1b") == "````diff\n+```\n\ta\\x1b\n````\n");
}

TEST_CASE("commands of CI services end where ours end") {
  using namespace report;
  CHECK(escape_github("a:b,c%\n", CommandPart::property) == "a%3Ab%2Cc%25\\x0a");
  CHECK(escape_github("::error::x", CommandPart::message) == "\\x3a:error::x");
  CHECK(escape_azure("a;b]c%", CommandPart::property) == "a%3Bb%5Dc%AZP25");
  CHECK(escape_azure("##vso[x]", CommandPart::message) == "\\x23#vso[x]");
}
