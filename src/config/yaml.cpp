// YAML by yaml-cpp's events, which know where everything stands; its own tree takes the first of duplicate keys in
// silence. yaml-cpp throws; nothing of that leaves this file.
#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>

namespace imgslim::config {
namespace {

using json::Located;

class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::string_view file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_anchor(mark, anchor);
    add(at(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fail(mark, "aliases are not read: write the value out");
    add(at(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_anchor(mark, anchor);
    auto value = at(mark);
    const bool plain = tag == "?";
    if (!plain && tag != "!") fail(mark, "tags are not read");
    if (plain && (text == "true" || text == "false")) {
      value.kind = Located::Kind::boolean;
      value.truth = text == "true";
    } else if (!plain || (text != "null" && text != "~" && !text.empty())) {
      value.kind = Located::Kind::string;
    }
    value.text = text;
    add(std::move(value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, Located::Kind::array);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, Located::Kind::object);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] Result<Located> take() && {
    if (error_) return *error_;
    return std::move(root_);
  }

 private:
  struct Level {
    Located value;
    std::optional<Located> key;
  };

  static Located at(const YAML::Mark& mark) {
    Located value;
    value.line = static_cast<std::uint32_t>(mark.line + 1);
    value.column = static_cast<std::uint32_t>(mark.column + 1);
    return value;
  }
  void fail(const YAML::Mark& mark, std::string_view message) {
    if (!error_) error_ = json::located_error(file_, at(mark), message);
  }
  void check_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) fail(mark, "anchors are not read: write the value out");
  }
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Located::Kind kind) {
    check_anchor(mark, anchor);
    auto value = at(mark);
    value.kind = kind;
    levels_.push_back({std::move(value), std::nullopt});
    if (levels_.size() > json::deepest_document) fail(mark, "values nest too deep");
  }
  void close() {
    auto value = std::move(levels_.back().value);
    levels_.pop_back();
    add(std::move(value));
  }
  void add(Located value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& level = levels_.back();
    if (level.value.kind == Located::Kind::array) {
      level.value.items.push_back(std::move(value));
    } else if (!level.key) {
      level.key = std::move(value);
    } else {
      if (level.value.find(level.key->text) && !error_)
        error_ = json::located_error(file_, *level.key, "duplicate key \"" + level.key->text + "\"");
      level.value.key_places.emplace_back(level.key->line, level.key->column);
      level.value.members.push_back({level.key->text, std::move(value)});
      level.key.reset();
    }
  }

  std::string file_;
  std::vector<Level> levels_;
  Located root_;
  std::optional<Error> error_;
};

}  // namespace

Result<Located> parse_yaml(std::string_view text, std::string_view file) {
  Builder builder(file);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& exception) {
    Located place;
    if (!exception.mark.is_null()) {
      place.line = static_cast<std::uint32_t>(exception.mark.line + 1);
      place.column = static_cast<std::uint32_t>(exception.mark.column + 1);
    }
    return json::located_error(file, place, exception.msg);
  }
  return std::move(builder).take();
}

}  // namespace imgslim::config
