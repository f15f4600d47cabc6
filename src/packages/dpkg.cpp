// dpkg keeps one deb822 paragraph per package in var/lib/dpkg/status (dpkg-query(1), deb-control(5)) and beside it, in
// info/, one file list per package: absolute paths, one a line, directories and links with them, "/." for the root.
// The files of a package that is "Multi-Arch: same" are named NAME:ARCH.list, of others NAME.list. info/NAME.md5sums
// lists "digest  path" of the package's regular files, relative to the root; conffiles are not among them.
// var/lib/dpkg/diversions (dpkg-divert(1)) holds three lines per diversion: a path, where it is diverted to, and the
// package whose own copy stays at the path, ":" when the administrator diverted it for every package.
// Distroless images have no status file but one paragraph per file in status.d/, with NAME.md5sums beside it.
// Images leave parts of this out to be small, so every part is optional.
#include "packages/dpkg.h"

#include <unordered_map>
#include <utility>

#include "core/path.h"
#include "packages/control_fields.h"
#include "packages/number.h"
#include "packages/path_budget.h"
#include "packages/text_lines.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view manager_name = "deb";
constexpr std::string_view md5sums_suffix = ".md5sums";
constexpr std::uint64_t bytes_per_kibibyte = 1024;

struct Diversion {
  std::string to;
  std::string_view diverter;
};

using Diversions = std::unordered_map<std::string, Diversion>;

Diversions read_diversions(std::string_view text, std::vector<Note>& notes) {
  Diversions diversions;
  while (!text.empty()) {
    const auto from = take_line(text);
    const auto to = take_line(text);
    const auto diverter = take_line(text);
    if (!from.starts_with('/') || !to.starts_with('/') || diverter.empty()) {
      notes.push_back({"dpkg-diversions-unreadable", "var/lib/dpkg/diversions",
                       "a diversion is not three lines; the rest of the file is ignored"});
      break;
    }
    diversions.insert_or_assign(clean_path(from).text, Diversion{clean_path(to).text, diverter});
  }
  return diversions;
}

/// The last word of "install ok installed" (deb-control's Status); distroless paragraphs may have none.
enum class State { absent, removed, present };

State state_of(std::string_view status) {
  auto words = status;
  std::string_view last;
  for (auto word = take_word(words); !word.empty(); word = take_word(words)) last = word;
  if (last == "not-installed") return State::absent;
  return last == "config-files" ? State::removed : State::present;
}

std::uint64_t installed_bytes(const ControlFields& fields) {
  const auto kibibytes = parse_decimal(fields.value("Installed-Size")).value_or(0);
  return kibibytes > UINT64_MAX / bytes_per_kibibyte ? 0 : kibibytes * bytes_per_kibibyte;
}

Package package_of(const ControlFields& fields) {
  Package package;
  package.manager = manager_name;
  package.name = fields.value("Package");
  package.version = fields.value("Version");
  package.architecture = fields.value("Architecture");
  const std::string_view source = fields.value("Source");  // "curl (7.88.1-10)" where the versions differ
  package.source = source.substr(0, source.find(' '));
  package.declared_bytes = installed_bytes(fields);
  return package;
}

std::uint64_t list_bytes(const DpkgDatabase& database) {
  std::uint64_t bytes = database.status.size();
  for (const auto& [name, text] : database.info) bytes += text.size();
  for (const auto& [name, text] : database.status_d) bytes += text.size();
  return bytes;
}

class DpkgReader {
 public:
  explicit DpkgReader(const DpkgDatabase& database)
      : database_(database),
        diversions_(read_diversions(database.diversions, found_.notes)),
        budget_(list_bytes(database)) {}

  PackageSet read() && {
    for (auto text = database_.status; !text.empty();) {
      const auto fields = ControlFields::take(text);
      if (!fields.empty()) read_status_paragraph(fields);
    }
    for (const auto& [name, text] : database_.status_d) {
      if (!name.ends_with(md5sums_suffix)) read_status_d(name, text);
    }
    budget_.report("var/lib/dpkg", found_.notes);
    return std::move(found_);
  }

