#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/limits.h"
#include "imgslim/result.h"

/// Include this only from .cpp files: nlohmann/json.hpp is costly to compile.
namespace imgslim::json {

using Value = nlohmann::json;

/// Parses I-JSON from an untrusted source (OCI considerations.md): depth and number of values limited
/// (Limits::json_depth, json_values), duplicate keys refused, integers that fit no 64-bit type refused, UTF-8 checked.
/// Every failure is ErrorKind::input, or limit, with the byte offset.
Result<Value> parse(std::string_view text, const Limits& limits);

/// The accessors below never throw: a missing member, null or another type yields the fallback. They take any value,
/// object or not.
[[nodiscard]] const Value& member(const Value& object, const char* key);                      ///< null when absent
[[nodiscard]] std::string string_member(const Value& object, const char* key);                ///< "" when absent
[[nodiscard]] bool bool_member(const Value& object, const char* key);                         ///< false when absent
[[nodiscard]] std::vector<std::string> strings_member(const Value& object, const char* key);  ///< strings of an array
/// A non-negative integer in range, else nothing.
[[nodiscard]] std::optional<std::uint64_t> unsigned_member(const Value& object, const char* key);

}  // namespace imgslim::json
