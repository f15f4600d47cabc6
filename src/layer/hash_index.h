#pragma once

#include <cstdint>
#include <vector>

namespace imgslim::layer {

/// Open-addressing set of 32-bit ids, hashed and compared by the caller's items: 4 bytes a slot, at most 2/3 full.
class HashIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// The id for which `equals(id)` holds among those inserted with this hash, or none.
  template <typename Equals>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Equals equals) const {
    if (slots_.empty()) return none;
    for (auto slot = hash & mask(); slots_[slot] != none; slot = (slot + 1) & mask())
      if (equals(slots_[slot])) return slots_[slot];
    return none;
  }

  /// Adds an id that is not in the set; `hash_of(id)` gives any member's hash when the table grows.
  template <typename HashOf>
  void insert(std::uint64_t hash, std::uint32_t id, HashOf hash_of) {
    if ((count_ + 1) * 3 > slots_.size() * 2) grow(hash_of);
    place(hash, id);
    ++count_;
  }

 private:
  [[nodiscard]] std::uint64_t mask() const { return slots_.size() - 1; }

  void place(std::uint64_t hash, std::uint32_t id) {
    auto slot = hash & mask();
    while (slots_[slot] != none) slot = (slot + 1) & mask();
    slots_[slot] = id;
  }

  template <typename HashOf>
  void grow(HashOf hash_of) {
    std::vector<std::uint32_t> old(slots_.empty() ? 64 : slots_.size() * 2, none);
    old.swap(slots_);
    for (const auto id : old)
      if (id != none) place(hash_of(id), id);
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
};

}  // namespace imgslim::layer
