#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What a source file asks its interpreter to load, as a small fact: taken while the file passes by, so that no source
/// text has to be kept.
namespace imgslim::imports {

enum class Language : std::uint8_t { none, python, perl, ruby, javascript };

/// When an import runs.
enum class Level : std::uint8_t {
  load,  ///< as soon as the file is loaded
  call,  ///< only inside a function
  main,  ///< only when the file is the program itself (Python's `if __name__ == "__main__"`)
};

/// How the name is to be looked up; the meaning depends on the language.
enum class Form : std::uint8_t {
  module,    ///< by the search path: `import a.b`, `use A::B`, `require "a/b"` (Ruby, JavaScript packages)
  relative,  ///< beside the file: Python's leading dots (kept in the name), require_relative, "./x"
  member,    ///< Python `from a import b`: name "a.b", where b may be a module or an attribute of a
  native,    ///< the file loads a compiled part of its own (XSLoader, DynaLoader, bindings()); name may be ""
};

struct Import {
  std::string name;
  Level level = Level::load;
  Form form = Form::module;
  friend bool operator==(const Import&, const Import&) = default;
};

struct SourceFacts {
  Language language = Language::none;
  std::vector<Import> imports;  ///< in file order, repeats left out
  friend bool operator==(const SourceFacts&, const SourceFacts&) = default;
};

/// The language that the file name tells (.py, .pm/.pl, .rb, .js/.cjs/.mjs); none else. Runs for every path of an image.
[[nodiscard]] Language language_of(std::string_view clean_path);

/// Reads the imports of a source text. Never fails: what is not understood is passed over. Linear in the text.
[[nodiscard]] SourceFacts read_imports(Language language, std::string_view text);

}  // namespace imgslim::imports
