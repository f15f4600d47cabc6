// Programs name plugin directories, configuration files and libraries to open in string constants, which stand in
// segments without code, or, in files of older link editors, beside the code; some stand in initialized data. Each kind
// of string has a byte that is rare in other data: "/" in paths, ".so" in names of libraries. The scan jumps from one
// to the next and looks around it.
#include "elf/constant_strings.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "core/find_word.h"

namespace imgslim::elf {
namespace {

constexpr std::size_t most_bytes_of_kind = 64u << 10;
constexpr std::uint64_t most_scanned_bytes = 64u << 20;  // segments may map the same bytes again and again
constexpr std::size_t longest_path = 1024, longest_library = 255, longest_module = 100;

/// Classes of bytes, for loops over many of them.
class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view members, bool with_alphanumeric) {
    for (const char c : members) has_[static_cast<unsigned char>(c)] = true;
    if (!with_alphanumeric) return;
    for (char c = '0'; c <= '9'; ++c) has_[static_cast<unsigned char>(c)] = true;
    for (char c = 'a'; c <= 'z'; ++c) has_[static_cast<unsigned char>(c)] = true;
    for (char c = 'A'; c <= 'Z'; ++c) has_[static_cast<unsigned char>(c)] = true;
  }
  [[nodiscard]] constexpr bool has(char c) const { return has_[static_cast<unsigned char>(c)]; }

 private:
  std::array<bool, 256> has_{};
};

constexpr std::string_view separators("\0\t\n \"'=:;,()[]<>|", 17);
constexpr ByteSet separator(separators, false);
constexpr ByteSet name_byte("_.+-", true);
constexpr ByteSet path_byte("_.+-/@~", true);
constexpr ByteSet identifier_byte("_", true);

/// Gathers strings of one kind once each, up to a bound on their sum.
class StringList {
 public:
  void add(std::string_view text) {
    if (cut_ || !seen_.insert(text).second) return;
    bytes_ += text.size() + 1;
    if (bytes_ > most_bytes_of_kind)
      cut_ = true;
    else
      strings_.emplace_back(text);
  }
  [[nodiscard]] bool is_cut() const { return cut_; }
  [[nodiscard]] bool is_empty() const { return strings_.empty(); }
  [[nodiscard]] std::vector<std::string> take() && { return std::move(strings_); }

 private:
  std::unordered_set<std::string_view> seen_;  // of the image's bytes
  std::vector<std::string> strings_;
  std::size_t bytes_ = 0;
  bool cut_ = false;
};

bool has_empty_component(std::string_view path) { return path.find("//") != std::string_view::npos; }

/// Names of source files, which compilers leave in messages, and of what no image holds.
bool is_of_no_use(std::string_view path) {
  constexpr std::array endings{std::string_view(".c"),  std::string_view(".h"),   std::string_view(".cc"),
                               std::string_view(".rs"), std::string_view(".go"),  std::string_view(".cpp"),
                               std::string_view(".hh"), std::string_view(".hpp"), std::string_view(".cxx"),
                               std::string_view(".s"),  std::string_view(".S"),   std::string_view(".inl")};
  constexpr std::array trees{std::string_view("/proc/"), std::string_view("/sys/"), std::string_view("/dev/")};
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return path.ends_with(ending); }) ||
         std::any_of(trees.begin(), trees.end(), [&](std::string_view tree) { return path.starts_with(tree); });
}

