#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "image_rules/image_facts.h"

/// Variables as the image's config and history state them.
namespace imgslim::image_rules {

/// "NAME=value" in its parts.
[[nodiscard]] std::pair<std::string_view, std::string_view> split_assignment(std::string_view text);

/// Position in ImageInfo::history of the first step above the base image's last layer.
[[nodiscard]] std::size_t first_author_step(const ImageFacts& image);

/// Names that the author's ENV instructions set: those of the image's Dockerfile, else of the history's steps above the
/// base.
[[nodiscard]] std::set<std::string, std::less<>> author_variables(const ImageFacts& image);

/// Build arguments with their values as builders write them before a RUN's command: "|2 A=b C=d /bin/sh -c …". Values
/// with blanks are not quoted there.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> history_arguments(std::string_view created_by);

}  // namespace imgslim::image_rules
