#include "image/daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "image_members.h"
#include "support/real_tools.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;
using real_tools::ScratchDirectory;

namespace {

/// A directory of fake programs at the front of the PATH while it lives.
class FakePrograms {
 public:
  FakePrograms() : old_path_(getenv("PATH")) {
    setenv("PATH", (directory_.path().string() + ":" + old_path_).c_str(), 1);
  }
  ~FakePrograms() { setenv("PATH", old_path_.c_str(), 1); }
  FakePrograms(const FakePrograms&) = delete;
  FakePrograms& operator=(const FakePrograms&) = delete;

  void add(const std::string& name, const std::string& script) const {
    const auto path = directory_.path() / name;
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    chmod(path.c_str(), 0755);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path(); }

 private:
  ScratchDirectory directory_;
  std::string old_path_;
};

Result<std::string> read_all(ChildSource& source) {
  std::string text;
  std::vector<std::byte> buffer(10'000);
  while (true) {
    IMGSLIM_TRY(const auto count, source.read(buffer));
    if (count == 0) return text;
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
}

Result<std::string> output_of(std::vector<std::string> argv) {
  IMGSLIM_TRY(const auto child, ChildSource::start(std::move(argv)));
  return read_all(*child);
}

std::string failure_of(std::vector<std::string> argv) {
  const auto output = output_of(std::move(argv));
  REQUIRE_FALSE(output.has_value());
  CHECK(output.error().kind == ErrorKind::environment);
  return output.error().message;
}

bool is_running(pid_t process) { return kill(process, 0) == 0; }

double seconds_of(auto&& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

HeldImage held(std::string_view input) {
  auto image = parse_held_image(input);
  REQUIRE(image.has_value());
  REQUIRE(image->has_value());
  return std::move(**image);
}

}  // namespace

TEST_CASE("docker://, podman:// and registry:// name an image, no other scheme is known, anything else is a path") {
  CHECK(held("docker://app:1").holder == Holder::docker);
  CHECK(held("docker://app:1").name == "app:1");
  CHECK(held("podman://localhost/app").holder == Holder::podman);
  CHECK(held("registry://example.com:5000/app@sha256:0").name == "example.com:5000/app@sha256:0");
  for (const auto* path : {"app.tar", "-", "docker:app", "./docker://x"})
    CHECK_FALSE(parse_held_image(path)->has_value());
  const auto other = parse_held_image("containerd://x");
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().kind == ErrorKind::usage);
  CHECK(other.error().message ==
        "no such source: \"containerd://\" (docker://NAME, podman://NAME and registry://NAME are known)");
}

TEST_CASE("names that would be taken for options or several words are refused") {
  const auto refuse = [](std::string_view input) {
    const auto image = parse_held_image(input);
    REQUIRE_FALSE(image.has_value());
    CHECK(image.error().kind == ErrorKind::usage);
    return image.error().message;
  };
  CHECK(refuse("docker://--help") == "not an image's name: \"--help\" starts with \"-\"");
  CHECK(refuse("registry://-x") == "not an image's name: \"-x\" starts with \"-\"");
  CHECK(refuse("podman://") == "an image's name is missing after \"//\"");
  CHECK(refuse("docker://a b") == "not an image's name: \"a b\" holds a blank or a control character");
  CHECK(refuse("docker://a\nb") == "not an image's name: \"a\nb\" holds a blank or a control character");
}

TEST_CASE("each holder has its command") {
  CHECK(fetch_command(held("docker://app:1"), {}).argv == Names{"docker", "save", "app:1"});
  CHECK(fetch_command(held("podman://app:1"), {}).argv == Names{"podman", "save", "--quiet", "app:1"});
  const auto plain = fetch_command(held("registry://example.com/app:1"), {});
  CHECK(plain.argv == Names{"skopeo", "copy", "--quiet", "docker://example.com/app:1",
                            "oci-archive:" + plain.named_pipe + ":example.com/app:1"});
  FetchOptions options;
  options.platform = Platform{"linux", "arm", "v7"};
  options.verify_tls = false;
  const auto chosen = fetch_command(held("registry://app@sha256:0"), options);
  CHECK(chosen.argv == Names{"skopeo", "--override-os", "linux", "--override-arch", "arm", "--override-variant", "v7",
                             "copy", "--quiet", "--src-tls-verify=false", "docker://app@sha256:0",
                             "oci-archive:" + chosen.named_pipe});
}

TEST_CASE("the output of the program arrives whole, whatever it prints beside it") {
  const FakePrograms programs;
  programs.add("docker", "head -c 3000000 /dev/zero; head -c 1000000 /dev/zero >&2; printf end");
  const auto child = fetch(held("docker://app"), {});
  REQUIRE(child.has_value());
  const auto output = read_all(**child);
  REQUIRE(output.has_value());
  CHECK(output->size() == 3'000'003);
  CHECK(output->ends_with("end"));
  std::byte byte{};
  CHECK(*(*child)->read({&byte, 1}) == 0);
  CHECK((*child)->process() == 0);
}

TEST_CASE("arguments reach the program unchanged: no shell reads them") {
  const FakePrograms programs;
  programs.add("docker", "printf '%s|' \"$@\"");
  const auto output = output_of({"docker", "save", "a;touch x", "$(id)", "*", ""});
  REQUIRE(output.has_value());
  CHECK(*output == "save|a;touch x|$(id)|*||");
}

TEST_CASE("a program that fails is an environment error with its last words, at the end of the stream") {
  const FakePrograms programs;
  programs.add("docker",
               "printf data; echo one >&2; echo two >&2; echo three >&2; echo 'No such image: app:1' >&2; exit 3");
  auto child = fetch(held("docker://app:1"), {});
  REQUIRE(child.has_value());
  std::vector<std::byte> buffer(100);
  CHECK(*(*child)->read(buffer) == 4);
  const auto end = (*child)->read(buffer);
  REQUIRE_FALSE(end.has_value());
  CHECK(end.error().kind == ErrorKind::environment);
  CHECK(end.error().message == "\"docker save app:1\" failed with exit status 3: two; three; No such image: app:1");
  programs.add("docker", "kill -9 $$");
  CHECK(failure_of({"docker", "save", "x"}) == "\"docker save x\" was killed by signal 9");
  programs.add("docker", "exit 1");
  CHECK(failure_of({"docker", "save", "x"}) == "\"docker save x\" failed with exit status 1");
}

TEST_CASE("a missing program is named with its package and the way around it") {
  const std::string old_path = getenv("PATH");
  const ScratchDirectory empty;
  setenv("PATH", empty.path().c_str(), 1);
  const auto docker = output_of({"docker", "save", "x"});
  const auto skopeo = fetch(held("registry://x"), {});
  setenv("PATH", old_path.c_str(), 1);
  REQUIRE_FALSE(docker.has_value());
  CHECK(docker.error().message ==
        "cannot run docker: no such program on the PATH; install it (Debian: apt-get install docker.io), or give the "
        "image as a file: docker save NAME | imgslim analyze -");
  REQUIRE_FALSE(skopeo.has_value());
  CHECK(skopeo.error().message ==
        "cannot run skopeo: no such program on the PATH; install it (Debian: apt-get install skopeo), or give the "
        "image as a file: docker save NAME | imgslim analyze -");
}

TEST_CASE("a program that cannot be executed is an environment error") {
  const FakePrograms programs;
  CHECK(failure_of({(programs.path() / "nothing" / "here").string()}).starts_with("cannot run "));
  std::ofstream(programs.path() / "plain") << "text";
  CHECK(failure_of({(programs.path() / "plain").string()}) ==
        "cannot run " + (programs.path() / "plain").string() + ": Permission denied");
}

TEST_CASE("a source that is dropped ends its program and leaves no zombie") {
  const FakePrograms programs;
  programs.add("docker", "printf x; exec sleep 1000");
  auto child = fetch(held("docker://app"), {});
  REQUIRE(child.has_value());
  const auto process = (*child)->process();
  REQUIRE(is_running(process));
  CHECK(seconds_of([&] { child->reset(); }) < 100);
  CHECK_FALSE(is_running(process));
}

TEST_CASE("a program that ignores the request to stop is killed") {
  const FakePrograms programs;
  programs.add("docker", "trap '' TERM; printf x; while :; do sleep 0.2; done");
  auto child = fetch(held("docker://app"), {});
  REQUIRE(child.has_value());
  std::vector<std::byte> buffer(10);
  CHECK(*(*child)->read(buffer) == 1);
  const auto process = (*child)->process();
  child->reset();
  CHECK_FALSE(is_running(process));
}

TEST_CASE("a helper left behind with the pipes open does not hold up the end") {
  const FakePrograms programs;
  programs.add("podman", "sleep 200 & printf image");
  const auto child = fetch(held("podman://app"), {});
  REQUIRE(child.has_value());
  CHECK(seconds_of([&] { CHECK(*read_all(**child) == "image"); }) < 100);
}

TEST_CASE("output through a named pipe arrives whole, and the pipe goes away") {
  const FakePrograms programs;
  const ScratchDirectory temporary;
  FetchOptions options;
  options.temporary_directory = temporary.path().string();
  programs.add("skopeo",
               "echo chatter; for last; do :; done; out=${last#oci-archive:}; out=${out%%:*}; sleep 0.3; head -c "
               "500000 /dev/zero > \"$out\"");
  {
    const auto child = fetch(held("registry://app:1"), options);
    REQUIRE(child.has_value());
    CHECK_FALSE(std::filesystem::is_empty(temporary.path()));
    const auto output = read_all(**child);
    REQUIRE(output.has_value());
    CHECK(output->size() == 500'000);
  }
  CHECK(std::filesystem::is_empty(temporary.path()));

  programs.add("skopeo", "echo 'manifest unknown' >&2; exit 1");
  const auto child = fetch(held("registry://app:1"), options);
  REQUIRE(child.has_value());
  const auto output = read_all(**child);
  REQUIRE_FALSE(output.has_value());
  CHECK(output.error().message ==
        "\"skopeo copy --quiet docker://app:1 oci-archive:FILE:app:1\" failed with exit status 1: manifest unknown");

  options.temporary_directory = "/nonexistent";
  CHECK(fetch(held("registry://app"), options).error().message ==
        "cannot make a directory in /nonexistent: No such file or directory");
}
