#include "kms/settings.hpp"

#include "base/config.hpp"
#include "proof/witnessed_checkpoint.hpp"

namespace quietus::kms {
namespace {

class Section {
 public:
  Section(const std::string& config_path, const Json& json, std::string_view what)
      : config_path_(config_path), reader_(json, what) {}
  std::string path(std::string_view key) { return resolve_path(config_path_, reader_.text(key)); }
  /// "" when the member is absent.
  std::string optional_path(std::string_view key) {
    const std::string value = reader_.optional_text(key);
    return value.empty() ? value : resolve_path(config_path_, value);
  }
  ObjectReader& reader() { return reader_; }

 private:
  const std::string& config_path_;
  ObjectReader reader_;
};

Status read_hsm(Settings& settings, const Json& json) {
  Section section(settings.config_path, json, "hsm");
  settings.hsm.profile = section.path("profile");
  settings.hsm.module = section.optional_path("module");
  settings.hsm.token_label = section.reader().optional_text("token_label", 32);
  settings.hsm.token_serial = section.reader().optional_text("token_serial", 16);
  settings.hsm.pin_file = section.path("pin_file");
  settings.hsm.token_directory = section.optional_path("token_directory");
  settings.hsm.allow_untested = section.reader().optional_boolean("allow_untested", false);
  settings.hsm.call_deadline_ms =
      static_cast<int>(section.reader().optional_integer("call_deadline_ms", 10000, 100, 600000));
  return section.reader().finish();
}

Status read_tls(Settings& settings, const Json& json) {
  Section section(settings.config_path, json, "tls");
  settings.tls.certificate = section.path("certificate");
  settings.tls.key = section.path("key");
  settings.tls.root = section.path("root");
  settings.tls.service_ca = section.path("service_ca");
  settings.tls.people_ca = section.path("people_ca");
  settings.tls.people_crl = section.path("people_crl");
  settings.tls.service_crl = section.path("service_crl");
  return section.reader().finish();
}

Status read_signing(Settings& settings, const Json& json) {
  Section section(settings.config_path, json, "signing");
  settings.signing.mandate = section.path("mandate_certificate");
  settings.signing.certificate = section.path("certificate_certificate");
  settings.signing.checkpoint = section.path("checkpoint_certificate");
  return section.reader().finish();
}

Status read_time_stamp(Settings& settings, const Json& json) {
  Section section(settings.config_path, json, "time_stamp");
  settings.time_stamp.url = section.reader().text("url");
  settings.time_stamp.ca = section.path("ca");
  settings.time_stamp.certificate = section.path("certificate");
  settings.time_stamp.root = section.optional_path("root");
  settings.time_stamp.interval_s =
      static_cast<int>(section.reader().optional_integer("interval_s", 60, 1, 3600));
  settings.time_stamp.max_age_s =
      static_cast<int>(section.reader().optional_integer("max_age_s", 600, 1, 86400));
  return section.reader().finish();
}

Status read_hosts(Settings& settings, const Json::Array& hosts) {
  for (const auto& json : hosts) {
    Section section(settings.config_path, json, "hosts[]");
    HostSetting host;
    host.host = section.reader().parsed<HostId>(section.reader().text("host"), &HostId::parse);
    host.certificate = section.path("certificate");
    QUIETUS_CHECK(section.reader().finish());
    settings.hosts.push_back(std::move(host));
  }
  return {};
}

Status read_witnesses(Settings& settings, const Json::Array& witnesses) {
  for (const auto& json : witnesses) {
    Section section(settings.config_path, json, "witnesses[]");
    WitnessSetting witness;
    witness.url = section.reader().text("url");
    witness.key = section.reader().text("key");
    witness.ca = section.optional_path("ca");
    QUIETUS_CHECK(section.reader().finish());
    settings.witnesses.push_back(std::move(witness));
  }
  return {};
}

Status read_rules(Settings& settings, const Json& json) {
  constexpr std::size_t kMaxPacks = 64, kMaxSignatures = 8;
  Section section(settings.config_path, json, "rules");
  settings.rules.root = section.path("root");
  for (const auto& item : section.reader().array("packs", kMaxPacks)) {
    Section one(settings.config_path, item, "rules.packs[]");
    RulePackSetting pack;
    pack.pack = one.path("pack");
    for (const auto& file : one.reader().texts("signatures", kMaxSignatures))
      pack.signatures.push_back(resolve_path(settings.config_path, file));
    QUIETUS_CHECK(one.reader().finish());
    settings.rules.packs.push_back(std::move(pack));
  }
  return section.reader().finish();
}

Status read_ledger(Settings& settings, const Json& json) {
  ObjectReader reader(json, "ledger");
  settings.ledger.heartbeat_s = static_cast<int>(reader.optional_integer("heartbeat_s", 3600, 60, 86400));
  settings.ledger.is_public = reader.optional_boolean("public", false);
  return reader.finish();
}

}  // namespace

Result<Settings> load_settings(const std::string& path) {
  QUIETUS_TRY(json, load_config(path));
  Settings settings;
  settings.config_path = path;
  ObjectReader reader(json, path);
  settings.listen = reader.optional_text("listen");
  if (settings.listen.empty()) settings.listen = "127.0.0.1";
  settings.port = static_cast<unsigned short>(reader.optional_integer("port", 0, 0, 65535));
  settings.port_file = resolve_path(path, reader.text("port_file"));
  settings.origin = reader.text("origin", 200);
  settings.issuer = reader.text("issuer", 200);
  settings.laboratory = reader.boolean("laboratory");
  settings.state_dir = resolve_path(path, reader.text("state_dir"));
  settings.sample_blocks =
      static_cast<std::uint32_t>(reader.optional_integer("sample_blocks", 3000, 1, 1 << 20));
  settings.extract_page_entries =
      static_cast<std::uint32_t>(reader.optional_integer("extract_page_entries", 1000, 1, 10'000));
  settings.crash_at = reader.optional_text("crash_at");
  settings.crash_trace = reader.optional_text("crash_trace");
  if (!settings.crash_trace.empty()) settings.crash_trace = resolve_path(path, settings.crash_trace);
  const Json& hsm = reader.member("hsm");
  const Json& tls = reader.member("tls");
  const Json& signing = reader.member("signing");
  const Json& time_stamp = reader.member("time_stamp");
  const Json::Array& hosts = reader.array("hosts", 1024);
  const Json* rules = reader.optional_member("rules");
  const Json* witnesses = reader.optional_member("witnesses");
  const Json* ledger = reader.optional_member("ledger");
  QUIETUS_CHECK(reader.finish());
  QUIETUS_CHECK(read_hsm(settings, hsm));
  QUIETUS_CHECK(read_tls(settings, tls));
  QUIETUS_CHECK(read_signing(settings, signing));
  QUIETUS_CHECK(read_time_stamp(settings, time_stamp));
  QUIETUS_CHECK(read_hosts(settings, hosts));
  if (rules != nullptr) QUIETUS_CHECK(read_rules(settings, *rules));
  if (ledger != nullptr) QUIETUS_CHECK(read_ledger(settings, *ledger));
  if (witnesses == nullptr) return settings;
  if (witnesses->array() == nullptr || witnesses->array()->size() > proof::kMaxWitnesses)
    return fail(ErrorKind::invalid_input,
                path + ": \"witnesses\" is not a list of at most " + std::to_string(proof::kMaxWitnesses));
  QUIETUS_CHECK(read_witnesses(settings, *witnesses->array()));
  return settings;
}

}  // namespace quietus::kms
