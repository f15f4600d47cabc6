#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace imgslim {

enum class ByteOrder : std::uint8_t { little, big };

/// Untrusted bytes whose every read is checked; offsets and sizes may be any 64-bit number.
class ByteView {
 public:
  ByteView() = default;
  explicit ByteView(std::span<const std::byte> bytes) : bytes_(bytes) {}
  explicit ByteView(std::string_view text) : bytes_(std::as_bytes(std::span(text.data(), text.size()))) {}

  [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
  [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t length) const {
    return offset <= bytes_.size() && length <= bytes_.size() - offset;
  }

  /// The unsigned number at `offset`, nothing when it is not all there.
  template <std::unsigned_integral T>
  [[nodiscard]] std::optional<T> number(std::uint64_t offset, ByteOrder order) const {
    if (!holds(offset, sizeof(T))) return std::nullopt;
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      const auto place = order == ByteOrder::big ? i : sizeof(T) - 1 - i;
      value = static_cast<T>(static_cast<std::uint64_t>(value) << 8 |
                             std::to_integer<std::uint64_t>(bytes_[static_cast<std::size_t>(offset) + place]));
    }
    return value;
  }

  /// The `length` bytes at `offset`, nothing when they are not all there.
  [[nodiscard]] std::optional<ByteView> part(std::uint64_t offset, std::uint64_t length) const {
    if (!holds(offset, length)) return std::nullopt;
    return ByteView(bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)));
  }

  /// The bytes from `offset` on, none when it is behind the end.
  [[nodiscard]] ByteView from(std::uint64_t offset) const {
    return offset >= bytes_.size() ? ByteView() : ByteView(bytes_.subspan(static_cast<std::size_t>(offset)));
  }

  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  /// The bytes at `offset` up to a NUL, nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> c_string(std::uint64_t offset) const {
    const auto rest = from(offset).text();
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    return rest.substr(0, end);
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace imgslim
