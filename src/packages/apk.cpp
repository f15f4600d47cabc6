// apk keeps all installed packages in one text file (apk-tools, doc/apk-v2.5.scd and src/database.c). A package is a
// block of "X:value" lines ended by an empty line: P name, V version, A architecture, o origin (what it was built
// from), I installed size in bytes; then, for each directory, F and its path without leading "/", followed by R and the
// name of each file or link in it. Lines that follow an F or R and give its owner, mode or checksum (M, a, Z) are of no
// use here. Letters are case sensitive: "p" is "provides".
#include "packages/apk.h"

#include <utility>

#include "core/path.h"
#include "packages/number.h"
#include "packages/path_budget.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

class ApkReader {
 public:
  explicit ApkReader(std::uint64_t input_bytes) : budget_(input_bytes) {}

  void read_line(std::string_view line) {
    if (line.empty()) return finish();
    if (line.size() < 2 || line[1] != ':') {
      ++odd_lines_;
      return;
    }
    read_field(line.front(), line.substr(2));
  }

  void finish() {
    if (started_ && !package_.name.empty()) {
      package_.manager = "apk";
      found_.packages.push_back(std::move(package_));
    }
    package_ = {};
    directory_.clear();
    started_ = false;
  }

  PackageSet take(std::string_view where) && {
    if (odd_lines_ > 0) {
      found_.notes.push_back({"apk-lines-unreadable", std::string(where),
                              std::to_string(odd_lines_) + " lines of the package database are not \"X:value\""});
    }
    budget_.report(where, found_.notes);
    return std::move(found_);
  }

 private:
  void read_field(char letter, std::string_view value) {
    started_ = true;
    switch (letter) {
      case 'P':
        package_.name = value;
        break;
      case 'V':
        package_.version = value;
        break;
      case 'A':
        package_.architecture = value;
        break;
      case 'o':
        package_.source = value == package_.name ? std::string_view() : value;
        break;
      case 'I':
        package_.declared_bytes = parse_decimal(value).value_or(0);
        break;
      case 'F':
        directory_ = clean_path(value).text;
        budget_.add(package_.files, directory_);
        break;
      case 'R':
        budget_.add(package_.files, join_path(directory_, clean_path(value).text));
        break;
      default:
        break;
    }
  }

  PathBudget budget_;
  PackageSet found_;
  Package package_;
  std::string directory_;
  bool started_ = false;
  std::size_t odd_lines_ = 0;
};

}  // namespace

PackageSet read_apk(std::string_view installed) {
  ApkReader reader(installed.size());
  while (!installed.empty()) reader.read_line(take_line(installed));
  reader.finish();
  return std::move(reader).take("lib/apk/db/installed");
}

}  // namespace imgslim::packages
