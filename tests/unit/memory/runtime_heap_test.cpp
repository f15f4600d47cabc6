#include "memory/runtime_heap.h"

#include "memory/object_memory.h"
#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::memory;

namespace {

constexpr std::uint64_t kib = 1024;

runtime::ProcessClosure process(const std::string& runtime, const std::string& program) {
  runtime::ProcessClosure result;
  result.runtime = runtime;
  result.process.program.path = program;
  return result;
}

Coefficients one_profile(RuntimeProfile profile) {
  Coefficients coefficients;
  coefficients.runtimes = {std::move(profile)};
  coefficients.native_heap_per_root_kib = 10;
  return coefficients;
}

RuntimeProfile java() {
  RuntimeProfile profile;
  profile.runtime = "java 17";
  profile.fixed_kib = 1000;
  profile.per_root_kib = 50;
  profile.cold_kib = 300;
  return profile;
}

}  // namespace

TEST_CASE("Of a class path less counts the longer it is") {
  const auto coefficients = one_profile(java());
  const auto closure = process("java 17.0.1", "/usr/bin/java");
  const auto heap_kib = [&](std::uint64_t code_kib) {
    HeapInput input{closure};
    input.code_bytes = code_kib * kib;
    return runtime_heap(input, coefficients).bytes / kib;
  };
  CHECK(heap_kib(0) == 1000);
  CHECK(heap_kib(400) == 2000);
  CHECK(heap_kib(90'000) == 16'000);
}

TEST_CASE("Of a framework's application more counts than of a class path") {
  auto profile = java();
  profile.per_application_kib = 3;
  profile.most_application_kib = 2'000;
  const auto coefficients = one_profile(profile);
  const auto closure = process("java 17.0.1", "/usr/bin/java");
  const auto heap_kib = [&](std::uint64_t application_kib) {
    HeapInput input{closure};
    input.code_bytes = 400 * kib;
    input.application_code_bytes = application_kib * kib;
    return runtime_heap(input, coefficients).bytes / kib;
  };
  CHECK(heap_kib(0) == 2000);
  CHECK(heap_kib(300) == 2000);
  CHECK(heap_kib(400) == 2200);
  CHECK(heap_kib(3'000) == 7000);
}

TEST_CASE("A native program with a runtime in it has a heap of its own beside the runtime's") {
  RuntimeProfile python;
  python.runtime = "python 3.11";
  python.fixed_kib = 700;
  const auto coefficients = one_profile(python);
  const auto heap_kib = [&](const std::string& program) {
    const auto closure = process("python 3.11.2", program);
    HeapInput input{closure};
    input.dirty_bytes = 400 * kib;
    return runtime_heap(input, coefficients).bytes / kib;
  };
  CHECK(heap_kib("/usr/bin/python3.11") == 700);
  CHECK(heap_kib("/usr/bin/gdb") == 700 + 10 * 20);
}

TEST_CASE("A native program that was measured has its own heap") {
  auto coefficients = one_profile(java());
  coefficients.native_heap_per_root_kib = 10;
  coefficients.programs["mariadbd"] = {66'000, 0.5};
  const auto heap = [&](const std::string& program) {
    const auto closure = process("native", program);
    HeapInput input{closure};
    input.dirty_bytes = 400 * kib;
    return runtime_heap(input, coefficients);
  };
  CHECK(heap("/usr/sbin/mariadbd").bytes == 66'000 * kib);
  CHECK(heap("/usr/sbin/mariadbd").private_bytes == 33'000 * kib);
  CHECK(heap("/usr/sbin/mariadbd").profile == "native mariadbd");
  CHECK(heap("/usr/sbin/other").bytes == 200 * kib);
  CHECK(heap("/usr/sbin/other").profile == "native");
}

TEST_CASE("What a runtime reads besides files and code is told for first starts") {
  const auto closure = process("java 17.0.1", "/usr/bin/java");
  CHECK(runtime_heap({closure}, one_profile(java())).cold_bytes == 300 * kib);
}

TEST_CASE("A library is more resident where a language runtime uses it, when both were measured") {
  elf::ElfFacts facts;
  facts.type = elf::FileType::shared;
  facts.segments = {{4 | 1, 0, 0, 100 * page_bytes, 100 * page_bytes, page_bytes}};
  Coefficients coefficients;
  const auto resident = [&](UsedBy sort, bool indirect = false, const char* program = "p") {
    std::uint64_t sum = 0;
    for (const auto& part :
         object_parts(facts, {"libx.so.1", ObjectKind::library, sort, indirect, program}, coefficients))
      sum += part.resident_bytes;
    return sum;
  };
  const auto know = [&](const std::string& key, double share) {
    coefficients.files[key][static_cast<std::size_t>(Part::text)] = {8, share, 0};
  };
  know("libx", 0.5);
  CHECK(resident(UsedBy::native_tool) == resident(UsedBy::managed));
  know("libx@managed", 0.9);
  know("libx@native", 0.1);
  CHECK(resident(UsedBy::native_tool) < resident(UsedBy::managed));
  CHECK(resident(UsedBy::native_tool) == resident(UsedBy::native_server));
  know("libx@direct", 0.6);
  know("libx@indirect", 0);
  CHECK(resident(UsedBy::native_tool, true) < resident(UsedBy::native_tool));
  const auto doubtful = [&](UsedBy sort, bool indirect, std::uint64_t pages) {
    facts.segments = {{4 | 1, 0, 0, pages * page_bytes, pages * page_bytes, page_bytes}};
    const ObjectUse use{"libx.so.1", ObjectKind::library, sort, indirect, "p"};
    return doubtful_bytes(facts, use, object_parts(facts, use, coefficients), coefficients);
  };
  CHECK(doubtful(UsedBy::native_server, false, 1000) > 1000 * page_bytes / 4);
  CHECK(doubtful(UsedBy::native_server, false, 1000) < 1000 * page_bytes * 6 / 10);
  CHECK(doubtful(UsedBy::native_server, false, 100) == 0);
  CHECK(doubtful(UsedBy::native_server, true, 1000) == 0);
  CHECK(doubtful(UsedBy::managed, false, 1000) == 0);
  facts.segments = {{4 | 1, 0, 0, 100 * page_bytes, 100 * page_bytes, page_bytes}};
  know("libx@memcached", 0);
  CHECK(resident(UsedBy::native_tool, false, "memcached") < resident(UsedBy::native_tool));
  CHECK(resident(UsedBy::managed_many) == resident(UsedBy::managed));
  know("libx@many", 1);
  CHECK(resident(UsedBy::managed) < resident(UsedBy::managed_many));
  const auto used = [](const std::string& runtime, const std::string& program) {
    const auto closure = process(runtime, program);
    return used_by({closure}, one_profile(java()));
  };
  CHECK(used("java 21", "/usr/bin/java") == UsedBy::managed);
  CHECK(used("java 21", "/usr/bin/soffice") == UsedBy::native_tool);
  CHECK(used("native", "/usr/bin/sort") == UsedBy::native_tool);
  CHECK(used("native", "/usr/sbin/sshd") == UsedBy::native_server);
}

TEST_CASE("Each module takes heap, and where many are loaded more of the runtime's own files is used") {
  RuntimeProfile node;
  node.runtime = "node 20";
  node.fixed_kib = 1000;
  node.many_modules = 20;
  node.per_module_kib = 30;
  auto coefficients = one_profile(node);
  const auto closure = process("node 20.19.2", "/usr/bin/node");
  const auto heap_kib = [&](std::uint64_t modules) {
    HeapInput input{closure};
    input.modules = modules;
    return runtime_heap(input, coefficients).bytes / kib;
  };
  CHECK(heap_kib(0) == 1000);
  CHECK(heap_kib(20) == 1600);
  const auto used = [&](std::uint64_t modules) {
    HeapInput input{closure};
    input.modules = modules;
    return used_by(input, coefficients);
  };
  CHECK(used(19) == UsedBy::managed);
  CHECK(used(20) == UsedBy::managed_many);
}
