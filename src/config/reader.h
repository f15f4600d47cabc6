#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/located.h"

namespace imgslim::config {

/// Reads typed values out of a document. The first problem is kept with its place; what is read after it does not
/// matter: ask error() at the end.
class Reader {
 public:
  using Value = json::Located;

  explicit Reader(std::string_view file) : file_(file) {}
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

  void fail(const Value& at, std::string_view message);
  /// A map with no keys but these; null is an empty one.
  bool map(const Value& value, std::initializer_list<std::string_view> known);
  [[nodiscard]] std::string text(const Value& value);
  [[nodiscard]] bool truth(const Value& value);
  /// A list of strings; null is an empty one.
  [[nodiscard]] std::vector<std::string> texts(const Value& value);
  [[nodiscard]] std::string one_of(const Value& value, std::initializer_list<std::string_view> known);
  /// A day: "2027-01-31".
  [[nodiscard]] std::string date(const Value& value);

 private:
  std::string file_;
  std::optional<Error> error_;
};

}  // namespace imgslim::config
