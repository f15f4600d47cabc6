// The libraries of a Ruby program (Ruby: ruby.c, gem_prelude.rb, encoding.c, transcode.c; RubyGems). Every start loads
// the tables of encodings and transcoders, and RubyGems, which loads monitor.so. From there and from the program the
// literals of require, require_relative and autoload are followed.
#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/import_walk.h"
#include "plugins/language_rules.h"
#include "plugins/ruby_path.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

using imports::Form;
using imports::Import;

constexpr ScriptGrammar grammar{"eIrCEF", "0KTWix", "e", "r", "I", "encoding external-encoding internal-encoding", ""};

constexpr std::string_view start_libraries[] = {"enc/encdb.so", "enc/trans/transdb.so"};
constexpr std::string_view gem_libraries[] = {"rubygems", "error_highlight", "did_you_mean", "syntax_suggest/core",
                                              "monitor.so"};

/// Files that servers read from the working directory.
constexpr std::string_view application_files[] = {"config.ru", "config/boot.rb", "config/application.rb",
                                                  "config/environment.rb", "config/puma.rb"};
constexpr std::string_view servers[] = {"puma", "rackup", "unicorn", "thin", "falcon", "passenger", "rails", "sidekiq"};

/// Of these, the programs that serve by themselves.
constexpr std::string_view own_servers[] = {"puma", "unicorn", "thin", "falcon", "passenger"};

class RubyRule {
 public:
  explicit RubyRule(const Context& context)
      : context_(context),
        command_(parse_script_command(context.process, grammar)),
        path_(context),
        walk_(context, Via::ruby_library, imports::Language::ruby) {
    for (auto directory = command_.directories.rbegin(); directory != command_.directories.rend(); ++directory)
      path_.add_front(*directory);
  }

  std::vector<Candidate> run() {
    const auto& program = context_.process.program.path;
    for (const auto name : start_libraries) require(std::string(name), {Tier::declared, program, "start of Ruby"});
    if (uses_gems())
      for (const auto name : gem_libraries) require(std::string(name), {Tier::declared, program, "start of Ruby"});
    for (const auto& name : command_.modules) require(name, {Tier::declared, program, "-r" + name});
    for (const auto& option : split_list(environment_value(context_.process, "RUBYOPT"), ' '))
      if (option.starts_with("-r")) require(option.substr(2), {Tier::declared, program, "RUBYOPT " + option});
    if (!command_.code.empty()) walk_.reach_text(command_.code, program, Tier::likely);
    reach_script();
    while (auto visit = walk_.next()) follow(*visit);
    while (reach_named())
      while (auto visit = walk_.next()) follow(*visit);
    return walk_.take();
  }

 private:
  [[nodiscard]] bool uses_gems() const {
    for (const auto& word : context_.process.argv)
      if (word == "--disable-gems" || word == "--disable=gems") return false;
    return true;
  }

  void reach_script() {
    const auto script = context_.files.find(command_.script);
    if (command_.script.empty() || !script) return;
    program_ = script->path;
    walk_.reach(*script, {Tier::declared, context_.process.program.path, "argument " + command_.script});
    follow_binstub(*script);
    const auto name = base_name(command_.script);
    for (const auto server : servers) {
      if (name != server) continue;
      for (const auto file : application_files)
        if (const auto found = context_.files.find(absolute_path(context_.process, file)))
          walk_.reach(*found, {Tier::likely, script->path, "read by " + std::string(name)});
    }
  }

  /// What RubyGems writes to bin/: `load Gem.activate_bin_path('puma', 'puma', version)`.
  void follow_binstub(const rootfs::Found& script) {
    const auto text = context_.files.text(script.file);
    if (!text) return;
    const auto call = std::max(text->find("activate_bin_path("), text->find("bin_path("));
    if (call == std::string_view::npos) return;
    const auto parts = split_list(text->substr(call, 256), '\'');
    if (parts.size() < 4) return;
    for (const auto& gem : path_.gems()) {
      if (!gem.name.starts_with(parts[1] + "-")) continue;
      for (const auto* directory : {"/exe/", "/bin/"})
        if (const auto file = context_.files.find(gem.directory + directory + parts[3])) {
          walk_.reach(*file, {Tier::declared, script.path, "program of gem " + gem.name});
          return;
        }
    }
  }

