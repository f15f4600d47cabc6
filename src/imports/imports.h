#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a source file asks its interpreter to load, as a small fact: taken while the file passes by, so that no source
/// text has to be kept.
namespace imgslim::imports {

enum class Language : std::uint8_t { none, python, perl, ruby, javascript, lua, tcl };

/// When an import runs.
enum class Level : std::uint8_t {
  load,       ///< as soon as the file is loaded
  fallback,   ///< on load, when the import before it failed (Python's `except ImportError`)
  lazy,       ///< when the program first uses a name that the file offers (Ruby's autoload, a table for `__getattr__`)
  call,       ///< only inside a function
  elsewhere,  ///< on load, on another operating system only (`if sys.platform == "win32"`)
  main,       ///< only when the file is the program itself (Python's `if __name__ == "__main__"`)
};

/// How the name is to be looked up; the meaning depends on the language.
enum class Form : std::uint8_t {
  module,    ///< by the search path: `import a.b`, `use A::B`, `require "a/b"` (Ruby, JavaScript packages)
  relative,  ///< beside the file: Python's leading dots (kept in the name), require_relative, "./x"
  member,    ///< Python `from a import b`: name "a.b", where b may be a module or an attribute of a; dots lead as above
  native,    ///< the file loads a compiled part of its own (XSLoader, DynaLoader, bindings()); name may be ""
  directory,  ///< no import: the name is a directory put in front of the search path (`use lib`, sys.path.insert,
              ///< package.path)
  database,   ///< no import: the scheme of a database's URL in a string of Python, "postgresql+asyncpg"
};

/// What the name of a directory begins with that stands beside the file; others are relative to the working directory.
inline constexpr std::string_view beside_file = "$ORIGIN/";

/// What the name of a relative import begins with that stands in the directory named like the file: "web/" of web.rb.
inline constexpr std::string_view own_parts = "$SELF/";

struct Import {
  std::string name;
  Level level = Level::load;
  Form form = Form::module;
  friend bool operator==(const Import&, const Import&) = default;
};

/// A name that brings an import of Level::lazy or Level::call: the constant of Ruby's autoload, or a function that runs
/// the import whenever it is called.
struct Offer {
  std::uint32_t import = 0;  ///< position in SourceFacts::imports
  std::uint32_t name = 0;    ///< name_number() of its last part; of a constant also of "Module::Constant"
  friend bool operator==(const Offer&, const Offer&) = default;
};

struct SourceFacts {
  Language language = Language::none;
  std::vector<Import> imports;  ///< in file order, repeats left out, at most `most_imports`
  /// Of Perl and Ruby, the text without documentation, comments, blank lines and indents; nothing for other languages.
  std::optional<std::uint64_t> code_bytes;
  std::vector<Offer> offers;
  /// Ascending: name_number() of each constant that the file speaks of (Ruby; of `A::B` those of A and of A::B), or of
  /// each function that code outside of functions calls or hands on (Python, Lua; of `a.b` that of b).
  std::vector<std::uint32_t> named;
  friend bool operator==(const SourceFacts&, const SourceFacts&) = default;
};

/// What is kept of one file, and the longest name; more than any real file has.
inline constexpr std::size_t most_imports = 10'000;
inline constexpr std::size_t longest_name_bytes = 512;

/// The language that the file name tells (.py, .pm/.pl/.psgi, .rb, .js/.cjs/.mjs, .lua, .tcl); none else. Runs for
/// every path of an image.
[[nodiscard]] Language language_of(std::string_view clean_path);

/// A name as a number, never 0; two names may have the same.
[[nodiscard]] std::uint32_t name_number(std::string_view name);

/// Reads the imports of a source text. Never fails: what is not understood is passed over. Linear in the text.
[[nodiscard]] SourceFacts read_imports(Language language, std::string_view text);

}  // namespace imgslim::imports
