#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dockerfile/parse.h"
#include "image_rules/run.h"
#include "rules/lint.h"
#include "rules/ruleset.h"
#include "runtime/trace.h"
#include "support/layer_fixture.h"

namespace imgslim::test {

/// An image that rules look at: its layers with the instructions that made them, and all that the stages make of it.
/// Nothing is stated that the real stages do not work out: boundaries, owners and the closure are theirs.
class ImageFactsFixture {
 public:
  /// A layer and the instruction that made it ("RUN make", "COPY . /app").
  ImageFactsFixture& layer(const std::string& instruction, LayerFixture& content) {
    step(instruction, false);
    layers_.push_back(content.done());
    return *this;
  }
  /// An instruction that made no layer: "USER app", "ENV A=b".
  ImageFactsFixture& step(const std::string& instruction, bool empty_layer = true) {
    const bool runs = instruction.starts_with("RUN ");
    const auto text = runs ? "RUN /bin/sh -c " + instruction.substr(4) : instruction;
    info.history.push_back({"2026-01-01T00:00:00Z", text + " # buildkit", "", empty_layer});
    return *this;
  }
  /// The lowest `count` layers are the base image's.
  ImageFactsFixture& base(std::uint32_t count) {
    base_.layers = count;
    return *this;
  }
  ImageFactsFixture& dockerfile(const std::string& text) {
    dockerfile_ = attribution::NamedDockerfile{"Dockerfile", dockerfile::parse(text)};
    return *this;
  }

  /// The build context's root, without a .dockerignore.
  ImageFactsFixture& context(std::vector<std::string> names) {
    source_.context_files = std::move(names);
    source_.has_context = true;
    return *this;
  }

  /// What processes of the image were seen to open.
  ImageFactsFixture& trace(const std::string& paths) {
    traces_.push_back({"paths.txt", paths});
    return *this;
  }

  /// Runs the stages: nothing is added afterwards.
  const image_rules::ImageFacts& facts() {
    if (facts_) return *facts_;
    info.layers.resize(layers_.size());
    tree_ = std::make_unique<tree::MergedTree>(tree::merge(layers_));
    files_ = std::make_unique<rootfs::FileSystem>(*tree_);
    instructions_ = attribution::trace_instructions(info, dockerfile_);
    boundary_ = attribution::find_base(info, instructions_, base_);
    owners_ = attribution::find_owners(*tree_, Limits{});
    duplicates_ = tree::find_duplicates(*tree_);
    closure_ = runtime::close(*files_, info.config, {});
    runtime::add_traces(closure_, *files_, traces_);
    if (dockerfile_) written_ = rules::facts_of(dockerfile_->file, source_, options);
    relations_ = attribution::find_relations(*tree_, owners_, Limits{});
    facts_.emplace(
        image_rules::ImageFacts{info, *files_, instructions_, boundary_, owners_, relations_, duplicates_, closure_});
    const double matched = instructions_.matched_instructions;
    const bool is_its_own = matched >= attribution::least_matched_share * instructions_.dockerfile_instructions;
    if (written_) facts_->given_dockerfile = &*written_;
    if (written_ && is_its_own) facts_->dockerfile = &*written_;
    facts_->today = options.today;
    return *facts_;
  }

  /// What the built-in rule of that id says of the image, without what the Dockerfile's text says.
  std::vector<ReportFinding> findings(std::string_view rule) {
    std::vector<ReportFinding> found;
    for (const auto& draft : run().side.drafts)
      if (draft.finding.rule == rule) found.push_back(draft.finding);
    return found;
  }
  image_rules::ImageRun run() {
    const auto& image = facts();
    const auto told = runtime::find_runtime_problems(closure_, *files_, info.config, info.platform);
    return image_rules::run(rules::all_rules(Ruleset::built_in()), image, told);
  }
  /// What is left when image and Dockerfile are judged together.
  std::vector<ReportFinding> judged(std::string_view rule) {
    auto image = run();
    const dockerfile::File nothing = dockerfile::parse("");
    if (!written_) written_ = rules::facts_of(nothing, {}, options);
    const auto linted =
        rules::lint_file({rules::all_rules(Ruleset::built_in()), options, "Dockerfile"}, *written_, &image.side);
    std::vector<ReportFinding> found;
    REQUIRE(linted);
    for (const auto& item : linted->findings)
      if (item.finding.rule == rule) found.push_back(item.finding);
    return found;
  }

  image::ImageInfo info;
  LintOptions options;

 private:
  std::vector<tree::LayerPtr> layers_;
  attribution::BaseHint base_;
  std::optional<attribution::NamedDockerfile> dockerfile_;
  std::unique_ptr<tree::MergedTree> tree_;
  std::unique_ptr<rootfs::FileSystem> files_;
  attribution::Instructions instructions_;
  attribution::BaseBoundary boundary_;
  attribution::PackageOwners owners_;
  attribution::PackageRelations relations_;
  std::vector<tree::DuplicateGroup> duplicates_;
  runtime::Closure closure_;
  std::vector<runtime::TraceList> traces_;
  LintSource source_;
  std::optional<rules::Facts> written_;
  std::optional<image_rules::ImageFacts> facts_;
};

}  // namespace imgslim::test