  bool require(const std::string& name, const ImportWalk::Reason& reason) {
    const auto file = path_.find(name);
    if (file) walk_.reach(*file, reason);
    return file.has_value();
  }

  void follow(const ImportWalk::Visit& visit) {
    if (visit.object != nullptr) return follow_names(visit);
    if (visit.facts == nullptr) return;
    if (visit.tier != Tier::possible) pick_server(visit.path);
    if (visit.tier != Tier::possible) pick_adapter(visit.path);
    if (visit.tier != Tier::possible) note_offers(visit);
    if (visit.tier != Tier::possible) note_names(visit);
    if (visit.path.ends_with("/puma/reactor.rb")) require("nio", {visit.tier, visit.path, "Puma::Reactor.new"});
    const auto is_program = visit.path == program_ ? IsProgram::yes : IsProgram::no;
    bool previous_found = true;
    for (const auto& import : visit.facts->imports) {
      const auto run = tier_of(import.level, is_program);
      if (!run) continue;
      if (import.form == Form::directory) {
        add_directory(import.name, visit.path);
        continue;
      }
      const bool stands_in = import.level == imports::Level::fallback && !previous_found;
      const auto tier = weaker(visit.tier, stands_in ? Tier::likely : *run);
      const bool found = follow_import(import, visit.path, {tier, visit.path, "require " + import.name});
      if (import.level != imports::Level::fallback) previous_found = found;
    }
  }

  void note_offers(const ImportWalk::Visit& visit) {
    for (const auto& offer : visit.facts->offers) {
      const auto& import = visit.facts->imports[offer.import];
      if (!is_of_own_part(import, visit.path)) continue;
      // Each import is offered by the constant alone and then with its module.
      const bool scoped = !offers_.empty() && offers_.back().file == visit.path && offers_.back().import == import;
      offers_.push_back({import, offer.name, visit.path, library_of(visit.path), visit.tier, scoped});
    }
  }

  void note_names(const ImportWalk::Visit& visit) {
    const auto directory = library_of(visit.path);
    for (const auto name : visit.facts->named) {
      auto& places = named_[name];
      if (places.size() < 64 && (places.empty() || places.back() != directory)) places.push_back(directory);
    }
  }

  /// The directory of a library's parts: "/x/web" of /x/web.rb and of /x/web/part.rb.
  static std::string library_of(const std::string& file) {
    if (file.ends_with(".rb")) return file.substr(0, file.size() - 3);
    return file;
  }

  /// Whether any autoload became sure because a file that is loaded speaks of its constant.
  bool reach_named() {
    bool reached = false;
    for (auto& offer : offers_) {
      if (offer.done || !is_named(offer)) continue;
      offer.done = reached = true;
      (void)follow_import(offer.import, offer.file, {offer.tier, offer.file, "require " + offer.import.name});
    }
    return reached;
  }

  struct Offer {
    Import import;
    std::uint32_t constant;
    std::string file, directory;  // the second: library_of(file)
    Tier tier;
    bool scoped;  // the constant is named with its module
    bool done = false;
  };

  /// A constant that is named alone counts in files of the same library only: many have an Error and a Client.
  [[nodiscard]] bool is_named(const Offer& offer) const {
    const auto places = named_.find(offer.constant);
    if (places == named_.end()) return false;
    return offer.scoped || std::any_of(places->second.begin(), places->second.end(), [&](const std::string& directory) {
             return directory.starts_with(offer.directory) || offer.directory.starts_with(directory);
           });
  }

  /// What compiled code requires (rb_require): libraries of the names that stand in its data, and tables of the
  /// encodings that it looks up.
  void follow_names(const ImportWalk::Visit& visit) {
    const auto directory = base_name(parent_path(visit.path));
    for (const auto& text : visit.object->module_strings) {
      const ImportWalk::Reason reason{weaker(visit.tier, Tier::likely), visit.path, "require " + text};
      const bool distinct = text.find('/') != std::string::npos || text.ends_with(".rb") || text.ends_with(".so");
      if (distinct || text == directory) require(text, reason);
    }
  }

