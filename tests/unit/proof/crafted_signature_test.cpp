// SignedData that a signer with the right key could make, and that must be refused all the same.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "proof/der.hpp"
#include "proof/signed_data.hpp"
#include "tests/support/signing_world.hpp"
#include "tests/unit/proof/made_in_tests.hpp"

using namespace quietus;
using namespace quietus::proof;
using quietus::test::kNow;
using quietus::test::SigningWorld;

namespace {

const Bytes kCraftedContent = to_bytes("content");
const Bytes kNull{der::null, 0};

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
Bytes element(std::uint8_t tag, const std::vector<Bytes>& parts) { return der_element(tag, joined(parts)); }
Bytes bytes(BytesView view) { return {view.begin(), view.end()}; }
Bytes number(std::uint8_t value) { return der_element(der::integer, {&value, 1}); }
Bytes attribute(BytesView type, const std::vector<Bytes>& values) {
  return element(der::sequence, {bytes(type), element(der::set, values)});
}

/// Everything that a test may do differently; the signature is made over whatever comes out.
struct Parts {
  Bytes version = number(1), signer_version = number(1);
  Bytes digest_algorithm = element(der::sequence, {bytes(oid::sha256)});
  Bytes signature_algorithm = element(der::sequence, {bytes(oid::ecdsa_sha256)});
  Bytes encapsulated = element(der::sequence, {bytes(oid::data)});
  std::vector<Bytes> attributes, certificates;
  Bytes issuer_and_serial, behind_certificates, behind_signature;
  bool sort = true, two_signers = false;
};

Parts honest() {
  const auto& holder = world().certificate;
  static const Bytes p7s = *build_cades_bes(kCraftedContent, holder.certificate,
                                            {world().service.certificate()}, kNow, holder.digest_signer());
  const SignedData data = *read_signed_data(p7s);
  Parts parts;
  for (const auto& [type, value] : data.attributes)
    parts.attributes.push_back(attribute(type, {bytes(value.whole)}));
  for (const auto& certificate : data.certificates) parts.certificates.push_back(bytes(certificate));
  parts.issuer_and_serial = bytes(data.issuer_and_serial);
  return parts;
}

Bytes craft(Parts p) {
  if (p.sort) std::ranges::sort(p.attributes);
  const Bytes signature = *world().certificate.key.sign_sha256(element(der::set, p.attributes));
  const Bytes signer =
      element(der::sequence, {p.signer_version, p.issuer_and_serial, p.digest_algorithm,
                              element(der::context_0, p.attributes), p.signature_algorithm,
                              der_element(der::octet_string, signature), p.behind_signature});
  const Bytes body = element(
      der::sequence, {p.version, element(der::set, {p.digest_algorithm}), p.encapsulated,
                      element(der::context_0, p.certificates), p.behind_certificates,
                      p.two_signers ? element(der::set, {signer, signer}) : element(der::set, {signer})});
  return element(der::sequence, {bytes(oid::signed_data), element(der::context_0, {body})});
}

bool holds(const Parts& parts) {
  return verify_cades_bes(craft(parts), kCraftedContent, world().certificate.certificate,
                          {world().service.certificate()})
      .has_value();
}

void replace(Parts& parts, BytesView type, const Bytes& with) {
  for (auto& each : parts.attributes) {
    if (std::ranges::search(each, type).begin() != each.end()) each = with;
  }
}

Bytes ess_of(const X509Certificate& certificate) {
  const Bytes hash = der_element(der::octet_string, certificate.fingerprint().view());
  const Bytes list = element(der::sequence, {element(der::sequence, {hash})});
  return attribute(oid::signing_certificate_v2, {element(der::sequence, {list})});
}

}  // namespace

TEST_CASE("a crafted signature with nothing changed holds") {
  CHECK(holds(honest()));
  auto parts = honest();
  parts.digest_algorithm = element(der::sequence, {bytes(oid::sha256), kNull});  // RFC 5754 §2 allows both
  CHECK(holds(parts));
  parts = honest();
  replace(parts, oid::signing_certificate_v2, ess_of(world().certificate.certificate));
  CHECK(holds(parts));
}

