#include "runtime/trace.h"

#include <algorithm>

#include "support/runtime_image.h"

using namespace imgslim;
using namespace imgslim::runtime;
using test::ElfSpec;
using test::RuntimeImage;

namespace {

const std::string libraries = "/usr/lib/x86_64-linux-gnu/";

/// A program, a library and a script that nothing reaches, and symlinks.
test::BuiltImage sample() {
  RuntimeImage root;
  root.program("/usr/bin/app").program("/usr/bin/dash").library(libraries + "libplugin.so.1");
  root.file("/opt/data/words.txt", "words").symlink("/usr/share/words", "../../opt/data/words.txt");
  root.symlink("/bin", "usr/bin").directory("/var/empty").command({"app"});
  return root.done();
}

Closure traced(const test::BuiltImage& image, const std::vector<TraceList>& lists) {
  auto closure = close(image.files, image.config, {});
  add_traces(closure, image.files, lists);
  return closure;
}

const UsedFile* row(const Closure& closure, std::string_view path) {
  const auto place =
      std::find_if(closure.files.begin(), closure.files.end(), [&](const UsedFile& file) { return file.path == path; });
  return place == closure.files.end() ? nullptr : &*place;
}

std::string refusal(const std::string& text) {
  const auto status = check_trace({"paths.txt", text}, Limits{});
  return status ? "" : status.error().message;
}

/// A layer whose first entries are to be prefetched.
tree::LayerPtr optimized(const std::string& first, const std::string& second, const char* landmark) {
  test::LayerFixture layer;
  layer.directory("opt").file(first, "f").file(landmark, "\x0f").file(second, "s").file("stargz.index.json", "{}");
  return layer.done();
}

Closure of_layers(std::vector<tree::LayerPtr> layers) {
  const auto tree = tree::merge(std::move(layers));
  const rootfs::FileSystem files(tree);
  Closure closure;
  add_traces(closure, files, {});
  return closure;
}

}  // namespace

TEST_CASE("a traced file is declared, with the line that names it, whatever symlinks lead there") {
  const auto image = sample();
  const auto closure = traced(image, {{"paths.txt", "# what ran\n\n/usr/share/words\r\nbin/dash\n./usr/bin/app\n"}});
  const auto* words = row(closure, "/opt/data/words.txt");
  REQUIRE(words != nullptr);
  CHECK(words->via == "trace");
  CHECK(words->tier == Tier::declared);
  CHECK(words->use == plugins::Use::data);
  CHECK(words->detail == "paths.txt:3");
  CHECK(words->accessed == "/usr/share/words");
  CHECK(words->from == no_use);
  REQUIRE(row(closure, "/usr/bin/dash") != nullptr);
  CHECK(row(closure, "/usr/bin/dash")->use == plugins::Use::program);
  CHECK(row(closure, "/usr/bin/app")->via == "ENTRYPOINT");
  CHECK(closure.trace.paths == 3);
  CHECK(closure.trace.files.size() == 3);
  CHECK(closure.trace.covers);
  CHECK(closure.trace.missing_paths == 0);
  CHECK(closure.notes.empty());
}

TEST_CASE("a traced library is no longer unreached, and counts once") {
  const auto image = sample();
  const auto before = close(image.files, image.config, {});
  const auto after = traced(image, {{"a", libraries + "libplugin.so.1\n" + libraries + "libplugin.so.1\n"},
                                    {"b", libraries + "libplugin.so.1"}});
  CHECK(after.unreached.shared_objects + 1 == before.unreached.shared_objects);
  CHECK(after.unreached.bytes < before.unreached.bytes);
  CHECK(after.files.size() == before.files.size() + 1);
  CHECK(after.shared_objects == before.shared_objects);
  CHECK(after.trace.sources == std::vector<std::string>{"a", "b"});
  CHECK(after.trace.files.size() == 1);
}

