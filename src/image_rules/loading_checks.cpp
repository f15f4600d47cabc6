// A library is used when something that is used wants a symbol that it offers: the walk begins at the program, its
// linker and all that was loaded for another reason than DT_NEEDED (plugins, preloads), and goes on to what offers what
// they want. Where several offer a symbol all count as used, so symbols that hide each other, and two names with one
// number, only make less to be found. What a library does by being loaded at all is not seen: the text says so.
#include "image_rules/loading_checks.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "elf/symbols.h"
#include "image_rules/package_checks.h"

namespace imgslim::image_rules {
namespace {

using runtime::ProcessClosure;
using runtime::UseIndex;

/// Which of a process's objects are used.
class UseWalk {
 public:
  UseWalk(const ImageFacts& image, const ProcessClosure& process) : image_(image), process_(process) {
    used_.assign(process.objects.size(), false);
    for (std::size_t at = 0; at < process.objects.size(); ++at)
      if (const auto* elf = elf_of(at))
        for (const auto symbol : elf->offered_symbols) offers_[symbol].push_back(at);
    // Old link editors had every file offer these, which says nothing.
    for (const auto* name : {"_init", "_fini", "__bss_start", "_edata", "_end", "_start", "main"})
      offers_.erase(elf::symbol_hash(name));
  }

  /// Positions in ProcessClosure::objects of what is not used.
  std::vector<std::size_t> run() && {
    for (std::size_t at = 0; at < process_.objects.size(); ++at)
      if (at == 0 || image_.closure.files[process_.objects[at]].via != "DT_NEEDED") use(at);
    while (!open_.empty()) {
      const auto at = open_.back();
      open_.pop_back();
      follow(at);
    }
    std::vector<std::size_t> unused;
    for (std::size_t at = 0; at < used_.size(); ++at)
      if (!used_[at] && is_known(at)) unused.push_back(at);
    return unused;
  }

 private:
  [[nodiscard]] const elf::ElfFacts* elf_of(std::size_t at) const {
    return image_.files.elf(image_.closure.files[process_.objects[at]].file);
  }
  /// A library that offers nothing at all was not read whole, or is there for its own sake.
  [[nodiscard]] bool is_known(std::size_t at) const {
    const auto* elf = elf_of(at);
    return elf != nullptr && !elf->incomplete && !elf->offered_symbols.empty() && elf->interpreter.empty();
  }
  void use(std::size_t at) {
    if (used_[at]) return;
    used_[at] = true;
    open_.push_back(at);
  }
  void use_all(const std::vector<std::uint32_t>& symbols) {
    for (const auto symbol : symbols)
      if (const auto found = offers_.find(symbol); found != offers_.end())
        for (const auto at : found->second) use(at);
  }
  void follow(std::size_t at) {
    const auto* elf = elf_of(at);
    if (elf == nullptr) return;
    use_all(elf->wanted_symbols);
    // Programs define what they copy out of libraries (R_*_COPY).
    if (!elf->interpreter.empty()) use_all(elf->offered_symbols);
  }

  const ImageFacts& image_;
  const ProcessClosure& process_;
  std::vector<bool> used_;
  std::vector<std::size_t> open_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> offers_;
};

/// What the loader touches of a file, which is all when nothing calls it.
std::uint64_t loaded_bytes(const ImageFacts& image, UseIndex use) {
  std::uint64_t bytes = 0;
  if (image.startup == nullptr) return bytes;
  for (const auto& object : image.startup->objects)
    if (object.use == use)
      for (const auto& part : object.parts) bytes += part.floor_bytes;
  return bytes;
}

/// Whether the author can link the file anew: it is in his layers and of no system package.
bool is_own(const ImageFacts& image, rootfs::FileId file) {
  return image.is_mine(image.tree().layer_of(file)) && !is_of_system_package(image, file);
}

}  // namespace

std::vector<ImageFinding> check_unused_libraries(const CheckContext& context) {
  const auto& image = context.image;
  // What one process uses is used: a library is named when no process does.
  std::map<UseIndex, std::size_t> unused_in, mapped_in;
  for (const auto& process : image.closure.processes) {
    for (const auto use : process.objects) ++mapped_in[use];
    for (const auto at : UseWalk(image, process).run()) ++unused_in[process.objects[at]];
  }
  std::map<UseIndex, std::vector<UseIndex>> by_cause;  // the nearest used file that leads there
  for (const auto& [use, count] : unused_in) {
    if (count < mapped_in[use]) continue;
    auto cause = image.closure.files[use].from;
    for (std::size_t step = 0; step < image.closure.files.size() && cause != runtime::no_use; ++step) {
      if (!unused_in.contains(cause)) break;
      cause = image.closure.files[cause].from;
    }
    if (cause != runtime::no_use && is_own(image, image.closure.files[cause].file)) by_cause[cause].push_back(use);
  }
  std::vector<ImageFinding> findings;
  for (const auto& [cause, libraries] : by_cause) {
    ImageFinding finding;
    finding.layer = image.tree().layer_of(image.closure.files[cause].file);
    finding.path = image.closure.files[cause].path.substr(1);
    finding.basis = Basis::estimated;
    for (const auto library : libraries) {
      const auto bytes = loaded_bytes(image, library);
      finding.rss_bytes += bytes;
      finding.evidence.push_back({image.closure.files[library].path.substr(1), bytes});
    }
    if (finding.rss_bytes < context.bytes("min_bytes", 0)) continue;
    finding.message = std::to_string(libraries.size()) + (libraries.size() == 1 ? " library is" : " libraries are") +
                      " loaded at start for /" + finding.path + ", and nothing takes a symbol of " +
                      (libraries.size() == 1 ? "it" : "them");
    finding.advice = "Link with -Wl,--as-needed, unless loading alone is what it is there for.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<ImageFinding> check_packed_programs(const CheckContext& context) {
  const auto& image = context.image;
  std::vector<ImageFinding> findings;
  for (const auto file : image.files.elf_files()) {
    const auto* elf = image.files.elf(file);
    if (!elf->packed_by_upx || !image.is_mine(image.tree().layer_of(file))) continue;
    ImageFinding finding;
    finding.layer = image.tree().layer_of(file);
    finding.path = image.tree().entry_path(file);
    finding.evidence.push_back({finding.path, image.files.size_bytes(file)});
    finding.message =
        "packed by UPX: the layer compresses it anyway, and each process unpacks all of it into memory of "
        "its own";
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace imgslim::image_rules
