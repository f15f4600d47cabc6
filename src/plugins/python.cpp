// The modules of a Python program: from what the interpreter imports at start and what it is told to run, along the
// import statements of the sources. Statements that run on import are likely, those in functions possible. A compiled
// module may import others of its package by names that only its data holds (lxml.etree: "_elementpath").
#include <algorithm>
#include <unordered_map>

#include "core/path.h"
#include "plugins/called_imports.h"
#include "plugins/import_walk.h"
#include "plugins/language_rules.h"
#include "plugins/python_finder.h"
#include "plugins/python_programs.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

using imports::Form;
using imports::Import;
using imports::Level;

/// Imported before any program runs (Python/pylifecycle.c, Lib/site.py).
constexpr std::string_view start_modules[] = {"encodings", "encodings.aliases", "encodings.utf_8", "codecs", "io",
                                              "abc"};
constexpr std::string_view site_modules[] = {"site", "os", "sitecustomize", "usercustomize"};

std::string parent_of(const std::string& name) {
  return name.substr(0, name.rfind('.') == std::string::npos ? 0 : name.rfind('.'));
}

class PythonRule {
 public:
  PythonRule(const Context& context, const PythonHome& home)
      : context_(context),
        home_(home),
        command_(home.embedded ? PythonCommand() : parse_python_command(context.process)),
        path_(python_path(context, home, command_)),
        finder_(context.files, home.tag(), path_.directories),
        walk_(context, Via::python_module, imports::Language::python) {
    if (const auto directory = application_directory(context.process, command_); !directory.empty())
      finder_.add_front(directory);
  }

  std::vector<Candidate> run() {
    for (auto& load : python_loads(context_.process, command_)) loads_[load.after].push_back(load);
    database_known_ = has_database_url(context_.process);
    reach_start();
    reach_program();
    follow_loads("");
    do {
      while (auto visit = walk_.next()) follow(*visit);
    } while (reach_called() || reach_only_driver());
    return walk_.take();
  }

 private:
  void reach_start() {
    for (const auto name : start_modules)
      reach_module(std::string(name), {Tier::declared, home_.object, "start of Python"});
    if (command_.no_site) return;
    for (const auto name : site_modules)
      reach_module(std::string(name), {Tier::declared, home_.object, "start of Python"});
    for (const auto& [module, file] : path_.startup) reach_module(module, {Tier::likely, home_.object, file});
  }

  void reach_program() {
    if (!command_.module.empty()) {
      const bool found = reach_module(command_.module, {Tier::declared, home_.object, "-m " + command_.module});
      const auto& module = finder_.find(command_.module);
      program_ = module.is_package() ? command_.module + ".__main__" : command_.module;
      if (found && module.is_package()) reach_module(program_, {Tier::declared, home_.object, "-m " + command_.module});
    } else if (!command_.code.empty()) {
      program_ = "__main__";
      names_[home_.object] = program_;
      walk_.reach_text(command_.code, home_.object, Tier::likely);
    } else if (!command_.script.empty()) {
      reach_script();
    }
  }

  void reach_script() {
    const auto path = absolute_path(context_.process, command_.script);
    auto file = context_.files.find(path);
    if (!file) file = finder_.find_file(path, "__main__");
    if (!file) return;
    program_ = "__main__";
    names_[file->path] = program_;
    walk_.reach(*file, {Tier::declared, home_.object, "argument " + command_.script});
    const auto text = context_.files.text(file->file);
    const auto module = console_script_module(context_.files, path_.directories, text.value_or(""));
    if (!module.empty()) reach_module(module, {Tier::likely, file->path, "console script " + module});
  }

  /// Reaches a module and the packages above it; whether it was found.
  bool reach_module(const std::string& name, const ImportWalk::Reason& reason) {
    for (auto dot = name.find('.');; dot = name.find('.', dot + 1)) {
      const auto part = name.substr(0, dot);
      const auto& module = finder_.find(part);
      if (!module.found()) return false;
      if (module.file) {
        names_.try_emplace(module.file->path, part);
        walk_.reach(*module.file, reason);
      }
      if (dot == std::string::npos) return true;
    }
  }