TEST_CASE("what was only possible becomes declared by a trace, what is surer keeps its reason") {
  const auto image = sample();
  auto closure = close(image.files, image.config, {});
  UsedFile possible;
  possible.file = image.files.find(libraries + "libplugin.so.1")->file;
  possible.path = libraries + "libplugin.so.1";
  possible.tier = Tier::possible;
  possible.via = "dlopen name";
  possible.requested = "libplugin.so.1";
  closure.files.push_back(possible);
  --closure.unreached.shared_objects;
  const auto unreached = closure.unreached.shared_objects;
  add_traces(closure, image.files, {{"t", possible.path}});
  CHECK(closure.files.back().tier == Tier::declared);
  CHECK(closure.files.back().via == "trace");
  CHECK(closure.files.back().requested.empty());
  CHECK(closure.unreached.shared_objects == unreached);
}

TEST_CASE("a path that is not in the image is a note with its line, a directory is none") {
  const auto image = sample();
  const auto closure = traced(image, {{"paths.txt", "/usr/bin/app\n/var/empty\n/no/such\n"}});
  REQUIRE(closure.notes.size() == 1);
  CHECK(closure.notes[0].code == "trace-path-missing");
  CHECK(closure.notes[0].where == "paths.txt:3");
  CHECK(closure.trace.missing_paths == 1);
  CHECK(closure.trace.covers);
}

TEST_CASE("a list of another image says nothing of this one") {
  const auto image = sample();
  const auto closure = traced(image, {{"other", "/no/such\n"}});
  CHECK_FALSE(closure.trace.covers);
  CHECK(closure.notes.back().code == "trace-empty");
}

TEST_CASE("lines of strace are refused with their place") {
  for (const auto* line : {"openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3", "[pid 12] open(\"/a\"",
                           "/etc/passwd\", O_RDONLY) = 3", "+++ exited with 0 +++", "1234 execve(", "etc/my file"}) {
    const auto text = refusal("/usr/bin/app\n# comment\n" + std::string(line) + "\n");
    INFO(line);
    CHECK(text.find("paths.txt:3: no path: \"") == 0);
    CHECK(text.find("strace") != std::string::npos);
  }
  CHECK(refusal(std::string("/usr/\x1b[2J")).find("paths.txt:1: a control character") == 0);
  CHECK(refusal("/" + std::string(Limits{}.path_bytes, 'a')).find("path-bytes") != std::string::npos);
}

TEST_CASE("absolute paths may hold spaces, quotes and equals signs") {
  CHECK(refusal("/opt/my file (1).txt\n/a\"b\n./c d\n../e f\nopt/a=b,c+d@e\n   \n").empty());
}

TEST_CASE("a trace is as long as a text may be") {
  Limits limits;
  limits.text_bytes = 4;
  const auto status = check_trace({"paths.txt", "/usr/bin\n"}, limits);
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::limit);
}

TEST_CASE("entries before the prefetch landmark are a trace, of the image when every layer has a landmark") {
  const auto base = optimized("opt/first", "opt/second", ".prefetch.landmark");
  const auto closure = of_layers({base, optimized("opt/third", "opt/fourth", ".no.prefetch.landmark")});
  REQUIRE(closure.files.size() == 1);
  CHECK(closure.files[0].path == "/opt/first");
  CHECK(closure.files[0].detail == "prefetch landmark of layer 1");
  CHECK(closure.trace.covers);
  CHECK(closure.trace.sources == std::vector<std::string>{"prefetch landmark of layer 1"});

  test::LayerFixture plain;
  const auto added = of_layers({base, plain.file("opt/fifth", "5").done()});
  CHECK(added.files.size() == 1);
  CHECK_FALSE(added.trace.covers);
}

TEST_CASE("a landmark elsewhere than at the root is none") {
  const auto closure = of_layers({optimized("opt/first", "opt/second", "opt/.prefetch.landmark")});
  CHECK(closure.files.empty());
  CHECK(closure.trace.sources.empty());
}
