// Use case: the ledger as one case may see it, page by page (proof/ledger_extract.hpp).
#include "base/encoding.hpp"
#include "governance/case_of.hpp"
#include "kms/service/asking.hpp"
#include "proof/bundle_layout.hpp"
#include "proof/ledger_extract.hpp"

namespace quietus::service {

namespace {

/// The line of one entry: opened when it is about the case.
Result<std::string> line_of(Service& service, const CaseId& id, std::uint64_t index) {
  QUIETUS_TRY(entry, service.ledger.entry(index));
  proof::OpenedLeaf line{entry.leaf, {}, {}};
  if (!entry.body.empty()) {
    QUIETUS_TRY(json, Json::parse_canonical(as_text(entry.body)));
    QUIETUS_TRY(event, governance::event_from_json(json));
    const bool about_it = service.ledger.look([&](const governance::State& state) {
      const auto* about = governance::case_of(state, event);
      return about != nullptr && about->id == id;
    });
    if (about_it) line = {entry.leaf, entry.salt, entry.body};
  }
  return proof::extract_line(line);
}

/// In the one form that a verifier takes.
Result<Json> trust_files(Service& service) {
  const auto& trust = service.settings.trust;
  Json::Object files;
  for (const auto& [name, bytes] :
       {std::pair{proof::trust_file::root, as_bytes(trust.root)},
        std::pair{proof::trust_file::service_ca, as_bytes(trust.service_ca)},
        std::pair{proof::trust_file::people_ca, as_bytes(trust.people_ca)},
        std::pair{proof::trust_file::checkpoint_signer, BytesView(service.signing.checkpoint.certificate)}}) {
    QUIETUS_TRY(certificate, proof::X509Certificate::parse(bytes));
    files.emplace(std::string(name), certificate.pem());
  }
  return Json(std::move(files));
}

/// Never empty while there is an entry left: one that is larger than a page is a page of its own.
Result<Json::Array> page_of(Service& service, const CaseId& id, std::uint64_t from, std::uint64_t size) {
  Json::Array lines;
  std::uint64_t bytes = 0;
  for (std::uint64_t index = from; index < size && lines.size() < service.settings.extract_page_entries;
       ++index) {
    QUIETUS_TRY(line, line_of(service, id, index));
    Json text(std::move(line));
    bytes += text.write().size();  // as it will be sent, with what has to be escaped
    if (!lines.empty() && bytes > service.settings.extract_page_bytes) break;
    lines.push_back(std::move(text));
  }
  return lines;
}

Result<Json> first_page(Service& service) {
  QUIETUS_TRY(head, service.checkpointer.publish());
  Json json = Json::Object{{"checkpoint", head.note}, {"size", head.head.size}};
  QUIETUS_TRY(trust, trust_files(service));
  json["trust"] = std::move(trust);
  Json::Object packs;
  for (const governance::Pack* pack : service.ledger.packs().all()) {
    const auto& statutes = *pack->statutes;
    packs.emplace("packs/" + statutes.name + "-" + std::to_string(statutes.version) + ".json", statutes.text);
  }
  json["packs"] = std::move(packs);
  return json;
}

}  // namespace

Result<Reply> extract_ledger(Service& service, const Request& request) {
  QUIETUS_TRY(in, case_of(service, request));
  QUIETUS_TRY(from, asked_number(request, "from", 0));
  QUIETUS_TRY(asked, asked_number(request, "size", 0));
  Reply reply;
  reply.json = Json::Object{{"size", asked}};
  if (from == 0) {
    QUIETUS_TRY(first, first_page(service));
    reply.json = std::move(first);
  }
  const auto size = static_cast<std::uint64_t>(*reply.json.find("size")->integer());
  if (from > size || size > service.ledger.head().size)
    return fail(ErrorKind::invalid_input, "there are not so many entries", "begin again without `from`");
  QUIETUS_TRY(page, page_of(service, in.id, from, size));
  reply.json["next"] = from + page.size();
  reply.json["lines"] = std::move(page);
  return reply;
}

}  // namespace quietus::service
