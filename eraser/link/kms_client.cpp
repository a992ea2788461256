#include "eraser/link/kms_client.hpp"

#include "base/encoding.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::eraser {
namespace {

constexpr std::size_t kMostWork = 1024;

template <class T>
Result<T> as_unavailable(Result<T> result) {
  if (!result) result.error().kind = ErrorKind::unavailable;
  return result;
}

Result<WorkItem> work_item_from(const Json& json) {
  ObjectReader reader(json, "work");
  WorkItem item;
  item.case_id = reader.parsed(reader.text("case"), &CaseId::parse);
  item.order = reader.parsed(reader.text("order"), &OrderId::parse);
  item.holding = reader.parsed(reader.text("holding"), &HoldingId::parse);
  reader.text("state");
  const Json line = reader.member("line");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(read, proof::order_line_from_json(line));
  item.line = read;
  return item;
}

Result<GivenMandate> mandate_from(const Json& json) {
  ObjectReader reader(json, "mandate answer");
  GivenMandate given;
  given.order = reader.base64("order");
  const Json mandate = reader.member("mandate");
  const Json::Array approvals = reader.array("approvals", 64);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(statement, proof::statement_from_json(mandate));
  given.mandate = statement;
  for (const auto& approval : approvals) {
    QUIETUS_TRY(word, proof::statement_from_json(approval));
    given.approvals.push_back(word);
  }
  return given;
}

}  // namespace

Result<KmsClient> KmsClient::create(const EraserSettings& settings) {
  wire::ClientSettings client;
  client.base_url = settings.kms_url;
  client.ca_file = settings.ca;
  client.certificate_file = settings.certificate;
  client.key_file = settings.key;
  QUIETUS_TRY(http, wire::HttpClient::create(client));
  return KmsClient(settings.host, std::move(http));
}

std::string KmsClient::run(const HoldingId& holding, std::string_view verb) const {
  return "/v1/hosts/" + host_.text() + "/runs/" + holding.text() + ":" + std::string(verb);
}

Result<Json> KmsClient::exchange(std::string_view method, const std::string& target, const Json* body) {
  const std::string text = body != nullptr ? body->write() : std::string{};
  const std::string_view type = body != nullptr ? "application/json" : "";
  QUIETUS_TRY(response, http_->send(method, target, type, as_bytes(text)));
  return wire::expect_json(response);
}

Result<Json> KmsClient::post(const std::string& target, const Json& body) {
  return as_unavailable(exchange("POST", target, &body));
}

Status KmsClient::report_inventory(const Json& devices) {
  QUIETUS_CHECK(post("/v1/hosts/" + host_.text() + ":reportInventory", Json::Object{{"devices", devices}}));
  return {};
}

Result<std::vector<WorkItem>> KmsClient::work() {
  QUIETUS_TRY(json, as_unavailable(exchange("GET", "/v1/hosts/" + host_.text() + "/work", nullptr)));
  ObjectReader reader(json, "work");
  const Json::Array list = reader.array("work", kMostWork);
  QUIETUS_CHECK(as_unavailable(reader.finish()));
  std::vector<WorkItem> items;
  for (const auto& one : list) {
    QUIETUS_TRY(item, as_unavailable(work_item_from(one)));
    items.push_back(item);
  }
  return items;
}

Result<GivenMandate> KmsClient::request_mandate(const HoldingId& holding, const SignedStatement& facts,
                                                const Plan& plan) {
  const Json body = Json::Object{{"facts", proof::to_json(facts)}, {"plan", proof::to_json(plan)}};
  QUIETUS_TRY(json, post(run(holding, "requestMandate"), body));
  return as_unavailable(mandate_from(json));
}

Result<bool> KmsClient::report_progress(const HoldingId& holding, const ReportedProgress& progress) {
  const Json body = Json::Object{{"phase", progress.phase},
                                 {"done_bytes", progress.done_bytes},
                                 {"total_bytes", progress.total_bytes},
                                 {"rate_bytes_per_s", progress.rate_bytes_per_s}};
  auto answer = exchange("POST", run(holding, "reportProgress"), &body);
  if (!answer && answer.error().kind == ErrorKind::not_found)
    return false;  // no order of ours is open for it
  QUIETUS_TRY(json, as_unavailable(std::move(answer)));
  const Json* goes_on = json.find("goes_on");
  return goes_on == nullptr || goes_on->boolean() == nullptr || *goes_on->boolean();
}

Result<SignedStatement> KmsClient::request_sample(const HoldingId& holding, const EraserReport& report) {
  const Json body = Json::Object{{"report", proof::to_json(report)}};
  QUIETUS_TRY(json, exchange("POST", run(holding, "requestSample"), &body));
  ObjectReader reader(json, "sample answer");
  const Json sample = reader.member("sample");
  QUIETUS_CHECK(reader.finish());
  return proof::statement_from_json(sample);
}

Result<Verdict> KmsClient::accept_evidence(const HoldingId& holding, const SignedStatement& evidence,
                                           const std::string& transcript) {
  Json body = Json::Object{{"evidence", proof::to_json(evidence)}};
  if (!transcript.empty()) body["transcript"] = base64(as_bytes(transcript));
  QUIETUS_TRY(json, exchange("POST", run(holding, "acceptEvidence"), &body));
  ObjectReader reader(json, "evidence answer");
  const auto verdict = reader.text("verdict");
  QUIETUS_CHECK(reader.finish());
  return verdict_from(verdict);
}

Status KmsClient::report_failure(const HoldingId& holding, const std::string& reason) {
  QUIETUS_CHECK(post(run(holding, "reportFailure"), Json::Object{{"reason", reason}}));
  return {};
}

}  // namespace quietus::eraser
