// A wheel is installed with a directory NAME-VERSION.dist-info whose METADATA has RFC 822 headers and whose RECORD
// lists every file as a CSV row "path,hash,size" (packaging.python.org, "Recording installed projects"). A path is
// relative to the directory that holds the .dist-info, so a script is "../../../bin/x"; an absolute one stays as it is.
// The older setuptools leave NAME-VERSION.egg-info/ with PKG-INFO and, when pip ran them, installed-files.txt, whose
// paths are relative to the .egg-info directory itself. distutils leaves one file NAME-VERSION.egg-info and no list.
// Distributions' own Python packages often lack RECORD: their files belong to the system's package anyway.
#include "packages/python.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/path.h"
#include "packages/control_fields.h"
#include "packages/path_budget.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

/// Takes one field of a CSV row off `text` (RFC 4180), which may span lines when quoted. Leaves the separator.
std::string take_csv_field(std::string_view& text) {
  std::string field;
  if (!text.starts_with('"')) {
    const auto end = std::min(text.find_first_of(",\r\n"), text.size());
    field = text.substr(0, end);
    text.remove_prefix(end);
    return field;
  }
  text.remove_prefix(1);
  while (!text.empty()) {
    const auto quote = std::min(text.find('"'), text.size());
    field += text.substr(0, quote);
    text.remove_prefix(std::min(quote + 1, text.size()));
    if (!text.starts_with('"')) break;
    field += '"';
    text.remove_prefix(1);
  }
  return field;
}

std::uint64_t list_bytes(const PythonDistribution& distribution) {
  return distribution.record.value_or("").size() + distribution.installed_files.value_or("").size() +
         distribution.top_level.value_or("").size();
}

class PythonReader {
 public:
  explicit PythonReader(const PythonDistribution& distribution)
      : distribution_(distribution), metadata_path_(distribution.metadata_path), budget_(list_bytes(distribution)) {
    const bool is_directory = base_name(metadata_path_) == "METADATA" || base_name(metadata_path_) == "PKG-INFO";
    info_path_ = is_directory ? parent_path(metadata_path_) : metadata_path_;
    site_path_ = parent_path(info_path_);
  }

  PackageSet read() && {
    auto metadata = distribution_.metadata;
    const auto fields = ControlFields::take(metadata);
    package_.manager = "pip";
    package_.name = fields.value("Name");
    package_.version = fields.value("Version");
    if (package_.name.empty()) {
      note("python-metadata-unreadable", "the metadata has no Name; the directory's name stands in");
      read_directory_name();
    }
    read_files();
    budget_.report(metadata_path_, found_.notes);
    found_.packages.push_back(std::move(package_));
    return std::move(found_);
  }

 private:
  void read_directory_name() {
    auto stem = base_name(info_path_);
    stem = stem.substr(0, stem.rfind('.'));
    const auto dash = stem.find('-');
    package_.name = stem.substr(0, dash);
    if (dash != std::string_view::npos) package_.version = stem.substr(dash + 1, stem.find('-', dash + 1) - dash - 1);
  }

  void read_files() {
    if (distribution_.record) return read_record(*distribution_.record);
    if (distribution_.installed_files) return read_installed_files(*distribution_.installed_files);
    (info_path_ == metadata_path_ ? package_.files : package_.directories).emplace_back(info_path_);
    if (distribution_.top_level) read_top_level(*distribution_.top_level);
    note("python-no-file-list", distribution_.top_level
                                    ? "no list of the distribution's files; its top-level modules stand in"
                                    : "no list of the distribution's files: they are unowned");
  }

  void read_record(std::string_view text) {
    while (!text.empty()) {
      const auto path = take_csv_field(text);
      add_file(site_path_, path);
      while (text.starts_with(',')) {
        text.remove_prefix(1);
        take_csv_field(text);
      }
      take_line(text);
    }
  }

  void read_installed_files(std::string_view text) {
    while (!text.empty()) add_file(info_path_, take_line(text));
  }

  void add_file(std::string_view base, std::string_view relative) {
    if (relative.empty()) return;
    budget_.add(package_.files,
                clean_path(relative.starts_with('/') ? std::string(relative) : join_path(base, relative)).text);
  }

  void read_top_level(std::string_view text) {
    while (!text.empty()) {
      const auto module = trimmed(take_line(text));
      if (module.empty() || module.starts_with('.')) continue;
      const auto path = clean_path(join_path(site_path_, module)).text;
      if (!is_within(path, site_path_) || path == site_path_) continue;
      budget_.add(package_.directories, path);
      budget_.add(package_.files, path + ".py");
    }
  }

  void note(std::string_view code, std::string_view text) {
    found_.notes.push_back({std::string(code), std::string(metadata_path_), std::string(text)});
  }

  const PythonDistribution& distribution_;
  std::string_view metadata_path_;
  std::string_view info_path_;  ///< the .dist-info or .egg-info, directory or file
  std::string_view site_path_;  ///< the directory that holds it
  PathBudget budget_;
  Package package_;
  PackageSet found_;
};

}  // namespace

PackageSet read_python(const PythonDistribution& distribution) { return PythonReader(distribution).read(); }

}  // namespace imgslim::packages
