#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace imgslim::layer {

/// Open-addressing set of 32-bit ids, hashed and compared by the caller's items: 4 bytes a slot, at most 2/3 full. As
/// long as ids are small the bits above them hold a part of the hash, so that hardly any item is compared in vain: each
/// is a few cache misses away.
class HashIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// The id for which `equals(id)` holds among those inserted with this hash, or none.
  template <typename Equals>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Equals equals) const {
    if (slots_.empty()) return none;
    const auto tag = tag_of(hash);
    for (auto slot = hash & mask(); slots_[slot] != none; slot = (slot + 1) & mask()) {
      const auto id = slots_[slot] & id_mask_;
      if ((slots_[slot] & ~id_mask_) == tag && equals(id)) return id;
    }
    return none;
  }

  /// Makes room for `count` ids more, so that they are added without another look at those that are there.
  template <typename HashOf>
  void reserve(std::size_t count, HashOf hash_of) {
    std::size_t size = std::max<std::size_t>(slots_.size(), 64);
    while ((count_ + count) * 3 > size * 2) size *= 2;
    if (size > slots_.size()) resize(size, hash_of);
  }

  /// Adds an id that is not in the set; `hash_of(id)` gives any member's hash when the table grows.
  template <typename HashOf>
  void insert(std::uint64_t hash, std::uint32_t id, HashOf hash_of) {
    if (id >= id_mask_) drop_tags();
    if ((count_ + 1) * 3 > slots_.size() * 2) resize(slots_.empty() ? 64 : slots_.size() * 2, hash_of);
    place(hash, id);
    ++count_;
  }

 private:
  [[nodiscard]] std::uint64_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(hash >> 32) & ~id_mask_;
  }

  void drop_tags() {
    for (auto& slot : slots_)
      if (slot != none) slot &= id_mask_;
    id_mask_ = UINT32_MAX;
  }

  void place(std::uint64_t hash, std::uint32_t id) {
    auto slot = hash & mask();
    while (slots_[slot] != none) slot = (slot + 1) & mask();
    slots_[slot] = id | tag_of(hash);
  }

  template <typename HashOf>
  void resize(std::size_t size, HashOf hash_of) {
    std::vector<std::uint32_t> old(size, none);
    old.swap(slots_);
    for (auto& slot : old)
      if (slot != none) slot &= id_mask_;
    std::sort(old.begin(), old.end());  // items stand in memory in the order of their ids
    for (const auto id : old)
      if (id != none) place(hash_of(id), id);
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
  std::uint32_t id_mask_ = (1u << 26) - 1;
};

}  // namespace imgslim::layer
