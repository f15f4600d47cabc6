#include "image/platform.h"
#include "image_members.h"

using namespace imgslim;
using namespace imgslim::image;
using namespace imgslim::image::test;
using Names = std::vector<std::string>;

namespace {

/// Three images: two tags of one, one of another registry, one unnamed.
ImageMembers three_images(std::string* first_digest = nullptr) {
  ImageMembers members;
  const auto first = add_oci_image(members, {"a"});
  const auto second = add_oci_image(members, {"b"});
  const auto third = add_oci_image(members, {"c"});
  if (first_digest != nullptr) *first_digest = first["digest"];
  add_layout(members,
             Json::array({with_name(first, "registry.example:5000/team/api:pr-41"), with_name(first, "api:stable"),
                          with_name(second, "registry.example:5000/team/api:pr-42"), third}));
  return members;
}

Selection by_reference(const std::string& reference) {
  auto selection = for_host();
  selection.reference = reference;
  return selection;
}

Selection for_platform(const std::string& text) {
  auto selection = for_host();
  auto platform = parse_platform(text);
  REQUIRE(platform.has_value());
  selection.platform = *platform;
  return selection;
}

/// One image for the given platforms, whose one layer is named after the platform.
ImageMembers for_platforms(const Names& platforms) {
  ImageMembers members;
  Json manifests = Json::array();
  for (const auto& text : platforms) {
    const auto platform = parse_platform(text);
    REQUIRE(platform.has_value());
    manifests.push_back(with_platform(add_oci_image(members, {text}, platform->architecture), platform->os,
                                      platform->architecture, platform->variant));
  }
  const auto index = members.json_blob(oci_index, {{"schemaVersion", 2}, {"manifests", manifests}});
  return add_layout(members, Json::array({with_name(index, "multi:1")}));
}

std::string chosen(const ImageMembers& members, const Selection& selection) {
  return resolved(members, selection).layers.at(0).diff_id.text();
}

}  // namespace

TEST_CASE("several images are listed, never the first taken") {
  std::string first;
  const auto members = three_images(&first);
  const auto third = add_oci_image(*std::make_unique<ImageMembers>(), {"c"})["digest"].get<std::string>();
  CHECK(refusal(members) ==
        "the archive holds 3 images: 1 = registry.example:5000/team/api:pr-41, 2 = "
        "registry.example:5000/team/api:pr-42, 3 = " +
            third + "; choose one with --ref NAME or --ref NUMBER");
}

TEST_CASE("an image is chosen by name, part of its name, number or digest") {
  std::string first;
  const auto members = three_images(&first);
  CHECK(chosen(members, by_reference("registry.example:5000/team/api:pr-42")) == digest_of("b"));
  CHECK(chosen(members, by_reference("team/api:pr-42")) == digest_of("b"));
  CHECK(chosen(members, by_reference("pr-41")) == digest_of("a"));
  CHECK(chosen(members, by_reference("stable")) == digest_of("a"));
  CHECK(chosen(members, by_reference("3")) == digest_of("c"));
  CHECK(chosen(members, by_reference(first)) == digest_of("a"));
  CHECK(chosen(members, by_reference(first.substr(7, 12))) == digest_of("a"));
  CHECK(chosen(members, by_reference(digest_of(config_json({"c"}).dump()))) == digest_of("c"));
  CHECK(resolved(members, by_reference("stable")).reference == "api:stable");
}

TEST_CASE("a reference that means several images lists those") {
  CHECK(refusal(three_images(), by_reference("team/api")) ==
        "\"team/api\" means 2 images of the archive: 1 = registry.example:5000/team/api:pr-41, 2 = "
        "registry.example:5000/team/api:pr-42; choose one with --ref NAME or --ref NUMBER");
}

