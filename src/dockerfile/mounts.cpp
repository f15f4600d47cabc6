// RUN --mount=type=cache,target=/x,…: comma-separated fields as in RFC 4180 (a field may stand in double quotes), each
// key=value or a bare key. Keys and which type takes them: docs.docker.com/reference/dockerfile/#run---mount.
#include "dockerfile/mounts.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/nearest.h"
#include "dockerfile/blanks.h"

namespace imgslim::dockerfile {
namespace {

constexpr auto npos = std::string_view::npos;

constexpr std::array<std::string_view, 5> mount_types{"bind", "cache", "secret", "ssh", "tmpfs"};
constexpr std::array<std::string_view, 3> sharing_modes{"locked", "private", "shared"};
constexpr std::array<std::string_view, 19> mount_keys{
    "destination", "dst", "env",     "from", "gid",    "id",  "mode",   "readonly", "readwrite", "required",
    "ro",          "rw",  "sharing", "size", "source", "src", "target", "type",     "uid"};
/// Keys that only buildah knows (buildah-build(1)); BuildKit refuses them, but who builds with buildah means them.
constexpr std::array<std::string_view, 9> buildah_keys{
    "bind-nonrecursive", "bind-propagation", "chown", "notmpcopyup", "relabel", "rprivate", "tmpcopyup", "u", "z"};

template <std::size_t size>
bool holds(const std::array<std::string_view, size>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::string canonical(std::string_view key) {
  auto lower = to_lower(key);
  if (lower == "src") return "source";
  if (lower == "dst" || lower == "destination") return "target";
  if (lower == "ro") return "readonly";
  if (lower == "rw") return "readwrite";
  return lower;
}

bool has_variable(std::string_view value) { return value.find('$') != npos; }

class MountReader {
 public:
  MountReader(const ReadFlag& flag, std::vector<Problem>& problems)
      : value_(flag.value), text_(flag.value.text()), problems_(problems) {
    mount_.span = flag.flag.span;
  }

  Mount read() && {
    if (text_.empty()) bad("--mount needs fields, such as type=cache,target=/var/cache/apt", mount_.span);
    for (std::size_t at = 0; at < text_.size();) at = read_field(at);
    check_whole();
    return std::move(mount_);
  }

 private:
  void bad(std::string text, Span span) { problems_.push_back({ProblemKind::bad_mount, std::move(text), span}); }

  /// Returns the place behind the field's comma.
  std::size_t read_field(std::size_t at) {
    MappedText field;
    auto end = at;
    if (text_[at] == '"') {
      end = read_quoted(at + 1, field);
    } else {
      end = std::min(text_.find(',', at), text_.size());
      field = value_.part(static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end));
      if (field.text().find('"') != std::string::npos)
        bad("--mount: a quote within \"" + excerpt(field.text()) + "\": quote the whole field", span_of(field));
    }
    take_field(field);
    return end + 1;
  }

  /// Up to the closing quote; two quotes stand for one. Returns the place of the comma.
  std::size_t read_quoted(std::size_t at, MappedText& field) {
    while (at < text_.size()) {
      const bool quote = text_[at] == '"';
      if (quote && (at + 1 == text_.size() || text_[at + 1] != '"')) break;
      field.append(text_.substr(at, 1), value_.source_of(static_cast<std::uint32_t>(at)));
      at += quote ? 2 : 1;
    }
    const auto comma = std::min(text_.find(',', at), text_.size());
    if (at == text_.size() || comma != at + 1)
      bad("--mount: the quotes around \"" + excerpt(field.text()) + "\" do not end with the field", span_of(field));
    return comma;
  }

  static Span span_of(const MappedText& text) {
    return text.source_span(0, static_cast<std::uint32_t>(text.text().size()));
  }

  void take_field(const MappedText& text) {
    const auto size = text.text().size();
    const auto equals = std::min(text.text().find('='), size);
    MountField field;
    field.key = word_at(text, 0, equals);
    field.name = canonical(field.key.text);
    if (equals < size) field.value = word_at(text, equals + 1, size);
    check_field(field);
    if (field.name == "type" && field.value)
      mount_.type = has_variable(field.value->text) ? field.value->text : to_lower(field.value->text);
    mount_.fields.push_back(std::move(field));
  }

  [[nodiscard]] bool type_is(std::string_view a, std::string_view b = {}, std::string_view c = {}) const {
    return has_variable(mount_.type) || mount_.type == a || mount_.type == b || mount_.type == c;
  }

  void check_field(const MountField& field) {
    const auto& name = field.name;
    if (holds(buildah_keys, name)) return;
    if (!holds(mount_keys, name))
      return bad("--mount: unknown key \"" + excerpt(field.key.text) + "\"" + did_you_mean(name, mount_keys),
                 field.key.span);
    const bool fits = (name != "required" || type_is("secret", "ssh")) && (name != "size" || type_is("tmpfs")) &&
                      (name != "env" || type_is("secret"));
    if (!fits)
      return bad("--mount: a " + excerpt(mount_.type) + " mount takes no \"" + field.key.text + "\"", field.key.span);
    if (!field.value) {
      if (name != "readonly" && name != "readwrite" && name != "required")
        bad("--mount: \"" + field.key.text + "\" needs a value", field.key.span);
      return;
    }
    const auto problem =
        has_variable(field.value->text) && name != "from" ? "" : value_problem(name, field.value->text);
    if (!problem.empty())
      bad("--mount: " + field.key.text + "=" + excerpt(field.value->text) + " " + problem, field.value->span);
  }

  static std::string value_problem(std::string_view name, std::string_view value) {
    if (name == "type" || name == "sharing") {
      const auto lower = to_lower(value);
      const std::span<const std::string_view> choices = name == "type"
                                                            ? std::span<const std::string_view>(mount_types)
                                                            : std::span<const std::string_view>(sharing_modes);
      if (std::find(choices.begin(), choices.end(), lower) == choices.end())
        return "is not known" + did_you_mean(lower, choices);
    }
    if (name == "from") {
      const auto dollar = value.find('$');
      if (dollar != npos && dollar + 1 < value.size()) return "holds a variable: name a stage with FROM … AS instead";
    }
    if ((name == "readonly" || name == "readwrite" || name == "required") && !is_boolean(value))
      return "is neither true nor false";
    if (name == "mode" && !is_number(value, 8)) return "is no octal mode";
    if ((name == "uid" || name == "gid") && !is_number(value, 10)) return "is no number";
    if (name == "size" && (value.empty() || value[0] < '0' || value[0] > '9')) return "is no size";
    return "";
  }

  /// As Go's strconv.ParseBool.
  static bool is_boolean(std::string_view value) {
    constexpr std::array<std::string_view, 12> words{"1", "t", "T", "TRUE",  "true",  "True",
                                                     "0", "f", "F", "FALSE", "false", "False"};
    return holds(words, value);
  }

  static bool is_number(std::string_view value, int radix) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number, radix);
    return error == std::errc() && end == value.data() + value.size();
  }