/// The directory part where the last component goes on with what is no part of a name ("/etc/php/%s.ini").
std::string_view complete_part(std::string_view path, bool is_complete) {
  if (!is_complete) path = path.substr(0, path.rfind('/'));
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

void find_paths(std::string_view data, StringList& paths) {
  for (auto at = data.find('/'); at != std::string_view::npos; at = data.find('/', at)) {
    const auto start = at++;
    if (start > 0 && !separator.has(data[start - 1])) continue;
    const auto longest = std::min(data.size(), start + longest_path);
    while (at < longest && path_byte.has(data[at])) ++at;
    const bool is_complete = at == data.size() || separator.has(data[at]);
    const auto path = complete_part(data.substr(start, at - start), is_complete);
    if (path.find('/', 1) == std::string_view::npos || has_empty_component(path) || is_of_no_use(path)) continue;
    paths.add(path);
  }
}

/// "NAME.so", or "libNAME.so.…".
bool is_library_name(std::string_view name) {
  constexpr std::string_view ending = ".so";
  if (name.ends_with(ending)) return name.size() > ending.size() && name.front() != '.';
  return name.starts_with("lib") && name.find(".so.") != std::string_view::npos && !name.ends_with('.');
}

/// The affixes around "%s" that make a format of names, ".so" left out, have at least this many bytes.
constexpr std::size_t shortest_affix = 4;

/// "%s_dri.so" of the name "s_dri.so" that begins at `start`, behind a "%"; with what stands in front of it in the same
/// component of a path ("lib%s_plugin.so"). Nothing for a name that is no such format.
std::string_view format_of(std::string_view data, std::size_t start, std::string_view name) {
  if (start == 0 || data[start - 1] != '%' || name.front() != 's' || !name.ends_with(".so")) return {};
  const auto lowest = start - std::min(start, longest_library);
  auto begin = start - 1;
  while (begin > lowest && name_byte.has(data[begin - 1])) --begin;
  const bool is_component = begin == 0 || data[begin - 1] == '/' || separator.has(data[begin - 1]);
  const auto format = data.substr(begin, start - begin + name.size());
  return is_component && format.size() >= std::string_view("%s.so").size() + shortest_affix ? format
                                                                                            : std::string_view();
}

void find_libraries(std::string_view data, StringList& libraries, StringList& formats) {
  std::size_t looked_at = 0;
  for (auto at = find_word(data, ".so", 0); at != std::string_view::npos; at = find_word(data, ".so", looked_at)) {
    const auto lowest = std::max(looked_at, at - std::min(at, longest_library));
    auto start = at;
    while (start > lowest && name_byte.has(data[start - 1])) --start;
    auto end = at + 3;
    while (end < data.size() && name_byte.has(data[end])) ++end;
    looked_at = end;
    const bool is_own_word = start == 0 || separator.has(data[start - 1]);
    const auto name = data.substr(start, end - start);
    if (name.size() > longest_library) continue;
    if (is_own_word && is_library_name(name)) libraries.add(name);
    if (const auto format = format_of(data, start, name); !format.empty()) formats.add(format);
    const bool is_ending =
        name == ".so" && start > 0 && data[start - 1] == '\0' && end < data.size() && data[end] == '\0';
    if (is_ending) formats.add("%s.so");
  }
}

/// "_name", or words joined by dots.
bool is_module_name(std::string_view text) {
  if (text.size() < 2 || text.size() > longest_module || text.starts_with("__") || text.ends_with('.')) return false;
  bool at_word = true, has_dot = false;
  for (const char c : text) {
    const bool is_dot = c == '.';
    if (at_word ? !identifier_byte.has(c) || (c >= '0' && c <= '9') : !is_dot && !identifier_byte.has(c)) return false;
    has_dot = has_dot || is_dot;
    at_word = is_dot;
  }
  return has_dot || text.front() == '_';
}

/// "json/common", "digest.so": what Ruby's require takes.
bool is_ruby_library_name(std::string_view text) {
  if (text.size() < 3 || text.size() > longest_module || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '/' || c == '.' || c == '-';
  });
}

