#include "rules/copied_files.h"

#include <algorithm>

#include "rules/fields.h"

namespace imgslim::rules {
namespace {

/// Fills in what the instruction's sources become in the image.
void add_paths(const Facts& facts, std::string_view directory, CopyStep& copy) {
  const auto targets = field_values(facts, *copy.step, "destination.expanded");
  if (targets.empty() || targets.front().find('$') != std::string::npos) return;
  const auto target = resolve_path(targets.front(), directory);
  const auto sources = field_values(facts, *copy.step, "source.expanded");
  const bool into = targets.front().ends_with('/') || sources.size() > 1;
  for (const auto& source : sources) {
    const auto name = base_name(source);
    const bool whole = name == "." || name.empty() || source.ends_with('/') || name.find('*') != std::string::npos;
    copy.paths.push_back(into && !whole ? resolve_path(name, target) : target);
    copy.is_directory.push_back(whole);
  }
}

}  // namespace

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string resolve_path(std::string_view path, std::string_view directory) {
  std::string joined = path.starts_with('/') ? std::string(path) : std::string(directory) + "/" + std::string(path);
  std::string out;
  for (std::size_t at = 0; at < joined.size();) {
    const auto end = std::min(joined.find('/', at), joined.size());
    const auto name = std::string_view(joined).substr(at, end - at);
    if (!name.empty() && name != ".") out.append("/").append(name);
    at = end + 1;
  }
  return out.empty() ? "/" : out;
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path == directory || (path.starts_with(directory) && path.substr(directory.size()).starts_with('/'));
}

namespace {

/// Goes through the stage's steps above one, with the working directory at each; gives that of the step itself.
template <typename Visit>
std::string walk_to(const Facts& facts, const Step& step, Visit visit) {
  std::string directory = "/";
  for (const auto& other : facts.plain.steps) {
    if (other.index >= step.index || other.stage != step.stage) continue;
    if (other.instruction->keyword == dockerfile::Keyword::workdir)
      for (const auto& text : field_values(facts, other, "text.expanded")) directory = resolve_path(text, directory);
    visit(other, directory);
  }
  return directory;
}

}  // namespace

std::string directory_at(const Facts& facts, const Step& step) {
  return walk_to(facts, step, [](const Step&, const std::string&) {});
}

std::vector<CopyStep> copies_before(const Facts& facts, const Step& step) {
  std::vector<CopyStep> copies;
  walk_to(facts, step, [&](const Step& other, const std::string& directory) {
    const auto keyword = other.instruction->keyword;
    if (keyword != dockerfile::Keyword::copy && keyword != dockerfile::Keyword::add) return;
    copies.push_back({&other, {}, {}});
    add_paths(facts, directory, copies.back());
  });
  return copies;
}

}  // namespace imgslim::rules
