// A jar is a zip archive. Maven's archiver leaves META-INF/maven/GROUP/ARTIFACT/pom.properties (Java properties
// groupId, artifactId, version) for the artifact itself and, in a shaded jar, for each artifact merged into it; the one
// whose artifactId begins the file's name is the jar's own. META-INF/MANIFEST.MF (docs.oracle.com, "JAR File
// Specification") may state Implementation-Title and -Version, or as an OSGi bundle Bundle-SymbolicName and -Version,
// and the archives that its classes want beside it, Class-Path. Spring Boot jars and WAR files hold whole jars
// (BOOT-INF/lib, WEB-INF/lib), which are listed by name and not opened.
#include "packages/jar.h"

#include <algorithm>
#include <utility>

#include "core/path.h"
#include "packages/control_fields.h"
#include "packages/text_lines.h"
#include "packages/zip_directory.h"

namespace imgslim::packages {
namespace {

constexpr std::string_view manifest_name = "META-INF/MANIFEST.MF";
constexpr std::string_view maven_directory = "META-INF/maven/";
constexpr std::string_view properties_suffix = "/pom.properties";
constexpr std::uint64_t longest_metadata = 1u << 20;
constexpr std::uint64_t most_metadata = 32u << 20;

struct Artifact {
  std::string group, name, version;
};

bool is_archive_name(std::string_view name) {
  return name.ends_with(".jar") || name.ends_with(".war") || name.ends_with(".ear");
}

/// "key=value" lines; escapes do not occur in what is wanted here.
Artifact read_properties(std::string_view text) {
  Artifact artifact;
  while (!text.empty()) {
    const auto line = take_line(text);
    const auto equals = line.find_first_of("=:");
    if (equals == std::string_view::npos || line.starts_with('#')) continue;
    const auto key = trimmed(line.substr(0, equals));
    const auto value = trimmed(line.substr(equals + 1));
    if (key == "groupId") artifact.group = value;
    if (key == "artifactId") artifact.name = value;
    if (key == "version") artifact.version = value;
  }
  return artifact;
}

std::string coordinates(const Artifact& artifact) {
  return artifact.group + ':' + artifact.name + ':' + artifact.version;
}

/// "NAME-1.2.3" cut before the first dash that a digit follows.
Artifact read_file_name(std::string_view stem) {
  for (auto dash = stem.find('-'); dash != std::string_view::npos; dash = stem.find('-', dash + 1)) {
    if (dash + 1 < stem.size() && stem[dash + 1] >= '0' && stem[dash + 1] <= '9') {
      return {"", std::string(stem.substr(0, dash)), std::string(stem.substr(dash + 1))};
    }
  }
  return {"", std::string(stem), ""};
}

class JarReader {
 public:
  JarReader(ByteView archive, std::string_view path) : archive_(archive), path_(path), stem_(base_name(path)) {
    stem_ = stem_.substr(0, stem_.rfind('.'));
  }

  Result<Jar> read() && {
    IMGSLIM_TRY(const auto entries, read_zip_directory(archive_));
    for (const auto& entry : entries) read_entry(entry);
    std::string_view manifest = manifest_;
    manifest_fields_ = ControlFields::take(manifest, Continuation::wrap);
    jar_.class_path = manifest_fields_.value("Class-Path");
    const auto own = choose_name();
    jar_.package.manager = "jar";
    jar_.package.name = own.group.empty() ? own.name : own.group + ':' + own.name;
    jar_.package.version = own.version;
    jar_.package.files.emplace_back(path_);
    auto& bundled = jar_.bundled;
    std::sort(bundled.begin(), bundled.end());
    bundled.erase(std::unique(bundled.begin(), bundled.end()), bundled.end());
    return std::move(jar_);
  }

 private:
  void read_entry(const ZipEntry& entry) {
    if (is_archive_name(entry.name)) {
      jar_.bundled.emplace_back(base_name(entry.name));
    } else if (entry.name == manifest_name && manifest_.empty()) {
      manifest_ = content_of(entry);
    } else if (entry.name.starts_with(maven_directory) && entry.name.ends_with(properties_suffix)) {
      auto artifact = read_properties(content_of(entry));
      if (!artifact.name.empty()) artifacts_.push_back(std::move(artifact));
    }
  }

  std::string content_of(const ZipEntry& entry) {
    if (metadata_left_ == 0) return {};
    auto content = read_zip_entry(archive_, entry, std::min(longest_metadata, metadata_left_));
    if (content) {
      metadata_left_ -= content->size();
      return std::move(*content);
    }
    jar_.notes.push_back(
        {"jar-metadata-unreadable", std::string(path_), std::string(entry.name) + ": " + content.error().message});
    return {};
  }

  /// The longest artifactId that begins the file's name is the jar's own artifact; the rest are bundled.
  Artifact choose_name() {
    const Artifact* own = artifacts_.size() == 1 ? &artifacts_.front() : nullptr;
    for (const auto& artifact : artifacts_) {
      if (stem_.starts_with(artifact.name) && (own == nullptr || artifact.name.size() > own->name.size())) {
        own = &artifact;
      }
    }
    for (const auto& artifact : artifacts_) {
      if (&artifact != own) jar_.bundled.push_back(coordinates(artifact));
    }
    return own != nullptr ? *own : name_of_manifest();
  }

  [[nodiscard]] Artifact name_of_manifest() const {
    auto artifact = read_file_name(stem_);
    const auto bundle = manifest_fields_.value("Bundle-SymbolicName");
    const auto title = manifest_fields_.value("Implementation-Title");
    if (!bundle.empty()) {
      artifact.name = trimmed(bundle.substr(0, bundle.find(';')));
    } else if (!title.empty()) {
      artifact.name = title;
    }
    for (const auto* field : {"Implementation-Version", "Bundle-Version"}) {
      const auto version = manifest_fields_.value(field);
      if (version.empty()) continue;
      artifact.version = version;
      break;
    }
    return artifact;
  }

  ByteView archive_;
  std::string_view path_;
  std::string_view stem_;
  std::string manifest_;
  ControlFields manifest_fields_;
  std::vector<Artifact> artifacts_;
  std::uint64_t metadata_left_ = most_metadata;
  Jar jar_;
};

}  // namespace

Result<Jar> read_jar(std::span<const std::byte> bytes, std::string_view path) {
  return JarReader(ByteView(bytes), path).read();
}

}  // namespace imgslim::packages