/// "swrast", "gcrypt": what a format of library names is filled with.
bool is_plain_name(std::string_view text) {
  constexpr std::size_t shortest = 2, longest = 32;
  if (text.size() < shortest || text.size() > longest || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

/// Strings of their own, from NUL to NUL, that begin with a lower-case letter and of which the test holds.
template <typename Test>
void find_words(std::string_view data, Test is_wanted, StringList& words) {
  for (std::size_t at = 0; at < data.size(); at = find_lower_case_string(data, at)) {
    const auto end = data.find('\0', at);
    if (end == std::string_view::npos) return;
    const auto text = data.substr(at, end - at);
    if (is_wanted(text)) words.add(text);
    at = end;
  }
}

/// The strings of `data`, from NUL to NUL, that hold the byte; the last one ends with a NUL too.
void find_strings_with(char byte, std::string_view data, std::vector<std::string_view>& found) {
  for (auto at = data.find(byte); at != std::string_view::npos;) {
    auto start = at;
    while (start > 0 && data[start - 1] != '\0' && at - start <= longest_module) --start;
    auto end = at;
    while (end < data.size() && data[end] != '\0' && end - start <= longest_module) ++end;
    const bool is_whole = (start == 0 || data[start - 1] == '\0') && end < data.size() && data[end] == '\0';
    if (is_whole && is_module_name(data.substr(start, end - start))) found.push_back(data.substr(start, end - start));
    // Each string is looked at once, however long it is.
    at = data.find('\0', end);
    if (at != std::string_view::npos) at = data.find(byte, at);
  }
}

void find_modules(std::string_view data, StringList& modules) {
  std::vector<std::string_view> found;
  for (const char byte : {'_', '.'}) find_strings_with(byte, data, found);
  std::sort(found.begin(), found.end(), [](std::string_view a, std::string_view b) { return a.data() < b.data(); });
  for (const auto text : found) modules.add(text);
}

/// The data of a segment without the excluded ranges, which ascend.
std::vector<std::string_view> pieces_of(const LoadSegment& segment, std::string_view data,
                                        const std::vector<AddressRange>& excluded) {
  std::vector<std::string_view> pieces;
  std::size_t from = 0;
  for (const auto& range : excluded) {
    if (range.begin < segment.address || range.begin - segment.address >= data.size()) continue;
    const auto begin = static_cast<std::size_t>(range.begin - segment.address);
    if (begin > from) pieces.push_back(data.substr(from, begin - from));
    from = std::max(from,
                    begin + static_cast<std::size_t>(std::min<std::uint64_t>(range.size_bytes, data.size() - begin)));
  }
  pieces.push_back(data.substr(from));
  return pieces;
}

}  // namespace

ConstantStrings find_constant_strings(const LoadedImage& image, std::vector<AddressRange> excluded,
                                      ModuleNames module_names) {
  std::sort(excluded.begin(), excluded.end(),
            [](const AddressRange& a, const AddressRange& b) { return a.begin < b.begin; });
  StringList paths, libraries, modules, formats;
  std::vector<std::string_view> constant_data;
  bool lacks_data = false;
  auto left = most_scanned_bytes;
  for (const auto& segment : image.constant_segments()) {
    const auto data = image.file().at_hand(segment.offset, std::min(segment.file_bytes, left)).text();
    left -= data.size();
    lacks_data = lacks_data || data.size() < segment.file_bytes;
    for (const auto piece : pieces_of(segment, data, excluded)) {
      constant_data.push_back(piece);
      find_paths(piece, paths);
      find_libraries(piece, libraries, formats);
      if (module_names == ModuleNames::wanted) find_modules(piece, modules);
      if (module_names == ModuleNames::of_ruby) find_words(piece, is_ruby_library_name, modules);
    }
  }
  // Arrays of characters that are not declared constant: R's home, Tcl's search path.
  for (const auto& segment : image.writable_segments()) {
    const auto data = image.file().at_hand(segment.offset, std::min(segment.file_bytes, left)).text();
    left -= data.size();
    find_paths(data, paths);
    find_libraries(data, libraries, formats);
  }
  if (module_names == ModuleNames::ignored && !formats.is_empty())
    for (const auto data : constant_data) find_words(data, is_plain_name, modules);
  const bool cut = lacks_data || paths.is_cut() || libraries.is_cut() || modules.is_cut();
  auto names = std::move(libraries).take();
  for (auto& format : std::move(formats).take()) names.push_back(std::move(format));
  return {std::move(paths).take(), std::move(names), std::move(modules).take(), cut};
}

}  // namespace imgslim::elf
