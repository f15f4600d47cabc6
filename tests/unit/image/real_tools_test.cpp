// Archives by the tools that people use, held against what skopeo says of the same image.
#include "support/real_tools.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "archive/file.h"
#include "image/daemon.h"
#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;
using real_tools::has_program;
using real_tools::output_of;
using real_tools::ScratchDirectory;

namespace {

void run(const std::string& command) {
  INFO(command);
  REQUIRE(output_of(command + " 2>&1").has_value());
}

/// A layout of one image with two layers, made by umoci.
class RealImage {
 public:
  RealImage() {
    std::ofstream(path("file")) << std::string(20'000, 'x');
    run("umoci init --layout " + path("layout"));
    run("umoci new --image " + path("layout:v1"));
    run("umoci insert --image " + path("layout:v1") + " " + path("file") + " /etc/one");
    run("umoci insert --image " + path("layout:v1") + " " + path("file") + " /etc/two");
    run("umoci config --image " + path("layout:v1") + " --config.cmd /bin/app --config.env A=1");
    config_ = Json::parse(*output_of("skopeo inspect --config --raw oci:" + path("layout:v1")));
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
  [[nodiscard]] std::string copy(const std::string& target, const std::string& options = "") const {
    run("skopeo copy -q " + options + " oci:" + path("layout:v1") + " " + target);
    return target;
  }
  [[nodiscard]] const Json& config() const { return config_; }

 private:
  ScratchDirectory directory_;
  Json config_;
};

struct ReadImage {
  ImageInfo info;
  Names blob_digests;  ///< of each layer's member, computed
};

ReadImage read(const archive::MemberStore& store, Container container) {
  auto info = resolve(store, container, for_host("amd64"), Limits{});
  INFO((info ? "" : info.error().message));
  REQUIRE(info.has_value());
  ReadImage image{.info = std::move(*info), .blob_digests = {}};
  for (const auto& layer : image.info.layers) {
    auto content = store.open(layer.member);
    REQUIRE(content.has_value());
    archive::HashingSource hashed(**content);
    REQUIRE(archive::drain(hashed).has_value());
    image.blob_digests.push_back(hashed.finish().text());
  }
  return image;
}

ReadImage read_tar(const std::string& path) {
  auto file = archive::File::open(path);
  REQUIRE(file.has_value());
  auto store = archive::index_tar_file(*file, Limits{});
  REQUIRE(store.has_value());
  return read(**store, Container::archive);
}

ReadImage read_directory(const std::string& path) {
  auto store = archive::open_directory(path, Limits{});
  REQUIRE(store.has_value());
  return read(**store, Container::directory);
}

/// Everything that all copies of one image share.
void check_same_image(const ReadImage& image, const Json& config) {
  const auto& info = image.info;
  CHECK(info.config.cmd == Names{"/bin/app"});
  CHECK(std::find(info.config.env.begin(), info.config.env.end(), "A=1") != info.config.env.end());
  CHECK(info.platform.os == config["os"]);
  CHECK(info.platform.architecture == config["architecture"]);
  REQUIRE(info.layers.size() == config["rootfs"]["diff_ids"].size());
  for (std::size_t i = 0; i < info.layers.size(); ++i) {
    CHECK(info.layers[i].diff_id.text() == config["rootfs"]["diff_ids"][i]);
    if (!info.layers[i].descriptor.digest.empty())
      CHECK(info.layers[i].descriptor.digest.text() == image.blob_digests[i]);
  }
  CHECK(info.history.size() == config["history"].size());
  CHECK(info.notes.empty());
}

bool has_tools() { return has_program("umoci") && has_program("skopeo"); }

std::uint16_t free_port() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  socklen_t length = sizeof address;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  close(listener);
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool connected = connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(client);
  return connected;
}

std::string store_in_file(ChildSource& source, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  std::vector<std::byte> buffer(65'536);
  while (true) {
    const auto count = source.read(buffer);
    if (!count) return count.error().message;
    if (*count == 0) return "";
    file.write(reinterpret_cast<const char*>(buffer.data()), static_cast<std::streamsize>(*count));
  }
}

}  // namespace

TEST_CASE("an OCI layout by umoci is read as skopeo reads it") {
  if (!has_tools()) IMGSLIM_SKIP("umoci or skopeo is not installed");
  const RealImage image;
  const auto read = read_directory(image.path("layout"));
  check_same_image(read, image.config());
  CHECK(read.info.source == SourceKind::oci_layout);
  CHECK(read.info.reference == "v1");
  CHECK(read.info.manifest_digest == sha256_of(*output_of("skopeo inspect --raw oci:" + image.path("layout:v1"))));
}

TEST_CASE("an OCI archive by skopeo is the same image, gzip and zstd") {
  if (!has_tools()) IMGSLIM_SKIP("umoci or skopeo is not installed");
  const RealImage image;
  (void)image.copy("oci-archive:" + image.path("oci.tar:team/app:1"));
  const auto gzip = read_tar(image.path("oci.tar"));
  check_same_image(gzip, image.config());
  CHECK(gzip.info.source == SourceKind::oci_archive);
  CHECK(gzip.info.reference == "team/app:1");
  (void)image.copy("oci-archive:" + image.path("zstd.tar:app"), "--dest-compress-format zstd --dest-compress");
  const auto zstd = read_tar(image.path("zstd.tar"));
  check_same_image(zstd, image.config());
}

TEST_CASE("a docker archive by skopeo is the same image, packed and unpacked") {
  if (!has_tools()) IMGSLIM_SKIP("umoci or skopeo is not installed");
  const RealImage image;
  (void)image.copy("docker-archive:" + image.path("docker.tar:team/app:1"));
  const auto packed = read_tar(image.path("docker.tar"));
  check_same_image(packed, image.config());
  CHECK(packed.info.source == SourceKind::docker_archive);
  CHECK(packed.info.reference.ends_with("team/app:1"));
  for (std::size_t i = 0; i < packed.info.layers.size(); ++i)
    CHECK(packed.info.layers[i].diff_id.text() == packed.blob_digests[i]);
  run("mkdir " + image.path("unpacked") + " && tar -C " + image.path("unpacked") + " -xf " + image.path("docker.tar"));
  const auto unpacked = read_directory(image.path("unpacked"));
  check_same_image(unpacked, image.config());
  CHECK(unpacked.info.source == SourceKind::docker_directory);
  run("tar -C " + image.path("unpacked") + " -cf " + image.path("dotted.tar") + " .");
  check_same_image(read_tar(image.path("dotted.tar")), image.config());
}

TEST_CASE("a dir: by skopeo is the same image, in both manifest formats") {
  if (!has_tools()) IMGSLIM_SKIP("umoci or skopeo is not installed");
  const RealImage image;
  for (const std::string format : {"oci", "v2s2"}) {
    (void)image.copy("dir:" + image.path(format), "--format " + format);
    const auto read = read_directory(image.path(format));
    check_same_image(read, image.config());
    CHECK(read.info.source == SourceKind::skopeo_directory);
    CHECK(read.info.manifest_digest == sha256_of(real_tools::file_text(image.path(format) + "/manifest.json")));
  }
}

TEST_CASE("an image in a registry arrives with the registry's own layers") {
  if (!has_tools() || !has_program("docker-registry"))
    IMGSLIM_SKIP("umoci, skopeo or docker-registry is not installed");
  const RealImage image;
  const auto port = free_port();
  const auto host = "127.0.0.1:" + std::to_string(port);
  std::ofstream(image.path("registry.yml"))
      << "version: 0.1\nstorage: {filesystem: {rootdirectory: " << image.path("storage") << "}}\nhttp: {addr: '" << host
      << "'}\nlog: {level: error}\n";
  const auto registry = ChildSource::start({"docker-registry", "serve", image.path("registry.yml")});
  REQUIRE(registry.has_value());
  for (int i = 0; i < 100 && !answers(port); ++i) usleep(50'000);
  REQUIRE(answers(port));
  (void)image.copy("docker://" + host + "/team/app:1", "--dest-tls-verify=false");

  FetchOptions options;
  options.verify_tls = false;
  const auto child = fetch({Holder::registry, host + "/team/app:1"}, options);
  REQUIRE(child.has_value());
  CHECK(store_in_file(**child, image.path("fetched.tar")).empty());
  const auto fetched = read_tar(image.path("fetched.tar"));
  check_same_image(fetched, image.config());
  CHECK(fetched.info.reference == host + "/team/app:1");
  CHECK(fetched.blob_digests == read_directory(image.path("layout")).blob_digests);

  const auto absent = fetch({Holder::registry, host + "/team/app:2"}, options);
  REQUIRE(absent.has_value());
  const auto message = store_in_file(**absent, image.path("absent.tar"));
  CHECK(message.find("failed with exit status 1: ") != std::string::npos);
  CHECK(message.find("manifest unknown") != std::string::npos);
}
