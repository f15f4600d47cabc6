#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "core/path.h"
#include "packages/package.h"

/// What holds for packages read from any bytes.
inline void check_packages(const imgslim::packages::PackageSet& set, std::size_t input_bytes) {
  std::size_t path_bytes = 0;
  for (const auto& package : set.packages) {
    IMGSLIM_CHECK(!package.manager.empty());
    for (const auto* paths : {&package.files, &package.directories}) {
      for (const auto& path : *paths) {
        path_bytes += path.size();
        IMGSLIM_CHECK(imgslim::clean_path(path).text == path);
      }
    }
  }
  IMGSLIM_CHECK(path_bytes <= (1u << 20) + 16 * input_bytes + 4096);
  for (const auto& note : set.notes) IMGSLIM_CHECK(!note.code.empty() && !note.text.empty());
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Takes the part before the next line "%%" off `text`: several files of a database in one input.
inline std::string_view take_part(std::string_view& text) {
  constexpr std::string_view separator = "\n%%\n";
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + separator.size());
  return part;
}
