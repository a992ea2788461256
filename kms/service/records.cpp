#include "kms/service/records.hpp"

#include <charconv>

#include "base/encoding.hpp"
#include "proof/statement.hpp"

namespace quietus::service {
namespace {

Result<std::optional<Json>> load(Store& store, const char* table, const std::string& key) {
  QUIETUS_TRY(value, store.row(table, key));
  if (!value) return std::optional<Json>{};
  QUIETUS_TRY(json, Json::parse_canonical(as_text(*value)));
  return std::optional<Json>(std::move(json));
}

Row make_row(const char* table, std::string key, const Json& json) {
  return {table, std::move(key), to_bytes(json.write())};
}

Status read_statement(const Json& json, std::string_view name, std::optional<SignedStatement>& statement) {
  const Json* found = json.find(name);
  if (found == nullptr || found->is_null()) return {};
  QUIETUS_TRY(read, proof::statement_from_json(*found));
  statement = std::move(read);
  return {};
}

std::string medium_key(const HoldingId& holding) { return "medium/" + holding.text(); }
std::string destruction_key(const HoldingId& holding) { return "destruction/" + holding.text(); }

}  // namespace

Row medium_row(const HoldingId& holding, const MediumRecord& record) {
  Json json;
  if (record.facts) json["facts"] = proof::to_json(*record.facts);
  if (record.mandate) json["mandate"] = proof::to_json(*record.mandate);
  if (record.sample) json["sample"] = proof::to_json(*record.sample);
  if (record.evidence) json["evidence"] = proof::to_json(*record.evidence);
  json["report"] = record.eraser_report;
  if (!record.transcript.empty()) json["transcript"] = base64(as_bytes(record.transcript));
  return make_row("jobs", medium_key(holding), json);
}

Result<MediumRecord> load_medium(Store& store, const HoldingId& holding) {
  MediumRecord record;
  QUIETUS_TRY(json, load(store, "jobs", medium_key(holding)));
  if (!json) return record;
  QUIETUS_CHECK(read_statement(*json, "facts", record.facts));
  QUIETUS_CHECK(read_statement(*json, "mandate", record.mandate));
  QUIETUS_CHECK(read_statement(*json, "sample", record.sample));
  QUIETUS_CHECK(read_statement(*json, "evidence", record.evidence));
  if (const Json* report = json->find("report"); report != nullptr && report->string() != nullptr) {
    record.eraser_report = *report->string();
  }
  if (const Json* kept = json->find("transcript"); kept != nullptr && kept->string() != nullptr) {
    QUIETUS_TRY(bytes, from_base64(*kept->string()));
    record.transcript = as_text(bytes);
  }
  return record;
}

Row destruction_row(const HoldingId& holding, const Json& state) {
  return make_row("jobs", destruction_key(holding), state);
}

Result<std::optional<Json>> load_destruction(Store& store, const HoldingId& holding) {
  return load(store, "jobs", destruction_key(holding));
}

Row key_row(const KeyId& key, const HsmKeyRef& ref) {
  Json json;
  json["cka_id"] = hex(ref.cka_id);
  return make_row("keys", key.text(), json);
}

Result<std::optional<HsmKeyRef>> load_key(Store& store, const KeyId& key) {
  QUIETUS_TRY(json, load(store, "keys", key.text()));
  if (!json) return std::optional<HsmKeyRef>{};
  ObjectReader reader(*json, "the record of key " + key.text());
  const std::string id = reader.text("cka_id", 32);
  QUIETUS_CHECK(reader.finish());
  QUIETUS_TRY(bytes, from_hex(id));
  HsmKeyRef ref;
  if (bytes.size() != ref.cka_id.size())
    return fail(ErrorKind::corrupt, "the record of key " + key.text() + " is damaged");
  std::copy(bytes.begin(), bytes.end(), ref.cka_id.begin());
  return std::optional<HsmKeyRef>(ref);
}

namespace {

constexpr std::string_view kEpochMark = "epoch:";  // no id has a colon

std::string line_key(const CertifiedLine& line) {
  const std::string of =
      line.order.empty() ? std::string(kEpochMark) + std::to_string(line.epoch) : line.order.text();
  return line.holding.text() + "/" + of + (line.replaces.empty() ? "" : "/" + line.replaces);
}

Result<CertifiedLine> line_of(const std::string& key) {
  const auto slash = key.find('/');
  std::string of = slash == std::string::npos ? std::string() : key.substr(slash + 1);
  CertifiedLine line;
  if (const auto last = of.find('/'); last != std::string::npos) {  // no id has a stroke
    line.replaces = of.substr(last + 1);
    of.resize(last);
  }
  QUIETUS_TRY(holding, HoldingId::parse(key.substr(0, slash)));
  line.holding = holding;
  if (!of.starts_with(kEpochMark)) {
    QUIETUS_TRY(order, OrderId::parse(of));
    line.order = order;
    return line;
  }
  const auto digits = of.substr(kEpochMark.size());
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), line.epoch);
  if (read.ec != std::errc() || line_key(line) != key)
    return fail(ErrorKind::corrupt, "a certificate lies under a name that is none");
  return line;
}

}  // namespace

