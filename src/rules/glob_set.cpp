// Globs as one automaton: all rules' paths are asked in one walk over the image's files. When RE2's memory does not
// suffice for a text, each glob is asked by itself.
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

#include "core/check.h"
#include "rules/matcher.h"

namespace imgslim::rules {
namespace {

std::string expression_of(std::string_view glob) {
  std::string text;
  for (std::size_t at = 0; at < glob.size(); ++at) {
    const auto rest = glob.substr(at);
    if (rest.starts_with("**/")) {
      text += "(?:.*/)?";
      at += 2;
    } else if (rest.starts_with("**")) {
      text += ".*";
      ++at;
    } else if (rest.front() == '*') {
      text += "[^/]*";
    } else if (rest.front() == '?') {
      text += "[^/]";
    } else if (const auto end = rest.find(']'); rest.front() == '[' && end != std::string_view::npos) {
      text += rest.substr(0, end + 1);
      at += end;
    } else {
      text += re2::RE2::QuoteMeta(re2::StringPiece(rest.data(), 1));
    }
  }
  return text;
}

re2::RE2::Options glob_options() {
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(32 << 20);
  return options;
}

}  // namespace

struct GlobSet::Compiled {
  re2::RE2::Set set{glob_options(), re2::RE2::ANCHOR_BOTH};
  std::vector<std::unique_ptr<re2::RE2>> each;
};

GlobSet::GlobSet(const std::vector<std::string>& globs) {
  auto compiled = std::make_shared<Compiled>();
  for (const auto& glob : globs) {
    const auto text = expression_of(glob);
    IMGSLIM_CHECK(compiled->set.Add(text, nullptr) >= 0);
    compiled->each.push_back(std::make_unique<re2::RE2>(text, glob_options()));
  }
  IMGSLIM_CHECK(compiled->set.Compile());
  compiled_ = std::move(compiled);
}

std::vector<int> GlobSet::matches(std::string_view path) const {
  std::vector<int> found;
  const re2::StringPiece text(path.data(), path.size());
  re2::RE2::Set::ErrorInfo error{};
  if (!compiled_->set.Match(text, &found, &error) && error.kind == re2::RE2::Set::kOutOfMemory)
    for (std::size_t at = 0; at < compiled_->each.size(); ++at)
      if (re2::RE2::FullMatch(text, *compiled_->each[at])) found.push_back(static_cast<int>(at));
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace imgslim::rules
