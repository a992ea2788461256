#include <catch2/catch.hpp>
#include <string>

#include "wire/handler_gate.hpp"

using namespace quietus::wire;
using Entry = HandlerGate::Entry;

namespace {

/// Enters under a name, which is written down when the place is handed over.
Entry enter(HandlerGate& gate, Urgency urgency, std::string& resumed, char name) {
  HandlerGate::Resume resume = [&resumed, name] { resumed += name; };
  return gate.enter(urgency, resume);
}

}  // namespace

TEST_CASE("as many enter as there are places, the others in turn as somebody leaves") {
  HandlerGate gate(2, 8, 0);
  std::string resumed;
  CHECK(gate.try_enter());
  CHECK(enter(gate, Urgency::ordinary, resumed, 'a') == Entry::taken);
  CHECK(!gate.try_enter());
  CHECK(enter(gate, Urgency::ordinary, resumed, 'b') == Entry::waiting);
  CHECK(enter(gate, Urgency::ordinary, resumed, 'c') == Entry::waiting);
  CHECK(resumed.empty());
  gate.leave();
  CHECK(resumed == "b");
  CHECK(!gate.try_enter());  // the place was handed over, it was not free for a moment
  gate.leave();
  CHECK(resumed == "bc");
  gate.leave();
  CHECK(gate.try_enter());
}

TEST_CASE("who is urgent overtakes, and finds room where others do not") {
  HandlerGate gate(1, 1, 1);
  std::string resumed;
  REQUIRE(gate.try_enter());
  CHECK(enter(gate, Urgency::ordinary, resumed, 'a') == Entry::waiting);
  CHECK(enter(gate, Urgency::ordinary, resumed, 'b') == Entry::full);
  CHECK(enter(gate, Urgency::urgent, resumed, 'u') == Entry::waiting);
  CHECK(enter(gate, Urgency::urgent, resumed, 'v') == Entry::full);
  gate.leave();
  gate.leave();
  CHECK(resumed == "ua");
}

TEST_CASE("a gate that was stopped lets nobody in, and nobody on who waits") {
  HandlerGate gate(1, 4, 4);
  std::string resumed;
  REQUIRE(gate.try_enter());
  REQUIRE(enter(gate, Urgency::ordinary, resumed, 'a') == Entry::waiting);
  gate.stop();
  gate.leave();
  CHECK(resumed.empty());
  CHECK(!gate.try_enter());
  CHECK(enter(gate, Urgency::urgent, resumed, 'b') == Entry::full);
  gate.drop_waiting();
}
