#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imgslim::packages {

/// How a field's continuation lines are put together.
enum class Continuation {
  lines,  ///< deb822 (deb-control(5)) and RFC 822 headers: joined by "\n", their first blank dropped
  wrap,   ///< JAR manifests: one value broken at 72 bytes, joined without anything
};

/// The "Name: value" fields of one paragraph, in order.
class ControlFields {
 public:
  /// Takes the next paragraph off `text`, up to and with the blank line that ends it; blank lines before it are
  /// skipped. Lines that are no field are ignored.
  static ControlFields take(std::string_view& text, Continuation continuation = Continuation::lines);

  /// The value of the first field of that name, case ignored as deb-control(5) has it; "" when there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const;
  [[nodiscard]] bool empty() const { return fields_.empty(); }

 private:
  std::vector<std::pair<std::string_view, std::string>> fields_;
};

}  // namespace imgslim::packages
