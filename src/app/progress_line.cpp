#include "app/progress_line.h"

#include <chrono>
#include <cstdio>

#include "core/byte_format.h"

namespace imgslim::app {

ProgressLine::ProgressLine(const Progress& progress) : progress_(progress), thread_([this] { run(); }) {}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void ProgressLine::run() {
  constexpr auto first_wait = std::chrono::milliseconds(300), wait = std::chrono::milliseconds(100);
  std::unique_lock lock(mutex_);
  for (auto pause = first_wait; !wake_.wait_for(lock, pause, [this] { return done_; }); pause = wait) {
    drawn_ = true;
    draw();
  }
}

void ProgressLine::draw() const {
  const auto done = progress_.done_bytes.load(), total = progress_.total_bytes.load();
  auto text = "reading " + format_bytes(done, Units::si);
  if (total > 0) text += " of " + format_bytes(total, Units::si);
  std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
  std::fflush(stderr);
}

}  // namespace imgslim::app
