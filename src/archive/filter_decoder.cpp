// xz and bzip2 layers are rare: they go through libarchive with the one filter of that name and its "raw" format,
// which treats what comes out as a single entry. The "empty" format is there for a payload of no bytes.
#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "archive/cut_short.h"
#include "archive/decoder.h"
#include "archive/input_blocks.h"

namespace imgslim::archive {
namespace {

class FilterDecoder final : public Decoder {
 public:
  FilterDecoder(ByteSource& upstream, ArchiveFilter filter)
      : input_(upstream), name_(filter == ArchiveFilter::xz ? "xz" : "bzip2"), archive_(archive_read_new()) {
    if (archive_ == nullptr) throw std::bad_alloc();
    const int supported = filter == ArchiveFilter::xz ? archive_read_support_filter_xz(archive_)
                                                      : archive_read_support_filter_bzip2(archive_);
    usable_ = supported == ARCHIVE_OK;
    archive_read_support_format_raw(archive_);
    archive_read_support_format_empty(archive_);
  }
  ~FilterDecoder() override { archive_read_free(archive_); }
  FilterDecoder(const FilterDecoder&) = delete;
  FilterDecoder& operator=(const FilterDecoder&) = delete;

  Result<std::size_t> decode(std::span<std::byte> output) override {
    if (!opened_) IMGSLIM_TRY_DONE(open());
    std::size_t filled = 0;
    while (filled < output.size() && !ended_) {
      const auto count = archive_read_data(archive_, output.data() + filled, output.size() - filled);
      if (count < 0) return failure();
      if (count == 0) IMGSLIM_TRY_DONE(finish());
      filled += static_cast<std::size_t>(count);
    }
    return filled;
  }

  [[nodiscard]] std::uint64_t bytes_in() const override {
    if (ended_) return input_.position();
    return opened_ ? static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_, -1), 0)) : 0;
  }

 private:
  static la_ssize_t read_block(struct archive*, void* self, const void** block) {
    return static_cast<FilterDecoder*>(self)->next_block(block);
  }

  la_ssize_t next_block(const void** block) {
    auto bytes = input_.available();
    if (!bytes) {
      upstream_error_ = std::move(bytes).error();
      archive_set_error(archive_, -1, "upstream failed");
      return -1;
    }
    input_ended_ = bytes->empty();
    last_block_.assign(bytes->begin(), bytes->end());
    input_.consume(bytes->size());
    *block = last_block_.data();
    return static_cast<la_ssize_t>(last_block_.size());
  }

  Status open() {
    opened_ = true;
    if (!usable_) return environment_error(std::string(name_) + ": libarchive was built without this filter");
    if (archive_read_open(archive_, this, nullptr, read_block, nullptr) != ARCHIVE_OK) return failure();
    // A stream that the filter does not recognise would come through undecoded.
    if (archive_filter_code(archive_, 0) == ARCHIVE_FILTER_NONE)
      return input_error(std::string(name_) + ": byte 0 of the compressed data: not a stream of this format");
    struct archive_entry* entry = nullptr;
    const int status = archive_read_next_header(archive_, &entry);
    if (status == ARCHIVE_EOF) return finish();
    if (status != ARCHIVE_OK) return failure();
    return Done{};
  }

  /// The filters stop silently where no further stream begins: what follows must be padding.
  Status finish() {
    const auto position = bytes_in();
    ended_ = true;
    const auto unread = std::min<std::uint64_t>(input_.position() - position, last_block_.size());
    IMGSLIM_TRY_DONE(expect_padding(position, std::span(last_block_).last(static_cast<std::size_t>(unread))));
    while (true) {
      IMGSLIM_TRY(const auto rest, input_.available());
      if (rest.empty()) return Done{};
      IMGSLIM_TRY_DONE(expect_padding(input_.position(), rest));
      input_.consume(rest.size());
    }
  }

  [[nodiscard]] Status expect_padding(std::uint64_t position, std::span<const std::byte> bytes) const {
    const auto garbage = std::find_if(bytes.begin(), bytes.end(), [](std::byte byte) { return byte != std::byte{0}; });
    if (garbage == bytes.end()) return Done{};
    return input_error(std::string(name_) + ": byte " +
                       std::to_string(position + static_cast<std::uint64_t>(garbage - bytes.begin())) +
                       " of the compressed data: data behind the last stream");
  }

  Error failure() {
    if (upstream_error_.has_value()) return *upstream_error_;
    const char* text = archive_error_string(archive_);
    if (input_ended_) text = cut_short;
    return input_error(std::string(name_) + ": byte " + std::to_string(bytes_in()) +
                       " of the compressed data: " + (text != nullptr ? text : "cannot be decoded"));
  }

  InputBlocks input_;
  const char* name_;
  struct archive* archive_;
  std::vector<std::byte> last_block_;
  std::optional<Error> upstream_error_;
  bool input_ended_ = false;
  bool usable_ = false;
  bool opened_ = false;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_filter_decoder(ByteSource& upstream, ArchiveFilter filter) {
  return std::make_unique<FilterDecoder>(upstream, filter);
}

}  // namespace imgslim::archive
