#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "imgslim/analyze.h"

namespace imgslim::app {

/// A line on standard error that shows a Progress while it lives, from 300 ms on, and is wiped when it ends.
class ProgressLine {
 public:
  explicit ProgressLine(const Progress& progress);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void run();
  void draw() const;

  const Progress& progress_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  bool drawn_ = false;
  std::thread thread_;
};

}  // namespace imgslim::app
