#include "config/reader.h"

#include <algorithm>
#include <tuple>

#include "core/nearest.h"

namespace imgslim::config {

void Reader::fail(const Value& at, std::string_view message) {
  if (!error_) error_ = json::located_error(file_, at, message);
}

bool Reader::map(const Value& value, std::initializer_list<std::string_view> known) {
  if (value.kind == Value::Kind::null) return true;
  if (value.kind != Value::Kind::object) {
    fail(value, "a map is wanted here");
    return false;
  }
  const std::vector<std::string_view> words(known);
  for (std::size_t at = 0; at < value.members.size(); ++at) {
    const auto& key = value.members[at].first;
    if (std::find(words.begin(), words.end(), key) != words.end()) continue;
    Value place;
    std::tie(place.line, place.column) = value.key_places[at];
    fail(place, "unknown key \"" + key + "\"" + did_you_mean(key, words));
    return false;
  }
  return true;
}

std::string Reader::text(const Value& value) {
  if (value.kind != Value::Kind::string) fail(value, "a text is wanted here");
  return value.text;
}

bool Reader::truth(const Value& value) {
  if (value.kind != Value::Kind::boolean) fail(value, "true or false is wanted here");
  return value.truth;
}

std::vector<std::string> Reader::texts(const Value& value) {
  std::vector<std::string> out;
  if (value.kind == Value::Kind::null) return out;
  if (value.kind != Value::Kind::array) fail(value, "a list is wanted here");
  for (const auto& item : value.items) out.push_back(text(item));
  return out;
}

std::string Reader::one_of(const Value& value, std::initializer_list<std::string_view> known) {
  auto word = text(value);
  const std::vector<std::string_view> words(known);
  if (std::find(words.begin(), words.end(), word) == words.end())
    fail(value, "\"" + word + "\" is not known here" + did_you_mean(word, words));
  return word;
}

std::string Reader::date(const Value& value) {
  auto day = text(value);
  const std::string_view shape = "dddd-dd-dd";
  const bool shaped =
      day.size() == shape.size() && std::equal(day.begin(), day.end(), shape.begin(),
                                               [](char c, char s) { return s == 'd' ? c >= '0' && c <= '9' : c == s; });
  const auto month = shaped ? day.substr(5, 2) : "", of_month = shaped ? day.substr(8, 2) : "";
  if (!shaped || month < "01" || month > "12" || of_month < "01" || of_month > "31")
    fail(value, "\"" + day + "\" is no date: write 2027-01-31");
  return day;
}

}  // namespace imgslim::config
