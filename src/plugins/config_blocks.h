#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace imgslim::plugins {

/// What must hold for a line of a configuration file to count.
struct Condition {
  enum class Kind : std::uint8_t {
    module,   ///< <IfModule NAME>: the module is loaded
    define,   ///< <IfDefine NAME>, #!ifdef NAME: the name is defined
    exists,   ///< .ifexists NAME: the image has the module
    unknown,  ///< an expression
  };
  Kind kind = Kind::module;
  std::string_view name;
  bool negated = false;
};

/// The conditional blocks that are open at a line: those of Apache's format, and directives as of Kamailio ("#!ifdef"),
/// Exim and HAProxy (".ifdef", ".if") and C ("#ifdef").
class ConfigBlocks {
 public:
  /// True when the line opens, turns or closes a block, or defines a name.
  bool take(std::string_view line);
  /// Of the open blocks, outermost first; at most 32 are told.
  [[nodiscard]] const std::vector<Condition>& conditions() const { return conditions_; }
  /// Names that were defined where no condition stood.
  [[nodiscard]] const std::vector<std::string_view>& defined() const { return defined_; }

 private:
  bool take_element(std::string_view line);
  bool take_directive(std::string_view line);
  void open(Condition condition);
  void turn();
  void close();

  std::vector<Condition> conditions_;
  std::vector<std::string_view> defined_;
  std::size_t depth_ = 0;  // open blocks; more than conditions_ when nested beyond reason
};

}  // namespace imgslim::plugins
