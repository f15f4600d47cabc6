#pragma once

#include <string>
#include <string_view>

/// Escapers for markup and for the commands of CI services. Each begins with escape_terminal, so that no control, no
/// line end and no invisible character is in what it gives.
namespace imgslim::report {

/// For XML 1.0 attribute values and text.
[[nodiscard]] std::string escape_xml(std::string_view text);

/// Where a text stands in a command line of a CI service: as a property's value, or behind them as the message.
enum class CommandPart { property, message };

/// For GitHub's workflow commands (github.com/actions/toolkit, docs/commands.md).
[[nodiscard]] std::string escape_github(std::string_view text, CommandPart part);

/// For Azure's logging commands (learn.microsoft.com, Azure Pipelines, logging commands; %AZP25 is a percent sign).
[[nodiscard]] std::string escape_azure(std::string_view text, CommandPart part);

/// Prose in Markdown, in cells of tables too: nothing is markup, HTML or a link, and nothing makes GitHub or GitLab
/// tell somebody ("@name") or refer to something ("#1", "!1", "owner/name#1"): a zero-width space parts the sign from
/// the name. Stands behind other text: at the start of a line, "1. " and "- " would be lists.
[[nodiscard]] std::string escape_markdown(std::string_view text);

/// A code span, which neither service looks into; made for cells of tables, so a bar in it has a backslash.
[[nodiscard]] std::string markdown_code(std::string_view text);

/// A fenced block of lines in a language ("diff"); each line is escaped, and the fence is longer than any in it.
[[nodiscard]] std::string markdown_block(std::string_view language, std::string_view text);

}  // namespace imgslim::report
