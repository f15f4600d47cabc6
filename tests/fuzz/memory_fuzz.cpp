// What the memory model takes from hostile files: pages of any ELF file stay within what it maps, words of runtime
// binaries do not depend on how the file is cut, options of Java machines and coefficient files are read without
// surprise.
#include <algorithm>

#include "core/check.h"
#include "elf/read_elf.h"
#include "fuzz/package_checks.h"
#include "layer/runtime_strings.h"
#include "memory/coefficients.h"
#include "memory/heap_limit.h"
#include "memory/object_memory.h"

using namespace imgslim;

namespace {

void check_pages(const elf::ElfFacts& facts) {
  static const auto coefficients = memory::built_in_coefficients();
  for (const auto kind : {memory::ObjectKind::program, memory::ObjectKind::library})
    for (const auto& part : memory::object_parts(facts, {"libc.so.6", kind, memory::UsedBy::managed}, coefficients)) {
      IMGSLIM_CHECK(part.resident_bytes <= part.mapped_bytes);
      IMGSLIM_CHECK(part.private_bytes <= part.resident_bytes);
      IMGSLIM_CHECK(part.certain_bytes <= part.mapped_bytes && part.dirty_bytes <= part.mapped_bytes);
    }
}

layer::RuntimeStrings strings_of(std::string_view text, const char* name, std::size_t block) {
  auto scanner = layer::RuntimeStringsScanner::for_file(name);
  for (std::size_t at = 0; at < text.size(); at += block) scanner->feed(ByteView(text.substr(at, block)).bytes());
  return std::move(*scanner).finish();
}

void check_strings(std::string_view text) {
  for (const auto* const name : {"node", "libjvm.so"}) {
    const auto whole = strings_of(text, name, std::max<std::size_t>(text.size(), 1));
    IMGSLIM_CHECK(whole == strings_of(text, name, 7));
    IMGSLIM_CHECK(layer::kept_bytes(whole) <= (40u << 20));
    IMGSLIM_CHECK(std::is_sorted(whole.vm_words.begin(), whole.vm_words.end()));
  }
}

void check_options(std::string_view text) {
  entrypoint::Process process;
  process.environment = {"JAVA_TOOL_OPTIONS=" + std::string(text), "NODE_OPTIONS=" + std::string(text)};
  process.argv = {"java", std::string(text)};
  const auto options = memory::jvm_options(process);
  for (const auto& option : options) IMGSLIM_CHECK(memory::flag_name(option.text).size() <= option.text.size());
  for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{1} << 28, UINT64_MAX}) {
    (void)memory::jvm_heap_limit(memory::memory_options(options), {limit, 2});
    (void)memory::node_heap_limit(process, {limit, 2});
    (void)memory::dotnet_heap_limit(process, text, {limit, 2});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = text_of(data, size);
  if (const auto facts = elf::read_elf(elf::SparseImage(ByteView(text)))) check_pages(*facts);
  check_strings(text);
  check_options(text);
  (void)layer::read_bytecode_header(ByteView(text).bytes());
  (void)memory::parse_coefficients(text);
  return 0;
}
