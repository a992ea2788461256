#include "cli/pack_signatures.hpp"

#include <iostream>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "cli/pack_file.hpp"
#include "cli/terminal/dates.hpp"
#include "cli/terminal/table.hpp"
#include "governance/rules/signature.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kMaxStatementBytes = 1 << 16;

Result<SignedStatement> read_statement(const std::string& path) {
  QUIETUS_TRY(text, read_text(path, kMaxStatementBytes));
  auto json = Json::parse(text, kMaxStatementBytes);
  if (!json) return in_file(path, json.error());
  auto statement = proof::statement_from_json(*json);
  if (!statement) return in_file(path, statement.error());
  return statement;
}

Result<std::vector<SignedStatement>> read_statements(const std::vector<std::string>& paths) {
  std::vector<SignedStatement> statements;
  for (const std::string& path : paths) {
    QUIETUS_TRY(statement, read_statement(path));
    statements.push_back(std::move(statement));
  }
  return statements;
}

Result<std::optional<rules::PinnedPack>> pinned_by(const std::string& path) {
  if (path.empty()) return std::optional<rules::PinnedPack>();
  QUIETUS_TRY(pack, load_pack(path));
  return std::optional(rules::PinnedPack{pack.name, pack.version, pack.digest()});
}

std::string_view role_in_words(const std::string& role, const Context& context) {
  if (role == "lawyer") return context.say("律师", "lawyer");
  return role == "compliance" ? context.say("合规", "compliance") : context.say("发布", "publisher");
}

void print_heading(const rules::Pack& pack, const Context& context) {
  std::cout << context.say("规则包 ", "pack ") << pack.name << context.say(" 版本 ", " version ")
            << pack.version << context.say(",生效 ", ", takes effect ") << rules::to_string(pack.effective)
            << "\n"
            << context.say("摘要 ", "digest ") << hex(pack.digest()) << "\n";
}

void print_json(const rules::Pack& pack, const Result<std::vector<rules::PackSigner>>& signers) {
  Json::Object out{{"pack", pack.name},
                   {"version", pack.version},
                   {"effective", rules::to_string(pack.effective)},
                   {"digest", hex(pack.digest())},
                   {"valid", signers.has_value()}};
  if (signers) {
    Json::Array list;
    for (const auto& one : *signers) {
      list.push_back(
          Json::Object{{"role", one.role}, {"person", one.person.id.text()}, {"name", one.person.name}});
    }
    out["signers"] = std::move(list);
  } else {
    out["why"] = signers.error().message;
  }
  std::cout << Json(std::move(out)).write_pretty() << "\n";
}

void print_text(const rules::Pack& pack, const Result<std::vector<rules::PackSigner>>& signers,
                const Context& context) {
  print_heading(pack, context);
  if (signers) {
    for (const auto& one : *signers) {
      std::cout << context.say("签署 ", "signed ") << pad(role_in_words(one.role, context), 12)
                << fit(one.person.name, 60) << "\n";
    }
    std::cout << context.say("有效", "VALID") << "\n";
    return;
  }
  for (const auto& line : wrap(signers.error().message, kScreenColumns)) std::cout << line << "\n";
  std::cout << context.say("无效", "NOT VALID") << "\n";
}

}  // namespace

Result<ExitCode> verify_pack(const PackSignatureOptions& options, const Context& context) {
  QUIETUS_TRY(pack, load_pack(options.pack));
  QUIETUS_TRY(pem, read_file(options.root, kMaxStatementBytes));
  auto root = rules::parse_pack_root(pem);
  if (!root) return in_file(options.root, root.error());
  QUIETUS_TRY(statements, read_statements(options.signatures));
  QUIETUS_TRY(pinned, pinned_by(options.after));
  QUIETUS_TRY(at, optional_time(options.at));
  const auto signers = rules::verify_signatures(pack, statements, *root, at.value_or(system_now()), pinned);
  if (context.json) {
    print_json(pack, signers);
  } else {
    print_text(pack, signers, context);
  }
  return signers ? ExitCode::ok : ExitCode::negative;
}

Result<ExitCode> sign_pack(const PackSignatureOptions& options, const Context& context) {
  QUIETUS_TRY(pack, load_pack(options.pack));
  QUIETUS_TRY(key, FileKey::load(options.key));
  QUIETUS_TRY(pem, read_file(options.certificate, kMaxStatementBytes));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(pem));
  const Bytes payload = rules::encode(rules::word_about(pack, options.role));
  QUIETUS_CHECK(rules::decode_pack_word(payload));  // a role that is none
  if (certificate.department() != options.role) {
    return fail(ErrorKind::invalid_input,
                "the certificate is of the department " + certificate.department() + ", not " + options.role,
                "sign in the role that the certificate names");
  }
  QUIETUS_TRY(statement, proof::sign_statement(payload, certificate.der(), [&key](BytesView message) {
                return key.sign_sha256(message);
              }));
  const std::string text = proof::to_json(statement).write();
  QUIETUS_CHECK(write_file_atomically(options.out, as_bytes(text)));
  if (context.json) {
    std::cout << Json(Json::Object{
                          {"digest", hex(pack.digest())}, {"role", options.role}, {"out", options.out}})
                     .write_pretty()
              << "\n";
  } else {
    print_heading(pack, context);
    std::cout << context.say("已以此身份签署 ", "signed as ") << options.role
              << context.say(",写入 ", ", written to ") << options.out << "\n";
  }
  return ExitCode::ok;
}

}  // namespace quietus::cli
