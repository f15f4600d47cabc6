#pragma once

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace imgslim::archive {

/// Writes tar blocks byte by byte, wrong ones too.
struct TarHeader {
  std::string name;
  char type = '0';
  std::string size_field = "00000000000";  ///< raw, up to 12 bytes
  std::string link_name = {};
  std::string mode = "0000644";
  bool good_checksum = true;
};

inline std::string octal(std::size_t value) {
  char text[13];
  std::snprintf(text, sizeof text, "%011zo", value);
  return text;
}

inline std::string padded(std::string text) {
  text.resize((text.size() + 511) / 512 * 512, '\0');
  return text;
}

inline std::string tar_header(const TarHeader& header) {
  std::string block(512, '\0');
  auto put = [&](std::size_t at, std::size_t room, std::string_view text) {
    std::copy_n(text.begin(), std::min(room, text.size()), block.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, 100, header.name);
  put(100, 8, header.mode);
  put(108, 8, "0001750");
  put(116, 8, "0001751");
  put(124, 12, header.size_field);
  put(136, 12, "00000000144");
  block[156] = header.type;
  put(157, 100, header.link_name);
  put(257, 8, std::string_view("ustar\00000", 8));
  put(148, 8, "        ");
  unsigned sum = header.good_checksum ? 0 : 1;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  char text[8] = {};
  std::snprintf(text, sizeof text, "%06o", sum);
  put(148, 8, std::string_view(text, 8));
  return block;
}

inline std::string tar_file(const std::string& name, const std::string& content) {
  return tar_header({.name = name, .size_field = octal(content.size())}) + padded(content);
}

inline std::string pax_record(const std::string& key, const std::string& value) {
  const auto tail = " " + key + "=" + value + "\n";
  auto length = tail.size() + 1;
  while (std::to_string(length).size() + tail.size() != length) ++length;
  return std::to_string(length) + tail;
}

/// A PAX header ('x' or 'g') with the given records.
inline std::string pax_header(const std::string& records, char type = 'x') {
  return tar_header({.name = "PaxHeaders/x", .type = type, .size_field = octal(records.size())}) + padded(records);
}

inline std::string long_name(const std::string& name, char type = 'L') {
  return tar_header({.name = "././@LongLink", .type = type, .size_field = octal(name.size())}) + padded(name);
}

inline std::string end_of_archive() { return std::string(1024, '\0'); }

}  // namespace imgslim::archive