Row certificate_row(const HoldingId& holding, const CertificateRecord& record) {
  Json json;
  json["bundle"] = record.bundle ? *record.bundle : Json{};
  json["certificate"] = base64(record.certificate_json);
  json["certificate_id"] = record.certificate_id;
  json["completion_index"] = record.completion_index;
  if (record.order.empty()) {
    json["epoch"] = record.epoch;
  } else {
    json["order"] = record.order.text();
  }
  json["p7s"] = base64(record.p7s);
  if (!record.replaces.empty()) json["replaces"] = record.replaces;
  json["tsr"] = record.tsr ? base64(*record.tsr) : std::string();
  return make_row("certificates", line_key({holding, record.order, record.epoch, record.replaces}), json);
}

namespace {

Result<CertificateRecord> certificate_from(BytesView value) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(value), std::size_t{64} << 20));
  ObjectReader reader(json, "a certificate record");
  CertificateRecord record;
  const Json& bundle = reader.member("bundle");
  if (!bundle.is_null()) record.bundle = bundle;
  const auto decode = [&](const std::string& text) {
    auto bytes = from_base64(text);
    if (!bytes) reader.reject("not base64");
    return bytes ? *bytes : Bytes{};
  };
  constexpr std::size_t kMaxText = std::size_t{32} << 20;
  record.certificate_json = decode(reader.text("certificate", kMaxText));
  record.certificate_id = reader.text("certificate_id");
  record.completion_index =
      static_cast<std::uint64_t>(reader.integer("completion_index", 0, Json::kMaxInteger));
  if (json.find("epoch") != nullptr) {
    record.epoch = static_cast<std::uint64_t>(reader.integer("epoch", 1, Json::kMaxInteger));
  } else {
    record.order = reader.parsed<OrderId>(reader.text("order"), &OrderId::parse);
  }
  record.p7s = decode(reader.text("p7s", kMaxText));
  record.replaces = reader.optional_text("replaces", 64);
  const std::string tsr = reader.text("tsr", kMaxText);
  if (!tsr.empty()) record.tsr = decode(tsr);
  QUIETUS_CHECK(reader.finish());
  return record;
}

}  // namespace

Result<std::optional<CertificateRecord>> load_certificate(Store& store, const CertifiedLine& line) {
  QUIETUS_TRY(value, store.row("certificates", line_key(line)));
  if (!value) return std::optional<CertificateRecord>{};
  QUIETUS_TRY(record, certificate_from(*value));
  return std::optional<CertificateRecord>(std::move(record));
}

Result<std::vector<CertifiedLine>> certified_lines(Store& store) {
  std::vector<CertifiedLine> lines;
  QUIETUS_CHECK(store.scan_rows("certificates", [&](const std::string& key, BytesView) -> Status {
    QUIETUS_TRY(line, line_of(key));
    lines.push_back(line);
    return {};
  }));
  return lines;
}

std::string certificate_state(Store& store, const CertifiedLine& line) {
  const auto value = store.row("certificates", line_key(line));
  if (!value || !*value) return "none";
  // Members of canonical JSON are in the order of their names, and "bundle" is the first: a bundle of half a
  // megabyte is not read to learn that it is there.
  return as_text(**value).starts_with(R"({"bundle":null,)") ? "certified" : "stamped";
}

Row shredding_row(const CertifiedLine& line, const Json& shown) {
  return make_row("jobs", "shredding/" + line_key(line), shown);
}

Result<std::optional<Json>> load_shredding(Store& store, const CertifiedLine& line) {
  QUIETUS_TRY(value, store.row("jobs", "shredding/" + line_key(line)));
  if (!value) return std::optional<Json>{};
  QUIETUS_TRY(json, Json::parse_canonical(as_text(*value)));
  return std::optional<Json>(std::move(json));
}

}  // namespace quietus::service
