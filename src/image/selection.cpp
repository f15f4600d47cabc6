#include "image/selection.h"

#include <algorithm>
#include <set>

#include "core/nearest.h"
#include "image/platform.h"

namespace imgslim::image {
namespace {

constexpr std::size_t shown_choices = 20;

/// How surely a reference means something; a surer match hides the others.
enum class Match { none, tail, number, digest, name };

bool all_of_range(std::string_view text, auto&& accept) { return std::all_of(text.begin(), text.end(), accept); }

bool is_decimal(std::string_view text) {
  return !text.empty() && text.size() <= 6 && all_of_range(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "api" and "pr-42" and "team/api:pr-42" all mean "registry/team/api:pr-42"; an untagged reference also means its
/// ":latest".
bool is_tail_of(std::string_view reference, std::string_view name) {
  const auto ends = [&](std::string_view whole) {
    if (!whole.ends_with(reference)) return false;
    const auto before = whole.size() - reference.size();
    return before == 0 || whole[before - 1] == '/' || whole[before - 1] == ':';
  };
  const auto colon = name.rfind(':');
  const bool has_tag = colon != std::string_view::npos && name.find('/', colon) == std::string_view::npos;
  return ends(name) || (has_tag && ends(name.substr(0, colon)));
}

/// A whole digest with its algorithm, or at least 12 of its characters as Docker shows them.
bool means_digest(std::string_view reference, const Digest& digest) {
  if (digest.empty()) return false;
  const auto colon = reference.find(':');
  const auto encoded = colon == std::string_view::npos ? reference : reference.substr(colon + 1);
  if (colon != std::string_view::npos && reference.substr(0, colon) != digest.algorithm()) return false;
  return encoded.size() >= 12 && digest.encoded().starts_with(encoded);
}

Match match_names(std::string_view reference, const std::vector<std::string>& names) {
  auto best = Match::none;
  for (const auto& name : names) {
    if (name == reference) return Match::name;
    if (is_tail_of(reference, name)) best = Match::tail;
  }
  return best;
}

Match match_candidate(std::string_view reference, const Candidate& candidate, Match by_name) {
  auto best = by_name;
  if (is_decimal(reference) && std::stoul(std::string(reference)) == candidate.image + 1)
    best = std::max(best, Match::number);
  for (const auto* digest : {&candidate.manifest.descriptor.digest, &candidate.index_digest, &candidate.config_digest})
    if (means_digest(reference, *digest)) best = std::max(best, Match::digest);
  return best;
}

std::string name_of(const Catalog& catalog, const Candidate& candidate) {
  if (const auto& names = catalog.names_of(candidate); !names.empty()) return names.front();
  const auto& manifest = candidate.manifest.descriptor.digest;
  if (!manifest.empty()) return manifest.text();
  return candidate.config_digest.empty() ? "unnamed" : candidate.config_digest.text();
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < shown_choices; ++i) text += (i == 0 ? "" : ", ") + words[i];
  if (words.size() > shown_choices) text += " and " + std::to_string(words.size() - shown_choices) + " more";
  return text;
}

using Indexes = std::vector<std::size_t>;

/// "1 = api:pr-41, 2 = api:pr-42".
std::string list_image_names(const Catalog& catalog, const Indexes& among) {
  std::vector<std::string> lines;
  std::set<std::size_t> seen;
  for (const auto i : among) {
    const auto& candidate = catalog.candidates[i];
    if (seen.insert(candidate.image).second)
      lines.push_back(std::to_string(candidate.image + 1) + " = " + name_of(catalog, candidate));
  }
  return join(lines);
}

std::string list_platforms(const Catalog& catalog, const Indexes& among) {
  NameList texts;
  for (const auto i : among) {
    const auto& platform = catalog.candidates[i].platform;
    texts.add(is_unknown(platform) ? "an unstated platform" : platform.text());
  }
  return join(texts.all());
}

Indexes all_candidates(const Catalog& catalog) {
  Indexes all(catalog.candidates.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

Error nothing_to_choose(const Catalog& catalog) {
  if (catalog.artifacts.empty()) return input_error("the archive lists no image; save the image again");
  const auto& artifact = catalog.artifacts.front();
  const auto name = artifact.names.empty() ? artifact.digest.text() : artifact.names.front();
  return input_error(name + ": " + artifact.what);
}

Error no_such_reference(const Catalog& catalog, const std::string& reference) {
  for (const auto& artifact : catalog.artifacts)
    if (means_digest(reference, artifact.digest) || match_names(reference, artifact.names) != Match::none)
      return input_error(reference + ": " + artifact.what);
  std::vector<std::string_view> known;
  for (const auto& names : catalog.image_names) known.insert(known.end(), names.all().begin(), names.all().end());
  return input_error("no image \"" + reference + "\" in the archive, which holds " +
                     list_image_names(catalog, all_candidates(catalog)) + did_you_mean(reference, known));
}

Result<Indexes> candidates_of_reference(const Catalog& catalog, const std::string& reference) {
  if (reference.empty()) return all_candidates(catalog);
  std::vector<Match> by_name;
  for (const auto& names : catalog.image_names) by_name.push_back(match_names(reference, names.all()));
  auto best = Match::none;
  Indexes found;
  for (std::size_t i = 0; i < catalog.candidates.size(); ++i) {
    const auto& candidate = catalog.candidates[i];
    const auto match = match_candidate(reference, candidate, by_name[candidate.image]);
    if (match > best) found.clear();
    if (match >= best) found.push_back(i);
    best = std::max(best, match);
  }
  if (best == Match::none) return no_such_reference(catalog, reference);
  return found;
}

Result<Indexes> candidates_of_one_image(const Catalog& catalog, const std::string& reference) {
  IMGSLIM_TRY(auto found, candidates_of_reference(catalog, reference));
  std::set<std::size_t> images;
  for (const auto i : found) images.insert(catalog.candidates[i].image);
  if (images.size() == 1) return found;
  const auto listed = list_image_names(catalog, found) + "; choose one with --ref NAME or --ref NUMBER";
  if (reference.empty())
    return input_error("the archive holds " + std::to_string(images.size()) + " images: " + listed);
  return input_error("\"" + reference + "\" means " + std::to_string(images.size()) +
                     " images of the archive: " + listed);
}

/// The candidates that serve `wanted` best; several only when the index lists one platform twice.
Indexes best_matches(const Catalog& catalog, const Indexes& among, const Platform& wanted) {
  Indexes best;
  int quality = 1;
  for (const auto i : among) {
    const int here = match_quality(catalog.candidates[i].platform, wanted);
    if (here > quality) best.clear();
    if (here >= quality) best.push_back(i);
    quality = std::max(quality, here);
  }
  return best;
}

Result<std::size_t> candidate_for_platform(const Catalog& catalog, const Indexes& among, const Platform& wanted) {
  const auto best = best_matches(catalog, among, wanted);
  if (!best.empty()) return best.front();
  // A config that states no platform (scratch images of some builders) may be for any.
  if (among.size() == 1 && is_unknown(catalog.candidates[among.front()].platform)) return among.front();
  return input_error("no image for " + wanted.text() + " in the archive, only for " + list_platforms(catalog, among));
}

Result<std::size_t> candidate_for_host(const Catalog& catalog, const Indexes& among, const Platform& host) {
  if (among.size() == 1) return among.front();
  Indexes complete;
  for (const auto i : among)
    if (catalog.candidates[i].complete) complete.push_back(i);
  const auto& usable = complete.empty() ? among : complete;
  if (const auto best = best_matches(catalog, usable, host); !best.empty()) return best.front();
  if (usable.size() == 1) return usable.front();
  return input_error("the image is for " + list_platforms(catalog, usable) +
                     (is_unknown(host) ? "" : ", not for this machine (" + host.text() + ")") +
                     "; choose one with --platform OS/ARCHITECTURE[/VARIANT]");
}

std::string reference_of(const std::vector<std::string>& names, const std::string& asked) {
  for (const auto& name : names)
    if (!asked.empty() && match_names(asked, {name}) != Match::none) return name;
  return names.empty() ? "" : names.front();
}

/// The same platform listed twice (Windows versions, a broken index): the first wins, as image-index.md says.
std::vector<Note> note_twins(const Catalog& catalog, const Indexes& among, std::size_t chosen) {
  const auto& platform = catalog.candidates[chosen].platform;
  const auto twins = std::count_if(among.begin(), among.end(), [&](std::size_t i) {
    return catalog.candidates[i].normal_platform == catalog.candidates[chosen].normal_platform;
  });
  if (twins < 2) return {};
  return {{"platform-twice", platform.text(),
           std::to_string(twins) + " images for this platform; the first is used, choose another by --ref DIGEST"}};
}

}  // namespace

Result<Chosen> select(const Catalog& catalog, const Selection& selection) {
  if (catalog.candidates.empty()) return nothing_to_choose(catalog);
  IMGSLIM_TRY(const auto among, candidates_of_one_image(catalog, selection.reference));
  IMGSLIM_TRY(const auto index, selection.platform ? candidate_for_platform(catalog, among, *selection.platform)
                                                   : candidate_for_host(catalog, among, selection.host_platform));
  return Chosen{.candidate = index,
                .reference = reference_of(catalog.names_of(catalog.candidates[index]), selection.reference),
                .notes = note_twins(catalog, among, index)};
}

}  // namespace imgslim::image
