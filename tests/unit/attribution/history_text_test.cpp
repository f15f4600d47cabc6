#include "attribution/history_text.h"

#include "support/catch.h"

namespace imgslim::attribution {
namespace {

void check_read(std::string_view created_by, std::string_view kind, std::string_view arguments) {
  const auto step = read_created_by(created_by);
  CAPTURE(created_by);
  CHECK(step.kind == kind);
  CHECK(step.arguments == arguments);
}

TEST_CASE("what each builder writes for RUN becomes the command alone") {
  check_read("/bin/sh -c apt-get update", "RUN", "apt-get update");
  check_read("|1 VERSION=2 /bin/sh -c make", "RUN", "make");
  check_read("|1 TEXT=two words /bin/sh -c make", "RUN", "make");
  check_read("RUN /bin/sh -c make # buildkit", "RUN", "make");
  check_read("RUN |2 A=1 B=2 /bin/sh -c make # buildkit", "RUN", "make");
  check_read("RUN /bin/bash -o pipefail -c curl x | sh # buildkit", "RUN", "curl x | sh");
}

TEST_CASE("what each builder writes for other instructions becomes keyword and arguments") {
  check_read("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD", "[\"bash\"]");
  check_read("/bin/sh -c #(nop) ADD file:0123 in / ", "ADD", "file:0123 in /");
  check_read("COPY . /app # buildkit", "COPY", ". /app");
  check_read("ENV A=1", "ENV", "A=1");
}

TEST_CASE("a step of no known builder keeps its text and has no kind") {
  check_read("bazel build ...", "", "bazel build ...");
  check_read("", "", "");
}

bool same(std::string_view created_by, std::string_view keyword, std::string_view arguments) {
  return same_step(read_created_by(created_by), keyword, arguments);
}

TEST_CASE("RUN steps are the same when their commands are, whatever blanks, quotes and flags") {
  CHECK(same("/bin/sh -c apt-get   update", "RUN", "apt-get update"));
  CHECK(same("RUN /bin/sh -c make # buildkit", "RUN", "--mount=type=cache,target=/x make"));
  CHECK(same("RUN make all # buildkit", "RUN", "[\"make\", \"all\"]"));
  CHECK_FALSE(same("/bin/sh -c apt-get update", "RUN", "apt-get upgrade"));
  CHECK_FALSE(same("/bin/sh -c apt-get update", "COPY", "apt-get update"));
}

TEST_CASE("COPY compares what the builder kept: a hash hides the sources, never the destination") {
  CHECK(same("/bin/sh -c #(nop) COPY dir:0123 in /app ", "COPY", ". /app/"));
  CHECK_FALSE(same("/bin/sh -c #(nop) COPY dir:0123 in /app ", "COPY", ". /srv"));
  CHECK(same("COPY a b /app/ # buildkit", "COPY", "--chown=1:1 a b /app/"));
  CHECK_FALSE(same("COPY a b /app/ # buildkit", "COPY", "a c /app/"));
  CHECK(same("COPY x.jar /app/ # buildkit", "COPY", "${JAR} /app/"));
  CHECK(same("COPY . /app # buildkit", "COPY", "[\".\", \"/app\"]"));
}

TEST_CASE("metadata steps are told apart by their first word, since builders print lists and values anew") {
  CHECK(same("ENV A=1 B=2", "ENV", "A=1 B=\"2\""));
  CHECK_FALSE(same("ENV A=1", "ENV", "B=1"));
  CHECK(same("/bin/sh -c #(nop) WORKDIR /srv/app", "WORKDIR", "app"));
  CHECK(same("CMD [\"/bin/sh\" \"-c\" \"serve it\"]", "CMD", "serve it"));
  CHECK_FALSE(same("CMD [\"nginx\"]", "CMD", "[\"httpd\"]"));
}

}  // namespace
}  // namespace imgslim::attribution