  /// A library's autoloads of its own parts are loaded when they are named; those of other libraries stand for
  /// features that few use, and RubyGems' own for the installation of gems.
  static bool is_of_own_part(const Import& import, const std::string& file) {
    const auto gems = file.find("/rubygems/") != std::string::npos || file.ends_with("/rubygems.rb");
    if (gems) return false;
    const auto library = import.name.substr(0, import.name.find('/'));
    return import.form == Form::relative ||
           (import.name.size() > library.size() &&
            (file.ends_with("/" + library + ".rb") || file.find("/" + library + "/") != std::string::npos));
  }

  /// Rack applications that start their own server take the first that is installed (rackup/handler.rb,
  /// sinatra/base.rb); those that a server has loaded start none.
  void pick_server(const std::string& file) {
    const auto name = base_name(program_);
    if (std::find(std::begin(own_servers), std::end(own_servers), name) != std::end(own_servers)) return;
    if (!file.ends_with("/sinatra/base.rb") && !file.ends_with("/rackup/server.rb") &&
        !file.ends_with("/rack/server.rb"))
      return;
    for (const std::string server : {"thin", "puma", "falcon", "webrick"}) {
      if (!path_.find(server)) continue;
      const ImportWalk::Reason reason{Tier::likely, file, "first server that is installed"};
      const bool handled = require("rackup/handler/" + server, reason) || require("rack/handler/" + server, reason);
      if (!handled) continue;
      for (const auto* part : {"", "/server", "/launcher"}) require(server + part, reason);  // what its run() loads
      return;
    }
  }

  /// ActiveRecord and Sequel load the library of the database that the configuration names: of an image that has only
  /// one, that.
  void pick_adapter(const std::string& file) {
    if (!file.ends_with("/active_record/base.rb") && !file.ends_with("/sequel/core.rb")) return;
    std::vector<std::string> installed;
    for (const auto* name : {"sqlite3", "pg", "mysql2", "trilogy", "tiny_tds"})
      if (path_.find(name)) installed.emplace_back(name);
    if (installed.size() == 1) require(installed.front(), {Tier::likely, file, "only adapter that is installed"});
  }

  void add_directory(const std::string& name, const std::string& file) {
    if (name.starts_with(imports::beside_file))
      path_.add_front(std::string(parent_path(file)) + "/" + name.substr(imports::beside_file.size()));
    else
      path_.add_front(absolute_path(context_.process, name));
  }

  bool follow_import(const Import& import, const std::string& importer, const ImportWalk::Reason& reason) {
    if (import.form != Form::relative) return require(import.name, reason);
    auto name = import.name;
    if (name.starts_with(imports::own_parts))
      name = std::string(base_name(importer.substr(0, importer.size() - 3))) + "/" +
             name.substr(imports::own_parts.size());
    if (name.ends_with("/*.rb")) return require_all(std::string(parent_path(importer)) + "/" + name, reason);
    if (const auto star = name.find('*'); star != std::string::npos) name.replace(star, 1, path_.version());
    const auto file = path_.find_at(std::string(parent_path(importer)) + "/" + name);
    if (file) walk_.reach(*file, reason);
    return file.has_value();
  }

  /// "/srv/parts/*.rb"
  bool require_all(const std::string& pattern, const ImportWalk::Reason& reason) {
    const std::string directory(parent_path(pattern));
    bool found = false;
    for (const auto& name : context_.files.list(directory)) {
      const auto file = name.ends_with(".rb") ? context_.files.find(join_path(directory, name)) : std::nullopt;
      if (file) walk_.reach(*file, reason);
      found |= file.has_value();
    }
    return found;
  }

  const Context& context_;
  ScriptCommand command_;
  RubyPath path_;
  ImportWalk walk_;
  std::string program_;
  std::vector<Offer> offers_;  // autoloads of files that are loaded
  std::unordered_map<std::uint32_t, std::vector<std::string>>
      named_;  // constants that loaded files speak of, and where
};

}  // namespace

std::vector<Candidate> ruby_libraries(const Context& context) {
  if (!base_name(context.process.program.path).starts_with("ruby")) return {};
  return RubyRule(context).run();
}

}  // namespace imgslim::plugins
