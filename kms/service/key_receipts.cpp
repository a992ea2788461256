// Use case: the receipt of one destroyed key, for the person whose key it was.
#include <algorithm>

#include "base/encoding.hpp"
#include "kms/epochs/receipts.hpp"
#include "kms/service/asking.hpp"
#include "kms/service/bundles.hpp"
#include "kms/service/certificate_of.hpp"
#include "proof/bundle.hpp"
#include "proof/subject_receipt.hpp"

namespace quietus::service {
namespace {

struct Asked {
  KeyringId keyring;
  KeyNumber number;
  HoldingId holding;
  std::string certificate;  ///< empty while there is none
};

enum class Form { key, subject, whole };

Result<Form> form_of(const Request& request) {
  const auto named = request.query.find("form");
  if (named == request.query.end() || named->second == "key") return Form::key;
  if (named->second == "subject") return Form::subject;
  if (named->second == "whole") return Form::whole;
  return fail(ErrorKind::invalid_input, "form is key, subject or whole");
}

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
    const std::string certificate = certificate_of(state, *ring, *number);
    const bool withdrawn = std::ranges::any_of(holding->replaced, [&](const auto& one) {
      return one.by == certificate && one.outcome == Replacement::withdrawn;
    });
    if (withdrawn)
      return fail(ErrorKind::conflict,
                  "the certificate about key " + text + " was withdrawn, so there is no receipt",
                  "`quietus certificate list` shows by which");
    return Asked{*id, *number, ring->holding, certificate};
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

/// The bundle of its certificate as it is kept for ever.
Result<proof::BundleFiles> kept_bundle(Service& service, const Asked& asked) {
  QUIETUS_TRY(view, view_bundle(service, asked.holding, asked.certificate));
  if (!view.stamped)
    return fail(ErrorKind::conflict, "certificate " + asked.certificate + " is not time-stamped yet",
                "ask again in a few seconds: a receipt speaks of a certificate that is whole");
  proof::BundleFiles files;
  for (const auto& [name, text] : *view.files.object()) {
    QUIETUS_TRY(bytes, from_base64(*text.string()));
    files.emplace(name, std::move(bytes));
  }
  return files;
}

/// Nothing in it is said before our own verifier has said so.
Result<Json> subject_receipt(Service& service, const Asked& asked, proof::KeyReceipt record, Form form) {
  QUIETUS_TRY(files, kept_bundle(service, asked));
  QUIETUS_TRY(anchor, proof::parse_anchor(as_bytes(service.settings.trust.root)));
  const auto report = proof::verify_bundle(files, anchor);
  std::optional<proof::BundleFiles> carried;
  if (form == Form::whole) carried = std::move(files);
  QUIETUS_TRY(receipt, proof::make_subject_receipt(report, std::move(record), std::move(carried)));
  return proof::to_json(receipt);
}

}  // namespace

Result<Reply> key_receipt(Service& service, const Request& request) {
  QUIETUS_TRY(person, require_person(request));
  QUIETUS_TRY(form, form_of(request));
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
  if (form == Form::key) {
    reply.json = proof::to_json(receipt);
    return reply;
  }
  QUIETUS_TRY(json, subject_receipt(service, asked, std::move(receipt), form));
  reply.json = std::move(json);
  return reply;
}

}  // namespace quietus::service
