#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "imports/import_list.h"

/// Which functions of a file run as soon as the file is loaded, because code outside of functions calls them.
namespace imgslim::imports {

enum class SpanKind : std::uint8_t {
  function,
  main,    ///< runs only when the file is the program
  opaque,  ///< when it runs is not asked: classes
};

/// A part of the file that begins and ends at the outermost level.
struct Span {
  SpanKind kind = SpanKind::function;
  std::string_view name;           ///< of functions
  std::size_t begin = 0, end = 0;  ///< bytes of the text; the line that opens it belongs to it
};

/// Which functions of a file run an import whenever they are called: told as offers of the list, for callers in other
/// files.
void offer_called_imports(std::string_view text, const std::vector<Span>& spans, ImportList& list);

/// Raises imports that stand in functions to Level::load, or Level::main, where the function is called by name outside
/// of functions, or by one that is. Neither the call nor the import may depend on a condition. `spans` are sorted and
/// do not overlap; words that begin the lines of conditions are the same in all languages that this is for. The work is
/// bounded by a multiple of the text.
void raise_called_imports(std::string_view text, const std::vector<Span>& spans, ImportList& list);

}  // namespace imgslim::imports
