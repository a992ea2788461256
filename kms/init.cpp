// quietus-kms init: makes the three signing keys in the token and writes requests for their certificates. May
// be repeated: keys that are there are kept.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/file.hpp"
#include "kms/house.hpp"
#include "kms/keys/key_room.hpp"
#include "proof/csr.hpp"

namespace quietus::kms {
namespace {

struct SigningName {
  const char* name;
  EcCurve curve;
};
constexpr SigningName kSigningKeys[] = {
    {"mandate", EcCurve::p256}, {"certificate", EcCurve::p384}, {"checkpoint", EcCurve::p256}};

/// Where the token has no ECDSA on that curve, RSA takes its place: for all that it signs.
Result<HsmKeyRef> make_key(Hsm& hsm, const SigningName& wanted) {
  const HsmCapabilities& has = hsm.capabilities();
  const bool ecdsa = wanted.curve == EcCurve::p256 ? has.ecdsa_p256 : has.ecdsa_p384;
  if (!ecdsa && has.rsa_pss) return hsm.generate_rsa_signing_key(wanted.name);
  return hsm.generate_signing_key(wanted.name, wanted.curve);
}

/// Recorded, or adopted by its label after a crash between making and recording, or made.
Result<HsmKeyRef> ensure_key(Hsm& hsm, Store& store, const SigningName& wanted) {
  const std::string row = std::string("signing/") + wanted.name;
  QUIETUS_TRY(recorded, store.row("meta", row));
  HsmKeyRef ref;
  if (recorded) {
    QUIETUS_TRY(bytes, from_hex(as_text(*recorded)));
    if (bytes.size() != ref.cka_id.size())
      return fail(ErrorKind::corrupt, "the record of a signing key is damaged");
    std::ranges::copy(bytes, ref.cka_id.begin());
    QUIETUS_CHECK(hsm.public_key(ref));
    return ref;
  }
  QUIETUS_CHECK(keys::KeyRoom(hsm, system_now).remove_half_made(*KeyId::parse(wanted.name)));
  QUIETUS_TRY(census, hsm.census());
  const auto found = std::ranges::find(census, std::string(wanted.name), &HsmObject::label);
  if (found != census.end() && found->cka_id.size() == ref.cka_id.size()) {
    std::ranges::copy(found->cka_id, ref.cka_id.begin());
  } else {
    QUIETUS_TRY(made, make_key(hsm, wanted));
    ref = made;
  }
  QUIETUS_CHECK(store.append({{}, {{"meta", row, to_bytes(hex(ref.cka_id))}}}));
  return ref;
}

Status write_request(const Settings& settings, Hsm& hsm, const SigningName& wanted, const HsmKeyRef& ref) {
  QUIETUS_TRY(spki, hsm.public_key(ref));
  const auto sign = [&](BytesView message) -> Result<Bytes> {
    return hsm.sign_digest(ref, sha256(message).view());
  };
  QUIETUS_TRY(csr, proof::make_csr(settings.issuer + " " + wanted.name, spki, sign));
  return write_file_atomically(settings.state_dir + "/csr/" + wanted.name + ".csr", csr);
}

Status make_all(const Settings& settings) {
  std::error_code ignored;
  std::filesystem::create_directories(settings.state_dir + "/csr", ignored);
  QUIETUS_TRY(hsm, attach_token(settings));
  QUIETUS_TRY(store, open_store(settings));
  for (const auto& wanted : kSigningKeys) {
    QUIETUS_TRY(ref, ensure_key(*hsm, *store, wanted));
    QUIETUS_CHECK(write_request(settings, *hsm, wanted, ref));
  }
  return {};
}

}  // namespace

int init(const Settings& settings) {
  const Status made = make_all(settings);
  if (!made) return report(made.error());
  std::printf("signing keys are in the token; requests for their certificates are in %s/csr\n",
              settings.state_dir.c_str());
  return 0;
}

}  // namespace quietus::kms
