#include "layer/hash_index.h"

#include <map>
#include <stdexcept>

#include "support/catch.h"

namespace imgslim::layer {
namespace {

/// Few different hashes, so that ids share slots and tags.
std::uint64_t hash_of(std::uint32_t id) { return (id % 7) * 0x0400'0000'0000'0001ull; }

void check_all(const HashIndex& index, const std::map<std::uint32_t, bool>& members) {
  for (const auto& [id, is_member] : members) {
    std::size_t compared = 0;
    const auto found = index.find(hash_of(id), [&, wanted = id](std::uint32_t other) {
      ++compared;
      CHECK(members.at(other));
      return other == wanted;
    });
    CHECK(found == (is_member ? id : HashIndex::none));
    CHECK((is_member ? compared > 0 : true));
  }
}

TEST_CASE("Every member of the set is found, and nothing else, while it grows") {
  HashIndex index;
  std::map<std::uint32_t, bool> members;
  for (std::uint32_t id = 0; id < 400; ++id) members[id] = false;
  check_all(index, members);
  for (std::uint32_t id = 0; id < 400; id += 3) {
    index.insert(hash_of(id), id, hash_of);
    members[id] = true;
  }
  check_all(index, members);
}

TEST_CASE("Room made beforehand loses no member and is not made again") {
  HashIndex index;
  std::map<std::uint32_t, bool> members;
  const auto add = [&](std::uint32_t id, auto hash_when_growing) {
    index.insert(hash_of(id), id, hash_when_growing);
    members[id] = true;
  };
  for (std::uint32_t id = 0; id < 10; ++id) add(id, hash_of);
  index.reserve(500, hash_of);
  for (std::uint32_t id = 10; id < 510; ++id)
    add(id, [](std::uint32_t) -> std::uint64_t { throw std::logic_error("grew though there was room"); });
  check_all(index, members);
}

TEST_CASE("Ids that leave no room for a part of the hash are found like others, and those before them stay") {
  HashIndex index;
  std::map<std::uint32_t, bool> members;
  for (const std::uint32_t id : {1u, 5u, (1u << 26) - 2, (1u << 26) - 1, 1u << 26, 1u << 31, UINT32_MAX - 1}) {
    for (const auto next : {id, id - 1}) members.emplace(next, false);
    index.insert(hash_of(id), id, hash_of);
    members[id] = true;
    check_all(index, members);
  }
}

}  // namespace
}  // namespace imgslim::layer
