#include "report/json_writer.h"

#include "imgslim/budget.h"
#include "report/json_diff_fields.h"
#include "report/json_fields.h"
#include "report/json_measure_fields.h"
#include "report/json_sink.h"
#include "report/lock.h"

namespace imgslim::report {
namespace {

/// Walks the field lists and writes each member.
class Writer {
 public:
  explicit Writer(JsonSink& sink) : sink_(sink) {}

  template <typename T>
  void operator()(std::string_view key, const T& member) {
    sink_.key(key);
    write(member);
  }
  /// Text that other programs take as it is.
  void plain(std::string_view key, const std::string& member) {
    sink_.key(key);
    sink_.plain(member);
  }
  template <typename T>
  void section(const char* key, const std::optional<T>& member) {
    if (member) (*this)(key, *member);
  }
  void section(const char* key, const std::map<std::string, std::uint64_t>& member) {
    if (!member.empty()) (*this)(key, member);
  }

 private:
  void write(const std::string& text) { sink_.value(text); }
  void write(bool truth) { sink_.value(truth); }
  void write(std::uint64_t number) { sink_.value(number); }
  void write(std::uint32_t number) { sink_.value(std::uint64_t{number}); }
  void write(double ratio) { sink_.ratio(ratio); }
  template <typename T>
  void write(const std::optional<T>& value) {
    if (value)
      write(*value);
    else
      sink_.null();
  }
  template <typename T>
  void write(const std::vector<T>& values) {
    sink_.open('[');
    for (const auto& value : values) write(value);
    sink_.close();
  }
  template <typename T>
  void write(const std::map<std::string, T>& values) {
    sink_.open('{');
    for (const auto& [key, value] : values) (*this)(key, value);
    sink_.close();
  }
  template <typename T>
  void write(const T& object) {
    sink_.open('{');
    visit_fields(*this, object);
    sink_.close();
  }

  JsonSink& sink_;
};

template <typename T>
std::string write_document(const char* schema, const T& document) {
  JsonSink sink(JsonSink::Layout::lines);
  sink.open('{');
  sink.key("schema");
  sink.value(schema);
  Writer writer(sink);
  visit_fields(writer, document);
  sink.close();
  return std::move(sink).take();
}

template <typename T>
void cut_section(std::vector<T>& rows, const char* section, std::size_t top, Report& report) {
  if (rows.size() <= top) return;
  report.omitted[section] += rows.size() - top;
  rows.resize(top);
}

}  // namespace

std::string write_report_json(const Report& report, std::size_t top) {
  if (top == 0) return write_document(report_schema, report);
  Report cut = report;
  cut_section(cut.waste, "waste", top, cut);
  cut_section(cut.packages, "packages", top, cut);
  cut_section(cut.paths, "paths", top, cut);
  cut_section(cut.classes, "classes", top, cut);
  cut_section(cut.duplicates, "duplicates", top, cut);
  if (cut.runtime) {
    cut_section(cut.runtime->objects, "runtime.objects", top, cut);
    cut_section(cut.runtime->files, "runtime.files", top, cut);
  }
  if (cut.memory) {
    cut_section(cut.memory->startup.objects, "memory.startup.objects", top, cut);
    cut_section(cut.memory->startup.packages, "memory.startup.packages", top, cut);
  }
  return write_document(report_schema, cut);
}

std::string write_libraries_json(const LibrariesAnswer& answer) { return write_document(libraries_schema, answer); }

std::string write_measure_json(const MeasureAnswer& answer) { return write_document(measure_schema, answer); }

std::string write_memory_json(const MemoryAnswer& answer) { return write_document(memory_schema, answer); }

std::string write_why_json(const WhyAnswer& answer) { return write_document(why_schema, answer); }

std::string write_comparison_json(const Comparison& comparison) { return write_document(diff_schema, comparison); }

std::string write_lock_json(const LockFile& lock) { return write_document(lock_schema, lock); }

}  // namespace imgslim::report

namespace imgslim {

std::string write_lock(const Report& report) { return report::write_lock_json(report::lock_of(report)); }

}  // namespace imgslim