 private:
  void read_status_paragraph(const ControlFields& fields) {
    const auto state = state_of(fields.value("Status"));
    if (state == State::absent) return;
    auto package = package_of(fields);
    if (package.name.empty())
      return note("dpkg-paragraph-unnamed", "var/lib/dpkg/status", "a paragraph has no Package");
    if (state == State::removed) {
      note("dpkg-removed-not-purged", package.name,
           "the package was removed; its configuration files were left behind");
    }
    read_files(package, fields);
    add(std::move(package));
  }

  void read_status_d(const std::string& name, std::string_view text) {
    auto package = package_of(ControlFields::take(text));
    if (package.name.empty()) {
      return note("dpkg-paragraph-unnamed", join_path("var/lib/dpkg/status.d", name), "the file has no Package field");
    }
    const auto sums = database_.status_d.find(name + std::string(md5sums_suffix));
    if (sums == database_.status_d.end()) {
      note("dpkg-no-file-list", package.name, "status.d has no md5sums of the package: its files are unowned");
    } else {
      add_md5sums(package, sums->second);
    }
    add(std::move(package));
  }

  /// dpkg's own reading: a later paragraph of the same package and architecture replaces an earlier one.
  void add(Package package) {
    const auto [place, inserted] =
        places_.try_emplace(package.name + ':' + package.architecture, found_.packages.size());
    if (inserted) {
      found_.packages.push_back(std::move(package));
      return;
    }
    note("dpkg-duplicate-package", package.name, "the package has two paragraphs; the later one counts");
    found_.packages[place->second] = std::move(package);
  }

  void read_files(Package& package, const ControlFields& fields) {
    if (const auto* list = info_text(package, ".list")) {
      for (auto text = *list; !text.empty();) add_file(package, take_line(text));
      return;
    }
    if (const auto* sums = info_text(package, md5sums_suffix)) add_md5sums(package, *sums);
    if (const auto* conffiles = info_text(package, ".conffiles")) {
      for (auto text = *conffiles; !text.empty();) add_file(package, take_line(text));
    } else {
      for (auto text = fields.value("Conffiles"); !text.empty();) {
        auto line = take_line(text);
        add_file(package, take_word(line));
      }
    }
    note("dpkg-no-file-list", package.name,
         package.files.empty() ? "the database has no file list of the package: its files are unowned"
                               : "the database has no file list of the package: md5sums and conffiles stand in");
  }

  [[nodiscard]] const std::string_view* info_text(const Package& package, std::string_view suffix) const {
    auto found = database_.info.find(package.name + ':' + package.architecture + std::string(suffix));
    if (found == database_.info.end()) found = database_.info.find(package.name + std::string(suffix));
    return found == database_.info.end() ? nullptr : &found->second;
  }

  /// `absolute` as in a .list; anything else, such as the flagged lines of deb-conffiles(5), names no present file.
  void add_file(Package& package, std::string_view absolute) {
    if (!absolute.starts_with('/')) return;
    auto path = clean_path(absolute).text;
    if (path.empty()) return;
    const auto diversion = diversions_.find(path);
    const bool diverted = diversion != diversions_.end() && diversion->second.diverter != package.name;
    budget_.add(package.files, diverted ? diversion->second.to : std::move(path));
  }

  /// Lines of md5sum(1): a backslash before the digest says that the name is escaped.
  void add_md5sums(Package& package, std::string_view text) {
    while (!text.empty()) {
      auto line = take_line(text);
      const bool escaped = line.starts_with('\\');
      take_word(line);
      const auto name = trimmed(line);
      if (!name.empty()) add_file(package, '/' + (escaped ? unescaped(name) : std::string(name)));
    }
  }

  static std::string unescaped(std::string_view name) {
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
      if (name[i] != '\\' || i + 1 == name.size()) {
        plain += name[i];
      } else {
        ++i;
        plain += name[i] == 'n' ? '\n' : name[i];
      }
    }
    return plain;
  }

  void note(std::string_view code, std::string_view where, std::string_view text) {
    found_.notes.push_back({std::string(code), std::string(where), std::string(text)});
  }

  const DpkgDatabase& database_;
  PackageSet found_;
  Diversions diversions_;
  PathBudget budget_;
  std::unordered_map<std::string, std::size_t> places_;
};

}  // namespace

PackageSet read_dpkg(const DpkgDatabase& database) { return DpkgReader(database).read(); }

}  // namespace imgslim::packages
