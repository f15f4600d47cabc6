// Whatever bytes a name holds: no escaper lets it end what it stands in, start a command, or tell anybody.
#include <cstdint>
#include <string>

#include "core/check.h"
#include "report/escape_markup.h"

using namespace imgslim;
using namespace imgslim::report;

namespace {

void check_no_controls(const std::string& text) {
  for (const char c : text) IMGSLIM_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void check_xml(std::string_view text) {
  const auto shown = escape_xml(text);
  check_no_controls(shown);
  IMGSLIM_CHECK(shown.find_first_of("<>\"") == std::string::npos);
}

void check_commands(std::string_view text) {
  for (const auto part : {CommandPart::property, CommandPart::message}) {
    const auto github = escape_github(text, part);
    const auto azure = escape_azure(text, part);
    check_no_controls(github);
    check_no_controls(azure);
    IMGSLIM_CHECK(!github.starts_with("::") && azure.find("##vso[") == std::string::npos);
    if (part == CommandPart::message) continue;
    IMGSLIM_CHECK(github.find_first_of(":,") == std::string::npos);
    IMGSLIM_CHECK(azure.find_first_of(";]") == std::string::npos);
  }
}

/// Outside of backslashes there is no mark left, and behind each sign of a reference stands the space.
void check_markdown(std::string_view text) {
  const auto shown = escape_markdown(text);
  check_no_controls(shown);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto rest = std::string_view(shown).substr(i);
    if (rest.starts_with("&#8203;")) {
      i += 6;
      continue;
    }
    if (rest.front() == '\\') {
      IMGSLIM_CHECK(rest.size() > 1);
      ++i;
      const bool refers = std::string_view("@#!~$&").find(shown[i]) != std::string_view::npos;
      if (refers) IMGSLIM_CHECK(std::string_view(shown).substr(i + 1).starts_with("&#8203;"));
      continue;
    }
    IMGSLIM_CHECK(std::string_view("`*_{}[]()<>#!|&~@$").find(rest.front()) == std::string_view::npos);
    IMGSLIM_CHECK(!rest.starts_with("://"));
  }
}

/// A span ends with the run of backticks that it starts with, and has no such run inside.
void check_code(std::string_view text) {
  const auto span = markdown_code(text);
  check_no_controls(span);
  const auto fence = span.find_first_not_of('`');
  IMGSLIM_CHECK(fence != std::string::npos && fence > 0);
  const std::string ticks(fence, '`');
  IMGSLIM_CHECK(span.ends_with(ticks) && span.find(ticks, fence) == span.size() - fence);
  for (std::size_t i = 0; i < span.size(); ++i) IMGSLIM_CHECK(span[i] != '|' || (i > 0 && span[i - 1] == '\\'));
}

void check_block(std::string_view text) {
  const auto block = markdown_block("diff", text);
  const auto fence = block.substr(0, block.find_first_not_of('`'));
  IMGSLIM_CHECK(fence.size() >= 3 && block.ends_with("\n" + fence + "\n"));
  IMGSLIM_CHECK(block.find(fence, fence.size()) == block.size() - fence.size() - 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_xml(text);
  check_commands(text);
  check_markdown(text);
  check_code(text);
  check_block(text);
  return 0;
}
