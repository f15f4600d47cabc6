// Random stacks of layers against a naive model: a map from path to the file that stands there, each operation applied
// by scanning the whole map. Slow and obvious where the merge is fast and clever.
#include <map>
#include <random>

#include "core/path.h"
#include "support/layer_fixture.h"
#include "tree/accounting.h"
#include "tree/visit.h"

using namespace imgslim;
using test::LayerFixture;

namespace {

struct Operation {
  enum Kind { file, directory, whiteout, opaque } kind;
  std::string path, content;
};
using Stack = std::vector<std::vector<Operation>>;

std::string random_path(std::mt19937& random, std::size_t depth) {
  std::string path;
  for (std::size_t i = 0; i < depth; ++i) path = join_path(path, std::string(1, static_cast<char>('a' + random() % 3)));
  return path;
}

Stack random_stack(std::mt19937& random) {
  Stack stack(1 + random() % 4);
  for (auto& layer : stack) {
    std::map<std::string, Operation> by_path;  // a path once a layer, as the spec demands
    for (auto count = random() % 8; count > 0; --count) {
      const auto kind = static_cast<Operation::Kind>(random() % 4);
      const auto path = random_path(random, 1 + random() % 3);
      by_path[path + (kind >= Operation::whiteout ? "!" : "")] = {
          kind, path, std::string(1 + random() % 5, static_cast<char>('0' + random() % 3))};
    }
    // An entry below a file of the same layer is nonsense that no tool writes.
    for (const auto& [key, operation] : by_path) {
      bool below_file = false;
      for (const auto& [other, parent] : by_path)
        below_file = below_file || (parent.kind == Operation::file && operation.path != parent.path &&
                                    is_within(operation.path, parent.path));
      if (!below_file || operation.kind >= Operation::whiteout) layer.push_back(operation);
    }
  }
  return stack;
}

/// path -> content, or nothing for a directory
using Model = std::map<std::string, std::optional<std::string>>;

void erase_below(Model& model, const std::string& path, bool itself) {
  std::erase_if(model, [&](const auto& item) { return is_within(item.first, path) && (itself || item.first != path); });
}

void make_parents(Model& model, const std::string& path) {
  for (auto parent = std::string(parent_path(path)); !parent.empty(); parent = parent_path(parent)) {
    const auto found = model.find(parent);
    if (found == model.end() || found->second) model[parent] = std::nullopt;
  }
}

Model apply(const Stack& stack) {
  Model model;
  for (const auto& layer : stack) {
    for (const auto& operation : layer) {
      if (operation.kind == Operation::whiteout) erase_below(model, operation.path, true);
      if (operation.kind == Operation::opaque && model.contains(operation.path))
        erase_below(model, operation.path, false);
    }
    for (const auto& operation : layer) {
      if (operation.kind >= Operation::whiteout) continue;
      make_parents(model, operation.path);
      if (operation.kind == Operation::file) {
        erase_below(model, operation.path, true);
        model[operation.path] = operation.content;
      } else {
        const auto found = model.find(operation.path);
        if (found == model.end() || found->second) model[operation.path] = std::nullopt;
      }
    }
  }
  return model;
}

tree::MergedTree merge(const Stack& stack) {
  std::vector<tree::LayerPtr> layers;
  for (const auto& operations : stack) {
    LayerFixture layer;
    for (const auto& operation : operations) {
      const auto parent = std::string(parent_path(operation.path));
      if (operation.kind == Operation::file) layer.file(operation.path, operation.content);
      if (operation.kind == Operation::directory) layer.directory(operation.path);
      if (operation.kind == Operation::whiteout)
        layer.file(join_path(parent, ".wh." + std::string(base_name(operation.path))), "");
      if (operation.kind == Operation::opaque) layer.file(join_path(operation.path, ".wh..wh..opq"), "");
    }
    layers.push_back(layer.done());
  }
  return tree::merge(std::move(layers));
}

Model model_of(const tree::MergedTree& tree) {
  Model model;
  tree::for_each_visible(tree, [&](tree::NodeId id, bool) {
    const bool directory = tree.kind(id) == layer::EntryKind::directory;
    model[tree.path(id)] =
        directory ? std::optional<std::string>() : std::string(tree.entry(tree.node(id).entry).content_bytes, '?');
  });
  return model;
}

}  // namespace

TEST_CASE("5,000 random stacks merge as the naive model does, and their sums reconcile") {
  std::mt19937 random(20240601);
  for (int round = 0; round < 5000; ++round) {
    const auto stack = random_stack(random);
    const auto tree = merge(stack);
    auto expected = apply(stack);
    std::uint64_t visible_bytes = 0;
    for (auto& [path, content] : expected)
      if (content) {
        visible_bytes += content->size();
        content = std::string(content->size(), '?');
      }
    REQUIRE(model_of(tree) == expected);
    const auto sums = tree::account(tree);
    REQUIRE(sums.visible_bytes == visible_bytes);
    std::uint64_t dead = 0, stored = 0;
    for (std::size_t fate = 1; fate < tree::fate_count; ++fate) dead += sums.by_fate[fate].payload_bytes;
    for (const auto& sum : sums.by_fate) stored += sum.stored_bytes;
    REQUIRE(sums.wasted_bytes() == dead);
    std::uint64_t layers_stored = 0;
    for (tree::LayerIndex i = 0; i < tree.layer_count(); ++i) layers_stored += tree.layer(i).stored_bytes;
    REQUIRE(stored == layers_stored);
  }
}
