// The modules of a Perl program (perlrun, perlvar "@INC", perlfunc "require", XSLoader). @INC is compiled into perl or
// libperl; `Foo::Bar` is Foo/Bar.pm in its directories, and the compiled part of a module auto/Foo/Bar/Bar.so beside
// the directory that the module came from.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/path.h"
#include "plugins/config_files.h"
#include "plugins/import_walk.h"
#include "plugins/language_rules.h"
#include "plugins/mapped_library.h"
#include "plugins/perl_config.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

using imports::Form;
using imports::Import;

constexpr ScriptGrammar grammar{"eEIMmx", "0CDilVF", "eE", "Mm", "I", "", ""};

/// What a module or program chooses at run time among what is installed; defaults of Plack and LWP.
struct KnownLoad {
  std::string_view after, module;  ///< end of a file's path; name
};
constexpr KnownLoad known_loads[] = {{"/AnyEvent.pm", "EV"},
                                     {"/JSON.pm", "JSON::XS"},
                                     {"/YAML/Any.pm", "YAML::XS"},
                                     {"/LWP/UserAgent.pm", "LWP::Protocol::http"},
                                     {"/Plack/Loader.pm", "Plack::Handler::Standalone"},
                                     {"/plackup", "Plack::Loader"},
                                     {"/plackup", "Plack::Middleware::Lint"},
                                     {"/plackup", "Plack::Middleware::StackTrace"},
                                     {"/plackup", "Plack::Middleware::AccessLog"},
                                     {"/starman", "Plack::Handler::Starman"},
                                     {"/twiggy", "Plack::Handler::Twiggy"}};

/// "Foo/Bar.pm" of "Foo::Bar"; paths stay.
std::string relative_path(std::string_view name) {
  if (name.find('/') != std::string_view::npos || name.find('.') != std::string_view::npos) return std::string(name);
  std::string path;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool colons = name.substr(i, 2) == "::";
    path += colons ? '/' : name[i];
    if (colons) ++i;
  }
  return path + ".pm";
}

class PerlRule {
 public:
  explicit PerlRule(const Context& context)
      : context_(context),
        command_(parse_script_command(context.process, grammar)),
        walk_(context, Via::perl_module, imports::Language::perl) {
    make_search_path();
  }

  std::vector<Candidate> run() {
    const auto& program = context_.process.program.path;
    for (const auto& module : command_.modules) {
      const auto name = module.substr(module.starts_with('-') ? 1 : 0);
      reach_module(name.substr(0, name.find_first_of("= ")), {Tier::declared, program, "-M" + module});
    }
    if (!command_.code.empty()) walk_.reach_text(command_.code, program, Tier::likely);
    if (const auto script = context_.files.find(command_.script); !command_.script.empty() && script)
      walk_.reach(*script, {Tier::declared, program, "argument " + command_.script});
    while (auto visit = walk_.next()) follow(*visit);
    reach_configured();
    while (auto visit = walk_.next()) follow(*visit);
    return walk_.take();
  }

 private:
  void add_directory(const std::string& directory) {
    const auto canonical = context_.files.canonical(directory);
    if (!canonical || !context_.files.is_directory(*canonical)) return;
    if (std::find(path_.begin(), path_.end(), *canonical) == path_.end() && path_.size() < 256)
      path_.push_back(*canonical);
  }

  void make_search_path() {
    for (const auto& directory : command_.directories) add_directory(directory);
    for (const auto& directory : split_list(environment_value(context_.process, "PERL5LIB"), ':'))
      add_directory(directory);
    for (const auto& object : context_.map.objects()) {
      const auto name = base_name(object.file.path);
      const auto* const facts = context_.files.elf(object.file.file);
      if (facts == nullptr || (!name.starts_with("perl") && !name.starts_with("libperl."))) continue;
      for (const auto& text : facts->path_strings)
        if (text.find("perl") != std::string::npos)
          for (const auto& directory : split_list(text, ':')) add_directory(directory);
    }
  }

  void follow(const ImportWalk::Visit& visit) {
    if (visit.facts == nullptr) return;
    const auto name = names_.find(visit.path);
    if (name != names_.end() && visit.tier != Tier::possible) loaded_.insert(name->second);
    bool previous_found = true;
    for (const auto& import : visit.facts->imports) {
      const auto run = tier_of(import.level, IsProgram::no);
      if (!run) continue;
      const bool stands_in = import.level == imports::Level::fallback && !previous_found;
      const auto tier = weaker(visit.tier, stands_in ? Tier::likely : *run);
      const bool found = follow_import(import, {tier, visit.path, ""});
      if (import.level != imports::Level::fallback && import.form == Form::module) previous_found = found;
      if (import.name == "Module::Implementation")
        reach_implementation(visit.path, {tier, visit.path, "use " + import.name});
    }
    if (visit.path.ends_with("/Plack/Runner.pm")) reach_application(visit);
    for (const auto& load : known_loads)
      if (visit.path.ends_with(load.after))
        reach_module(std::string(load.module), {weaker(visit.tier, Tier::likely), visit.path, "loaded when installed"});
  }

