#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "kms/pkcs11/templates.hpp"

namespace quietus::pkcs11 {

namespace {

/// Flags of a template; what is not named is missing.
std::map<CK_ATTRIBUTE_TYPE, bool> flags(Template& t) {
  std::map<CK_ATTRIBUTE_TYPE, bool> found;
  for (CK_ULONG i = 0; i < t.size(); ++i)
    if (t.data()[i].ulValueLen == 1) found[t.data()[i].type] = *static_cast<CK_BBOOL*>(t.data()[i].pValue);
  return found;
}

std::set<CK_ATTRIBUTE_TYPE> uses(Template& t) {
  std::set<CK_ATTRIBUTE_TYPE> found;
  const auto all = flags(t);
  for (const CK_ATTRIBUTE_TYPE use :
       {CKA_ENCRYPT, CKA_DECRYPT, CKA_WRAP, CKA_UNWRAP, CKA_SIGN, CKA_VERIFY, CKA_DERIVE}) {
    REQUIRE(all.count(use) == 1);  // said, not left to the token
    if (all.at(use)) found.insert(use);
  }
  return found;
}

using Uses = std::set<CK_ATTRIBUTE_TYPE>;

}  // namespace

TEST_CASE("each class of key has its uses and no other") {
  const HsmKeyRef ref{{1}};
  auto device = device_key_template(ref, "x"), wrapping = wrapping_key_template(ref, "x", true),
       mac = mac_key_template(ref, "x"), session = session_cipher_template(),
       passing = passing_key_template();
  CHECK(uses(device) == Uses{CKA_ENCRYPT, CKA_DECRYPT});
  CHECK(uses(wrapping) == Uses{CKA_WRAP, CKA_UNWRAP});
  CHECK(uses(mac) == Uses{CKA_SIGN, CKA_VERIFY});
  CHECK(uses(session) == Uses{CKA_ENCRYPT, CKA_DECRYPT});
  CHECK(uses(passing).empty());
}

TEST_CASE(
    "every key is SENSITIVE and fixed; only the one in passing is EXTRACTABLE, and it is no token object") {
  const HsmKeyRef ref{{1}};
  std::vector<Template> all;
  all.push_back(device_key_template(ref, "x"));
  all.push_back(wrapping_key_template(ref, "x", false));
  all.push_back(mac_key_template(ref, "x"));
  all.push_back(session_cipher_template());
  all.push_back(passing_key_template());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto read = flags(all[i]);
    CAPTURE(i);
    CHECK((read.at(CKA_SENSITIVE) && read.at(CKA_PRIVATE)));
    CHECK_FALSE((read.at(CKA_COPYABLE) || read.at(CKA_MODIFIABLE)));
    CHECK(read.at(CKA_EXTRACTABLE) == (i == 4));
    CHECK(read.at(CKA_TOKEN) == (i < 3));
  }
}

TEST_CASE("a wrapping key carries a template in its template, wherever the outer one is moved") {
  Template moved = [] { return wrapping_key_template({{1}}, "x", true); }();
  const Template last = std::move(moved);
  auto& t = const_cast<Template&>(last);
  bool seen = false;
  for (CK_ULONG i = 0; i < t.size(); ++i) {
    if (t.data()[i].type != CKA_UNWRAP_TEMPLATE) continue;
    seen = true;
    REQUIRE(t.data()[i].ulValueLen == sizeof(CK_ATTRIBUTE));
    const auto* inner = static_cast<CK_ATTRIBUTE*>(t.data()[i].pValue);
    CHECK(inner->type == CKA_SENSITIVE);
    CHECK(*static_cast<CK_BBOOL*>(inner->pValue) == CK_TRUE);
  }
  CHECK(seen);
  t.omit(CKA_COPYABLE);
  CHECK(flags(t).count(CKA_COPYABLE) == 0);
  CHECK(flags(t).count(CKA_MODIFIABLE) == 1);
}

TEST_CASE("a secret in a template is referred to, not copied") {
  const auto secret = SecretBytes::copy_of(Bytes(32, 5)).value();
  Template t;
  t.secret(CKA_VALUE, secret);
  CHECK(t.data()[0].pValue == secret.view().data());
}

}  // namespace quietus::pkcs11
