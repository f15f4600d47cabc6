#include "report/json_sink.h"

#include <cmath>
#include <cstdio>

#include "core/check.h"
#include "report/escape.h"

namespace imgslim::report {
namespace {
constexpr std::size_t levels_in_lines = 2;
}

void JsonSink::append(std::string_view text) {
  strings_ == Strings::text ? append_json_text(out_, text) : append_json_string(out_, text);
}

void JsonSink::break_line(std::size_t depth) {
  out_.push_back('\n');
  out_.append(2 * depth, ' ');
}

void JsonSink::before_member() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (open_.empty()) return;
  auto& container = open_.back();
  if (!container.empty) out_.append(container.in_lines ? "," : ", ");
  if (container.in_lines) break_line(open_.size());
  container.empty = false;
}

bool JsonSink::lists_rows() const {
  return layout_ == Layout::lines && open_.size() == levels_in_lines + 1 && open_.back().closing == ']' &&
         open_[levels_in_lines - 1].closing == '}';
}

void JsonSink::open(char bracket) {
  if (bracket == '{' && lists_rows()) open_.back().in_lines = true;
  before_member();
  out_.push_back(bracket);
  open_.push_back({bracket == '{' ? '}' : ']', layout_ == Layout::lines && open_.size() < levels_in_lines});
}

void JsonSink::close() {
  const auto container = open_.back();
  open_.pop_back();
  if (container.in_lines && !container.empty) break_line(open_.size());
  out_.push_back(container.closing);
  if (open_.empty()) out_.push_back('\n');
}

void JsonSink::key(std::string_view name) {
  before_member();
  append(name);
  out_.append(": ");
  after_key_ = true;
}

void JsonSink::plain(std::string_view text) {
  before_member();
  append_json_text(out_, text);
}

void JsonSink::value(std::string_view text) {
  before_member();
  append(text);
}

void JsonSink::value(std::uint64_t number) {
  before_member();
  out_.append(std::to_string(number));
}

void JsonSink::value(bool truth) {
  before_member();
  out_.append(truth ? "true" : "false");
}

void JsonSink::ratio(double number) {
  IMGSLIM_CHECK(number >= 0 && number <= 1);
  before_member();
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%.6f", std::fabs(number));  // -0.0 is written as 0
  std::string_view digits(buffer);
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.remove_suffix(1);
  out_.append(digits);
}

void JsonSink::null() {
  before_member();
  out_.append("null");
}

}  // namespace imgslim::report
