// A second, small look at the raw blocks of a tar stream, beside libarchive. A tar header is 512 bytes of fixed fields
// (POSIX.1-2017, pax, "ustar Interchange Format"): size at 124, checksum at 148, type at 156. Two things stand before
// an entry's own header: GNU's "L" and "K" headers, whose content is a long name, and PAX's "x" and "g", whose content
// is lines "LENGTH KEY=VALUE\n". An archive ends with two blocks of zeros. Readers disagree on what follows a single
// zero block, on names with a NUL inside, and on a PAX size that differs from the header's: such archives unpack
// differently by tool, which is worth a note.
#include "archive/tar_guard.h"

#include <algorithm>
#include <charconv>

namespace imgslim::archive {
namespace {

constexpr std::size_t block_bytes = 512;
constexpr std::size_t size_field = 124, size_field_bytes = 12;
constexpr std::size_t checksum_field = 148, checksum_field_bytes = 8;
constexpr std::size_t type_field = 156;

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Octal digits with leading blanks and a NUL or blank behind; nothing for base-256 numbers and other bytes.
std::optional<std::uint64_t> parse_octal(std::string_view field) {
  while (field.starts_with(' ')) field.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
  if (status != std::errc()) return std::nullopt;
  const bool ends_well = end == field.data() + field.size() || *end == '\0' || *end == ' ';
  return ends_well ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> header_size(std::span<const std::byte> header) {
  return parse_octal(text_of(header.subspan(size_field, size_field_bytes)));
}

bool is_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

bool is_extension(std::span<const std::byte> header) {
  return std::string_view("xXgLK").find(std::to_integer<char>(header[type_field])) != std::string_view::npos;
}

struct PaxFacts {
  bool name_with_nul = false;
  std::optional<std::uint64_t> size;
};

void read_pax_record(std::string_view record, PaxFacts& facts) {
  const auto equals = record.find('=');
  if (equals == std::string_view::npos) return;
  const auto key = record.substr(0, equals);
  const auto value = record.substr(equals + 1);
  if (key == "path" || key == "linkpath") facts.name_with_nul |= value.find('\0') != std::string_view::npos;
  if (key == "size") {
    std::uint64_t size = 0;
    const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (status == std::errc() && end == value.data() + value.size()) facts.size = size;
  }
}

/// Malformed records end the reading: libarchive reports those.
void read_pax_records(std::string_view body, PaxFacts& facts) {
  while (!body.empty()) {
    std::size_t length = 0;
    const auto [end, status] = std::from_chars(body.data(), body.data() + body.size(), length);
    const auto digits = static_cast<std::size_t>(end - body.data());
    if (status != std::errc() || length > body.size() || length < digits + 3 || *end != ' ') return;
    read_pax_record(body.substr(digits + 1, length - digits - 2), facts);
    body.remove_prefix(length);
  }
}

bool has_inner_nul(std::string_view name) {
  const auto nul = name.find('\0');
  return nul != std::string_view::npos && name.find_first_not_of('\0', nul) != std::string_view::npos;
}

}  // namespace

bool is_tar_header(std::span<const std::byte> block) {
  if (block.size() < block_bytes) return false;
  const auto stated = parse_octal(text_of(block.subspan(checksum_field, checksum_field_bytes)));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < block_bytes; ++i) {
    const bool in_checksum = i >= checksum_field && i < checksum_field + checksum_field_bytes;
    sum += in_checksum ? ' ' : std::to_integer<std::uint64_t>(block[i]);
  }
  return stated == sum;
}

std::vector<Note> check_headers(std::span<const std::byte> headers, std::string_view name) {
  PaxFacts facts;
  while (headers.size() > block_bytes && is_extension(headers)) {
    const auto size = header_size(headers);
    const auto type = std::to_integer<char>(headers[type_field]);
    if (!size.has_value() || *size > headers.size() - block_bytes) break;
    const auto body = text_of(headers.subspan(block_bytes, static_cast<std::size_t>(*size)));
    if (type == 'x' || type == 'X') read_pax_records(body, facts);
    if (type == 'L' || type == 'K') facts.name_with_nul |= has_inner_nul(body);
    const auto padded = (static_cast<std::size_t>(*size) + block_bytes - 1) / block_bytes * block_bytes;
    headers = headers.subspan(std::min(headers.size(), block_bytes + padded));
  }
  std::vector<Note> notes;
  if (facts.name_with_nul)
    notes.push_back(
        {"name-truncated", std::string(name), "a name in the tar header goes on behind a NUL byte; read up to it"});
  const auto stated = headers.size() >= block_bytes ? header_size(headers) : std::nullopt;
  constexpr std::uint64_t largest_octal = (1ull << 33) - 1;
  if (facts.size.has_value() && stated.has_value() && *stated != 0 && *facts.size <= largest_octal &&
      *facts.size != *stated)
    notes.push_back({"size-mismatch", std::string(name),
                     "the PAX size " + std::to_string(*facts.size) + " contradicts the header's " +
                         std::to_string(*stated) + "; the PAX size counts"});
  return notes;
}

void TarTail::feed(std::span<const std::byte> bytes) {
  const auto missing = std::min(bytes.size(), 2 * block_bytes - head_.size());
  head_.insert(head_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(missing));
  if (!first_non_zero_.has_value() && !is_zero(bytes)) {
    const auto found = std::find_if(bytes.begin(), bytes.end(), [](std::byte byte) { return byte != std::byte{0}; });
    first_non_zero_ = fed_ + static_cast<std::uint64_t>(found - bytes.begin());
  }
  fed_ += bytes.size();
}

std::optional<Note> TarTail::verdict() const {
  if (!first_non_zero_.has_value()) return std::nullopt;
  const auto where = "byte " + std::to_string(offset_ + *first_non_zero_);
  const auto head = std::span(head_);
  if (head.size() == 2 * block_bytes && is_zero(head.first(block_bytes)) && is_tar_header(head.last(block_bytes)))
    return Note{
        "hidden-entries", where,
        "a single block of zeros ends the archive for most readers, but entries follow behind it; they were not read"};
  return Note{"trailing-data", where, "data behind the end of the archive; it was not read"};
}

}  // namespace imgslim::archive
