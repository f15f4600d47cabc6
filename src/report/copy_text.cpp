// COPY instructions for the stage that an image is shipped from. A COPY follows symlinks that it is given by name and
// keeps those inside directories (docs.docker.com/reference/dockerfile/#copy), so copying a library by the path through
// which it is opened gives a plain file there. Files of one directory share an instruction: each instruction makes a
// layer, and engines allow 127 of them.
#include <map>
#include <set>

#include "imgslim/render.h"
#include "report/escape.h"
#include "report/page.h"
#include "report/text_blocks.h"

namespace imgslim {
namespace report {
namespace {

enum class Spelling { plain, quoted, impossible };

/// How a Dockerfile can name a path: as a word, in the JSON form, or not at all, since "*?[" are patterns, "$" a
/// variable and "\" an escape.
Spelling spelling_of(const std::string& path) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,=~";
  if (path.find_first_not_of(plain) == std::string::npos) return Spelling::plain;
  if (path.find_first_of("*?[]\\$\"") != std::string::npos || escape_terminal(path) != path)
    return Spelling::impossible;
  return Spelling::quoted;
}

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

class Instructions {
 public:
  Instructions(std::string stage, std::string& out) : stage_(std::move(stage)), out_(out) {}

  void copy(const CopyGroup& group) {
    std::map<std::string, std::vector<std::string>> files;  // by directory
    for (const auto& path : group.paths) {
      const auto spelling = spelling_of(path);
      if (spelling == Spelling::impossible) {
        out_.append("# not copied, its name cannot be written here: ").append(escape_terminal(path)).append("\n");
      } else if (spelling == Spelling::quoted) {
        out_.append("COPY --from=")
            .append(stage_)
            .append(" [\"")
            .append(path)
            .append("\", \"")
            .append(path)
            .append("\"]\n");
      } else if (path.ends_with('/')) {
        line({path}, path);
      } else {
        files[directory_of(path)].push_back(path);
      }
    }
    for (const auto& [directory, paths] : files) line(paths, paths.size() == 1 ? paths.front() : directory);
  }

 private:
  void line(const std::vector<std::string>& sources, const std::string& target) {
    out_.append("COPY --from=").append(stage_);
    for (const auto& source : sources) out_.append(" ").append(sources.size() == 1 ? "" : "\\\n    ").append(source);
    out_.append(" ").append(sources.size() == 1 ? "" : "\\\n    ").append(target).append("\n");
  }

  std::string stage_;
  std::string& out_;
};

/// Whether a path, or a directory that it stands in, is copied.
bool holds(const std::set<std::string>& copied, const std::string& path) {
  if (copied.contains(path)) return true;
  for (auto slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/', slash - 1))
    if (copied.contains(path.substr(0, slash + 1))) return true;
  return false;
}

/// What the list leaves open, as comments.
void add_gaps(const LibrariesAnswer& answer, std::string& out) {
  const auto& runtime = answer.runtime;
  std::set<std::string> copied;
  for (const auto& group : answer.copy) copied.insert(group.paths.begin(), group.paths.end());
  for (const auto& process : runtime.processes) {
    const auto name = process.chain.empty() ? std::string() : process.chain.back().path;
    if (name.empty() || holds(copied, "/" + name) || !holds(copied, "/" + process.program)) continue;
    out.append("# start ")
        .append(shown_path(process.program))
        .append(": it looks for libraries from where it stands, and ");
    out.append(shown_path(name)).append(" is a symlink, which COPY follows\n");
  }
  for (const auto& process : runtime.processes)
    if (process.coverage == "unknown")
      out.append("# coverage unknown: ").append(shown_path(process.program)).append(" may load what no rule knows\n");
  for (const auto& missing : runtime.missing)
    if (!missing.optional)
      out.append("# missing in the image: ")
          .append(escape_terminal(missing.name))
          .append(", needed by ")
          .append(shown_path(missing.needed_by))
          .append("\n");
  if (runtime.possible.shared_objects > 0 && answer.confidence != "possible")
    out.append("# only possible, so left out unless --tier possible: ")
        .append(counted(runtime.possible.shared_objects, "ELF file"))
        .append("\n");
  out.append("# not looked for: what programs open by name, such as certificates, time zones, configuration, /tmp\n");
}

}  // namespace
}  // namespace report

std::string render_copy_instructions(const LibrariesAnswer& answer, const std::string& stage,
                                     const RenderOptions& options) {
  const report::Page page(options);
  const auto name = answer.image.empty() ? "the image" : report::escape_terminal(answer.image);
  std::string out =
      "# what the command of " + name + " loads at start, tiers up to " + answer.confidence + " (imgslim libs)\n";
  report::Instructions instructions(stage, out);
  for (const auto& group : answer.copy) {
    out.append("# ").append(group.package.empty() ? "of no package" : report::escape_terminal(group.package));
    out.append(", ").append(page.size(group.visible_bytes)).append("\n");
    instructions.copy(group);
  }
  report::add_gaps(answer, out);
  return out;
}

}  // namespace imgslim
