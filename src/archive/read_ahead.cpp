#include "archive/read_ahead.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace imgslim::archive {
namespace {

constexpr std::size_t slots = 8;
constexpr std::size_t slot_bytes = 256u << 10;

}  // namespace

/// A ring of buffers. The producer alone touches the slot at `written`, the reader alone the slot at `taken`; the mutex
/// guards the two counters and what ends the stream.
struct ReadAhead::State {
  struct Slot {
    std::vector<std::byte> bytes;
    std::size_t size = 0;
  };

  explicit State(ByteSource& source) : upstream(source) {}

  void produce();
  bool wait_for_free_slot();
  Result<std::size_t> fill(Slot& slot);
  Result<bool> wait_for_data();
  void release_slot();

  ByteSource& upstream;
  std::array<Slot, slots> ring;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t written = 0;  // slots filled since the start
  std::size_t taken = 0;    // slots emptied since the start
  bool ended = false;
  std::atomic<bool> stopping = false;
  std::optional<Error> upstream_failure;  // the producer's own
  std::optional<Error> failure;
  std::size_t position = 0;  // the reader's, in the slot at `taken`
  std::thread thread;
};

bool ReadAhead::State::wait_for_free_slot() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return stopping || written - taken < slots; });
  return !stopping;
}

/// Exceptions, those of memory exhaustion above all, must not leave the thread.
Result<std::size_t> ReadAhead::State::fill(Slot& slot) {
  try {
    slot.bytes.resize(slot_bytes);
    std::size_t filled = 0;
    while (filled < slot_bytes && !stopping) {
      if (upstream_failure.has_value()) return *upstream_failure;
      auto count = upstream.read(std::span(slot.bytes).subspan(filled));
      if (!count) {
        upstream_failure = std::move(count).error();
        if (filled > 0) break;  // first what came before the error
        continue;
      }
      if (*count == 0) break;
      filled += *count;
    }
    return filled;
  } catch (const std::exception& exception) {
    return environment_error(std::string("read-ahead: ") + exception.what());
  }
}

void ReadAhead::State::produce() {
  while (wait_for_free_slot()) {
    auto& slot = ring[written % slots];
    auto count = fill(slot);
    slot.size = count ? *count : 0;
    const std::lock_guard lock(mutex);
    if (!count) failure = std::move(count).error();
    ended = slot.size == 0;
    if (!ended) ++written;
    changed.notify_one();
    if (ended) return;
  }
}

/// False at the end of the stream.
Result<bool> ReadAhead::State::wait_for_data() {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended || written > taken; });
  if (written > taken) return true;
  if (failure.has_value()) return *failure;
  return false;
}

void ReadAhead::State::release_slot() {
  const std::lock_guard lock(mutex);
  ++taken;
  position = 0;
  changed.notify_one();
}

ReadAhead::ReadAhead(ByteSource& upstream) : state_(std::make_unique<State>(upstream)) {
  try {
    state_->thread = std::thread([state = state_.get()] { state->produce(); });
  } catch (const std::system_error&) {
    // No thread to be had: read() then asks the upstream itself.
  }
}

ReadAhead::~ReadAhead() {
  if (!state_->thread.joinable()) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_one();
  }
  state_->thread.join();
}

Result<std::size_t> ReadAhead::read(std::span<std::byte> buffer) {
  if (!state_->thread.joinable()) return state_->upstream.read(buffer);
  IMGSLIM_TRY(const auto has_data, state_->wait_for_data());
  if (!has_data) return std::size_t{0};
  const auto& slot = state_->ring[state_->taken % slots];
  const auto count = std::min(buffer.size(), slot.size - state_->position);
  std::memcpy(buffer.data(), slot.bytes.data() + state_->position, count);
  state_->position += count;
  if (state_->position == slot.size) state_->release_slot();
  return count;
}

}  // namespace imgslim::archive
