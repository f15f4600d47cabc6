#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Lists of directories as ELF files and the environment state them, and the tokens in them.
namespace imgslim::linker {

/// The parts of `text` between any of `separators`, empty parts kept; none of an empty text.
[[nodiscard]] std::vector<std::string_view> split_list(std::string_view text, std::string_view separators);
/// The words of `text` between any of `separators`.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text, std::string_view separators);
/// `path` itself when it is absolute, else `directory`/`path`.
[[nodiscard]] std::string absolute(std::string_view directory, std::string_view path);
/// What precedes the last slash: "/" of "/a". `path` is absolute.
[[nodiscard]] std::string directory_of(std::string_view path);

/// What stands for the tokens of glibc (elf/dl-load.c, _dl_dst_substitute) in one object.
struct Tokens {
  std::string origin;
  std::string library;                 ///< $LIB
  std::vector<std::string> platforms;  ///< $PLATFORM: all values that the processor may give it, none when it has none
  bool secure = false;                 ///< AT_SECURE: $ORIGIN is replaced only where it is the whole first component
  /// In secure mode the result of $ORIGIN must be below one of these; null for a library, whose place is trusted.
  const std::vector<std::string>* trusted = nullptr;
};

/// `text` with its tokens replaced, once for each platform that gives another result; none when a token has no value
/// here.
/// "$ORIGINX" and "$OTHER" are no tokens: they stay.
[[nodiscard]] std::vector<std::string> expand_tokens(std::string_view text, const Tokens& tokens);

/// `text` with each "$ORIGIN" and "${ORIGIN}" replaced, as musl does (ldso/dynlink.c, fixup_rpath): nothing when it has
/// another "$"; "$ORIGINX" counts as $ORIGIN with an X behind it.
[[nodiscard]] std::optional<std::string> expand_origin_of_musl(std::string_view text, std::string_view origin);

}  // namespace imgslim::linker
