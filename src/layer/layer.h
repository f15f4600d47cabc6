#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/decompressor.h"
#include "archive/tar_reader.h"
#include "core/digest.h"
#include "elf/elf_facts.h"
#include "imgslim/note.h"
#include "imports/imports.h"
#include "layer/chunked_vector.h"
#include "layer/runtime_strings.h"
#include "layer/secret_scan.h"
#include "layer/string_arena.h"
#include "packages/database_kind.h"
#include "packages/go_build_info.h"
#include "packages/package.h"

/// One layer as its own bytes state it: a pure function of the blob. What the layer does to those below is for module
/// tree.
namespace imgslim::layer {

using archive::EntryKind;
using EntryIndex = std::uint32_t;      ///< position of an entry in its layer, in tar order
using DirectoryIndex = std::uint32_t;  ///< position in Layer::directories

/// XXH3-128 of a file's content: equal for equal content, good for "same bytes?" where sizes match, not a proof
/// against an adversary.
struct ContentHash {
  std::uint64_t low = 0, high = 0;
  friend bool operator==(const ContentHash&, const ContentHash&) = default;
};

/// What OCI layer.md calls a whiteout; names decide, whatever the entry's type.
enum class Marker : std::uint8_t {
  none,
  whiteout,  ///< ".wh.NAME": removes NAME of the layers below
  opaque,    ///< ".wh..wh..opq": removes all that the layers below have in this directory
  ignored,   ///< other ".wh..wh.*" (AUFS bookkeeping) and the invalid empty ".wh."
};

/// One tar entry in 64 bytes; strings and owners live in the layer's tables.
struct Entry {
  std::uint64_t content_bytes = 0;  ///< payload stored in the tar: what is left of a sparse file without its holes
  std::uint64_t compressed_bytes =
      0;  ///< its share of the blob; a layer's entries sum to the blob (an estimate for plain blobs)
  std::int64_t mtime_ns = 0;
  ContentHash content;  ///< of regular files with content
  DirectoryIndex directory = 0;
  StringHandle name = 0;             ///< base name; a whiteout's target name, without ".wh."
  StringHandle link = 0;             ///< symlinks: raw target; hard links: clean path of the target
  std::uint32_t owner = 0;           ///< index into Layer::owners
  std::uint32_t overhead_bytes = 0;  ///< headers and padding: stored_bytes() = content + overhead
  EntryKind kind = EntryKind::regular;
  Marker marker = Marker::none;

  [[nodiscard]] std::uint64_t stored_bytes() const { return content_bytes + overhead_bytes; }
};
static_assert(sizeof(Entry) <= 64);

/// Mode, owner, device and xattrs: few distinct combinations in any layer, so entries share them.
struct Ownership {
  std::uint32_t mode = 0;
  std::uint64_t uid = 0, gid = 0;
  std::uint32_t device_major = 0, device_minor = 0;
  std::string xattrs;  ///< name NUL length value …, sorted by name: equal when the sets are equal
  friend bool operator==(const Ownership&, const Ownership&) = default;
};

/// Text of a package database, kept whole; parsed once it is known to be visible.
struct CapturedText {
  EntryIndex entry;
  packages::DatabaseKind kind;
  std::string bytes;
};

/// Packages that one file states by itself (rpm database, jar, Go binary), parsed while the file passed by.
struct EmbeddedPackages {
  EntryIndex entry;
  packages::PackageSet set;
};

/// An ELF file: what the loader never maps of it, and what it states to the loader.
struct ElfFile {
  EntryIndex entry;
  std::uint64_t debug_bytes, symbol_bytes;
  elf::ElfFacts facts;
};

/// A text that decides what runs and what it loads (layer/runtime_text.h), kept whole.
struct RuntimeText {
  EntryIndex entry;
  std::string bytes;
};

/// What a source file imports.
struct SourceFile {
  EntryIndex entry;
  imports::SourceFacts facts;
};

/// What a binary of a language runtime tells in words.
struct RuntimeBinary {
  EntryIndex entry;
  RuntimeStrings strings;
};

/// A Java archive that brings others to a class path.
struct JavaArchive {
  EntryIndex entry;
  /// It holds archives and a loader that starts a program from them: Spring Boot's executable jars (docs.spring.io,
  /// "The Executable Jar Format") and what was made after them.
  bool starts_inner_archives = false;
  std::string class_path;  ///< packages::Jar::class_path
};

/// A compiled Python module.
struct BytecodeFile {
  EntryIndex entry;
  BytecodeHeader header;
};

/// A program that the Go linker made.
struct GoProgram {
  EntryIndex entry;
  std::string go_version;
  packages::GoSettings settings;
};

/// A file that holds a secret.
struct SecretFile {
  EntryIndex entry;
  SecretKind kind;
};

/// A sparse file's size with its holes.
struct SparseSize {
  EntryIndex entry;
  std::uint64_t logical_bytes;
};

/// Everything a layer states. Entries are in tar order; fact lists ascend by entry.
struct Layer {
  archive::Compression compression = archive::Compression::none;
  Digest blob_digest;                           ///< computed; empty for a directory on disk
  Digest diff_id;                               ///< computed
  std::uint64_t blob_bytes = 0;                 ///< as stored in the image
  std::uint64_t stored_bytes = 0;               ///< uncompressed tar, padding included
  std::uint64_t padding_bytes = 0;              ///< end-of-archive blocks and what stands behind them
  std::uint64_t payload_bytes = 0;              ///< sum of content_bytes
  std::uint64_t compressed_bytes_estimate = 0;  ///< what gzip would make of it: equals blob_bytes when compressed

  ChunkedVector<Entry> entries;
  std::vector<StringHandle> directories;  ///< clean paths; every parent of an entry, once
  std::vector<Ownership> owners;
  StringArena strings;

  std::vector<CapturedText> texts;
  std::vector<EmbeddedPackages> packages;
  std::vector<ElfFile> elf;
  std::vector<RuntimeText> runtime_texts;
  std::vector<SourceFile> sources;
  std::vector<RuntimeBinary> runtime_binaries;
  std::vector<BytecodeFile> bytecode;
  std::vector<JavaArchive> java_archives;
  std::vector<GoProgram> go_programs;
  std::vector<SecretFile> secrets;
  std::vector<SparseSize> sparse;
  std::vector<Note> notes;

  [[nodiscard]] std::string_view name(const Entry& entry) const { return strings.at(entry.name); }
  [[nodiscard]] std::string_view directory(const Entry& entry) const {
    return strings.at(directories[entry.directory]);
  }
  /// The entry's own path, a whiteout's with its ".wh.".
  [[nodiscard]] std::string path(const Entry& entry) const;
  /// What the entry is about: of a whiteout, the path that it removes.
  [[nodiscard]] std::string subject(const Entry& entry) const;
};

}  // namespace imgslim::layer