TEST_CASE("an unknown reference lists the images and the nearest name") {
  const auto members = classic_docker({"a"}, Json::array({"app:1"}));
  CHECK(refusal(members, by_reference("app:2")) ==
        "no image \"app:2\" in the archive, which holds 1 = app:1; did you mean \"app:1\"?");
  CHECK(refusal(members, by_reference("pp:1")) ==
        "no image \"pp:1\" in the archive, which holds 1 = app:1; did you mean \"app:1\"?");
  CHECK(refusal(members, by_reference("7")) == "no image \"7\" in the archive, which holds 1 = app:1");
}

TEST_CASE("a tag that is a number means the tag, not the image's number") {
  ImageMembers members;
  add_layout(members, Json::array({with_name(add_oci_image(members, {"a"}), "one"),
                                   with_name(add_oci_image(members, {"b"}), "1")}));
  CHECK(chosen(members, by_reference("1")) == digest_of("b"));
}

TEST_CASE("several images in manifest.json are listed too") {
  ImageMembers members;
  Json list = Json::array();
  for (const std::string name : {"x", "y"}) {
    const auto config = config_json({name}).dump();
    members.file(hex_of(config) + ".json", config).file(name + "/layer.tar", name);
    list.push_back(
        {{"Config", hex_of(config) + ".json"}, {"RepoTags", {name + ":1"}}, {"Layers", {name + "/layer.tar"}}});
  }
  members.json("manifest.json", list);
  CHECK(refusal(members) == "the archive holds 2 images: 1 = x:1, 2 = y:1; choose one with --ref NAME or --ref NUMBER");
  CHECK(chosen(members, by_reference("2")) == digest_of("y"));
}

TEST_CASE("the platform asked for wins, then this machine's, then the only one") {
  const auto members = for_platforms({"linux/amd64", "linux/arm64/v8", "linux/arm/v6"});
  CHECK(chosen(members, for_platform("linux/arm64")) == digest_of("linux/arm64/v8"));
  CHECK(chosen(members, for_platform("aarch64")) == digest_of("linux/arm64/v8"));
  CHECK(chosen(members, for_host("amd64")) == digest_of("linux/amd64"));
  CHECK(chosen(members, for_host("arm")) == digest_of("linux/arm/v6"));
  CHECK(chosen(for_platforms({"linux/s390x"}), for_host("amd64")) == digest_of("linux/s390x"));
}

TEST_CASE("several platforms, none of them this machine's, are listed") {
  CHECK(refusal(for_platforms({"linux/amd64", "linux/arm64"}), for_host("s390x")) ==
        "the image is for linux/amd64, linux/arm64, not for this machine (linux/s390x); choose one with --platform "
        "OS/ARCHITECTURE[/VARIANT]");
  CHECK(refusal(for_platforms({"linux/amd64", "linux/arm64"}), Selection{}) ==
        "the image is for linux/amd64, linux/arm64; choose one with --platform OS/ARCHITECTURE[/VARIANT]");
}

TEST_CASE("a platform that is not there is refused, even when there is only one image") {
  CHECK(refusal(for_platforms({"linux/amd64"}), for_platform("linux/arm64")) ==
        "no image for linux/arm64 in the archive, only for linux/amd64");
  CHECK(refusal(classic_docker({"a"}), for_platform("linux/arm64")) ==
        "no image for linux/arm64 in the archive, only for linux/amd64");
}

TEST_CASE("platforms listed side by side under one name are one image, under two names two") {
  ImageMembers one;
  add_layout(one, Json::array({with_name(with_platform(add_oci_image(one, {"a"}), "linux", "amd64"), "app"),
                               with_name(with_platform(add_oci_image(one, {"b"}, "arm64"), "linux", "arm64"), "app")}));
  CHECK(chosen(one, for_host("arm64")) == digest_of("b"));
  ImageMembers two;
  add_layout(two,
             Json::array({with_name(with_platform(add_oci_image(two, {"a"}), "linux", "amd64"), "app"),
                          with_name(with_platform(add_oci_image(two, {"b"}, "arm64"), "linux", "arm64"), "tool")}));
  CHECK(refusal(two, for_host("arm64")) ==
        "the archive holds 2 images: 1 = app, 2 = tool; choose one with --ref NAME or --ref NUMBER");
}

