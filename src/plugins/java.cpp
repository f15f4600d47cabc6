// The parts of a Java virtual machine that every start maps (JDK sources: java.base/share/native/libjli/java.c,
// hotspot/share/classfile/classLoader.cpp, hotspot/os/posix, cds/filemap.cpp), measured with JDK 17 and 21.
//
// The launcher reads lib/jvm.cfg and opens libjvm.so of the first VM; the VM opens libjava.so and libjimage.so and maps
// lib/modules and the archive of shared classes. With a jar on the class path, libzip.so, libnio.so and libnet.so
// follow. JDK 8 has its libraries in jre/lib/ARCH, no modules, and opens libverify.so and libzip.so always.
//
// Programs that load others (Tomcat's and Ant's launchers, Maven's classworlds) are told where those are by a property:
// -Dcatalina.home=DIR, with archives in DIR/lib, or -Dant.library.dir=DIR.
#include <algorithm>
#include <optional>
#include <set>

#include "core/path.h"
#include "plugins/application_archives.h"
#include "plugins/config_files.h"
#include "plugins/language_rules.h"
#include "plugins/mapped_library.h"
#include "plugins/script_command.h"

namespace imgslim::plugins {
namespace {

constexpr std::size_t most_archives = 10'000;  ///< whose manifests are followed

/// "server" of "-server KNOWN", the first line of jvm.cfg that names a VM.
std::string first_vm(std::string_view text) {
  for (const auto& line : split_list(text, '\n'))
    if (line.starts_with('-') && line.find("KNOWN") != std::string::npos && line.find("IGNORE") == std::string::npos)
      return line.substr(1, line.find_first_of(" \t") - 1);
  return "server";
}

/// Archives of servers that ask for the platform's management beans when they start (their documentation of JMX; seen
/// of Jetty, Kafka and ZooKeeper); ApplicationArchives tells Tomcat and Spring Boot.
bool registers_beans(std::string_view archive) {
  constexpr std::string_view beginnings[] = {
      "tomcat-embed-core-", "jetty-server-",     "jetty9-server",    "kafka_",         "kafka-server-",
      "zookeeper",          "apache-cassandra-", "activemq-broker-", "artemis-server-"};
  return std::any_of(std::begin(beginnings), std::end(beginnings),
                     [&](std::string_view beginning) { return archive.starts_with(beginning); });
}

class JavaRule {
 public:
  JavaRule(const Context& context, std::string launcher, std::string library)
      : context_(context), launcher_(std::move(launcher)), library_(std::move(library)) {}

  std::vector<Candidate> run() {
    read_arguments();
    const auto configuration = context_.files.find(library_ + "/jvm.cfg");
    const auto text = context_.files.text_at(library_ + "/jvm.cfg");
    const auto vm = library_ + "/" + (vm_.empty() ? first_vm(text.value_or("")) : vm_);
    const auto machine = vm + "/libjvm.so";
    add(machine, Use::object, Tier::declared, launcher_, configuration ? configuration->path : "default VM");
    const bool modular = context_.files.find(library_ + "/modules").has_value();
    for (const auto* name : {"libjava.so", "libjimage.so"})
      add(library_ + "/" + name, Use::object, Tier::declared, machine, "VM start");
    add(library_ + "/modules", Use::data, Tier::declared, machine, "boot class path");
    if (!modular)
      for (const auto* name : {"libverify.so", "libzip.so"})
        add(library_ + "/" + name, Use::object, Tier::declared, machine, "VM start");
    if (shared_classes_) add(vm + "/classes.jsa", Use::data, Tier::declared, machine, "class data sharing");
    add(library_ + "/libjsvml.so", Use::object, Tier::likely, machine, "vector intrinsics on AVX");
    add_class_path(machine);
    add_managed(machine);
    if (agent_) add(library_ + "/libinstrument.so", Use::object, Tier::declared, machine, "-javaagent");
    return std::move(candidates_);
  }

 private:
  void add(const std::string& path, Use use, Tier tier, const std::string& from, std::string detail) {
    if (context_.files.find(path)) candidates_.push_back({path, use, tier, Via::java_runtime, from, std::move(detail)});
  }

