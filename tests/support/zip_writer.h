#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "support/catch.h"

namespace imgslim::test {

inline std::string little(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += i < sizeof value ? static_cast<char>(value >> (8 * i) & 0xff) : '\0';
  return text;
}

inline std::string deflated(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string bytes(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

/// Writes zip archives, deflated or stored, classic or zip64.
class ZipWriter {
 public:
  explicit ZipWriter(bool zip64 = false) : zip64_(zip64) {}

  void add(const std::string& name, const std::string& content, bool deflate_it = true) {
    const auto data = deflate_it ? deflated(content) : content;
    const auto offset = files_.size();
    files_ += little(0x04034b50, 4) + little(20, 2) + little(0, 2) + little(deflate_it ? 8 : 0, 2) + little(0, 8) +
              little(data.size(), 4) + little(content.size(), 4) + little(name.size(), 2) + little(0, 2) + name + data;
    const auto extra = zip64_ ? little(0x7777, 2) + little(2, 2) + "xx" + little(1, 2) + little(24, 2) +
                                    little(content.size(), 8) + little(data.size(), 8) + little(offset, 8)
                              : std::string();
    const auto size = [&](std::size_t value) { return little(zip64_ ? 0xffffffff : value, 4); };
    directory_ += little(0x02014b50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + little(deflate_it ? 8 : 0, 2) +
                  little(0, 8) + size(data.size()) + size(content.size()) + little(name.size(), 2) +
                  little(extra.size(), 2) + little(0, 10) + size(offset) + name + extra;
    ++count_;
  }

  [[nodiscard]] std::string bytes(const std::string& comment = "") const {
    std::string end64;
    if (zip64_) {
      end64 = little(0x06064b50, 4) + little(44, 8) + little(0, 4) + little(0, 8) + little(count_, 8) +
              little(count_, 8) + little(directory_.size(), 8) + little(files_.size(), 8) + little(0x07064b50, 4) +
              little(0, 4) + little(files_.size() + directory_.size(), 8) + little(1, 4);
    }
    return files_ + directory_ + end64 + little(0x06054b50, 4) + little(0, 4) + little(count_, 2) + little(count_, 2) +
           little(directory_.size(), 4) + little(zip64_ ? 0xffffffff : files_.size(), 4) + little(comment.size(), 2) +
           comment;
  }

 private:
  bool zip64_;
  std::string files_, directory_;
  std::size_t count_ = 0;
};

}  // namespace imgslim::test
