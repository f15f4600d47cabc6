#include "attribution/instructions.h"

#include <algorithm>

#include "dockerfile/parse.h"
#include "support/catch.h"

namespace imgslim::attribution {
namespace {

image::ImageInfo image_of(std::size_t layers, const std::vector<std::pair<std::string, bool>>& history) {
  image::ImageInfo info;
  info.layers.resize(layers);
  for (const auto& [text, empty_layer] : history) info.history.push_back({"", text, "", empty_layer});
  return info;
}

const image::ImageInfo built = image_of(3, {{"/bin/sh -c #(nop) ADD file:1 in / ", false},
                                            {"/bin/sh -c #(nop)  CMD [\"bash\"]", true},
                                            {"RUN /bin/sh -c make # buildkit", false},
                                            {"ENV A=1", true},
                                            {"COPY . /app # buildkit", false}});

NamedDockerfile dockerfile(std::string_view text) { return {"Dockerfile", dockerfile::parse(text)}; }

bool noted(const Instructions& found, std::string_view code) {
  return std::any_of(found.notes.begin(), found.notes.end(), [&](const Note& note) { return note.code == code; });
}

TEST_CASE("each layer gets the step that made it, steps without a layer keep their place") {
  const auto found = trace_instructions(built, std::nullopt);
  REQUIRE(found.steps.size() == 5);
  REQUIRE(found.step_of_layer == std::vector<std::uint32_t>{0, 2, 4});
  CHECK(found.steps[2].text == "RUN make");
  CHECK(found.steps[2].layer == 1u);
  CHECK_FALSE(found.steps[3].layer);
  CHECK(found.source == InstructionSource::history);
}

TEST_CASE("a history that states as many steps as layers is taken, also when it marks some as empty") {
  const auto found = trace_instructions(image_of(2, {{"COPY a /", true}, {"COPY b /", false}}), std::nullopt);
  CHECK(found.step_of_layer == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("a history that does not fit the layers attributes nothing and says so") {
  const auto found = trace_instructions(image_of(3, {{"COPY a /", false}}), std::nullopt);
  REQUIRE(found.step_of_layer.size() == 3);
  for (const auto step : found.step_of_layer) CHECK(found.steps[step].text.empty());
  CHECK(noted(found, "history-mismatch"));
}

TEST_CASE("the Dockerfile's lines reach the layers they made, and the base is what it does not account for") {
  const auto found = trace_instructions(built, dockerfile("FROM debian\nRUN make\nENV A=1\nCOPY . /app\n"));
  CHECK(found.source == InstructionSource::dockerfile);
  CHECK(found.matched_instructions == 3);
  CHECK(found.dockerfile_instructions == 3);
  CHECK(found.first_matched_layer == 1u);
  REQUIRE(found.steps[2].lines);
  CHECK(found.steps[2].lines->start_line == 2);
  CHECK(found.steps[0].source == InstructionSource::history);
}

TEST_CASE("another image's Dockerfile attributes nothing and says so") {
  const auto found = trace_instructions(built, dockerfile("FROM debian\nRUN a\nRUN b\nCOPY . /app\n"));
  CHECK(found.source == InstructionSource::history);
  CHECK(noted(found, "dockerfile-mismatch"));
  CHECK_FALSE(found.first_matched_layer);
}

TEST_CASE("provenance overrules a Dockerfile for the layers that it names") {
  auto info = built;
  info.layers[1].diff_id = *Digest::parse("sha256:" + std::string(64, 'b'));
  info.provenance.emplace();
  info.provenance->layer_source[info.layers[1].diff_id.text()] = {"build/Dockerfile", 2, 3};
  info.provenance->dockerfile = "FROM x\nRUN make \\\n  all\nCOPY . /app\n";
  const auto found = trace_instructions(info, dockerfile("FROM debian\nRUN make\nENV A=1\nCOPY . /app\n"));
  CHECK(found.source == InstructionSource::provenance);
  CHECK(found.steps[2].lines->file == "build/Dockerfile");
  CHECK(found.steps[2].text == "RUN make \\\n  all");
  CHECK(found.steps[4].lines->file == "Dockerfile");
}

}  // namespace
}  // namespace imgslim::attribution
