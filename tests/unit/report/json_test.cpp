#include <random>

#include "imgslim/render.h"
#include "report/json_fields.h"
#include "support/catch.h"
#include "support/reconcile.h"
#include "unit/report/sample_reports.h"

using namespace imgslim;

namespace {

std::string json_of(const Report& report) { return render(report, Format::json, {}); }

/// Fills every member of a report with values that a seed decides, by the same list that writer and reader walk.
class RandomFiller {
 public:
  explicit RandomFiller(unsigned seed) : random_(seed) {}

  template <typename T>
  void operator()(const char*, T& member) {
    fill(member);
  }
  template <typename T>
  void section(const char*, T& member) {
    fill(member);
  }
  void plain(const char*, std::string& text) {
    static const std::vector<std::string> pieces = {"a", "\\", "\\x41", "\xc3\xbc", "\n", "\""};
    text.clear();
    for (auto count = below(6); count > 0; --count) text.append(pieces[below(pieces.size())]);
  }

 private:
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  void fill(std::string& text) {
    static const std::vector<std::string> pieces = {"a",
                                                    "\\",
                                                    "x",
                                                    "ff",
                                                    "\xff",
                                                    "\xc3\xbc",
                                                    "\x1b",
                                                    "\xe2\x80",
                                                    "\"",
                                                    "\xf0\x9f\x98\x80",
                                                    "\xef\xbf\xbf",
                                                    "##vso[",
                                                    "\n",
                                                    "/",
                                                    "\\x0",
                                                    std::string(1, '\0')};
    text.clear();
    for (auto count = below(6); count > 0; --count) text.append(pieces[below(pieces.size())]);
  }
  void fill(bool& truth) { truth = below(2) == 1; }
  void fill(std::uint32_t& number) { number = below(4) == 0 ? UINT32_MAX : static_cast<std::uint32_t>(below(10)); }
  void fill(std::uint64_t& number) { number = below(4) == 0 ? UINT64_MAX - below(9) : below(1'000'000); }
  void fill(double& ratio) { ratio = rounded_ratio(below(1'000'001), 1'000'000).value(); }
  template <typename T>
  void fill(std::optional<T>& member) {
    member.reset();
    if (below(2) == 1) fill(member.emplace());
  }
  template <typename T>
  void fill(std::vector<T>& items) {
    items.resize(below(4));
    for (auto& item : items) fill(item);
  }
  template <typename T>
  void fill(std::map<std::string, T>& items) {
    items.clear();
    for (auto count = below(4); count > 0; --count) {
      std::string key;
      fill(key);
      fill(items[key]);
    }
  }
  template <typename T>
  void fill(T& object) {
    report::visit_fields(*this, object);
  }

  std::mt19937 random_;
};

std::string refusal(std::string json) {
  const auto parsed = parse_report(json);
  if (parsed) return "accepted";
  CHECK(parsed.error().kind == ErrorKind::input);
  return parsed.error().message;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto position = text.find(from);
  REQUIRE(position != std::string::npos);
  return text.replace(position, from.size(), to);
}

}  // namespace

TEST_CASE("parsing what was rendered gives the same report") {
  for (const auto& report :
       {test::realistic_report(), test::one_layer_report(), test::empty_report(), test::hostile_report()}) {
    const auto parsed = parse_report(json_of(report));
    REQUIRE(parsed);
    CHECK(*parsed == report);
  }
}

TEST_CASE("parsing what was rendered gives the same report, for any values of its members") {
  for (unsigned seed = 0; seed < 500; ++seed) {
    Report report;
    RandomFiller filler(seed);
    report::visit_fields(filler, report);
    const auto json = json_of(report);
    const auto parsed = parse_report(json);
    INFO("seed " << seed << (parsed ? "" : ": " + parsed.error().message));
    REQUIRE(parsed);
    CHECK(*parsed == report);
    CHECK(json_of(*parsed) == json);
  }
}

TEST_CASE("a report holds no control character but line feeds, whatever the image holds") {
  const auto json = json_of(test::hostile_report());
  CHECK(std::none_of(json.begin(), json.end(), [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7f; }));
}

TEST_CASE("ratios have at most six decimals") {
  CHECK(rounded_ratio(1, 3) == 0.333333);
  CHECK(rounded_ratio(0, 0) == std::nullopt);
  Report report;
  report.totals.efficiency = rounded_ratio(2, 3).value();
  CHECK(json_of(report).find("\"efficiency\": 0.666667\n") != std::string::npos);
  report.totals.efficiency = 1;
  CHECK(json_of(report).find("\"efficiency\": 1\n") != std::string::npos);
  CHECK(refusal(replaced(json_of(report), "\"efficiency\": 1", "\"efficiency\": 1.5")) ==
        "totals.efficiency is not a ratio from 0 to 1");
}

TEST_CASE("top cuts rows, counts them as omitted and leaves the totals alone") {
  const auto report = test::realistic_report();
  const auto cut = parse_report(render(report, Format::json, {.top = 2}));
  REQUIRE(cut);
  CHECK(cut->packages.size() == 2);
  CHECK(cut->omitted.at("packages") == report.packages.size() - 2);
  CHECK(cut->omitted.at("waste") == report.waste.size() - 2);
  CHECK_FALSE(cut->omitted.contains("duplicates"));
  CHECK(cut->totals == report.totals);
  CHECK(cut->layers == report.layers);
  CHECK(test::disagreements(*cut).empty());
  const auto again = parse_report(render(*cut, Format::json, {.top = 1}));
  REQUIRE(again);
  CHECK(again->omitted.at("packages") == report.packages.size() - 1);
}

TEST_CASE("a report of a later minor version is read, its additions ignored") {
  const auto json =
      replaced(json_of(test::one_layer_report()), "\"tool\": {", "\"future\": [1], \"tool\": {\"x\": null, ");
  const auto parsed = parse_report(json);
  REQUIRE(parsed);
  CHECK(*parsed == test::one_layer_report());
}

TEST_CASE("a nullable member may be left out") {
  const auto report = test::one_layer_report();
  const auto parsed = parse_report(replaced(json_of(report), "\"compressed_bytes\": null,", ""));
  REQUIRE(parsed);
  CHECK(*parsed == report);
}

TEST_CASE("what is no report is refused with the place of the fault") {
  const auto json = json_of(test::realistic_report());
  CHECK(refusal("[]") == "not an imgslim report: no \"schema\": \"imgslim.report/1\"");
  CHECK(refusal("{\"schema\": \"imgslim.report/2\"}") ==
        "schema \"imgslim.report/2\" is not known: this version reads imgslim.report/1");
  CHECK(refusal("{\"schema\": \"imgslim.report/1\"}") == "complete is missing");
  CHECK(refusal(replaced(json, "\"entries\": 3200", "\"entries\": -1")) ==
        "layers[0].entries is not a non-negative integer");
  CHECK(refusal(replaced(json, "\"index\": 2", "\"index\": 4294967296")) ==
        "layers[2].index is not an integer of 32 bits");
  CHECK(refusal(replaced(json, "\"user\": \"app\"", "\"user\": [\"app\"]")) == "image.user is not a string");
  CHECK(refusal(replaced(json, "\"complete\": true", "\"complete\": 1")) == "complete is not true or false");
  CHECK(refusal(replaced(json, "\"notes\": [", "\"notes\": {\"x\": [") + "}") != "accepted");
  CHECK(refusal(json.substr(0, json.size() / 2)).find("byte ") == 0);
}
