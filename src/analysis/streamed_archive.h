#pragma once

#include <string>
#include <vector>

#include "analysis/layer_set.h"
#include "archive/member_store.h"

namespace imgslim::analysis {

/// An image archive that passed by once: its JSON, and every member that looks like a layer, read.
struct StreamedArchive {
  archive::CapturedMembers members;
  LayersByMember layers;
};

/// The clean names of the first members of a tar, as far as its first 64 KiB tell; at least one.
Result<std::vector<std::string>> first_member_names(archive::PeekSource& tar, const Limits& limits);

/// Reads a tar of an image front to back. Members that are no layer are kept up to Limits::stream_capture_bytes in all.
Result<StreamedArchive> read_archive_stream(archive::ByteSource& tar, const ReadSettings& settings);

}  // namespace imgslim::analysis
