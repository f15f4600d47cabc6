#pragma once

#include <cstdint>

#include "archive/byte_source.h"
#include "core/limits.h"
#include "layer/layer.h"

namespace imgslim::layer {

/// Whether the stages of reading a layer (fetch and hash the blob, decompress, hash and untar) run on threads of their
/// own.
enum class Pipelining { off, on };

/// Reads a layer's blob once: decompresses, hashes both sides, untars, hashes every file and collects what the probes
/// find. The result depends on the bytes alone, not on threads or on how the source splits its reads. Errors: input for
/// corrupt data, with entry and byte; limit.
Result<Layer> read(archive::ByteSource& blob, Pipelining pipelining, const Limits& limits);

/// The file system below a directory on disk as a layer without a blob: entries in path order, mount points crossed,
/// nothing followed. Files that cannot be read become notes.
Result<Layer> read_directory(const std::string& path, const Limits& limits);

}  // namespace imgslim::layer
