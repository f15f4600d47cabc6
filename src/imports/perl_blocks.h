#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "imports/imports.h"

namespace imgslim::imports {

/// When a `require` of Perl source runs: it does where it stands, so the blocks around it, the words in front of it and
/// modifiers behind it decide (perlsyn "Compound Statements", "Statement Modifiers").
struct PerlRun {
  Level level = Level::load;
  bool may_be_called = false;  ///< stands in a sub and depends on nothing there that is known
};

/// The subs and conditions that are open at a line. Lines are told in order. A block ends at a line that begins with
/// "}" no deeper than the line that opened it.
class PerlBlocks {
 public:
  /// `indent`: where the line's code begins. The line outlives the next call.
  void begin_line(std::string_view line, std::size_t indent);
  /// When what stands at byte `at` of the line runs.
  [[nodiscard]] PerlRun run_of(std::size_t at) const;

 private:
  enum class Kind : unsigned char {
    sub,
    condition,    // may not run
    alternative,  // runs when what its `if` tried to load is missing
  };
  struct Block {
    std::size_t indent;
    Kind kind;
  };
  [[nodiscard]] bool has(Kind kind) const;
  void open(std::size_t indent, Kind kind);
  void read_sub(std::size_t indent);
  void read_condition(std::size_t begin, std::size_t indent, bool continues, bool tried);

  std::vector<Block> blocks_;
  std::string_view line_;
  bool in_line_sub_ = false;  // the line holds a whole sub
  std::string_view head_;     // of the condition that the line begins with: its word
  std::size_t head_begin_ = 0;
  bool assured_ = false;      // that condition holds
  bool opens_block_ = false;  // that condition opened the last of blocks_
  bool last_never_ = false;   // the last condition holds nowhere
  bool last_tried_ = false;   // the last condition loads something to see whether it can
};

/// Whether the '#' of a comment stands in front of byte `at` of the line.
[[nodiscard]] bool is_in_perl_comment(std::string_view line, std::size_t at);

}  // namespace imgslim::imports
