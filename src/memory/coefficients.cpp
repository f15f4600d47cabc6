#include "memory/coefficients.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "json/parse.h"
#include "memory/embedded_coefficients.h"

namespace imgslim::memory {
namespace {

using json::Value;

constexpr std::string_view format = "imgslim.memory-coefficients/2";

/// Reads numbers by name and remembers the first that is missing or absurd.
class Reader {
 public:
  double number(const Value& object, const char* key, double least, double most) {
    const auto& value = json::member(object, key);
    const auto found = value.is_number() ? value.get<double>() : std::nan("");
    if (found >= least && found <= most) return found;
    if (problem_.empty()) problem_ = std::string(key) + " is missing or out of range";
    return least;
  }
  std::array<double, size_class_count> shares(const Value& list) {
    std::array<double, size_class_count> result{};
    for (std::size_t i = 0; i < size_class_count; ++i) {
      const bool good = list.is_array() && list.size() == size_class_count && list[i].is_number();
      const auto value = good ? list[i].get<double>() : -1.0;
      if (value >= 0 && value <= 1)
        result[i] = value;
      else if (problem_.empty())
        problem_ = "resident is no list of " + std::to_string(size_class_count) + " shares";
    }
    return result;
  }
  /// [programs, share, written]: there are thousands of them.
  KnownShare known_share(const Value& list) {
    KnownShare result;
    const bool good = list.is_array() && list.size() == 3 && list[0].is_number_unsigned() && list[1].is_number() &&
                      list[2].is_number();
    if (good) result = {list[0].get<std::uint64_t>(), list[1].get<double>(), list[2].get<double>()};
    const bool in_range = result.share >= 0 && result.share <= 1 && result.written >= 0 && result.written <= 1;
    if ((!good || !in_range) && problem_.empty()) problem_ = "a known file has no [programs, share, written]";
    return result;
  }
  double share(const Value& object, const char* key) { return number(object, key, 0, 1); }
  double kib(const Value& object, const char* key) { return number(object, key, -1e9, 1e9); }
  Interval interval(const Value& all, const char* key) {
    const auto& object = json::member(all, key);
    return {number(object, "low", 0, 1), number(object, "high", 1, 1e6)};
  }
  std::uint64_t count(const Value& object, const char* key) {
    return static_cast<std::uint64_t>(number(object, key, 0, 1e9));
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  std::string problem_;
};

void read_fractions(const Value& all, Reader& reader, Coefficients& result) {
  constexpr const char* kinds[] = {"program", "go_program", "c_library", "library"};
  static_assert(std::size(kinds) == object_kind_count);
  for (std::size_t part = 0; part < part_count; ++part)
    for (std::size_t kind = 0; kind < object_kind_count; ++kind) {
      const auto& found =
          json::member(json::member(all, std::string(part_name(static_cast<Part>(part))).c_str()), kinds[kind]);
      if (found.is_null()) continue;  // nothing beyond the floor
      result.fractions[part][kind] = {reader.shares(json::member(found, "resident")), reader.share(found, "written")};
    }
}

void read_files(const Value& all, Reader& reader, Coefficients& result) {
  if (!all.is_object()) return;
  for (const auto& [name, parts] : all.items()) {
    auto& known = result.files[name];
    for (std::size_t part = 0; part < part_count; ++part) {
      const auto& found = json::member(parts, std::string(part_name(static_cast<Part>(part))).c_str());
      if (found.is_null()) continue;
      known[part] = reader.known_share(found);
    }
  }
}

void read_runtimes(const Value& all, Reader& reader, Coefficients& result) {
  if (!all.is_object()) return;
  for (const auto& [name, profile] : all.items())
    result.runtimes.push_back({.runtime = name,
                               .fixed_kib = reader.kib(profile, "fixed_kib"),
                               .per_code_kib = reader.kib(profile, "per_code_kib"),
                               .per_module_kib = reader.kib(profile, "per_module_kib"),
                               .many_modules = reader.count(profile, "many_modules"),
                               .per_root_kib = reader.kib(profile, "per_root_kib"),
                               .per_application_kib = reader.kib(profile, "per_application_kib"),
                               .most_application_kib = reader.kib(profile, "most_application_kib"),
                               .private_share = reader.share(profile, "private_share"),
                               .without_class_sharing_kib = reader.kib(profile, "without_class_sharing_kib"),
                               .serving_kib = reader.kib(profile, "serving_kib"),
                               .bytecode_most_kib = reader.kib(profile, "bytecode_most_kib"),
                               .cold_kib = reader.kib(profile, "cold_kib"),
                               .programs = reader.count(profile, "programs")});
}

void read_workers(const Value& all, Reader& reader, Coefficients& result) {
  if (!all.is_object()) return;
  for (const auto& [server, worker] : all.items())
    result.workers[server] = {reader.kib(worker, "own_kib"), reader.share(worker, "of_heap"),
                              reader.kib(worker, "server_kib"), reader.share(worker, "shared")};
}

void read_programs(const Value& all, Reader& reader, Coefficients& result) {
  if (!all.is_object()) return;
  for (const auto& [name, heap] : all.items())
    result.programs[name] = {reader.kib(heap, "heap_kib"), reader.share(heap, "private_share")};
}

void read_runtime_intervals(const Value& all, Reader& reader, Coefficients& result) {
  if (!all.is_object()) return;
  for (const auto& [name, bounds] : all.items()) result.of_runtime[name] = reader.interval(all, name.c_str());
}

}  // namespace

std::size_t size_class(std::uint64_t bytes) {
  std::size_t result = 0;
  for (std::uint64_t bound = 64u << 10; result + 1 < size_class_count && bytes > bound; bound *= 2) ++result;
  return result;
}

std::string_view library_key(std::string_view base_name) {
  const auto name = base_name.substr(0, base_name.find(".so"));
  const auto tag = std::min(name.find(".cpython-"), name.find(".abi3"));
  return name.substr(0, tag);
}

Result<Coefficients> parse_coefficients(std::string_view text) {
  IMGSLIM_TRY(const auto value, json::parse(text, Limits()));
  if (json::string_member(value, "format") != format)
    return input_error("not a file of memory coefficients: its format is not " + std::string(format));
  Reader reader;
  Coefficients result;
  result.origin = json::string_member(json::member(value, "provenance"), "summary");
  read_fractions(json::member(value, "fractions"), reader, result);
  read_files(json::member(value, "files"), reader, result);
  read_runtimes(json::member(value, "runtimes"), reader, result);
  read_workers(json::member(value, "workers"), reader, result);
  result.native_heap_per_root_kib = reader.kib(json::member(value, "native"), "heap_per_root_kib");
  read_programs(json::member(value, "programs"), reader, result);
  const auto& kernel = json::member(value, "kernel");
  result.kernel_fixed_kib = reader.kib(kernel, "fixed_kib");
  result.kernel_per_process_kib = reader.kib(kernel, "per_process_kib");
  result.kernel_per_resident = reader.share(kernel, "per_resident");
  const auto& bytecode = json::member(value, "bytecode");
  result.bytecode_own_per_source = reader.number(bytecode, "own_per_source", 0, 100);
  const auto& cold = json::member(value, "cold_start");
  result.cold_file_share = reader.number(cold, "file_share", 0, 100);
  result.cold_active_share = reader.share(cold, "active_share");
  const auto& intervals = json::member(value, "intervals");
  constexpr const char* kinds[] = {"tool", "server", "managed", "managed_other_version"};
  for (std::size_t i = 0; i < process_kind_count; ++i) result.processes[i] = reader.interval(intervals, kinds[i]);
  result.managed_workers = reader.interval(intervals, "managed_workers");
  read_runtime_intervals(json::member(intervals, "runtimes"), reader, result);
  result.object = reader.interval(intervals, "object");
  result.own_managed = reader.interval(intervals, "own_managed");
  result.own_native = reader.interval(intervals, "own_native");
  if (!reader.problem().empty()) return input_error("memory coefficients: " + reader.problem());
  return result;
}

Coefficients built_in_coefficients() {
  auto result = parse_coefficients(embedded_coefficients());
  IMGSLIM_CHECK(result);
  return std::move(*result);
}

}  // namespace imgslim::memory
