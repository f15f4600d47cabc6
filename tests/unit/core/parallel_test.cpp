#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace imgslim {
namespace {

TEST_CASE("Each piece of work is done once, by no more threads than are given") {
  for (const std::size_t threads : {0u, 1u, 2u, 8u, 100u}) {
    std::vector<std::thread::id> done_by(50);
    std::vector<int> times(done_by.size(), 0);
    run_parallel(threads, done_by.size(), [&](std::size_t i) {
      done_by[i] = std::this_thread::get_id();
      ++times[i];
    });
    CHECK(times == std::vector<int>(done_by.size(), 1));
    CHECK(std::set(done_by.begin(), done_by.end()).size() <= std::max<std::size_t>(threads, 1));
  }
}

TEST_CASE("Without work nothing is called") {
  run_parallel(4, 0, [](std::size_t) { FAIL("no work was given"); });
}

TEST_CASE("Of several exceptions the first by index is thrown again, when all work has ended") {
  std::atomic<int> calls{0};
  const auto work = [&](std::size_t i) {
    ++calls;
    if (i % 3 == 2) throw std::runtime_error(std::to_string(i));
  };
  CHECK_THROWS_WITH(run_parallel(3, 20, work), "2");
  CHECK(calls == 20);
}

}  // namespace
}  // namespace imgslim
