// Secrets that everyone who has the image has. BuildKit and the classic builder write the values of the build arguments
// that are in scope into the history of every RUN ("RUN |2 A=b C=d /bin/sh -c …"), and ENV is in the config.
#include "image_rules/secret_checks.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "image_rules/variables.h"
#include "rules/matcher.h"

namespace imgslim::image_rules {
namespace {

using tree::EntryId;
using tree::LayerIndex;

std::string fate_text(const ImageFacts& image, EntryId entry) {
  const auto& fate = image.tree().fate(entry);
  if (fate.fate == tree::Fate::visible) return {};
  const auto by = "layer " + std::to_string(fate.cause_layer + 1);
  const bool deleted = fate.fate == tree::Fate::deleted || fate.fate == tree::Fate::deleted_by_opaque;
  return deleted ? ", which " + by + " deletes in vain" : ", which " + by + " replaces in vain";
}

bool is_of_package(const ImageFacts& image, EntryId entry) {
  return attribution::owner_of(image.owners, image.tree(), image.tree().entry_path(entry)) != attribution::no_package;
}

class VariableCheck {
 public:
  explicit VariableCheck(const CheckContext& context) : image_(context.image) {
    std::string problem;
    const auto one = [&](std::string_view name) {
      const auto words = context.words(name);
      return rules::Pattern::compile(words.empty() ? "^$" : words.front(), problem);
    };
    names_ = one("names");
    except_ = one("except");
  }

  std::vector<ImageFinding> run() {
    const auto of_author = author_variables(image_);
    for (const auto& entry : image_.info.config.env) {
      const auto [name, value] = split_assignment(entry);
      if (of_author.contains(name)) add(name, value, "ENV ", "in the image's config");
    }
    for (std::size_t at = first_author_step(image_); at < image_.info.history.size(); ++at)
      for (const auto& [name, value] : history_arguments(image_.info.history[at].created_by))
        add(name, value, "ARG ", "in the image's history");
    return std::move(findings_);
  }

 private:
  void add(std::string_view name, std::string_view value, const std::string& keyword, std::string place) {
    if (!names_ || !except_ || !names_->matches(name) || except_->matches(name) || layer::is_placeholder(value)) return;
    if (!told_.insert(keyword + std::string(name)).second) return;
    ImageFinding finding;
    finding.severity = "error";
    for (auto& path : files_with(value)) finding.evidence.push_back({std::move(path), 0});
    if (!finding.evidence.empty())
      place += " and in " + std::to_string(finding.evidence.size()) + " files of its layers";
    finding.message = "the value of " + std::string(name) + " is " + place + ": whoever has the image has it";
    finding.keyword = keyword + std::string(name);
    findings_.push_back(std::move(finding));
  }

  /// Captured texts of any layer that hold the value. Short values occur by chance.
  [[nodiscard]] std::vector<std::string> files_with(std::string_view value) const {
    constexpr std::size_t least_length = 12;
    std::set<std::string> paths;
    if (value.size() < least_length) return {};
    const auto& tree = image_.tree();
    for (LayerIndex at = 0; at < tree.layer_count(); ++at)
      for (const auto& text : tree.layer(at).runtime_texts)
        if (text.bytes.find(value) != std::string::npos)
          paths.insert(tree.layer(at).path(tree.layer(at).entries[text.entry]));
    return {paths.begin(), paths.end()};
  }

  const ImageFacts& image_;
  std::optional<rules::Pattern> names_, except_;
  std::set<std::string> told_;
  std::vector<ImageFinding> findings_;
};

}  // namespace

std::vector<ImageFinding> check_secret_files(const CheckContext& context) {
  const auto& image = context.image;
  const auto& tree = image.tree();
  constexpr std::size_t most_findings = 50;
  std::vector<ImageFinding> findings;
  for (LayerIndex layer = 0; layer < tree.layer_count(); ++layer)
    for (const auto& secret : tree.layer(layer).secrets) {
      const auto id = tree.id_of(layer, secret.entry);
      if (findings.size() >= most_findings || is_of_package(image, id)) continue;
      ImageFinding finding;
      finding.layer = layer;
      finding.path = tree.entry_path(id);
      finding.evidence.push_back({finding.path, tree.entry(id).content_bytes});
      finding.message = "layer " + std::to_string(layer + 1) + " holds " +
                        std::string(layer::secret_name(secret.kind)) + fate_text(image, id) + ": /" + finding.path;
      findings.push_back(std::move(finding));
    }
  return findings;
}

std::vector<ImageFinding> check_secret_variables(const CheckContext& context) { return VariableCheck(context).run(); }

}  // namespace imgslim::image_rules
