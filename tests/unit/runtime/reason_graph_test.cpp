#include "runtime/reason_graph.h"

#include "support/catch.h"

using namespace imgslim;
using namespace imgslim::runtime;
using plugins::Use;

namespace {

rootfs::Found file(rootfs::FileId id) { return {id, id, "/" + std::to_string(id)}; }
Reason step(Tier tier) { return {tier, "step", "", "", ""}; }

}  // namespace

TEST_CASE("a node is as sure as the weakest step of its surest chain") {
  ReasonGraph graph;
  const auto program = graph.add_root(file(1), Use::object, step(Tier::certain));
  const auto plugin = graph.connect(program, file(2), Use::object, step(Tier::likely));
  const auto library = graph.connect(plugin, file(3), Use::object, step(Tier::certain));
  CHECK(graph.tier(library) == Tier::likely);
  CHECK(graph.nodes()[library].from == plugin);
  graph.connect(program, file(3), Use::object, step(Tier::declared));
  CHECK(graph.tier(library) == Tier::declared);
  CHECK(graph.nodes()[library].from == program);
}

TEST_CASE("a surer way to one file makes all that follow from it surer") {
  ReasonGraph graph;
  const auto program = graph.add_root(file(1), Use::object, step(Tier::certain));
  const auto first = graph.connect(program, file(2), Use::object, step(Tier::possible));
  const auto second = graph.connect(first, file(3), Use::object, step(Tier::certain));
  const auto third = graph.connect(second, file(4), Use::data, step(Tier::declared));
  CHECK(graph.tier(third) == Tier::possible);
  graph.connect(program, file(2), Use::object, step(Tier::certain));
  CHECK(graph.tier(second) == Tier::certain);
  CHECK(graph.tier(third) == Tier::declared);
}

TEST_CASE("files that bring in each other keep chains that end at the root") {
  ReasonGraph graph;
  const auto program = graph.add_root(file(1), Use::object, step(Tier::certain));
  const auto a = graph.connect(program, file(2), Use::object, step(Tier::possible));
  const auto b = graph.connect(a, file(3), Use::object, step(Tier::certain));
  graph.connect(b, file(2), Use::object, step(Tier::certain));
  graph.connect(program, file(3), Use::object, step(Tier::likely));
  CHECK(graph.nodes()[b].from == program);
  CHECK(graph.nodes()[a].from == b);
  CHECK(graph.tier(a) == Tier::likely);
}

TEST_CASE("what is known already changes nothing") {
  ReasonGraph graph;
  const auto program = graph.add_root(file(1), Use::object, step(Tier::certain));
  graph.connect(program, file(2), Use::source, step(Tier::likely));
  const auto changes = graph.changes();
  graph.connect(program, file(2), Use::source, step(Tier::likely));
  graph.connect(program, file(1), Use::source, step(Tier::certain));
  CHECK(graph.changes() == changes);
  graph.connect(program, file(2), Use::object, step(Tier::possible));
  CHECK(graph.changes() > changes);
  CHECK(graph.nodes()[1].use == Use::object);
  CHECK(graph.tier(1) == Tier::likely);
}