  void read_arguments() {
    for (const auto* variable : {"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
      for (const auto& word : split_list(environment_value(context_.process, variable), ' ')) read_option(word);
    const auto& argv = context_.process.argv;
    class_path_ = environment_value(context_.process, "CLASSPATH");
    for (std::size_t i = 1; i < argv.size() && argv[i].starts_with('-'); ++i) {
      const auto& word = argv[i];
      const bool has_value = word == "-cp" || word == "-classpath" || word == "--class-path" || word == "-jar" ||
                             word == "-p" || word == "--module-path" || word == "--add-modules" || word == "-m" ||
                             word == "--module";
      if (!has_value) {
        read_option(word);
        continue;
      }
      const auto value = i + 1 < argv.size() ? argv[++i] : std::string();
      const bool names_classes = word == "-jar" || word == "-cp" || word == "-classpath" || word == "--class-path";
      has_class_path_ |= names_classes;
      if (names_classes) class_path_ = value;
      if (word == "-p" || word == "--module-path") module_path_ = value;
      if (word == "-jar" || word == "-m" || word == "--module") return;
    }
  }

  void read_option(std::string_view word) {
    if (word == "-Xshare:off" || word.starts_with("-XX:SharedArchiveFile")) shared_classes_ = false;
    if (word == "-client" || word == "-server" || word == "-minimal" || word == "-zero") {
      const auto chosen = std::string(word.substr(1));
      if (context_.files.find(library_ + "/" + chosen + "/libjvm.so")) vm_ = chosen;
    }
    if (word.starts_with("-javaagent:")) agent_ = true;
    if (const auto value = word.find('='); word.starts_with("-D") && value != std::string_view::npos)
      properties_.emplace_back(word.substr(value + 1));
  }

  /// Jars on the path, those of "directory/*" too; with one, the libraries that read it.
  void add_class_path(const std::string& machine) {
    bool jar = false, directories = false;
    const auto take = [&](const std::string& path) { jar |= add_archive(path, Tier::declared, "class path"); };
    auto entries = split_list(class_path_, ':');
    if (entries.empty() && !has_class_path_ && module_path_.empty()) entries.emplace_back(".");
    for (const auto& entry : split_list(module_path_, ':')) entries.push_back(entry + "/*");
    for (const auto& entry : entries) {
      const auto path = absolute_path(context_.process, entry);
      const bool is_directory = context_.files.is_directory(path);
      directories |= is_directory;
      if (is_directory) add_unpacked(path);
      if (!path.ends_with("/*")) {
        take(path);
        continue;
      }
      for (const auto& archive : archives_in(path.substr(0, path.size() - 2))) take(archive);
    }
    add_launched();
    const auto tier = jar ? Tier::declared : Tier::likely;
    const std::string reason = jar ? "jar on the class path" : "programs use java.nio and java.net";
    if (jar) add(library_ + "/libzip.so", Use::object, Tier::declared, machine, reason);
    // One that a start script computes ("$HOME"/boot/*.jar) is mostly one of jars.
    if (!jar && !directories && has_class_path_)
      add(library_ + "/libzip.so", Use::object, Tier::likely, machine, "class path");
    for (const auto* name : {"libnio.so", "libnet.so"}) add(library_ + "/" + name, Use::object, tier, machine, reason);
    // Until 17 every socket asked for its extended options.
    add(library_ + "/libextnet.so", Use::object, major_version() <= 17 ? Tier::likely : Tier::possible, machine,
        "sockets");
  }

  [[nodiscard]] std::vector<std::string> archives_in(const std::string& directory) const {
    std::vector<std::string> found;
    for (const auto& name : context_.files.list(directory))
      if (name.ends_with(".jar") || name.ends_with(".JAR")) found.push_back(join_path(directory, name));
    return found;
  }

  /// Of an application that was unpacked into a directory of the class path, the archives that its launcher adds.
  void add_unpacked(const std::string& directory) {
    for (const auto* library : {"/BOOT-INF/lib", "/WEB-INF/lib"})
      for (const auto& archive : archives_in(directory + library))
        add_archive(archive, Tier::likely, "Spring Boot's launcher");
  }

  bool add_archive(const std::string& path, Tier tier, const char* reason) {
    const auto found = context_.files.find(path);
    if (!found) return false;
    if (!seen_.insert(found->file).second) return true;
    candidates_.push_back({path, Use::source, tier, Via::java_runtime, launcher_, reason});
    const auto* archive = context_.files.java_archive(found->file);
    archives_.add(found->path, archive, context_.files.size_bytes(found->file));
    if (archive != nullptr && seen_.size() < most_archives) add_class_path_of(*archive, path);
    if (registers_beans(base_name(found->path))) managed_by_ = base_name(found->path);
    if (base_name(path) == "quarkus-run.jar") add_quarkus(std::string(parent_path(path)));
    return true;
  }

  /// The archives that a manifest names, relative to where its own stands (docs.oracle.com, "JAR File Specification",
  /// Class-Path).
  void add_class_path_of(const layer::JavaArchive& archive, const std::string& path) {
    constexpr std::string_view scheme = "file:";
    for (const auto& url : split_list(archive.class_path, ' ')) {
      std::string_view target = url;
      if (target.starts_with(scheme)) target.remove_prefix(scheme.size());
      const auto base = target.starts_with('/') ? std::string_view() : parent_path(path);
      if (target.ends_with(".jar"))
        add_archive("/" + clean_path(join_path(base, target)).text, Tier::declared, "Class-Path of a manifest");
    }
  }

  /// Quarkus' runner reads the rest of its class path from a file of its own (quarkus.io, "Using fast-jar").
  void add_quarkus(const std::string& home) {
    for (const auto* directory : {"/lib/main", "/app", "/quarkus"})
      for (const auto& archive : archives_in(home + directory)) add_archive(archive, Tier::likely, "Quarkus' runner");
  }

  /// Servers and frameworks register beans for management; of the many archives of Spring Boot some have classes of old
  /// compilers.
  void add_managed(const std::string& machine) {
    const auto framework = archives_.framework();
    if (framework == Framework::none && managed_by_.empty()) return;
    const auto reason =
        framework == Framework::none ? "management beans of " + managed_by_ : "application on a framework";
    for (const auto* name : {"libmanagement.so", "libmanagement_ext.so"})
      add(library_ + "/" + name, Use::object, Tier::likely, machine, reason);
    if (framework == Framework::spring_boot)
      add(library_ + "/libverify.so", Use::object, Tier::likely, machine, reason);
  }

  /// Archives that a launcher on the class path loads by itself.
  void add_launched() {
    constexpr std::size_t most_properties = 64;
    for (std::size_t i = 0; i < std::min(properties_.size(), most_properties); ++i) {
      if (!properties_[i].starts_with('/')) continue;
      for (const auto& directory : {properties_[i], properties_[i] + "/lib"})
        for (const auto& archive : archives_in(directory))
          add_archive(archive, Tier::likely, "directory that a property names");
    }
  }

  /// 17 of JAVA_VERSION="17.0.9" in the file `release` of the home directory; 0 when unknown.
  [[nodiscard]] unsigned major_version() const {
    constexpr std::string_view key = "JAVA_VERSION=\"";
    const auto text = context_.files.text_at(std::string(parent_path(library_)) + "/release").value_or("");
    const auto begin = text.find(key);
    unsigned version = 0;
    for (auto at = begin == std::string_view::npos ? text.size() : begin + key.size();
         at < text.size() && version < 1000 && text[at] >= '0' && text[at] <= '9'; ++at)
      version = version * 10 + static_cast<unsigned>(text[at] - '0');
    return version;
  }

  const Context& context_;
  std::string launcher_, library_;  // libjli.so's path; the directory of jvm.cfg
  std::string vm_, class_path_, module_path_;
  std::vector<std::string> properties_;  // values of -Dname=value
  bool shared_classes_ = true, agent_ = false, has_class_path_ = false;
  std::vector<Candidate> candidates_;
  ApplicationArchives archives_;
  std::set<rootfs::FileId> seen_;
  std::string managed_by_;  // an archive of a server that registers beans
};

}  // namespace

std::vector<Candidate> java_runtime(const Context& context) {
  const auto launcher = mapped_library(context, "libjli.so");
  if (!launcher) return {};
  const auto path = context.map.objects()[*launcher].file.path;
  // lib/libjli.so, and lib/jli/libjli.so or lib/amd64/jli/libjli.so of older ones.
  auto library = parent_path(path);
  if (base_name(library) == "jli") library = parent_path(library);
  if (!context.files.find(std::string(library) + "/jvm.cfg")) {
    // A JDK 8's own launcher in bin/ uses the libraries of its jre.
    const auto architecture = std::string(base_name(library));
    const auto inner = std::string(parent_path(parent_path(library))) + "/jre/lib/" + architecture;
    if (!context.files.find(inner + "/jvm.cfg")) return {};
    return JavaRule(context, path, inner).run();
  }
  return JavaRule(context, path, std::string(library)).run();
}

}  // namespace imgslim::plugins