  void follow(const ImportWalk::Visit& visit) {
    const auto known = names_.find(visit.path);
    const auto name = known == names_.end() ? std::string() : known->second;
    if (visit.tier != Tier::possible) follow_loads(name);
    if (visit.tier != Tier::possible && name == "sqlalchemy.engine.create") makes_engines_ = visit.path;
    const auto* facts = visit.facts;
    if (visit.object != nullptr) {
      follow_names(visit, name);
      facts = source_beside(visit.path);
    } else {
      reach_accelerator(visit, name);
    }
    if (facts != nullptr) follow_imports(visit, *facts, name);
  }

  /// Of a module that was compiled from Python (Cython), what it was compiled from, when that was installed as well.
  const imports::SourceFacts* source_beside(const std::string& path) {
    const auto leaf = base_name(path);
    const auto source =
        context_.files.find(std::string(parent_path(path)) + "/" + std::string(leaf.substr(0, leaf.find('.'))) + ".py");
    return source ? context_.files.source(source->file) : nullptr;
  }

  /// Packages name the compiled forms of their modules by a prefix: gevent._gevent_c_imap of gevent._imap.
  void reach_accelerator(const ImportWalk::Visit& visit, const std::string& name) {
    auto package = parent_of(name);
    if (package.empty()) return;
    auto prefix = package;
    std::replace(prefix.begin(), prefix.end(), '.', '_');
    const auto accelerator = package + "._" + prefix + "_c" + name.substr(package.size() + 1);
    (void)reach_sibling(accelerator, {weaker(visit.tier, Tier::likely), visit.path, "compiled form of " + name});
  }

  void follow_imports(const ImportWalk::Visit& visit, const imports::SourceFacts& facts, const std::string& name) {
    if (visit.tier != Tier::possible) called_.add_file(visit.path, facts, visit.tier);
    const auto is_program = name == program_ ? IsProgram::yes : IsProgram::no;
    bool previous_found = true;
    for (const auto& import : facts.imports) {
      const auto run = tier_of(import.level, is_program);
      if (!run) continue;
      if (import.form == Form::database) {
        reach_driver(import.name, visit);
        continue;
      }
      if (import.form == Form::directory) {
        add_directory(import.name, visit.path);
        continue;
      }
      // What an `except` imports stands in for what was tried before it.
      const bool stands_in = import.level == Level::fallback && !previous_found;
      const auto tier = weaker(visit.tier, stands_in ? Tier::likely : *run);
      // What the standard library misses is built into the interpreter.
      const bool found =
          follow_import(import, name, {tier, visit.path, "import " + import.name}) || is_standard(visit.path);
      if (import.level != Level::fallback) previous_found = found;
    }
  }

  /// Imports of functions that files which are loaded call in other files.
  bool reach_called() {
    const auto calls = called_.take_called();
    for (const auto& call : calls) {
      const auto known = names_.find(call.file);
      const ImportWalk::Reason reason{weaker(call.tier, Tier::likely), call.file, "import " + call.import->name};
      (void)follow_import(*call.import, known == names_.end() ? std::string() : known->second, reason);
    }
    return !calls.empty();
  }

  [[nodiscard]] bool is_standard(const std::string& file) const {
    return file.starts_with(home_.standard_library() + "/") && file.find("-packages/") == std::string::npos;
  }

  void add_directory(const std::string& name, const std::string& file) {
    if (name.starts_with(imports::beside_file))
      finder_.add_front(std::string(parent_path(file)) + "/" + name.substr(imports::beside_file.size()));
    else
      finder_.add_front(absolute_path(context_.process, name));
  }

  bool follow_import(const Import& import, const std::string& importer, const ImportWalk::Reason& reason) {
    const auto name = absolute_name(import.name, importer);
    if (name.empty()) return false;
    if (reason.tier != Tier::possible) note_import(import.form == Form::member ? parent_of(name) : name, reason.from);
    if (import.form != Form::member) return reach_module(name, reason);
    const auto package = parent_of(name);
    if (package.empty() || !reach_module(package, reason)) return false;
    if (!reach_module(name, reason)) reach_lazy_member(package, name.substr(package.size() + 1), reason);
    return true;
  }

  void note_import(const std::string& module, const std::string& importer) {
    const auto& file = finder_.find(module).file;
    if (file) called_.add_import(importer, file->path);
  }

