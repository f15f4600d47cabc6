#include "json/parse.h"

#include <set>
#include <vector>

namespace imgslim::json {
namespace {

using DomParser = nlohmann::detail::json_sax_dom_parser<Value>;

/// Forwards events to nlohmann's DOM builder and stops at the first thing that I-JSON or the limits forbid: the DOM
/// parser alone keeps the last of duplicate keys, turns long integers into doubles and has no depth limit.
class StrictHandler {
 public:
  StrictHandler(Value& root, const Limits& limits) : dom_(root, false), limits_(limits) {}

  bool null() { return count() && dom_.null(); }
  bool boolean(bool value) { return count() && dom_.boolean(value); }
  bool number_integer(Value::number_integer_t value) { return count() && dom_.number_integer(value); }
  bool number_unsigned(Value::number_unsigned_t value) { return count() && dom_.number_unsigned(value); }
  bool number_float(Value::number_float_t value, const std::string& literal) {
    if (literal.find_first_of(".eE") == std::string::npos)
      return fail("integer out of range: " + literal.substr(0, 40));
    return count() && dom_.number_float(value, literal);
  }
  bool string(std::string& value) { return count() && dom_.string(value); }
  bool binary(Value::binary_t& value) { return dom_.binary(value); }
  bool start_object(std::size_t size) {
    keys_.emplace_back();
    return descend() && dom_.start_object(size);
  }
  bool end_object() {
    keys_.pop_back();
    --depth_;
    return dom_.end_object();
  }
  bool start_array(std::size_t size) { return descend() && dom_.start_array(size); }
  bool end_array() {
    --depth_;
    return dom_.end_array();
  }
  bool key(std::string& name) {
    if (!keys_.back().insert(name).second) return fail("duplicate key \"" + name.substr(0, 100) + "\"");
    return count() && dom_.key(name);
  }
  bool parse_error(std::size_t position, const std::string&, const Value::exception& exception) {
    // nlohmann's text names its own exception ids first: keep what follows the last "parse error".
    const std::string what = exception.what();
    const auto detail = what.rfind("syntax error");
    return fail("byte " + std::to_string(position) + ": " +
                (detail == std::string::npos ? "not JSON" : what.substr(detail)));
  }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  bool fail(std::string message) {
    if (!error_) error_ = input_error(std::move(message));
    return false;
  }
  bool count() {
    if (++values_ <= limits_.json_values) return true;
    error_ = limit_hit(limits_, &Limits::json_values, "JSON with too many values");
    return false;
  }
  bool descend() {
    if (++depth_ > limits_.json_depth) {
      error_ = limit_hit(limits_, &Limits::json_depth, "JSON nested too deeply");
      return false;
    }
    return count();
  }

  DomParser dom_;
  const Limits& limits_;
  std::vector<std::set<std::string>> keys_;
  std::uint64_t depth_ = 0;
  std::uint64_t values_ = 0;
  std::optional<Error> error_;
};

const Value null_value;

}  // namespace

Result<Value> parse(std::string_view text, const Limits& limits) {
  Value root;
  StrictHandler handler(root, limits);
  const bool ok = Value::sax_parse(text.begin(), text.end(), &handler);
  if (handler.error()) return *handler.error();
  if (!ok) return input_error("not JSON");
  return root;
}

const Value& member(const Value& object, const char* key) {
  if (!object.is_object()) return null_value;
  const auto found = object.find(key);
  return found == object.end() ? null_value : *found;
}

std::string string_member(const Value& object, const char* key) {
  const auto& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool bool_member(const Value& object, const char* key) {
  const auto& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> strings_member(const Value& object, const char* key) {
  std::vector<std::string> strings;
  const auto& array = member(object, key);
  if (!array.is_array()) return strings;
  for (const auto& item : array)
    if (item.is_string()) strings.push_back(item.get<std::string>());
  return strings;
}

std::optional<std::uint64_t> unsigned_member(const Value& object, const char* key) {
  const auto& value = member(object, key);
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (value.is_number_integer() && value.get<std::int64_t>() >= 0)
    return static_cast<std::uint64_t>(value.get<std::int64_t>());
  return std::nullopt;
}

}  // namespace imgslim::json
