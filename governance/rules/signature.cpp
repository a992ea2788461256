#include "governance/rules/signature.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"

namespace quietus::rules {
namespace {

constexpr std::string_view kRoles[] = {"lawyer", "compliance", "publisher"};
constexpr std::size_t kMaxSignatures = 16;

bool is_role(std::string_view role) { return std::ranges::find(kRoles, role) != std::end(kRoles); }

std::unexpected<Error> refused_word(const std::string& why) {
  return fail(ErrorKind::verification_failed, why);
}

Status about_this(const PackWord& word, const Pack& pack) {
  const PackWord expected = word_about(pack, word.role);
  if (word.digest != expected.digest) return refused_word("is over other bytes than this pack's");
  if (word.name != expected.name || word.version != expected.version)
    return refused_word("names another pack or version");
  return word.effective == expected.effective ? Status() : refused_word("names another effective date");
}

struct Signature {
  PackSigner signer;
  Digest certificate;
};

Result<Signature> check_one(const Pack& pack, const SignedStatement& statement, const PackRoot& root,
                            UnixMs at) {
  QUIETUS_CHECK(proof::verify_signature(statement));
  QUIETUS_TRY(certificate, proof::X509Certificate::parse(statement.certificate));
  QUIETUS_CHECK(proof::verify_chain(certificate, root.issuers, root.root, at, proof::Purpose::person));
  QUIETUS_TRY(person, proof::person_from_certificate(certificate));
  QUIETUS_TRY(word, decode_pack_word(statement.payload));
  QUIETUS_CHECK(about_this(word, pack));
  if (certificate.department() != word.role) {
    return refused_word("is given as " + word.role + ", the certificate says " + certificate.department());
  }
  return Signature{{word.role, std::move(person)}, certificate.fingerprint()};
}

/// Nobody counts twice, in whatever way.
Status check_different(const std::vector<Signature>& signatures) {
  std::set<std::string> roles, persons;
  std::set<Digest> certificates;
  for (const Signature& one : signatures) {
    if (!certificates.insert(one.certificate).second)
      return refused_word("the same certificate signed twice");
    if (!persons.insert(one.signer.person.id.text()).second)
      return refused_word(one.signer.person.name + " signed twice");
    if (!roles.insert(one.signer.role).second)
      return refused_word("two signatures for the role " + one.signer.role);
  }
  if (signatures.size() >= kSignaturesNeeded) return {};
  return refused_word(std::to_string(signatures.size()) + " of " + std::to_string(kSignaturesNeeded) +
                      " signatures; two of lawyer, compliance and publisher must sign");
}

Status check_pinned(const Pack& pack, const PinnedPack& pinned) {
  const auto version = [](std::int64_t number) { return "version " + std::to_string(number); };
  if (pack.name != pinned.name)
    return fail(ErrorKind::conflict, "this is the pack " + pack.name + ", not " + pinned.name);
  if (pack.version < pinned.version) {
    return fail(ErrorKind::conflict, version(pack.version) + " is older than " + version(pinned.version) +
                                         ", which was adopted before");
  }
  if (pack.version == pinned.version && pack.digest() != pinned.digest) {
    return fail(ErrorKind::conflict,
                "other bytes than the " + version(pack.version) + " that was adopted before");
  }
  return {};
}

}  // namespace

PackWord word_about(const Pack& pack, std::string role) {
  return {pack.name, pack.version, pack.digest(), std::move(role), to_string(pack.effective)};
}

Bytes encode(const PackWord& word) {
  Json json(Json::Object{{"type", kPackStatement},
                         {"name", word.name},
                         {"version", word.version},
                         {"digest", hex(word.digest)},
                         {"role", word.role},
                         {"effective", word.effective}});
  return to_bytes(json.write());
}

Result<PackWord> decode_pack_word(BytesView payload) {
  QUIETUS_TRY(json, Json::parse_canonical(as_text(payload), proof::kMaxPayloadBytes));
  ObjectReader reader(json, "pack statement");
  if (reader.text("type", kMaxShortBytes) != kPackStatement)
    reader.reject("is not of the type " + std::string(kPackStatement));
  PackWord word;
  word.name = reader.text("name", kMaxShortBytes);
  word.version = reader.integer("version", 1, kMaxVersion);
  word.digest = reader.digest("digest");
  word.role = reader.text("role", kMaxShortBytes);
  word.effective = reader.text("effective", kMaxShortBytes);
  if (!is_role(word.role)) reader.reject("the role is lawyer, compliance or publisher");
  QUIETUS_CHECK(reader.finish());
  return word;
}

Result<PackRoot> parse_pack_root(BytesView pem) {
  QUIETUS_TRY(certificates, proof::parse_pem_bundle(pem));
  std::vector<proof::X509Certificate> roots, issuers;
  for (const auto& certificate : certificates)
    (certificate.self_signed() ? roots : issuers).push_back(certificate);
  if (roots.size() != 1) {
    return fail(ErrorKind::invalid_input, "expected one root and the authorities it signed, found " +
                                              std::to_string(roots.size()) + " roots");
  }
  return PackRoot{roots.front(), std::move(issuers)};
}

Result<std::vector<PackSigner>> verify_signatures(const Pack& pack,
                                                  const std::vector<SignedStatement>& statements,
                                                  const PackRoot& root, UnixMs at,
                                                  const std::optional<PinnedPack>& pinned) {
  if (pack.tightened)
    return refused_word("a pack that was tightened here is signed by nobody; verify the one it came from");
  if (statements.size() > kMaxSignatures)
    return refused_word("more than " + std::to_string(kMaxSignatures) + " signatures");
  std::vector<Signature> signatures;
  std::string reasons;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    auto one = check_one(pack, statements[i], root, at);
    if (one) {
      signatures.push_back(std::move(*one));
    } else {
      reasons += (reasons.empty() ? "" : "; ") + std::string("signature ") + std::to_string(i + 1) + ": " +
                 one.error().message;
    }
  }
  if (!reasons.empty()) return refused_word(reasons);
  QUIETUS_CHECK(check_different(signatures));
  if (pinned) QUIETUS_CHECK(check_pinned(pack, *pinned));
  std::vector<PackSigner> signers;
  for (Signature& one : signatures) signers.push_back(std::move(one.signer));
  return signers;
}

}  // namespace quietus::rules
