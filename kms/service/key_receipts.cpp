// Use case: the receipt of one destroyed key, for the person whose key it was.
#include "kms/epochs/receipts.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/certificate_of.hpp"
#include "proof/key_receipt.hpp"

namespace quietus::service {
namespace {

struct Asked {
  KeyringId keyring;
  KeyNumber number;
  std::string certificate;  ///< empty while there is none
};

Result<Asked> asked_for(Service& service, const Person& person, const std::string& text) {
  return service.ledger.look([&](const governance::State& state) -> Result<Asked> {
    const auto dot = text.rfind('.');
    const auto id = KeyringId::parse(text.substr(0, dot));
    const auto* ring = id && dot != std::string::npos ? state.find(*id) : nullptr;
    const auto number = ring == nullptr ? std::nullopt : key_number_of(*id, text);
    const auto* holding = ring == nullptr ? nullptr : state.find(ring->holding);
    if (!number || holding == nullptr || !state.holds_any_role(holding->case_id, person.id))
      return fail(ErrorKind::not_found, "there is no key " + text + " in a case of yours");
    return Asked{*id, *number, certificate_of(state, *ring, *number)};
  });
}

}  // namespace

Result<Reply> key_receipt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  const std::string& text = request.path.at("key");
  QUIETUS_TRY(asked, asked_for(service, person, text));
  std::optional<epochs::Receipts> batch;
  QUIETUS_CHECK(service.store.scan_prefix("receipts", epochs::receipts_prefix(asked.keyring),
                                          [&](const std::string&, BytesView value) -> Status {
                                            QUIETUS_TRY(kept, epochs::decode_receipts(value));
                                            if (std::ranges::binary_search(kept.numbers, asked.number))
                                              batch = std::move(kept);
                                            return {};
                                          }));
  if (!batch)
    return fail(ErrorKind::not_found, "key " + text + " was not destroyed, so there is no receipt",
                "`quietus key show` says where it stands");
  if (asked.certificate.empty())
    return fail(ErrorKind::conflict,
                "key " + text + " is destroyed or about to be, and its certificate is pending",
                "ask again in a few seconds: a receipt names the certificate that speaks of its key");
  QUIETUS_TRY(receipts, proof::KeyReceipts::make(asked.keyring, epochs::salted_numbers(*batch)));
  QUIETUS_TRY(receipt, receipts.receipt(asked.number, asked.certificate));
  Reply reply;
  reply.json = proof::to_json(receipt);
  return reply;
}

}  // namespace quietus::service
