// glibc opens libgcc_s.so.1 when a thread is cancelled or ends itself, and for backtrace (misc/unwind-link.c). Whether
// a program gets there is not to be seen: of four that could, one did.
#include "plugins/mapped_library.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {

std::vector<Candidate> unwinder(const Context& context) {
  const auto asking = importer(context, elf::imports_unwinder);
  if (!asking || !mapped_glibc(context)) return {};
  return {{"libgcc_s.so.1", Use::object, Tier::possible, Via::unwinder, context.map.objects()[*asking].file.path,
           "pthread_cancel, pthread_exit or backtrace"}};
}

}  // namespace imgslim::plugins
