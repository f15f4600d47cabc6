#include "image/config.h"

#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::image;
using Names = std::vector<std::string>;

namespace {

std::string refusal(std::string_view text) {
  const auto config = parse_config(text, Limits{});
  REQUIRE_FALSE(config.has_value());
  return config.error().message;
}

}  // namespace

TEST_CASE("every member of Docker's config is read") {
  const auto parsed = parse_config(R"({
    "architecture": "arm64", "os": "linux", "variant": "v8", "created": "2024-05-01T10:00:00Z", "author": "me",
    "config": {"User": "1000:1000", "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}, "Env": ["A=1", "B=2"], "Entrypoint": ["/bin/app", "-x"],
               "Cmd": ["serve"], "Volumes": {"/data": {}}, "WorkingDir": "/srv", "Labels": {"k": "v"}, "StopSignal": "SIGINT",
               "Shell": ["/bin/bash", "-c"], "Healthcheck": {"Test": ["CMD-SHELL", "curl localhost"], "Interval": 1000}},
    "history": [{"created": "2024-05-01T09:00:00Z", "created_by": "ADD rootfs.tar /", "comment": "c"}, {"created_by": "ENV A=1", "empty_layer": true}],
    "rootfs": {"type": "layers", "diff_ids": ["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}})",
                                   Limits{});
  REQUIRE(parsed.has_value());
  const auto& config = parsed->config;
  CHECK(parsed->platform.text() == "linux/arm64/v8");
  CHECK(config.created == "2024-05-01T10:00:00Z");
  CHECK(config.author == "me");
  CHECK(config.user == "1000:1000");
  CHECK(config.exposed_ports == Names{"443/tcp", "80/tcp"});
  CHECK(config.env == Names{"A=1", "B=2"});
  CHECK(config.entrypoint == Names{"/bin/app", "-x"});
  CHECK(config.cmd == Names{"serve"});
  CHECK(config.volumes == Names{"/data"});
  CHECK(config.working_dir == "/srv");
  CHECK(config.labels.at("k") == "v");
  CHECK(config.stop_signal == "SIGINT");
  CHECK(config.shell == Names{"/bin/bash", "-c"});
  CHECK(config.healthcheck == Names{"CMD-SHELL", "curl localhost"});
  REQUIRE(parsed->history.size() == 2);
  CHECK(parsed->history[0].created_by == "ADD rootfs.tar /");
  CHECK(parsed->history[0].comment == "c");
  CHECK_FALSE(parsed->history[0].empty_layer);
  CHECK(parsed->history[1].empty_layer);
  REQUIRE(parsed->diff_ids.size() == 1);
}

TEST_CASE("null members read as absent, a command of one word as a list of one") {
  const auto parsed = parse_config(
      R"({"config": {"Env": null, "Cmd": null, "Labels": null, "Volumes": null, "Entrypoint": "/init"}, "history": null,
    "rootfs": {"type": null, "diff_ids": null}})",
      Limits{});
  REQUIRE(parsed.has_value());
  CHECK(parsed->config.env.empty());
  CHECK(parsed->config.entrypoint == Names{"/init"});
  CHECK(parsed->history.empty());
  CHECK(parsed->diff_ids.empty());
  CHECK(parse_config(R"({"config": null, "rootfs": {"diff_ids": []}})", Limits{}).has_value());
}

TEST_CASE("what is no image config is refused, with what is wrong") {
  CHECK(refusal("{}") == "not an image config: it has no rootfs");
  CHECK(refusal("[]") == "not an image config: it has no rootfs");
  CHECK(refusal(R"({"rootfs": {"type": "blocks"}})") == "rootfs.type is \"blocks\", expected \"layers\"");
  CHECK(refusal(R"({"rootfs": {"type": 1}})") == "rootfs.type is \"\", expected \"layers\"");
  CHECK(refusal(R"({"rootfs": {"type": "layers", "diff_ids": {}}})") == "rootfs.diff_ids is no list");
  CHECK(refusal(R"({"rootfs": {"type": "layers", "diff_ids": [1]}})") ==
        "rootfs.diff_ids holds something that is no string");
  CHECK(refusal(R"({"rootfs": {"type": "layers", "diff_ids": ["sha256:E3"]}})") ==
        "rootfs.diff_ids[0]: not a digest: \"sha256:E3\"");
  CHECK(refusal(R"({"rootfs": 1, "rootfs": 2})") == "duplicate key \"rootfs\"");
}
