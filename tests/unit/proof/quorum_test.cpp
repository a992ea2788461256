#include "proof/quorum.hpp"

#include <catch2/catch.hpp>

#include <functional>

#include "base/crypto.hpp"
#include "tests/support/signing_world.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::kNow;

namespace {

const Digest kDigest = sha256("order");

Order order() {
  Order order;
  order.id = *OrderId::parse("order-1");
  order.case_id = *CaseId::parse("case-1");
  order.proposer = *PersonId::parse("p-1");
  order.requirement = {2, 2, true, true};
  return order;
}

PersonsWord word(const std::string& id, const std::string& department, Role role) {
  PersonsWord word;
  word.person = {*PersonId::parse(id), "Name", department, sha256(id)};
  word.approval.order = order().id;
  word.approval.case_id = order().case_id;
  word.approval.order_digest = kDigest;
  word.approval.person = word.person.id;
  word.approval.role = role;
  word.approval.not_after = kNow;
  return word;
}

std::vector<PersonsWord> all() {
  return {word("p-1", "storage", Role::proposer), word("p-2", "risk", Role::approver),
          word("p-3", "legal", Role::approver), word("p-4", "management", Role::responsible),
          word("p-5", "audit", Role::witness)};
}

bool enough(const std::vector<PersonsWord>& words, const Order& of = order(), UnixMs at = kNow) {
  return check_quorum(of, kDigest, words, at).has_value();
}

}  // namespace

TEST_CASE("five different people in the five offices are enough") { CHECK(enough(all())); }

TEST_CASE("each of the five is needed") {
  for (std::size_t i = 0; i < 5; ++i) {
    auto words = all();
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(enough(words));
  }
}

TEST_CASE("what is not required is not asked for, but never less than proposer and approver") {
  Order lenient = order();
  lenient.requirement = {1, 1, false, false};
  CHECK(enough({all()[0], all()[1]}, lenient));
  lenient.requirement.approvers = 0;
  lenient.requirement.approver_departments = 0;
  CHECK_FALSE(enough({all()[0]}, lenient));
  CHECK_FALSE(enough({all()[1]}, lenient));
}

TEST_CASE("two approvers of one department are not two departments") {
  auto words = all();
  words[2].person.department = "risk";
  CHECK_FALSE(enough(words));
}

TEST_CASE("one person, one certificate and one role each") {
  auto words = all();
  words[2].person.id = words[2].approval.person = words[1].person.id;
  CHECK_FALSE(enough(words));
  words = all();
  words[2].person.certificate = words[1].person.certificate;
  CHECK_FALSE(enough(words));
  words = all();
  words[4].person.id = words[4].approval.person = words[0].person.id;  // the proposer as witness
  CHECK_FALSE(enough(words));
}

TEST_CASE("somebody else than the order's proposer cannot sign as proposer, and there is only one") {
  auto words = all();
  words[0] = word("p-9", "storage", Role::proposer);
  CHECK_FALSE(enough(words));
  words = all();
  words.push_back(word("p-9", "storage", Role::proposer));
  CHECK_FALSE(enough(words));
}

TEST_CASE("a word in a role that does not decide spoils it, even when all others are there") {
  for (const Role role : {Role::operator_, Role::auditor}) {
    auto words = all();
    words.push_back(word("p-9", "audit", role));
    CHECK_FALSE(enough(words));
  }
}

TEST_CASE("a word about another order, version or case, by another person, or a rejection spoils it") {
  const std::vector<std::function<void(PersonsWord&)>> spoilers{
      [](PersonsWord& w) { w.approval.order = *OrderId::parse("order-2"); },
      [](PersonsWord& w) { w.approval.order_digest = sha256("other"); },
      [](PersonsWord& w) { w.approval.case_id = *CaseId::parse("case-2"); },
      [](PersonsWord& w) { w.approval.person = *PersonId::parse("p-9"); },
      [](PersonsWord& w) { w.approval.decision = ApprovalDecision::reject; },
      [](PersonsWord& w) { w.approval.not_after = kNow + -1; },
      [](PersonsWord& w) { w.approval.role = Role::operator_; },
      [](PersonsWord& w) { w.approval.role = Role::auditor; }};
  for (const auto& spoil : spoilers) {
    for (std::size_t i = 0; i < 5; ++i) {
      auto words = all();
      spoil(words[i]);
      CHECK_FALSE(enough(words));
    }
  }
}

TEST_CASE("a refusal names every reason") {
  const auto status = check_quorum(order(), kDigest, {}, kNow);
  REQUIRE_FALSE(status);
  CHECK(status.error().kind == ErrorKind::denied);
  for (const auto* part : {"proposer", "approvers", "departments", "responsible", "witness"}) {
    CHECK(status.error().message.find(part) != std::string::npos);
  }
}
