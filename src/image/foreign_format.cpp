#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "image/resolve.h"

namespace imgslim::image {
namespace {

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view description;
};

using namespace std::string_view_literals;

/// In the order of offsets' significance: a SIF starts with a shell line, an ISO may start with anything.
constexpr std::array magics{
    Magic{32, "SIF_MAGIC"sv,
          "a SIF (Singularity) image; unpack it with \"apptainer build --sandbox DIRECTORY FILE\" and analyze the "
          "directory"},
    Magic{0, "hsqs"sv,
          "a squashfs file system; unpack it with \"unsquashfs -d DIRECTORY FILE\" and analyze the directory"},
    Magic{0, "sqsh"sv,
          "a squashfs file system; unpack it with \"unsquashfs -d DIRECTORY FILE\" and analyze the directory"},
    Magic{0, "PK\x03\x04"sv, "a zip file; unpack it and analyze the directory or the archive inside"},
    Magic{0, "PK\x05\x06"sv, "an empty zip file; save the image again"},
    Magic{0,
          "\x7f"
          "ELF"sv,
          "an ELF program; give the image that holds it"},
    Magic{0, "QFI\xfb"sv, "a qcow2 disk image, not a container image; mount it (guestmount) and analyze the directory"},
    Magic{0, "KDMV"sv, "a VMDK disk image, not a container image; mount it (guestmount) and analyze the directory"},
    Magic{0, "vhdxfile"sv, "a VHDX disk image, not a container image; mount it (guestmount) and analyze the directory"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive; unpack it first"},
    Magic{0, "Rar!\x1a\x07"sv, "a rar archive; unpack it first"},
    Magic{0, "\x04\x22\x4d\x18"sv, "an lz4 stream; decompress it first: lz4 -d FILE | imgslim analyze -"},
    Magic{0, "LZIP"sv, "an lzip stream; decompress it first: lzip -dc FILE | imgslim analyze -"},
    Magic{0, "\x1f\x9d"sv, "a compress (.Z) stream; decompress it first: zcat FILE | imgslim analyze -"},
    Magic{0, "070701"sv, "a cpio archive; unpack it and analyze the directory"},
    Magic{0, "070702"sv, "a cpio archive; unpack it and analyze the directory"},
    Magic{0, "!<arch>\n"sv, "a Debian package or static library, not a container image"},
    Magic{0, "\xed\xab\xee\xdb"sv, "an RPM package, not a container image"},
    Magic{0, "RAFS"sv, "a nydus bootstrap; analyze the image that it was converted from"},
    Magic{1024, "\xe2\xe1\xf5\xe0"sv, "an EROFS file system; mount it and analyze the directory"},
    Magic{1080, "\x53\xef"sv, "an ext file system; mount it and analyze the directory"},
    Magic{32769, "CD001"sv, "an ISO 9660 disk image; mount it and analyze the directory"},
};

bool has_prefix_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char p, char t) {
           return p == static_cast<char>(std::tolower(static_cast<unsigned char>(t)));
         });
}

/// JSON that people give in place of an image: its manifest, a signature, a report.
std::string describe_json(std::string_view text) {
  if (text.find("vnd.dev.cosign") != std::string_view::npos ||
      text.find("cosign container image signature") != std::string_view::npos)
    return "a cosign signature (JSON), not an image; give the image that it signs";
  if (text.find("vnd.cncf.helm") != std::string_view::npos)
    return "a helm chart's manifest (JSON), not a container image";
  if (text.find("\"schemaVersion\"") != std::string_view::npos)
    return "an image manifest (JSON) without its blobs; give the archive or the directory that it lies in";
  if (text.find("\"rootfs\"") != std::string_view::npos)
    return "an image config (JSON) without its layers; give the archive or the directory that it lies in";
  return "a JSON file, not a container image";
}

std::string describe_text(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "";
  text.remove_prefix(start);
  if (text.front() == '{' || text.front() == '[') return describe_json(text);
  if (has_prefix_ignoring_case(text, "<!doctype html") || has_prefix_ignoring_case(text, "<html"))
    return "an HTML page, probably a download's error message; download the image again";
  if (has_prefix_ignoring_case(text, "from ") || has_prefix_ignoring_case(text, "# syntax="))
    return "a Dockerfile; build it, then give the image: docker save NAME | imgslim analyze -";
  return "";
}

}  // namespace

std::string describe_foreign_format(std::span<const std::byte> head) {
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  if (text.empty()) return "an empty file; save the image again";
  for (const auto& magic : magics)
    if (text.size() >= magic.offset && text.substr(magic.offset).starts_with(magic.bytes))
      return std::string(magic.description);
  return describe_text(text);
}

}  // namespace imgslim::image
