// ImageMagick opens a coder for each image format that it meets (magick/module.c): the format is the prefix of a file
// name
// ("png:-"), else its suffix. Built-in images ("rose:") are of coder magick and hold PNM.
#include <algorithm>
#include <cctype>
#include <string>

#include "core/path.h"
#include "plugins/mapped_library.h"
#include "plugins/module_index.h"
#include "plugins/system_rules.h"

namespace imgslim::plugins {
namespace {

/// Formats whose coder has another name (the RegisterXImage functions of coders/*.c).
struct Alias {
  std::string_view format, coder;
};
constexpr Alias aliases[] = {{"jpg", "jpeg"},    {"jpe", "jpeg"},       {"tif", "tiff"},    {"ppm", "pnm"},
                             {"pgm", "pnm"},     {"pbm", "pnm"},        {"htm", "html"},    {"rose", "magick"},
                             {"rose", "pnm"},    {"logo", "magick"},    {"logo", "gif"},    {"wizard", "magick"},
                             {"wizard", "gif"},  {"granite", "magick"}, {"granite", "gif"}, {"netscape", "magick"},
                             {"netscape", "gif"}};

/// "png" of "png:-" and of "out.png"; "" of options and of words without either.
std::string format_of(std::string_view word) {
  if (word.empty() || word.starts_with('-')) return {};
  const auto colon = word.find(':');
  const auto dot = word.rfind('.');
  if (colon != std::string_view::npos)
    word = word.substr(0, colon);
  else if (dot != std::string_view::npos)
    word = word.substr(dot + 1);
  else
    return {};
  std::string format(word);
  for (auto& c : format) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return format;
}

std::vector<std::string> coders_of(const std::string& format) {
  std::vector<std::string> coders;
  for (const auto& alias : aliases)
    if (alias.format == format) coders.emplace_back(alias.coder);
  if (coders.empty() && !format.empty()) coders.push_back(format);
  return coders;
}

}  // namespace

std::vector<Candidate> image_coders(const Context& context) {
  std::vector<Candidate> result;
  const auto library = mapped_library(context, "libMagickCore");
  if (!library) return result;
  const ModuleIndex modules(context);
  const auto& from = context.map.objects()[*library].file.path;
  for (std::size_t i = 1; i < context.process.argv.size(); ++i) {
    for (const auto& coder : coders_of(format_of(context.process.argv[i])))
      for (const auto& match : modules.find(coder + ".so"))
        result.push_back({match.path, Use::object, Tier::likely, Via::argument, from, context.process.argv[i]});
  }
  return result;
}

}  // namespace imgslim::plugins
