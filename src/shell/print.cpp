/// The inverse of parse(). Newlines separate commands everywhere, also inside $( ), so that the bodies of
/// here-documents can follow their operators: they are written at the next newline, as the parser reads them.
#include "shell/print.h"

#include "shell/parser.h"

namespace imgslim::shell {
namespace {

class Printer {
 public:
  explicit Printer(const Parsed& parsed) : parsed_(parsed) {}

  std::string print() {
    for (const auto& chain : parsed_.list.chains) {
      print_chain(chain);
      newline();
    }
    return std::move(out_);
  }

 private:
  void newline() {
    out_ += '\n';
    auto documents = std::move(pending_);
    pending_.clear();
    for (const auto& [index, delimiter] : documents) {
      const auto& document = parsed_.here_documents[index];
      auto outer = std::move(pending_);
      pending_.clear();
      print_parts(document.body.parts);
      pending_ = std::move(outer);
      out_ += delimiter + '\n';
    }
  }

  void print_list(const List& list) {
    newline();
    for (const auto& chain : list.chains) {
      print_chain(chain);
      newline();
    }
  }

  void print_chain(const Chain& chain) {
    for (const auto& pipeline : chain.pipelines) {
      if (pipeline.connector == Connector::both) out_ += " && ";
      if (pipeline.connector == Connector::either) out_ += " || ";
      print_pipeline(pipeline);
    }
    if (chain.background) out_ += " &";
  }

  void print_pipeline(const Pipeline& pipeline) {
    if (pipeline.timed) out_ += "time -p ";  // with the option: the next word may look like it
    if (pipeline.negated) out_ += "! ";
    bool first = true;
    for (const auto& command : pipeline.commands) {
      if (!first) out_ += " | ";
      first = false;
      print_command(command);
    }
  }

  void print_command(const Command& command) {
    switch (command.kind) {
      case CommandKind::simple:
        return print_simple(command);
      case CommandKind::function:
        out_ += "function " + command.name + " () ";
        return print_command(command.body.front());
      case CommandKind::coprocess:
        out_ += "coproc " + command.name + (command.name.empty() ? "" : " ");
        return print_command(command.body.front());
      case CommandKind::opaque:
        out_ += command.name;
        return;
      default:
        print_compound(command);
    }
    for (const auto& redirection : command.redirections) print_redirection(redirection);
  }

  /// Redirections come first: behind them no word is a reserved one.
  void print_simple(const Command& command) {
    for (const auto& redirection : command.redirections) print_redirection(redirection);
    const char* separator = command.redirections.empty() ? "" : " ";
    const auto next = [&] { out_ += std::exchange(separator, " "); };
    for (const auto& assignment : command.assignments) {
      next();
      out_ += assignment.name;
      for (const auto& subscript : assignment.subscript) print_bracketed(subscript);
      out_ += assignment.append ? "+=" : "=";
      print_parts(assignment.value.parts);
    }
    for (const auto& word : command.words) {
      next();
      print_parts(word.parts);
    }
  }

  void print_compound(const Command& command) {
    switch (command.kind) {
      case CommandKind::group:
        return print_enclosed("{", command.lists.front(), "}");
      case CommandKind::subshell:
        return print_enclosed("(", command.lists.front(), ")");
      case CommandKind::if_clause:
        return print_if(command);
      case CommandKind::while_loop:
      case CommandKind::until_loop:
        print_enclosed(command.kind == CommandKind::while_loop ? "while" : "until", command.lists[0], "do");
        return print_enclosed("", command.lists[1], "done");
      case CommandKind::for_loop:
      case CommandKind::select_loop:
        out_ += (command.kind == CommandKind::for_loop ? "for " : "select ") + command.name;
        if (command.has_in) out_ += " in";
        for (const auto& word : command.words) print_word_after(" ", word);
        newline();
        return print_enclosed("do", command.lists.front(), "done");
      case CommandKind::arithmetic_for:
        print_word_after("for ((", command.words[0]);
        print_word_after(";", command.words[1]);
        print_word_after(";", command.words[2]);
        out_ += "))";
        newline();
        return print_enclosed("do", command.lists.front(), "done");
      case CommandKind::case_clause:
        return print_case(command);
      case CommandKind::conditional:
        out_ += "[[";
        for (const auto& word : command.words) print_word_after(" ", word);
        out_ += " ]]";
        return;
      default:
        print_word_after("((", command.words.front());
        out_ += "))";
    }
  }

