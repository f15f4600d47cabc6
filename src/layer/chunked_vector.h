#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace imgslim::layer {

/// A vector that grows by fixed chunks: no copy and no doubling of memory while millions of items arrive.
template <typename T>
class ChunkedVector {
 public:
  void push_back(const T& item) {
    if (size_ % chunk_items == 0) chunks_.push_back(std::make_unique<std::array<T, chunk_items>>());
    (*chunks_[size_ / chunk_items])[size_ % chunk_items] = item;
    ++size_;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& operator[](std::size_t i) { return (*chunks_[i / chunk_items])[i % chunk_items]; }
  [[nodiscard]] const T& operator[](std::size_t i) const { return (*chunks_[i / chunk_items])[i % chunk_items]; }

 private:
  static constexpr std::size_t chunk_items = 1024;

  std::vector<std::unique_ptr<std::array<T, chunk_items>>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace imgslim::layer
