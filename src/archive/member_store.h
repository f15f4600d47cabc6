#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/byte_source.h"
#include "archive/file.h"
#include "core/limits.h"

namespace imgslim::archive {

/// A named blob of an archive or directory that holds an image.
struct Member {
  std::uint64_t size_bytes = 0;
  std::string link_target;  ///< clean path from the archive's root when the member is a link, else ""
};

/// The members of an image archive or layout directory by clean name: what the manifests are resolved against.
/// Implementations: a tar file (indexed once, then positional reads), a directory, an archive read from a pipe.
class MemberStore {
 public:
  virtual ~MemberStore() = default;

  /// All members in the order of the container (directories sorted by name); links included, directories not.
  [[nodiscard]] virtual const std::vector<std::pair<std::string, Member>>& members() const = 0;
  /// Content of a small member, which is not a link. Errors: limit when larger than `limit_bytes`.
  virtual Result<std::string> read(std::string_view name, std::uint64_t limit_bytes) const = 0;
  /// A stream over a member, which is not a link. A store that was read from a pipe cannot open what it did not keep:
  /// input error.
  virtual Result<SourcePtr> open(std::string_view name) const = 0;

  /// Index into members(), or nothing.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  /// Follows links (symlink or hard link members) to a member that is none; input error on a cycle or a dangling link,
  /// nothing when there is no such name.
  Result<std::optional<std::string>> resolve(std::string_view name) const;

 protected:
  /// Implementations call it once members() is final.
  void build_index();

 private:
  std::map<std::string, std::size_t, std::less<>> index_;
};

/// Indexes an uncompressed tar file by its headers; bodies are skipped, not read. Of two members of the same name the
/// later one counts. Errors: input for a corrupt or truncated archive, with the member and the byte.
Result<std::unique_ptr<MemberStore>> index_tar_file(std::shared_ptr<const File> file, const Limits& limits);

/// The regular files below a directory on disk. Symbolic links are listed as links and only ever resolved to other
/// members; one that leaves the directory is dangling. Errors: environment.
Result<std::unique_ptr<MemberStore>> open_directory(const std::string& path, const Limits& limits);

/// Members captured while an archive passed by (analysis fills it); layers among them have no content here.
class CapturedMembers final : public MemberStore {
 public:
  void add(std::string name, Member member, std::optional<std::string> content);
  void finish() { build_index(); }

  [[nodiscard]] const std::vector<std::pair<std::string, Member>>& members() const override { return members_; }
  Result<std::string> read(std::string_view name, std::uint64_t limit_bytes) const override;
  Result<SourcePtr> open(std::string_view name) const override;

 private:
  std::vector<std::pair<std::string, Member>> members_;
  std::map<std::string, std::string, std::less<>> contents_;
};

}  // namespace imgslim::archive