TEST_CASE("a signature without one of its four attributes is refused") {
  for (std::size_t i = 0; i < 4; ++i) {
    auto parts = honest();
    parts.attributes.erase(parts.attributes.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK_FALSE(holds(parts));
    parts.attributes.push_back(attribute(oid::tst_info, {kNull}));  // the number is right, the kind is not
    CHECK_FALSE(holds(parts));
  }
}

TEST_CASE("a signature with one more attribute, one twice, one of two values, or out of order is refused") {
  auto parts = honest();
  parts.attributes.push_back(attribute(oid::tst_info, {kNull}));
  CHECK_FALSE(holds(parts));
  parts = honest();
  parts.attributes.push_back(attribute(oid::signing_time, {kNull}));
  CHECK_FALSE(holds(parts));
  parts = honest();
  parts.attributes.push_back(parts.attributes[0]);
  CHECK_FALSE(holds(parts));
  parts = honest();
  replace(parts, oid::content_type, attribute(oid::content_type, {bytes(oid::data), bytes(oid::data)}));
  CHECK_FALSE(holds(parts));
  parts = honest();
  std::ranges::sort(parts.attributes);
  std::ranges::reverse(parts.attributes);
  parts.sort = false;
  CHECK_FALSE(holds(parts));
}

TEST_CASE("a signature whose attributes speak of another certificate, content or type is refused") {
  auto parts = honest();
  replace(parts, oid::signing_certificate_v2, ess_of(world().mandate.certificate));
  CHECK_FALSE(holds(parts));
  parts = honest();
  replace(parts, oid::signing_certificate_v2, attribute(oid::signing_certificate_v2, {kNull}));
  CHECK_FALSE(holds(parts));
  parts = honest();
  replace(parts, oid::content_type, attribute(oid::content_type, {bytes(oid::tst_info)}));
  CHECK_FALSE(holds(parts));
  parts = honest();
  const Bytes other = der_element(der::octet_string, sha256("other").view());
  replace(parts, oid::message_digest, attribute(oid::message_digest, {other}));
  CHECK_FALSE(holds(parts));
  parts = honest();
  replace(parts, oid::signing_time,
          attribute(oid::signing_time, {der_element(der::utc_time, as_bytes("2601151200Z"))}));
  CHECK_FALSE(holds(parts));
}

TEST_CASE("parts that nobody signs are refused in any other form") {
  const std::vector<std::pair<const char*, std::function<void(Parts&)>>> changes{
      {"version", [](Parts& p) { p.version = number(3); }},
      {"signer version", [](Parts& p) { p.signer_version = number(3); }},
      {"digest", [](Parts& p) { p.digest_algorithm = element(der::sequence, {bytes(oid::sha384)}); }},
      {"odd NULL",
       [](Parts& p) {
         p.digest_algorithm = element(der::sequence, {bytes(oid::sha256), Bytes{der::null, 1, 0}});
       }},
      {"digest parameters",
       [](Parts& p) { p.digest_algorithm = element(der::sequence, {bytes(oid::sha256), number(1)}); }},
      {"signature algorithm",
       [](Parts& p) { p.signature_algorithm = element(der::sequence, {bytes(oid::ecdsa_sha384)}); }},
      {"signature parameters",
       [](Parts& p) { p.signature_algorithm = element(der::sequence, {bytes(oid::ecdsa_sha256), kNull}); }},
      {"content inside",
       [](Parts& p) {
         const Bytes content = der_element(der::octet_string, kCraftedContent);
         p.encapsulated = element(der::sequence, {bytes(oid::data), element(der::context_0, {content})});
       }},
      {"another content type",
       [](Parts& p) { p.encapsulated = element(der::sequence, {bytes(oid::tst_info)}); }},
      {"a certificate less", [](Parts& p) { p.certificates.pop_back(); }},
      {"a certificate more", [](Parts& p) { p.certificates.push_back(world().root.certificate().der()); }},
      {"a certificate twice", [](Parts& p) { p.certificates.push_back(p.certificates[0]); }},
      {"many certificates", [](Parts& p) { p.certificates.resize(20, p.certificates[0]); }},
      {"revocation lists", [](Parts& p) { p.behind_certificates = element(der::context_1, {}); }},
      {"unsigned attributes",
       [](Parts& p) { p.behind_signature = element(der::context_1, {attribute(oid::tst_info, {kNull})}); }},
      {"empty unsigned attributes", [](Parts& p) { p.behind_signature = element(der::context_1, {}); }},
      {"two signers", [](Parts& p) { p.two_signers = true; }},
      {"another signer's name", [](Parts& p) { p.issuer_and_serial = element(der::sequence, {number(1)}); }}};
  for (const auto& [what, change] : changes) {
    auto parts = honest();
    change(parts);
    INFO(what);
    CHECK_FALSE(holds(parts));
  }
}

TEST_CASE("times in DER have one form") {
  const auto time = [](std::uint8_t tag, std::string_view text) {
    return read_der_time_ms(DerElement{tag, as_bytes(text), {}});
  };
  CHECK(*time(der::utc_time, "260115120000Z") == kNow.value / 1000 * 1000);
  CHECK(*time(der::generalized_time, "20260115120000.123Z") == kNow.value);
  CHECK(*time(der::generalized_time, "20260115120000.1Z") == kNow.value / 1000 * 1000 + 100);
  CHECK(*time(der::utc_time, "500101000000Z") < 0);
  for (const std::string_view text :
       {"20260115120000", "20260115120000.Z", "20260115120000.120Z", "20260115120000.1234Z", "2026011512000Z",
        "20261315120000Z", "20260230120000Z", "20260115120000+0800", "2026-1-1120000Z", ""}) {
    INFO(text);
    CHECK_FALSE(time(der::generalized_time, text));
  }
  CHECK_FALSE(time(der::utc_time, "2601151200Z"));
  CHECK_FALSE(time(der::octet_string, "20260115120000Z"));
}
