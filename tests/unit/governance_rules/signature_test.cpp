#include "governance/rules/signature.hpp"

#include "tests/support/signing_world.hpp"
#include "tests/unit/governance_rules/small_pack.hpp"

namespace quietus::rules::test {
namespace {

using quietus::test::Holder;
using quietus::test::kNow;
using quietus::test::SigningWorld;

const SigningWorld& world() {
  static const SigningWorld made = SigningWorld::make();
  return made;
}

struct Signers {
  Holder lawyer = world().person("lin", "Lin", "lawyer"),
         compliance = world().person("cao", "Cao", "compliance"),
         publisher = world().person("pan", "Pan", "publisher");
  PackRoot root{world().root.certificate(), {world().people.certificate()}};

  static SignedStatement sign(const Holder& holder, const std::string& role, const Pack& pack = small()) {
    return holder.sign(encode(word_about(pack, role)));
  }
  [[nodiscard]] std::string refusal(const std::vector<SignedStatement>& statements,
                                    const Pack& pack = small(),
                                    const std::optional<PinnedPack>& pinned = {}) const {
    const auto verified = verify_signatures(pack, statements, root, kNow, pinned);
    return verified ? "verified" : verified.error().message;
  }
};

TEST_CASE_METHOD(Signers, "any two of lawyer, compliance and publisher are enough, and three are welcome") {
  const auto a = sign(lawyer, "lawyer"), b = sign(compliance, "compliance"), c = sign(publisher, "publisher");
  for (const auto& pair : {std::vector{a, b}, std::vector{b, c}, std::vector{c, a}, std::vector{a, b, c}}) {
    const auto verified = verify_signatures(small(), pair, root, kNow);
    REQUIRE(verified);
    CHECK(verified->size() == pair.size());
  }
  CHECK(verify_signatures(small(), {a, b}, root, kNow)->front().person.name == "Lin");
}

TEST_CASE_METHOD(Signers, "no signature and one signature are refused with words") {
  CHECK(refusal({}) == "0 of 2 signatures; two of lawyer, compliance and publisher must sign");
  CHECK(refusal({sign(lawyer, "lawyer")}) ==
        "1 of 2 signatures; two of lawyer, compliance and publisher must sign");
}

TEST_CASE_METHOD(Signers, "nobody counts twice: the same certificate, the same person, the same role") {
  const auto a = sign(lawyer, "lawyer");
  CHECK(refusal({a, a}) == "the same certificate signed twice");
  CHECK(refusal({a, sign(lawyer, "lawyer")}) == "the same certificate signed twice");
  const Holder again = world().person("lin", "Lin", "compliance");
  CHECK(refusal({a, sign(again, "compliance")}) == "Lin signed twice");
  const Holder other = world().person("luo", "Luo", "lawyer");
  CHECK(refusal({a, sign(other, "lawyer")}) == "two signatures for the role lawyer");
}

TEST_CASE_METHOD(Signers, "a role is what the certificate says, not what the signer says") {
  CHECK(refusal({sign(lawyer, "lawyer"), sign(publisher, "compliance")}) ==
        "signature 2: is given as compliance, the certificate says publisher");
  const auto boss = lawyer.sign(encode(word_about(small(), "boss")));
  CHECK(refusal({boss, sign(publisher, "publisher")}).find("the role is lawyer, compliance or publisher") !=
        std::string::npos);
}

TEST_CASE_METHOD(Signers, "a signer under another root is refused") {
  const SigningWorld elsewhere = SigningWorld::make();
  const Holder stranger = elsewhere.person("cao", "Cao", "compliance");
  CHECK(refusal({sign(lawyer, "lawyer"), sign(stranger, "compliance")}).starts_with("signature 2: "));
  root = {elsewhere.root.certificate(), {elsewhere.people.certificate()}};
  CHECK(refusal({sign(lawyer, "lawyer"), sign(compliance, "compliance")}).find("signature 1: ") == 0);
}

TEST_CASE_METHOD(Signers, "a service's key signs no pack") {
  root.issuers.push_back(world().service.certificate());
  const auto service = world().host.sign(encode(word_about(small(), "publisher")));
  CHECK(refusal({sign(lawyer, "lawyer"), service}).starts_with("signature 2: "));
}

TEST_CASE_METHOD(Signers, "one byte of the pack, the statement or the signature changed, and it is refused") {
  const auto a = sign(lawyer, "lawyer"), b = sign(compliance, "compliance");
  const Pack altered = pack_of(changed("tell everybody", "tell everybodz"));
  CHECK(
      refusal({a, b}, altered) ==
      "signature 1: is over other bytes than this pack's; signature 2: is over other bytes than this pack's");
  for (const auto part :
       {&SignedStatement::payload, &SignedStatement::signature, &SignedStatement::certificate}) {
    for (std::size_t at = 0; at < (b.*part).size(); at += 7) {
      auto bad = b;
      (bad.*part)[at] ^= 1;
      if (refusal({a, bad}) == "verified") FAIL("byte " << at);
    }
  }
}

TEST_CASE_METHOD(Signers, "statements about another version, name or date, or of another type, are refused") {
  const auto a = sign(lawyer, "lawyer");
  PackWord word = word_about(small(), "compliance");
  const auto with = [&](const PackWord& changed_word) {
    return refusal({a, compliance.sign(encode(changed_word))});
  };
  CHECK(with(word) == "verified");
  PackWord version = word, name = word, date = word;
  version.version = 4;
  name.name = "smaller";
  date.effective = "2026-01-01";
  CHECK(with(version) == "signature 2: names another pack or version");
  CHECK(with(name) == "signature 2: names another pack or version");
  CHECK(with(date) == "signature 2: names another effective date");
  const auto approval = compliance.sign(to_bytes(R"w({"type":"quietus.approval/1"})w"));
  CHECK(refusal({a, approval}).find("is not of the type quietus.pack/1") != std::string::npos);
}

TEST_CASE_METHOD(Signers, "a pack older than the one adopted, or another under its version, is refused") {
  const std::vector statements = {sign(lawyer, "lawyer"), sign(compliance, "compliance")};
  CHECK(refusal(statements, small(), PinnedPack{"small", 3, small().digest()}) == "verified");
  CHECK(refusal(statements, small(), PinnedPack{"small", 2, {}}) == "verified");
  CHECK(refusal(statements, small(), PinnedPack{"small", 4, {}}) ==
        "version 3 is older than version 4, which was adopted before");
  CHECK(refusal(statements, small(), PinnedPack{"small", 3, {}}) ==
        "other bytes than the version 3 that was adopted before");
  CHECK(refusal(statements, small(), PinnedPack{"other", 1, {}}) == "this is the pack small, not other");
}

TEST_CASE_METHOD(Signers, "after the certificates have expired nothing is verified") {
  const std::vector statements = {sign(lawyer, "lawyer"), sign(compliance, "compliance")};
  CHECK_FALSE(verify_signatures(small(), statements, root, kNow + 100LL * 365 * 86'400'000));
}

TEST_CASE_METHOD(Signers, "a pack that was tightened here is not the signed one") {
  const auto tightened = tighten(small(), R"w({"parameters":{"keep":"12y"}})w").value();
  const std::vector statements = {sign(lawyer, "lawyer", tightened),
                                  sign(compliance, "compliance", tightened)};
  CHECK(refusal(statements, tightened).starts_with("a pack that was tightened here"));
}

TEST_CASE_METHOD(Signers, "a root file holds one root and the authorities it signed") {
  const std::string both = world().root.certificate().pem() + world().people.certificate().pem();
  const auto parsed = parse_pack_root(as_bytes(both));
  REQUIRE(parsed);
  CHECK(parsed->issuers.size() == 1);
  CHECK_FALSE(parse_pack_root(as_bytes(world().people.certificate().pem())));
  CHECK_FALSE(parse_pack_root(as_bytes(both + SigningWorld::make().root.certificate().pem())));
}

}  // namespace
}  // namespace quietus::rules::test