  void check_whole() {
    for (const std::string_view name : {"mode", "uid", "gid"})
      if (const auto* field = mount_.field(name); field != nullptr && !type_is("cache", "secret", "ssh"))
        bad("--mount: a " + excerpt(mount_.type) + " mount takes no \"" + field->key.text + "\"", field->key.span);
    if (const auto* field = mount_.field("sharing"); field != nullptr && !type_is("cache"))
      bad("--mount: a " + excerpt(mount_.type) + " mount takes no \"sharing\"", field->key.span);
    if (mount_.type != "secret") return;
    if (const auto* field = mount_.field("from"); field != nullptr)
      bad("--mount: a secret mount takes no \"from\"", field->key.span);
    const bool named = !mount_.value("source").empty() || !mount_.value("target").empty() ||
                       !mount_.value("id").empty() || !mount_.value("env").empty();
    if (!named) bad("--mount: a secret mount needs an id, a source or a target", mount_.span);
    if (!mount_.value("source").empty() && !mount_.value("id").empty())
      bad("--mount: a secret mount takes an id or a source, not both", mount_.span);
  }

  const MappedText& value_;
  std::string_view text_;
  std::vector<Problem>& problems_;
  Mount mount_;
};

}  // namespace

Mount read_mount(const ReadFlag& flag, std::vector<Problem>& problems) { return MountReader(flag, problems).read(); }

}  // namespace imgslim::dockerfile
