#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "dockerfile/resolve.h"

namespace imgslim::dockerfile {

/// Finds stages and named contexts by what FROM, --from and --target say.
class StageLookup {
 public:
  explicit StageLookup(const BuildInputs& inputs);

  /// From now on the name means this stage: the last definition counts.
  void define(const std::string& lower_name, std::uint32_t index);
  /// From now on indexes up to this are stages.
  void set_count(std::uint32_t count) { count_ = count; }

  [[nodiscard]] bool is_context(std::string_view name) const;
  /// The base of a FROM: a context, scratch, an earlier stage by name, or an image.
  [[nodiscard]] ImageSource base(Expansion name) const;
  /// --from and --target also take indexes.
  [[nodiscard]] std::optional<std::uint32_t> stage(std::string_view name_or_index) const;
  [[nodiscard]] ImageSource copy_source(std::string_view name) const;

 private:
  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::map<std::string, bool, std::less<>> contexts_;
  std::uint32_t count_ = 0;
};

}  // namespace imgslim::dockerfile
