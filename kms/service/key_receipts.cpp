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
    const bool there = number && holding != nullptr;
    QUIETUS_CHECK(may_look(state, there ? holding->case_id : CaseId(), person,
                           "there is no key " + text + " in a case of yours",
                           "`quietus keyring list` shows your keyrings"));
    return Asked{*id, *number, certificate_of(state, *ring, *number)};
  });
}

/// What was kept of the batch that the number went with.
Result<epochs::Receipts> batch_of(Service& service, const KeyringId& keyring, KeyNumber number) {
  std::optional<epochs::Receipts> batch;
  QUIETUS_CHECK(service.store.scan_prefix("receipts", epochs::receipts_prefix(keyring),
                                          [&](const std::string&, BytesView value) -> Status {
                                            QUIETUS_TRY(kept, epochs::decode_receipts(value));
                                            if (std::ranges::binary_search(kept.numbers, number))
                                              batch = std::move(kept);
                                            return {};
                                          }));
  if (batch) return std::move(*batch);
  return fail(ErrorKind::not_found,
              "key " + key_text(keyring, number) + " was not destroyed, so there is no receipt",
              "`quietus key show` says where it stands");
}

}  // namespace

Result<Reply> key_receipt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  const std::string& text = request.path.at("key");
  QUIETUS_TRY(asked, asked_for(service, person, text));
  if (asked.certificate.empty()) {
    QUIETUS_CHECK(batch_of(service, asked.keyring, asked.number));
    return fail(ErrorKind::conflict,
                "key " + text + " is destroyed or about to be, and its certificate is pending",
                "ask again in a few seconds: a receipt names the certificate that speaks of its key");
  }
  const auto make = [&]() -> Result<proof::KeyReceipts> {
    QUIETUS_TRY(batch, batch_of(service, asked.keyring, asked.number));
    return proof::KeyReceipts::make(asked.keyring, epochs::salted_numbers(batch));
  };
  QUIETUS_TRY(receipt, service.receipt_trees.receipt(asked.keyring, asked.number, asked.certificate, make));
  Reply reply;
  reply.json = proof::to_json(receipt);
  return reply;
}

}  // namespace quietus::service
