// The least work that an honest reader of an image cannot avoid: both digests of every layer, so hashing each blob,
// inflating it and hashing the result. Nothing is parsed or kept. imgslim is measured against this.
// With --files it is the least work of an analysis: the files of each layer are found, and the content of each is
// hashed to tell which are the same.
//
// usage: floor [--threads N] [--files] FILE:OFFSET:SIZE…
//   one span of bytes per layer; prints "<blob digest> <diff_id>" for each, with --files also "<files> <hash of
//   hashes>"
//
// gzip is inflated by ISA-L and zstd by libzstd, the fastest that Debian has; the sniffed first bytes decide.
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t block_bytes = 256 * 1024;

struct Span {
  std::string path;
  std::uint64_t offset = 0, bytes = 0;
  std::string result;
};

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "floor: %s\n", what.c_str());
  std::exit(1);
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void update(const void* data, std::size_t bytes) { EVP_DigestUpdate(context_.get(), data, bytes); }
  std::string finish() {
    std::array<unsigned char, 32> digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    std::string hex;
    for (const auto byte : digest) {
      static constexpr char digits[] = "0123456789abcdef";
      hex += digits[byte >> 4];
      hex += digits[byte & 15];
    }
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// Walks a tar archive that comes in pieces and hashes the content of each file.
class TarFiles {
 public:
  void feed(const std::uint8_t* data, std::size_t bytes) {
    while (bytes > 0) {
      const auto part = content_ + padding_ > 0 ? pass(data, bytes) : gather_header(data, bytes);
      data += part;
      bytes -= part;
    }
  }
  std::string finish() {
    end_file();
    char text[64];
    std::snprintf(text, sizeof text, "%llu %016llx", static_cast<unsigned long long>(files_),
                  static_cast<unsigned long long>(all_));
    return text;
  }

 private:
  static constexpr std::size_t record_bytes = 512;

  std::size_t pass(const std::uint8_t* data, std::size_t bytes) {
    if (content_ == 0) {
      const auto part = std::min<std::uint64_t>(bytes, padding_);
      padding_ -= part;
      return part;
    }
    const auto part = std::min<std::uint64_t>(bytes, content_);
    if (in_file_) XXH3_128bits_update(&state_, data, part);
    content_ -= part;
    return part;
  }

  std::size_t gather_header(const std::uint8_t* data, std::size_t bytes) {
    const auto part = std::min(bytes, record_bytes - header_bytes_);
    std::memcpy(header_.data() + header_bytes_, data, part);
    header_bytes_ += part;
    if (header_bytes_ == record_bytes) begin_entry();
    return part;
  }

  void begin_entry() {
    end_file();
    header_bytes_ = 0;
    const char type = header_[156];
    const bool has_content = type != '1' && type != '2' && type != '5';
    content_ = has_content ? std::strtoull(std::string(header_.data() + 124, 12).c_str(), nullptr, 8) : 0;
    padding_ = (record_bytes - content_ % record_bytes) % record_bytes;
    in_file_ = content_ > 0 && (type == '0' || type == '\0');
    if (in_file_) XXH3_128bits_reset(&state_);
  }

  void end_file() {
    if (!in_file_) return;
    ++files_;
    all_ ^= XXH3_128bits_digest(&state_).low64;
    in_file_ = false;
  }

  std::array<char, record_bytes> header_{};
  std::size_t header_bytes_ = 0;
  std::uint64_t content_ = 0, padding_ = 0, files_ = 0, all_ = 0;  // content_, padding_: of the entry, still to come
  bool in_file_ = false;
  XXH3_state_t state_;
};

/// Takes the plain bytes of a layer.
class Plain {
 public:
  explicit Plain(bool with_files) : with_files_(with_files) {}
  void update(const std::uint8_t* data, std::size_t bytes) {
    hash_.update(data, bytes);
    walk(data, bytes);
  }
  /// Without the digest.
  void walk(const std::uint8_t* data, std::size_t bytes) {
    if (with_files_) files_.feed(data, bytes);
  }
  std::string digest() { return hash_.finish(); }
  std::string files() { return with_files_ ? " " + files_.finish() : ""; }

 private:
  bool with_files_;
  Sha256 hash_;
  TarFiles files_;
};

/// Blocks of a span, hashed as they come.
class Reader {
 public:
  explicit Reader(const Span& span)
      : file_(open(span.path.c_str(), O_RDONLY | O_CLOEXEC)), at_(span.offset), left_(span.bytes) {
    if (file_ < 0) fail("cannot open " + span.path);
  }
  ~Reader() { close(file_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// The next block; empty at the end.
  std::size_t next() {
    const auto wanted = std::min<std::uint64_t>(left_, block_.size());
    if (wanted == 0) return 0;
    const auto got = pread(file_, block_.data(), wanted, static_cast<off_t>(at_));
    if (got <= 0) fail("short read");
    const auto bytes = static_cast<std::size_t>(got);
    at_ += bytes;
    left_ -= bytes;
    hash_.update(block_.data(), bytes);
    return bytes;
  }
  std::uint8_t* data() { return block_.data(); }
  std::string digest() { return hash_.finish(); }

 private:
  int file_;
  std::uint64_t at_, left_;
  Sha256 hash_;
  std::vector<std::uint8_t> block_ = std::vector<std::uint8_t>(block_bytes);
};

void inflate_gzip(Reader& in, std::size_t first, Plain& plain) {
  inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  std::vector<std::uint8_t> out(block_bytes);
  for (auto bytes = first; bytes > 0; bytes = in.next()) {
    state.next_in = in.data();
    state.avail_in = static_cast<std::uint32_t>(bytes);
    do {
      if (state.block_state == ISAL_BLOCK_FINISH) {  // another member follows, or padding
        if (state.avail_in == 0 || *state.next_in == 0) break;
        isal_inflate_reset(&state);
      }
      state.next_out = out.data();
      state.avail_out = static_cast<std::uint32_t>(out.size());
      if (const int status = isal_inflate(&state); status != ISAL_DECOMP_OK)
        fail("corrupt gzip: " + std::to_string(status));
      plain.update(out.data(), out.size() - state.avail_out);
    } while (state.avail_in > 0 || state.avail_out == 0);
  }
  if (state.block_state != ISAL_BLOCK_FINISH) fail("truncated gzip");
}

void inflate_zstd(Reader& in, std::size_t first, Plain& plain) {
  const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  std::vector<std::uint8_t> out(block_bytes);
  for (auto bytes = first; bytes > 0; bytes = in.next()) {
    ZSTD_inBuffer input{in.data(), bytes, 0};
    ZSTD_outBuffer output{out.data(), out.size(), out.size()};
    while (input.pos < input.size || output.pos == output.size) {
      output.pos = 0;
      const auto status = ZSTD_decompressStream(stream.get(), &output, &input);
      if (ZSTD_isError(status)) fail(std::string("corrupt zstd: ") + ZSTD_getErrorName(status));
      plain.update(out.data(), output.pos);
    }
  }
}

std::string read_layer(const Span& span, bool with_files) {
  Reader in(span);
  Plain plain(with_files);
  const auto first = in.next();
  static constexpr std::uint8_t zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
  if (first > 2 && in.data()[0] == 0x1f && in.data()[1] == 0x8b) {
    inflate_gzip(in, first, plain);
  } else if (first > 4 && std::memcmp(in.data(), zstd_magic, sizeof zstd_magic) == 0) {
    inflate_zstd(in, first, plain);
  } else {  // one hash is both
    for (auto bytes = first; bytes > 0; bytes = in.next()) plain.walk(in.data(), bytes);
    const auto digest = in.digest();
    return digest + " " + digest + plain.files();
  }
  const auto blob = in.digest();
  return blob + " " + plain.digest() + plain.files();
}

Span parse_span(const std::string& text) {
  const auto size_at = text.rfind(':');
  const auto offset_at = size_at == std::string::npos ? size_at : text.rfind(':', size_at - 1);
  if (offset_at == std::string::npos) fail("not FILE:OFFSET:SIZE: " + text);
  return {text.substr(0, offset_at),
          std::strtoull(text.c_str() + offset_at + 1, nullptr, 10),
          std::strtoull(text.c_str() + size_at + 1, nullptr, 10),
          {}};
}

}  // namespace

int main(int count, char** arguments) {
  unsigned long threads = 1;
  bool with_files = false;
  std::vector<Span> spans;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(arguments[i], "--threads") == 0 && i + 1 < count) {
      threads = std::strtoul(arguments[++i], nullptr, 10);
    } else if (std::strcmp(arguments[i], "--files") == 0) {
      with_files = true;
    } else {
      spans.push_back(parse_span(arguments[i]));
    }
  }
  std::vector<Span*> queue;
  for (auto& span : spans) queue.push_back(&span);
  std::stable_sort(queue.begin(), queue.end(),
                   [](const Span* left, const Span* right) { return left->bytes > right->bytes; });
  std::atomic<std::size_t> taken{0};
  const auto work = [&] {
    for (std::size_t mine = taken++; mine < queue.size(); mine = taken++)
      queue[mine]->result = read_layer(*queue[mine], with_files);
  };
  std::vector<std::thread> workers;
  for (unsigned long i = 1; i < threads; ++i) workers.emplace_back(work);
  work();
  for (auto& worker : workers) worker.join();
  for (const auto& span : spans) std::printf("%s\n", span.result.c_str());
}
