#include "cli/attestation_signing.hpp"

#include <iostream>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/subject.hpp"
#include "cli/person_key.hpp"
#include "cli/screen.hpp"
#include "cli/terminal/dates.hpp"
#include "proof/documents.hpp"
#include "proof/statement.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxPaperBytes = std::size_t{256} << 20;

Result<std::map<std::string, std::string>> fields_from(const std::vector<std::string>& texts) {
  std::map<std::string, std::string> fields;
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == std::string::npos)
      return fail(ErrorKind::invalid_input, "'" + text + "' is not NAME=VALUE",
                  "for example --field score=85");
    fields[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return fields;
}

Result<Digest> document_of(const Attesting& attesting) {
  std::optional<Digest> named;
  if (!attesting.document.empty()) {
    QUIETUS_TRY(digest, digest_from_hex(attesting.document));
    named = digest;
  }
  if (named && attesting.file.empty()) return *named;
  QUIETUS_TRY(paper, read_file(attesting.file, kMaxPaperBytes));
  const Digest read = sha256(paper);
  if (named && *named != read)
    return fail(ErrorKind::invalid_input, attesting.file + " is not the document that was published",
                "sign without --file, or get the document again");
  return read;
}

std::string signing_line(const Profile& profile, const Context& context) {
  const std::string who =
      profile.person.name + " (" + profile.person.id.text() + ", " + profile.person.department + ")";
  return fit(std::string(context.say("您将签署:", "You sign as ")) + who, kScreenColumns);
}

std::string text_of_subject(const Json& attestation) {
  const Json* about = attestation.find("about");
  return about == nullptr ? std::string() : text_of(*about, "kind") + ":" + text_of(*about, "id");
}

std::string_view validity_word(const std::string& validity, const Context& context) {
  if (validity == "valid") return context.say("有效", "valid");
  if (validity == "not_yet") return context.say("未生效", "not yet");
  if (validity == "ended") return context.say("已到期", "ended");
  if (validity == "taken_back") return context.say("已撤回", "taken back");
  return validity;
}

std::string fields_text(const Json& attestation) {
  std::string text;
  const Json* fields = attestation.find("fields");
  if (fields == nullptr || fields->object() == nullptr) return text;
  for (const auto& [name, value] : *fields->object()) {
    if (value.string() != nullptr && !name.starts_with("clause_"))
      text += (text.empty() ? "" : " ") + name + "=" + *value.string();
  }
  return text;
}

}  // namespace

Result<Attestation> make_attestation(const Attesting& attesting, const PersonId& person, UnixMs now) {
  Attestation made;
  QUIETUS_TRY(id, AttestationId::parse(random_id("att")));
  QUIETUS_TRY(case_id, CaseId::parse(attesting.case_id));
  QUIETUS_TRY(about, subject_from(attesting.about));
  QUIETUS_TRY(fields, fields_from(attesting.fields));
  QUIETUS_TRY(document, document_of(attesting));
  made.id = id;
  made.case_id = case_id;
  made.person = person;
  made.kind = attesting.kind;
  made.subject = std::move(about);
  made.document = document;
  made.from = {now.value - now.value % kMinuteMs};
  if (!attesting.from.empty()) {
    QUIETUS_TRY(from, time_from(attesting.from));
    made.from = from;
  }
  made.fields = std::move(fields);
  made.nonce = random_digest();
  if (!attesting.until.empty()) {
    QUIETUS_TRY(until, time_from(attesting.until));
    made.until = until;
  }
  QUIETUS_CHECK(proof::decode_attestation(proof::encode(made)));  // within the bounds that kms keeps to
  return made;
}

Result<std::string> attestation_screen(BytesView canonical, const Context& context) {
  QUIETUS_TRY(said, proof::decode_attestation(canonical));
  std::string out(context.say("证明", "ATTESTATION"));
  out += "\n";
  Screen screen(context);
  screen.line("编号", "attestation", said.id.text());
  screen.line("摘要", "digest", hex(sha256(canonical)));
  screen.line("案件", "case", said.case_id.text());
  screen.line("种类", "kind", said.kind);
  screen.line("关于", "about", std::string(to_string(said.subject.kind)) + ":" + said.subject.id);
  screen.line("出具人", "said by", said.person.text());
  screen.line("文件摘要", "document", "sha256:" + hex(said.document));
  screen.line("自", "from", rfc3339(said.from));
  screen.line(
      "至", "until",
      said.until ? rfc3339(*said.until) : std::string(context.say("直至撤回", "until it is taken back")));
  for (const auto& [name, value] : said.fields) screen.line("内容 " + name, "field " + name, value);
  screen.line("随机数", "nonce", hex(said.nonce));
  screen.flush(out);
  return out;
}

Result<Json> attest(Api& api, const Context& context, const Attesting& attesting) {
  QUIETUS_TRY(path, case_path(attesting.case_id));
  QUIETUS_TRY(made, make_attestation(attesting, api.profile().person.id, system_now()));
  Bytes canonical = proof::encode(made);
  QUIETUS_TRY(screen, attestation_screen(canonical, context));
  std::ostream& out = context.json ? std::cerr : std::cout;
  out << screen << "\n" << signing_line(api.profile(), context) << "\n";
  if (!attesting.yes) QUIETUS_CHECK(ask_to_sign(context));
  QUIETUS_TRY(statement, sign_as_person(api.profile(), std::move(canonical)));
  return api.post(path + "/attestations", Json::Object{{"statement", proof::to_json(statement)}});
}

void print_attested(const Json& attestation, const Context& context) {
  if (context.json) {
    std::cout << attestation.write_pretty() << "\n";
    return;
  }
  std::cout << context.say("已登记 ", "entered ") << fit(text_of(attestation, "id"), 64) << "  "
            << validity_word(text_of(attestation, "validity"), context) << "\n";
}

void print_attestations(const Json& answer, const Context& context) {
  if (context.json) {
    std::cout << answer.write_pretty() << "\n";
    return;
  }
  Table table({std::string(context.say("证明", "attestation")), std::string(context.say("种类", "kind")),
               std::string(context.say("关于", "about")), std::string(context.say("出具人", "said by")),
               std::string(context.say("状态", "state")), std::string(context.say("至", "until")),
               std::string(context.say("内容", "fields"))});
  for (const auto& one : list_of(answer, "attestations")) {
    table.add({text_of(one, "id"), text_of(one, "kind"), text_of_subject(one), text_of(one, "person"),
               std::string(validity_word(text_of(one, "validity"), context)), day_of(text_of(one, "until")),
               fields_text(one)});
  }
  std::cout << table.text();
  if (const auto left = number_of(answer, "left_off"); left > 0) {
    std::cout << context.say("未列出的较早证明:", "older ones that are not listed: ") << left << "\n";
  }
}

Result<std::string> attestations_path(const std::string& case_id, const std::string& kind,
                                      const std::string& about) {
  QUIETUS_TRY(path, case_path(case_id));
  std::string target = path + "/attestations";
  if (!kind.empty()) {
    QUIETUS_TRY(word, CaseId::parse(kind));  // the alphabet of ids is that of kinds, and safe in a query
    target += "?kind=" + word.text();
  }
  if (!about.empty()) {
    QUIETUS_TRY(subject, subject_from(about));
    QUIETUS_TRY(id, CaseId::parse(subject.id));
    target += (kind.empty() ? "?about=" : "&about=") + std::string(to_string(subject.kind)) + ":" + id.text();
  }
  return target;
}

}  // namespace quietus::cli