  bool follow_import(const Import& import, ImportWalk::Reason reason) {
    reason.detail = import.form == Form::native ? "XSLoader" : "use " + import.name;
    if (import.form == Form::module) return reach_module(import.name, reason);
    if (import.form == Form::directory)
      add_own_directory(import.name, reason.from);
    else if (import.form == Form::native)
      reach_compiled(import.name, reason.from, reason);
    return true;
  }

  /// Modules that configuration names, of a program that is in use: those below a module that is loaded, as
  /// Mail::SpamAssassin::Plugin::X is below Mail::SpamAssassin.
  void reach_configured() {
    for (const auto& configured : configured_perl_modules(context_.files)) {
      auto above = relative_path(configured.module);
      for (auto slash = above.rfind('/'); slash != std::string::npos; slash = above.rfind('/')) {
        above = above.substr(0, slash);
        if (loaded_.count(above + ".pm") == 0) continue;
        reach_module(configured.module, {Tier::likely, configured.file, configured.evidence});
        break;
      }
    }
  }

  /// Plack's programs load the application that an argument names, else app.psgi.
  void reach_application(const ImportWalk::Visit& visit) {
    std::string file = "app.psgi";
    for (const auto& word : context_.process.argv)
      if (word.ends_with(".psgi")) file = word;
    if (const auto found = context_.files.find(absolute_path(context_.process, file)))
      walk_.reach(*found, {weaker(visit.tier, Tier::likely), visit.path, "application " + file});
  }

  /// Module::Implementation loads the compiled variant of the module that uses it, Foo::XS, where it is installed.
  void reach_implementation(const std::string& file, const ImportWalk::Reason& reason) {
    const auto known = names_.find(file);
    if (known != names_.end() && known->second.ends_with(".pm"))
      reach_module(known->second.substr(0, known->second.size() - 3) + "/XS.pm", reason);
  }

  /// `use lib`: later imports find what stands there, so the order in @INC matters little.
  void add_own_directory(const std::string& name, const std::string& file) {
    if (name.starts_with(imports::beside_file))
      add_directory(std::string(parent_path(file)) + "/" + name.substr(imports::beside_file.size()));
    else
      add_directory(absolute_path(context_.process, name));
  }

  /// Whether it was found.
  bool reach_module(const std::string& name, const ImportWalk::Reason& reason) {
    const auto file = find_module(name);
    if (file) walk_.reach(*file, reason);
    return file.has_value();
  }

  std::optional<rootfs::Found> find_module(const std::string& name) {
    const auto relative = relative_path(name);
    if (relative.starts_with('/') || relative.starts_with('.'))
      return context_.files.find(absolute_path(context_.process, relative));
    const auto [place, added] = modules_.try_emplace(relative);
    if (added)
      for (const auto& directory : path_)
        if ((place->second = context_.files.find(join_path(directory, relative)))) {
          names_.try_emplace(place->second->path, relative);
          break;
        }
    return place->second;
  }

  /// auto/Foo/Bar/Bar.so of Foo::Bar: of the named module, else of the file itself.
  void reach_compiled(const std::string& name, const std::string& file, const ImportWalk::Reason& reason) {
    auto module = relative_path(name);
    if (name.empty()) {
      const auto known = names_.find(file);
      if (known == names_.end()) return;
      module = known->second;
    }
    if (!module.ends_with(".pm")) return;
    module.resize(module.size() - 3);
    const auto object = "/auto/" + module + "/" + std::string(base_name(module)) + ".so";
    for (const auto& directory : path_)
      if (const auto found = context_.files.find(directory + object)) return walk_.reach(*found, reason);
  }

  const Context& context_;
  ScriptCommand command_;
  ImportWalk walk_;
  std::vector<std::string> path_;
  std::unordered_map<std::string, std::optional<rootfs::Found>> modules_;  // by path below @INC
  std::unordered_map<std::string, std::string> names_;                     // of files: their paths below @INC
  std::unordered_set<std::string> loaded_;                                 // of names_, those that are not in doubt
};

}  // namespace

std::vector<Candidate> perl_modules(const Context& context) {
  if (!base_name(context.process.program.path).starts_with("perl")) return {};
  return PerlRule(context).run();
}

}  // namespace imgslim::plugins