  void print_enclosed(std::string_view opening, const List& list, std::string_view closing) {
    out_ += opening;
    print_list(list);
    out_ += closing;
  }

  void print_if(const Command& command) {
    const auto& lists = command.lists;
    for (std::size_t i = 0; i + 1 < lists.size(); i += 2) {
      print_enclosed(i == 0 ? "if" : "elif", lists[i], "then");
      print_list(lists[i + 1]);
    }
    if (lists.size() % 2 == 1) print_enclosed("else", lists.back(), "");
    out_ += "fi";
  }

  void print_case(const Command& command) {
    print_word_after("case ", command.words.front());
    out_ += " in";
    newline();
    for (const auto& item : command.cases) {
      const char* separator = "(";
      for (const auto& pattern : item.patterns) print_word_after(std::exchange(separator, "|"), pattern);
      print_enclosed(")", item.body, item.terminator);
      newline();
    }
    out_ += "esac";
  }

  void print_redirection(const Redirection& redirection) {
    out_ += ' ';
    out_ += redirection.descriptor + redirection.operation;
    if (redirection.here_document) {
      const auto& document = parsed_.here_documents[*redirection.here_document];
      const auto delimiter = fresh_delimiter(document.body);
      out_ += document.quoted ? "'" + delimiter + "'" : delimiter;
      pending_.emplace_back(*redirection.here_document, delimiter);
    } else {
      print_word_after(" ", redirection.target);
    }
  }

  /// A line that is not in the body, whatever its expansions print.
  std::string fresh_delimiter(const Word& body) {
    Printer printer(parsed_);
    printer.print_parts(body.parts);
    printer.newline();
    std::string delimiter = "EOF";
    while (printer.out_.find(delimiter) != std::string::npos) delimiter += '_';
    return delimiter;
  }

  void print_word_after(std::string_view before, const Word& word) {
    out_ += before;
    print_parts(word.parts);
  }

  void print_bracketed(const Word& word) {
    print_word_after("[", word);
    out_ += ']';
  }

  void print_parts(const std::vector<Part>& parts) {
    for (const auto& part : parts) print_part(part);
  }

  void print_part(const Part& part) {
    switch (part.kind) {
      case PartKind::literal:
      case PartKind::operator_token:
        out_ += part.text;
        return;
      case PartKind::escaped:
        for (const char c : part.text) (out_ += '\\') += c;
        return;
      case PartKind::single_quoted:
        out_ += "'" + part.text + "'";
        return;
      case PartKind::dollar_quoted:
        out_ += "$'" + part.text + "'";
        return;
      case PartKind::double_quoted:
      case PartKind::translated:
        out_ += part.kind == PartKind::translated ? "$\"" : "\"";
        print_parts(part.parts);
        out_ += '"';
        return;
      case PartKind::parameter:
        return print_parameter(part);
      case PartKind::arithmetic:
        out_ += part.text.empty() ? "$((" : "$[";
        print_parts(part.parts);
        out_ += part.text.empty() ? "))" : "]";
        return;
      case PartKind::command:
        out_ += "$(";
        break;
      case PartKind::process_substitution:
        out_ += part.text + "(";
        break;
      case PartKind::array:
        out_ += '(';
        for (const auto& element : part.operands) print_word_after(" ", element);
        out_ += " )";
        return;
    }
    print_list(part.list.front());
    out_ += ')';
  }

  void print_parameter(const Part& part) {
    out_ += part.length ? "${#" : part.indirect ? "${!" : "${";
    out_ += part.text;
    for (const auto& subscript : part.subscript) print_bracketed(subscript);
    out_ += part.operation;
    const char* separator = "";
    for (const auto& operand : part.operands) {
      out_ += std::exchange(separator, part.operation == ":" ? ":" : "/");
      print_parts(operand.parts);
    }
    out_ += '}';
  }

  const Parsed& parsed_;
  std::string out_;
  std::vector<std::pair<std::uint32_t, std::string>> pending_;
};

}  // namespace

std::string print(const Parsed& parsed) { return Printer(parsed).print(); }

}  // namespace imgslim::shell
