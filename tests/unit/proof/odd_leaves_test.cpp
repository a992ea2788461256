// Certificates that a properly anchored authority issued and that still fit no purpose.
#include <catch2/catch.hpp>

#include "lab/certificate_builder.hpp"
#include "tests/support/signing_world.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::lab::Issuer;
using quietus::lab::Profile;
using quietus::test::kNow;

namespace {

const lab::Validity kYear = lab::valid_for_days(kNow, 365);

EVP_PKEY* native(const FileKey& key) { return static_cast<EVP_PKEY*>(key.native()); }

Profile authority(const char* unit) {
  Profile profile;
  profile.subject = {{NID_organizationalUnitName, unit}, {NID_commonName, "CA"}};
  profile.authority = true;
  profile.key_usage = "critical,keyCertSign,cRLSign";
  return profile;
}

struct SmallPki {
  FileKey root_key = *FileKey::generate(), ca_key = *FileKey::generate(), leaf_key = *FileKey::generate();
  X509Certificate root =
      *lab::build_certificate(authority("root"), native(root_key), {native(root_key), nullptr}, kYear);

  /// Issues `profile` under an intermediate of this unit and asks whether it fits.
  bool fits(const Profile& profile, const char* unit, Purpose purpose) const {
    const auto ca =
        *lab::build_certificate(authority(unit), native(ca_key), Issuer{native(root_key), &root}, kYear);
    const auto leaf = *lab::build_certificate(profile, native(leaf_key), Issuer{native(ca_key), &ca}, kYear);
    return verify_chain(leaf, {ca}, root, kNow, purpose).has_value();
  }
};

Profile mandate_profile() {
  Profile profile;
  profile.subject = {{NID_commonName, "kms"}};
  profile.key_usage = "critical,digitalSignature";
  profile.extended_key_usage = extended_key_usage(Purpose::mandate);
  return profile;
}

Profile person() {
  Profile profile;
  profile.subject = {{NID_organizationalUnitName, "risk"}, {NID_commonName, "N"}, {NID_userId, "p-1"}};
  profile.key_usage = "critical,digitalSignature,nonRepudiation";
  return profile;
}

}  // namespace

TEST_CASE("a leaf fits when key usage and extended key usage are exactly those of its purpose") {
  const SmallPki pki;
  CHECK(pki.fits(mandate_profile(), "service", Purpose::mandate));
  CHECK(pki.fits(person(), "people", Purpose::person));
  CHECK_FALSE(pki.fits(mandate_profile(), "Service", Purpose::mandate));
  CHECK_FALSE(pki.fits(mandate_profile(), "people", Purpose::mandate));
  CHECK_FALSE(pki.fits(person(), "service", Purpose::person));
}

TEST_CASE("an authority is no leaf, whatever its extended key usage") {
  const SmallPki pki;
  Profile profile = mandate_profile();
  profile.authority = true;
  profile.key_usage = "critical,digitalSignature,keyCertSign";
  CHECK_FALSE(pki.fits(profile, "service", Purpose::mandate));
}

TEST_CASE("a leaf without key usage, or with one that does not sign, is refused") {
  const SmallPki pki;
  for (const auto* usage : {"", "critical,keyAgreement", "critical,nonRepudiation"}) {
    Profile profile = mandate_profile();
    profile.key_usage = usage;
    CHECK_FALSE(pki.fits(profile, "service", Purpose::mandate));
  }
  for (const auto* usage : {"", "critical,digitalSignature", "critical,nonRepudiation"}) {
    Profile profile = person();
    profile.key_usage = usage;
    CHECK_FALSE(pki.fits(profile, "people", Purpose::person));
  }
}

TEST_CASE("a leaf with two extended key usages, or a person with any, is refused") {
  const SmallPki pki;
  Profile profile = mandate_profile();
  profile.extended_key_usage += "," + std::string(extended_key_usage(Purpose::certificate));
  CHECK_FALSE(pki.fits(profile, "service", Purpose::mandate));
  CHECK_FALSE(pki.fits(profile, "service", Purpose::certificate));
  profile.extended_key_usage = "anyExtendedKeyUsage";
  CHECK_FALSE(pki.fits(profile, "service", Purpose::mandate));
  profile = person();
  profile.extended_key_usage = "clientAuth";
  CHECK_FALSE(pki.fits(profile, "people", Purpose::person));
}

TEST_CASE("a name that is given twice is not read at all") {
  const SmallPki pki;
  Profile profile = person();
  profile.subject.emplace_back(NID_userId, "p-2");
  const auto ca = *lab::build_certificate(authority("people"), native(pki.ca_key),
                                          {native(pki.root_key), &pki.root}, kYear);
  const auto leaf = *lab::build_certificate(profile, native(pki.leaf_key), {native(pki.ca_key), &ca}, kYear);
  CHECK(leaf.person_id().empty());
  CHECK_FALSE(person_from_certificate(leaf));
}
