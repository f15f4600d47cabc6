#pragma once

#include <vector>

#include "image_rules/image_check.h"

/// Checks of what layers do to each other (family "layers").
namespace imgslim::image_rules {

/// Files of the author's layers that a later layer deletes, one finding for each pair of layers. "kind" says which:
/// "copied" (COPY or ADD brought them), "cache" (globs of "caches" name it), "packages" (a RUN removes packages),
/// "other".
[[nodiscard]] std::vector<ImageFinding> check_deleted(const CheckContext& context);
/// Files of the author's layers that a later layer replaces by other content.
[[nodiscard]] std::vector<ImageFinding> check_overwritten(const CheckContext& context);
/// Files that a later RUN stores again with the same content: chown, chmod, touch.
[[nodiscard]] std::vector<ImageFinding> check_copied_up(const CheckContext& context);
/// Files that a COPY or ADD stores again although the layers below have them.
[[nodiscard]] std::vector<ImageFinding> check_repeated(const CheckContext& context);
/// Contents that a RUN moves or copies from an earlier layer of the author.
[[nodiscard]] std::vector<ImageFinding> check_relocated(const CheckContext& context);
/// Equal contents at several live inodes, at least one of them the author's; paths of "other_rules" are left to those.
[[nodiscard]] std::vector<ImageFinding> check_duplicates(const CheckContext& context);
/// The package manager's files as every later layer stores them again.
[[nodiscard]] std::vector<ImageFinding> check_database_copies(const CheckContext& context);
/// Hard links of the layers below that a layer of the author stores as files of their own.
[[nodiscard]] std::vector<ImageFinding> check_broken_links(const CheckContext& context);
/// Files of the author's COPY and ADD layers, deleted ones too, whose path one of the globs "names" matches.
[[nodiscard]] std::vector<ImageFinding> check_copied(const CheckContext& context);
/// Files that are a tenth of the image or more.
[[nodiscard]] std::vector<ImageFinding> check_large_files(const CheckContext& context);

}  // namespace imgslim::image_rules