  /// Resolves leading dots against the importing module; "" when they lead nowhere.
  std::string absolute_name(const std::string& name, const std::string& importer) {
    const auto dots = name.find_first_not_of('.');
    if (dots == 0) return name;
    if (importer.empty() || importer == "__main__") return {};
    auto package = finder_.find(importer).is_package() ? importer : parent_of(importer);
    const auto levels = dots == std::string::npos ? name.size() : dots;
    for (std::size_t i = 1; i < levels; ++i) package = parent_of(package);
    if (dots == std::string::npos || package.empty()) return package;
    return package + "." + name.substr(dots);
  }

  /// `from package import member`, where the package's __getattr__ finds the member in one of its modules.
  void reach_lazy_member(const std::string& package, const std::string& member, const ImportWalk::Reason& reason) {
    const auto& file = finder_.find(package).file;
    const auto* const facts = file ? context_.files.source(file->file) : nullptr;
    if (facts == nullptr) return;
    const auto [place, added] = lazy_members_.try_emplace(package);
    if (added)
      for (const auto& import : facts->imports)
        if (import.level == Level::lazy && import.form == Form::member)
          place->second.try_emplace(import.name.substr(import.name.rfind('.') + 1), parent_of(import.name));
    const auto target = place->second.find(member);
    if (target != place->second.end()) reach_module(absolute_name(target->second, package), reason);
  }

  void follow_loads(const std::string& module) {
    const auto found = loads_.find(module);
    if (found == loads_.end()) return;
    const auto& own = finder_.find(module).file;
    const auto from = module.empty() || !own ? home_.object : own->path;
    for (const auto& load : found->second) reach_module(load.module, {load.tier, from, load.reason});
  }

  /// The driver of a database URL in the application's own files; libraries have URLs in their documentation.
  void reach_driver(const std::string& scheme, const ImportWalk::Visit& visit) {
    if (visit.path.find("-packages/") != std::string::npos || is_standard(visit.path)) return;
    const std::string driver(database_driver(scheme));
    if (driver.empty() || visit.tier == Tier::possible) return;
    database_known_ = true;
    reach_module(driver, {weaker(visit.tier, Tier::likely), visit.path, "URL " + scheme + "://"});
  }

  /// Where SQLAlchemy's URL is not known: the driver, when only one is installed. Whether it was reached now.
  bool reach_only_driver() {
    if (database_known_ || makes_engines_.empty()) return false;
    database_known_ = true;
    std::vector<std::string> installed;
    for (const auto driver : sql_drivers)
      if (finder_.find(std::string(driver)).found()) installed.emplace_back(driver);
    return installed.size() == 1 &&
           reach_module(installed.front(), {Tier::likely, makes_engines_, "only driver that is installed"});
  }

  /// Names in a compiled module's data that are modules beside it or on the path.
  void follow_names(const ImportWalk::Visit& visit, const std::string& module) {
    const auto package = parent_of(module);
    for (const auto& text : visit.object->module_strings) {
      const ImportWalk::Reason reason{weaker(visit.tier, Tier::likely), visit.path, "string " + text};
      const bool is_dotted = text.find('.') != std::string::npos;
      if (is_dotted || package.empty() || !reach_sibling(std::string(package).append(".").append(text), reason))
        reach_sibling(text, reason);
    }
  }

  bool reach_sibling(const std::string& name, const ImportWalk::Reason& reason) {
    const auto& file = finder_.find(name).file;
    if (!file || context_.files.elf(file->file) == nullptr) return false;
    names_.try_emplace(file->path, name);
    walk_.reach(*file, reason, Via::sibling_module);
    return true;
  }

  const Context& context_;
  const PythonHome& home_;
  PythonCommand command_;
  PythonPath path_;
  PythonFinder finder_;
  ImportWalk walk_;
  CalledImports called_;
  std::string program_;                                 // name of the module that is the program
  std::string makes_engines_;                           // file of SQLAlchemy that does
  bool database_known_ = false;                         // by a URL
  std::unordered_map<std::string, std::string> names_;  // of files, by path
  std::unordered_map<std::string, std::vector<PythonLoad>> loads_;
  std::unordered_map<std::string, std::unordered_map<std::string, std::string>> lazy_members_;
};

}  // namespace

std::vector<Candidate> python_modules(const Context& context) {
  const auto home = find_python(context);
  if (!home) return {};
  return PythonRule(context, *home).run();
}

}  // namespace imgslim::plugins
