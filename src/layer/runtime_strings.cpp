// Node's binary names the place that its headers are downloaded from, ".../download/release/v20.20.2/node-v20…": that
// is its version, whatever it was linked with. The HotSpot VM compares its flags with C strings; linkers let a string
// that is the end of another one be the same bytes, so a flag's name is the end of some C string, not always all of it.
#include "layer/runtime_strings.h"

#include <algorithm>
#include <cstring>

#include "core/byte_view.h"

namespace imgslim::layer {
namespace {

constexpr std::string_view release_mark = "nodejs.org/download/release/v";
constexpr std::size_t longest_version_bytes = 32;
constexpr std::size_t shortest_word_bytes = 3, longest_word_bytes = 96;
constexpr std::uint64_t most_word_bytes = 1u << 20;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

constexpr std::size_t step_bytes = 256;

/// Without a branch or a table, so that a loop over it becomes vector instructions.
constexpr bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const auto letter = static_cast<unsigned char>(static_cast<unsigned char>(byte | 0x20u) - 'a');
  const auto digit = static_cast<unsigned char>(byte - '0');
  return static_cast<bool>(static_cast<unsigned>(letter < 26) | static_cast<unsigned>(digit < 10));
}

/// Does a NUL that follows a word stand among the `step_bytes` bytes from `at` on? There are `shortest_word_bytes`
/// before.
bool ends_a_word(const char* at) {
  static_assert(shortest_word_bytes == 3);
  const char* const word = at - shortest_word_bytes;
  unsigned char found = 0;
  for (std::size_t i = 0; i < step_bytes; ++i)
    found |= static_cast<unsigned char>(static_cast<unsigned>(at[i] == '\0') & static_cast<unsigned>(is_word(word[i])) &
                                        static_cast<unsigned>(is_word(word[i + 1])) &
                                        static_cast<unsigned>(is_word(word[i + 2])));
  return found != 0;
}

/// The word that `text` ends with, or its last `longest_word_bytes` and one more byte.
std::string_view last_word(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && size <= longest_word_bytes && is_word(text[text.size() - size - 1])) ++size;
  return text.substr(text.size() - size);
}

}  // namespace

std::optional<RuntimeStringsScanner> RuntimeStringsScanner::for_file(std::string_view base_name) {
  if (base_name == "node" || base_name == "nodejs" || base_name.starts_with("libnode.so"))
    return RuntimeStringsScanner(Kind::node);
  if (base_name == "libjvm.so") return RuntimeStringsScanner(Kind::jvm);
  return std::nullopt;
}

void RuntimeStringsScanner::feed(std::span<const std::byte> bytes) {
  const auto text = ByteView(bytes).text();
  if (kind_ == Kind::jvm) return gather_words(text);
  if (!found_.node_version.empty()) return;
  // What begins in the last bytes of one block and ends in the first of the next.
  const auto reach = release_mark.size() + longest_version_bytes;
  tail_.append(text.substr(0, reach));
  find_version(tail_);
  if (found_.node_version.empty()) find_version(text);
  const auto joined = text.size() < reach ? tail_ : std::string(text.substr(text.size() - reach));
  tail_ = joined.substr(joined.size() - std::min(joined.size(), reach));
}

void RuntimeStringsScanner::find_version(std::string_view text) {
  while (true) {
    const auto* const found = memmem(text.data(), text.size(), release_mark.data(), release_mark.size());
    if (found == nullptr) return;
    text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + release_mark.size());
    const auto version = text.substr(0, longest_version_bytes);
    const auto end = std::find_if(version.begin(), version.end(), [](char c) { return !is_digit(c) && c != '.'; });
    if (end == version.begin() || end == version.end()) continue;
    found_.node_version.assign(version.begin(), end);
    return;
  }
}

void RuntimeStringsScanner::gather_words(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size(); begin += step_bytes) {
    const auto end = std::min(begin + step_bytes, text.size());
    // A word of the last block may end in the first step. Later ones are machine code in most cases, and passed over.
    if (begin > 0 && end == begin + step_bytes && !ends_a_word(text.data() + begin)) continue;
    for (auto at = begin; at < end; ++at) {
      const bool after_word = at > 0 ? is_word(text[at - 1]) : !word_.empty();
      if (text[at] == '\0' && after_word) end_word(text.substr(0, at));
    }
  }
  const auto rest = last_word(text);
  if (rest.size() < text.size()) word_.clear();
  word_ += rest.substr(0, longest_word_bytes + 1 - word_.size());
}

/// Keeps the word before a NUL; `text` is what precedes the NUL in its block.
void RuntimeStringsScanner::end_word(std::string_view text) {
  auto word = last_word(text);
  const bool began_before = word.size() == text.size() && !word_.empty();
  const auto joined = began_before ? word_ + std::string(word) : std::string();
  if (began_before) word = joined;
  if (word.size() < shortest_word_bytes || word.size() > longest_word_bytes) return;
  if (std::none_of(word.begin(), word.end(), is_upper) || kept_bytes_ + word.size() > most_word_bytes) return;
  kept_bytes_ += word.size();
  found_.vm_words.emplace_back(word);
}

RuntimeStrings RuntimeStringsScanner::finish() && {
  std::sort(found_.vm_words.begin(), found_.vm_words.end());
  found_.vm_words.erase(std::unique(found_.vm_words.begin(), found_.vm_words.end()), found_.vm_words.end());
  return std::move(found_);
}

std::uint64_t kept_bytes(const RuntimeStrings& strings) {
  std::uint64_t bytes = sizeof(RuntimeStrings) + strings.node_version.size();
  for (const auto& word : strings.vm_words) bytes += sizeof(std::string) + word.size();
  return bytes;
}

std::optional<BytecodeHeader> read_bytecode_header(std::span<const std::byte> first_bytes) {
  const ByteView view(first_bytes);
  const auto magic = view.number<std::uint32_t>(0, ByteOrder::little),
             flags = view.number<std::uint32_t>(4, ByteOrder::little);
  const auto mtime = view.number<std::uint32_t>(8, ByteOrder::little),
             size = view.number<std::uint32_t>(12, ByteOrder::little);
  constexpr std::uint32_t line_end = 0x0a0d0000;  // "\r\n"
  if (!magic || !flags || !mtime || !size || (*magic & 0xffff0000) != line_end) return std::nullopt;
  return BytecodeHeader{*magic, *flags, *mtime, *size};
}

}  // namespace imgslim::layer
