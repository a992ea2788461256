#include "governance/replay_extract.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "proof/statement.hpp"
#include "proof/x509.hpp"

namespace quietus::governance {

namespace {

/// Who signed, and what: events that rest on a personal signature.
struct SignedPart {
  const Person* person = nullptr;
  const SignedStatement* statement = nullptr;
};

SignedPart signed_part(const EventBody& body) {
  if (const auto* e = std::get_if<OrderSigned>(&body)) return {&e->person, &e->statement};
  if (const auto* e = std::get_if<AttestationEntered>(&body)) return {&e->person, &e->statement};
  return {};
}

Status check_signature(const SignedPart& part, const proof::VerifiedExtract& extract, UnixMs at) {
  QUIETUS_CHECK(proof::verify_signature(*part.statement));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(part.statement->certificate));
  QUIETUS_CHECK(
      proof::verify_chain(certificate, {extract.people_ca}, extract.root, at, proof::Purpose::person));
  QUIETUS_TRY(person, proof::person_from_certificate(certificate));
  if (person != *part.person)
    return fail(ErrorKind::verification_failed, "it names another person than its certificate");
  return {};
}

}  // namespace

Result<Packs> packs_of(const proof::VerifiedExtract& extract) {
  Packs packs;
  for (const auto& [name, bytes] : extract.packs) {
    auto statutes = rules::read_pack(as_text(bytes));
    if (!statutes) return fail(ErrorKind::invalid_input, "packs/" + name + ": " + statutes.error().message);
    QUIETUS_CHECK(packs.add(std::move(*statutes)));
  }
  return packs;
}

std::vector<std::string> packs_missing(const proof::VerifiedExtract& extract, const Packs& packs) {
  std::vector<std::string> missing;
  for (const auto& entry : extract.ledger.opened) {
    const auto json = Json::parse_canonical(as_text(entry.opened.body));
    const Json* name = json ? json->find("pack_name") : nullptr;
    const Json* digest = json ? json->find("pack") : nullptr;
    if (name == nullptr || name->string() == nullptr || digest == nullptr || digest->string() == nullptr)
      continue;
    const auto pinned = digest_from_hex(*digest->string());
    const bool there = *name->string() == packs.house().name || (pinned && packs.find(*pinned) != nullptr);
    if (!there && std::ranges::find(missing, *name->string()) == missing.end())
      missing.push_back(*name->string());
  }
  return missing;
}

Result<Replay> replay_extract(const proof::VerifiedExtract& extract, const Packs& packs) {
  Replayer replayer(packs);
  for (const auto& entry : extract.ledger.opened) {
    const std::string where = "entry " + std::to_string(entry.index);
    QUIETUS_TRY(json, Json::parse_canonical(as_text(entry.opened.body)));
    const auto event = event_from_json(json);
    if (!event) return fail(ErrorKind::verification_failed, where + ": " + event.error().message);
    replayer.at(entry.index);
    if (event->at != entry.time) replayer.differ(*event, "body and leaf say different times");
    const SignedPart part = signed_part(event->body);
    if (part.statement != nullptr) {
      const Status good = check_signature(part, extract, event->at);
      if (!good) replayer.differ(*event, "its signature: " + good.error().message);
    }
    replayer.add(*event);
  }
  return replayer.finish();
}

}  // namespace quietus::governance
