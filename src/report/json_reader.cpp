#include <cmath>
#include <limits>

#include "imgslim/budget.h"
#include "imgslim/render.h"
#include "json/parse.h"
#include "report/escape.h"
#include "report/json_fields.h"
#include "report/json_writer.h"
#include "report/lock.h"

namespace imgslim {
namespace report {
namespace {

/// Walks the field lists and fills each member from JSON; keeps the first thing that is wrong, with its place.
class Reader {
 public:
  Reader(const json::Value& object, std::string place, std::optional<Error>& error)
      : object_(object), place_(std::move(place)), error_(error) {}

  template <typename T>
  void operator()(const char* key, T& member) {
    if (error_) return;
    const auto found = object_.find(key);
    const std::string place = place_.empty() ? key : place_ + "." + key;
    if (found != object_.end())
      read(*found, place, member);
    else
      missing(place, member);
  }
  void plain(const char* key, std::string& member) {
    if (error_) return;
    const auto found = object_.find(key);
    const std::string place = place_.empty() ? key : place_ + "." + key;
    if (found == object_.end()) return missing(place, member);
    if (!found->is_string()) return fail(place, "is not a string");
    member = found->get_ref<const std::string&>();
  }
  template <typename T>
  void section(const char* key, T& member) {
    if (object_.contains(key)) (*this)(key, member);
  }

 private:
  template <typename T>
  void missing(const std::string&, std::optional<T>& member) {
    member.reset();
  }
  template <typename T>
  void missing(const std::string& place, T&) {
    fail(place, "is missing");
  }

  void fail(const std::string& place, const char* what) {
    if (!error_) error_ = input_error(place + " " + what);
  }

  void read(const json::Value& value, const std::string& place, std::string& text) {
    if (!value.is_string()) return fail(place, "is not a string");
    text = unescape_bytes(value.get_ref<const std::string&>());
  }
  void read(const json::Value& value, const std::string& place, bool& truth) {
    if (!value.is_boolean()) return fail(place, "is not true or false");
    truth = value.get<bool>();
  }
  void read(const json::Value& value, const std::string& place, std::uint64_t& number) {
    if (!value.is_number_unsigned()) return fail(place, "is not a non-negative integer");
    number = value.get<std::uint64_t>();
  }
  void read(const json::Value& value, const std::string& place, std::uint32_t& number) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
      return fail(place, "is not an integer of 32 bits");
    number = value.get<std::uint32_t>();
  }
  void read(const json::Value& value, const std::string& place, double& ratio) {
    const double number = value.is_number() ? value.get<double>() : -1;
    if (!(number >= 0 && number <= 1)) return fail(place, "is not a ratio from 0 to 1");
    ratio = std::round(number * 1e6) / 1e6;
  }
  template <typename T>
  void read(const json::Value& value, const std::string& place, std::optional<T>& member) {
    member.reset();
    if (!value.is_null()) read(value, place, member.emplace());
  }
  template <typename T>
  void read(const json::Value& value, const std::string& place, std::vector<T>& items) {
    if (!value.is_array()) return fail(place, "is not an array");
    items.clear();
    items.reserve(value.size());
    for (const auto& item : value) {
      if (error_) return;
      const auto item_place = place + "[" + std::to_string(items.size()) + "]";
      read(item, item_place, items.emplace_back());
    }
  }
  template <typename T>
  void read(const json::Value& value, const std::string& place, std::map<std::string, T>& items) {
    if (!value.is_object()) return fail(place, "is not an object");
    items.clear();
    for (const auto& [key, item] : value.items()) {
      if (error_) return;
      read(item, std::string(place).append(".").append(key), items[unescape_bytes(key)]);
    }
  }
  template <typename T>
  void read(const json::Value& value, const std::string& place, T& object) {
    if (!value.is_object()) return fail(place, "is not an object");
    Reader reader(value, place, error_);
    visit_fields(reader, object);
  }

  const json::Value& object_;
  std::string place_;
  std::optional<Error>& error_;
};

/// A report is ours and may list every file of a large image, so it may hold far more values than a manifest.
Limits report_limits() {
  Limits limits;
  limits.json_values = 50'000'000;
  return limits;
}

/// `what` is how the message calls such a file; `expected` ends in the version: "imgslim.report/1".
Status check_schema(const json::Value& root, const char* what, const std::string& expected) {
  const auto schema = json::string_member(root, "schema");
  if (schema == expected) return Done{};
  if (schema.starts_with(expected.substr(0, expected.size() - 1)))
    return input_error("schema \"" + schema.substr(0, 40) + "\" is not known: this version reads " + expected);
  return input_error(std::string("not an imgslim ") + what + ": no \"schema\": \"" + expected + "\"");
}

template <typename T>
Result<T> read_document(std::string_view text, const char* what, const char* schema) {
  IMGSLIM_TRY(const json::Value root, json::parse(text, report_limits()));
  IMGSLIM_TRY_DONE(check_schema(root, what, schema));
  T document;
  std::optional<Error> error;
  Reader reader(root, "", error);
  visit_fields(reader, document);
  if (error) return std::move(*error);
  return document;
}

}  // namespace
}  // namespace report

Result<Report> parse_report(std::string_view text) {
  return report::read_document<Report>(text, "report", report::report_schema);
}

Result<Report> parse_lock(std::string_view text) {
  IMGSLIM_TRY(const auto lock, report::read_document<report::LockFile>(text, "lock", report::lock_schema));
  return report::report_of(lock);
}

}  // namespace imgslim
