// Names of libraries that stand in a mapped file's data may be those that it opens. Mostly they are not: over 48
// programs one name of five was opened. So this is for the report alone, unless a program also names the directory in
// which a module of that name stands: sudo has "/usr/libexec/sudo/" and "sudoers.so". Names may also be put together:
// where an object has a format ("%s_dri.so"), a directory and one or two words that make names of modules there (Xvfb's
// "swrast"), it opens those; where more of its words do, it chooses among them in a way that is not known. A format
// that is only ".so" makes names of too many words to be more than possible.
#include <algorithm>
#include <cctype>

#include "core/path.h"
#include "plugins/module_index.h"
#include "plugins/named_paths.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

/// "libfoo.so.2": names without a version are those of development links.
bool has_version(std::string_view name) {
  const auto so = name.find(".so.");
  return so != std::string_view::npos && so + 4 < name.size() &&
         std::isdigit(static_cast<unsigned char>(name[so + 4])) != 0;
}

constexpr std::string_view any_module = "%s.so";

/// What stands for "%s" when the format makes `name`, "" when it does not.
std::string_view filling_of(std::string_view format, std::string_view name) {
  const auto mark = format.find("%s");
  const auto before = format.substr(0, mark), behind = format.substr(mark + 2);
  if (name.size() <= before.size() + behind.size() || !name.starts_with(before) || !name.ends_with(behind)) return {};
  return name.substr(before.size(), name.size() - before.size() - behind.size());
}

/// Modules of a directory that the object names, whose names its format and its words make.
void add_formatted(const Context& context, const linker::Object& object, std::string_view format,
                   std::vector<Candidate>& result) {
  const auto& facts = *context.files.elf(object.file.file);
  for (const auto& directory : facts.path_strings) {
    if (is_library_directory(directory) || depth_of(directory) < 3) continue;
    std::vector<std::string> fitting;
    for (const auto& name : context.files.list(directory)) {
      const auto word = filling_of(format, name);
      const bool is_known = !word.empty() && std::find(facts.module_strings.begin(), facts.module_strings.end(),
                                                       word) != facts.module_strings.end();
      if (is_known) fitting.push_back(join_path(directory, name));
    }
    // Several words that fit are a choice.
    const auto tier = format != any_module && fitting.size() == 1 ? Tier::likely : Tier::possible;
    for (auto& path : fitting)
      result.push_back(
          {std::move(path), Use::object, tier, Via::library_string, object.file.path, std::string(format)});
  }
}

}  // namespace

std::vector<Candidate> modules_by_format(const Context& context) {
  std::vector<Candidate> result;
  const auto& objects = context.map.objects();
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const auto* facts = context.files.elf(objects[i].file.file);
    if (facts == nullptr || context.object_tiers[i] == Tier::possible || (facts->imports & elf::imports_dlopen) == 0)
      continue;
    for (const auto& name : facts->library_strings)
      if (name.find("%s") != std::string::npos) add_formatted(context, objects[i], name, result);
  }
  return result;
}

std::vector<linker::ObjectIndex> own_objects(const Context& context) {
  std::vector<linker::ObjectIndex> result;
  const auto& objects = context.map.objects();
  for (linker::ObjectIndex i = 0; i < objects.size(); ++i) {
    const bool needed =
        objects[i].via == linker::Via::needed && !is_library_directory(parent_path(objects[i].file.path));
    if ((i == 0 || needed) && context.object_tiers[i] != Tier::possible) result.push_back(i);
  }
  return result;
}

std::vector<Candidate> modules_by_string(const Context& context) {
  std::vector<Candidate> result;
  const auto own = own_objects(context);
  const auto facts = [&](linker::ObjectIndex object) {
    return context.files.elf(context.map.objects()[object].file.file);
  };
  const bool opens = std::any_of(own.begin(), own.end(), [&](linker::ObjectIndex object) {
    return facts(object) != nullptr && (facts(object)->imports & elf::imports_dlopen) != 0;
  });
  if (!opens || context.named == nullptr) return result;
  for (const auto& directory : context.named->directories()) {
    const bool stated = std::find(own.begin(), own.end(), directory.object) != own.end();
    if (!stated || is_library_directory(directory.path)) continue;
    for (const auto object : own) {
      if (facts(object) == nullptr) continue;
      const auto& from = context.map.objects()[object].file.path;
      for (const auto& name : facts(object)->library_strings) {
        const auto path = directory.path + "/" + name;
        if (context.files.find(path))
          result.push_back({path, Use::object, Tier::likely, Via::library_string, from, directory.path});
      }
    }
  }
  return result;
}

std::vector<Candidate> libraries_by_string(const Context& context) {
  std::vector<Candidate> result;
  for (std::size_t i = 0; i < context.map.objects().size(); ++i) {
    const auto& object = context.map.objects()[i];
    const auto* facts = context.files.elf(object.file.file);
    if (facts == nullptr || context.object_tiers[i] == Tier::possible || (facts->imports & elf::imports_dlopen) == 0)
      continue;
    for (const auto& name : facts->library_strings)
      if (has_version(name))
        result.push_back({name, Use::object, Tier::possible, Via::library_string, object.file.path, ""});
  }
  return result;
}

}  // namespace imgslim::plugins
