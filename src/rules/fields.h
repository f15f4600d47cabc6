#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/facts.h"

namespace imgslim::rules {

/// Whether a condition may name the field. "flag.NAME" is one for every NAME.
[[nodiscard]] bool is_field(std::string_view name);

/// The values of an instruction's field, quotes gone; none where the instruction has no such thing. With ".expanded"
/// behind the name variables are replaced as far as they are known.
///
///   keyword    as written                      text       all arguments
///   form       shell, exec                     word       the arguments one by one
///   image      FROM's, as written              image.registry, image.name, image.tag, image.digest
///   alias      of FROM … AS                    as         the word AS, as written
///   source     of COPY and ADD, no heredocs    destination
///   key        of ENV, ARG, LABEL              value      of each
///   legacy     "true" for ENV name value       from       what --from names: stage, index, self, image, unknown
///   flag.NAME  the flag's value
[[nodiscard]] std::vector<std::string> field_values(const Facts& facts, const Step& step, std::string_view name);

}  // namespace imgslim::rules
