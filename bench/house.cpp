#include "bench/house.hpp"

#include "base/encoding.hpp"
#include "bench/figure.hpp"
#include "governance/pack.hpp"
#include "proof/documents.hpp"

namespace quietus::bench {

namespace {

ClockReading confirmed_now() { return {system_now(), true}; }

std::unique_ptr<Ledger> open_ledger(Store& store) {
  Ledger::Settings settings;
  settings.clock = confirmed_now;
  return must(Ledger::open(std::move(settings), store, governance::builtin_0(), std::nullopt));
}

Json roles() {
  Json body;
  body["title"] = "Benchmark";
  body["deal"] = "asset";
  body["customer_data"] = true;
  body["roles"]["approver"] = Json::Array{"p-0002", "p-0003"};
  body["roles"]["responsible"] = Json::Array{"p-0004"};
  body["roles"]["witness"] = Json::Array{"p-0005"};
  return body;
}

service::ServiceSettings service_settings() {
  service::ServiceSettings settings;
  settings.origin = "quietus.bench/ledger";
  settings.issuer = "Benchmark";
  settings.laboratory = "laboratory";
  settings.software = "quietus bench";
  return settings;
}

}  // namespace

// Nothing here signs or stamps: certificates come after what is measured.
House::House(const Ground& ground, const std::string& token, const std::string& name)
    : hsm(ground.attach(token)),
      store(ground.open_store(name)),
      prober(ground.prober(token)),
      clock(system_now),
      ledger(open_ledger(*store)),
      service(
          service_settings(), *ledger, *store, *hsm, key_room, {}, confirmed_now, prober,
          [](BytesView) -> Result<Bytes> { return fail(ErrorKind::unavailable, "nothing is stamped here"); }),
      owner(must(proof::person_from_certificate(owner_identity.certificate))) {
  const std::string in = ask(service::open_case, {}, roles(), "id");
  Json set(Json::Object{{"customer_data", true}, {"kind", "record_set"}, {"title", "Records"}});
  holding_ = {{"case", in}, {"holding", ask(service::declare_holding, {{"case", in}}, set, "id")}};
}

std::string House::ask(service::UseCase use_case, std::map<std::string, std::string, std::less<>> path,
                       Json body, std::string_view member) {
  service::Request request;
  request.caller.person = owner;
  request.path = std::move(path);
  request.body = std::move(body);
  const auto reply = must(use_case(service, request));
  return *must(reply.json.find(member), "an answer without what was asked for")->string();
}

std::string House::create_device_key() {
  return ask(service::create_holding_key, holding_, Json::Object{}, "key");
}

KeyringId House::create_keyring(KeyClass key_class) {
  const Json body(Json::Object{{"class", std::string(to_string(key_class))}});
  return must(KeyringId::parse(ask(service::create_keyring, holding_, body, "keyring")));
}

KeyNumber House::add_keys(const KeyringId& keyring, std::uint32_t count) {
  const Json body(Json::Object{{"count", count}});
  const std::string first = ask(service::add_keys, {{"keyring", keyring.text()}}, body, "first");
  return {static_cast<std::uint32_t>(std::stoul(first.substr(first.rfind('.') + 1)))};
}

Permit House::permit(Verb verb, const std::string& subject) const {
  return ledger->system_permit(verb, subject, ledger->head().size - 1);
}

}  // namespace quietus::bench
