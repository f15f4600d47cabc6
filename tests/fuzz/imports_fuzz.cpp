#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "imports/imports.h"

/// The first byte chooses the language. What is read is bounded, and the same text gives the same facts.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgslim::imports;
  if (size == 0) return 0;
  constexpr Language languages[] = {Language::python,     Language::perl, Language::ruby,
                                    Language::javascript, Language::lua,  Language::tcl};
  const auto language = languages[data[0] % 6];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto facts = read_imports(language, text);
  IMGSLIM_CHECK(facts.language == language && facts.imports.size() <= most_imports);
  for (const auto& import : facts.imports) {
    IMGSLIM_CHECK(import.name.size() <= longest_name_bytes + 1);
    IMGSLIM_CHECK(!import.name.empty() || import.form == Form::native);
  }
  for (const auto& offer : facts.offers) IMGSLIM_CHECK(offer.import < facts.imports.size());
  IMGSLIM_CHECK(read_imports(language, text) == facts);
  return 0;
}