TEST_CASE("one platform twice in an index: the first, with a note") {
  const auto store = [] {
    ImageMembers members;
    const auto index =
        members.json_blob(oci_index, {{"manifests",
                                       {with_platform(add_oci_image(members, {"a"}), "linux", "amd64"),
                                        with_platform(add_oci_image(members, {"b"}), "linux", "amd64")}}});
    return add_layout(members, Json::array({index}));
  }();
  const auto info = resolved(store);
  CHECK(info.layers[0].diff_id.text() == digest_of("a"));
  CHECK(note_codes(info) == Names{"platform-twice"});
}

TEST_CASE("an image whose blobs are there is preferred to this machine's without") {
  auto members = for_platforms({"linux/amd64", "linux/arm64"});
  members.remove("blobs/sha256/" + hex_of("linux/amd64"));
  CHECK(chosen(members, for_host("amd64")) == digest_of("linux/arm64"));
  CHECK(refusal(members, for_platform("linux/amd64"))
            .starts_with("layer 1 (" + digest_of("linux/amd64") + "): its blob is not in the archive"));
}

TEST_CASE("all images and platforms are listed, incomplete ones marked") {
  auto members = for_platforms({"linux/amd64", "linux/arm64/v8"});
  members.remove("blobs/sha256/" + hex_of("linux/amd64"));
  const auto store = members.build();
  const auto choices = list_images(store, Limits{});
  REQUIRE(choices.has_value());
  REQUIRE(choices->size() == 2);
  CHECK(choices->at(0).reference == "multi:1");
  CHECK(choices->at(0).platform.text() == "linux/amd64");
  CHECK_FALSE(choices->at(0).complete);
  CHECK(choices->at(1).complete);
  CHECK_FALSE(choices->at(1).manifest_digest.empty());
}

TEST_CASE("platforms are matched as containerd does") {
  const auto quality = [](const std::string& offered, const std::string& wanted) {
    return match_quality(*parse_platform(offered), *parse_platform(wanted));
  };
  CHECK(quality("linux/arm64/v8", "linux/arm64") == 100);
  CHECK(quality("linux/arm", "linux/arm/v7") == 100);
  CHECK(quality("linux/amd64/v1", "linux/amd64") == 100);
  CHECK(quality("linux/arm/v6", "linux/arm/v7") > quality("linux/arm/v5", "linux/arm/v7"));
  CHECK(quality("linux/arm/v7", "linux/arm/v6") == 0);
  CHECK(quality("linux/amd64/v3", "linux/amd64") == 0);
  CHECK(quality("linux/amd64", "linux/amd64/v3") > 0);
  CHECK(quality("windows/amd64", "linux/amd64") == 0);
  CHECK(quality("linux/x86_64", "linux/amd64") == 100);
}

TEST_CASE("a platform that cannot be read is a usage error") {
  for (const std::string text : {"", "linux/", "linux/amd64/v1/x", "/amd64", "amd65"}) {
    const auto platform = parse_platform(text);
    INFO(text);
    REQUIRE_FALSE(platform.has_value());
    CHECK(platform.error().kind == ErrorKind::usage);
  }
  CHECK(parse_platform("amd65").error().message ==
        "unknown architecture \"amd65\"; a platform is OS/ARCHITECTURE[/VARIANT]");
  CHECK(parse_platform("linux/").error().message ==
        "a platform is OS/ARCHITECTURE[/VARIANT], such as linux/arm64/v8, not \"linux/\"");
  CHECK(Platform{}.text().empty());
  CHECK(Platform{"linux", "arm", "v7"}.text() == "linux/arm/v7");
}
