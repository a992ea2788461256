#include "kms/check/checks.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "base/crypto.hpp"

namespace quietus::kms {
namespace {

using Capabilities = HsmCapabilities;

constexpr std::size_t kWrappedBytes = 40;  // RFC 3394 §2.2.1: a 32-byte key and 8 bytes
constexpr int kThreads = 4, kDrawsPerThread = 32;

const Bytes kText = to_bytes("what a customer gave us to keep"), kAad = to_bytes("case 1");

std::unexpected<Error> wrong(const std::string& what) { return fail(ErrorKind::verification_failed, what); }

Status expect(bool holds, const char* otherwise) { return holds ? Status{} : wrong(otherwise); }

Status expect_kind(const auto& result, ErrorKind kind, const char* what) {
  if (!result && result.error().kind == kind) return {};
  if (result) return wrong(std::string(what) + " was accepted");
  return wrong(std::string(what) + ": answered with " + result.error().message);
}

/// CKR_GENERAL_ERROR counts as `corrupt` once the profile says so: the drafted one will.
Status expect_corrupt(CheckBench& bench, const auto& result, const char* what) {
  constexpr unsigned long kGeneralError = 5;
  if (!result && result.error().ck_rv == kGeneralError) {
    bench.general_error_on_bad_ciphertext = true;
    return {};
  }
  return expect_kind(result, ErrorKind::corrupt, what);
}

Status information(CheckBench& bench) {
  QUIETUS_TRY(info, bench.hsm.info());
  return expect(!info.serial.empty() || !info.token_label.empty(), "the token has neither serial nor label");
}

Status random_octets(CheckBench& bench) {
  QUIETUS_TRY(first, bench.hsm.random(32));
  QUIETUS_TRY(second, bench.hsm.random(32));
  return expect(first.size() == 32 && first != second, "two draws are equal");
}

Status many_threads(CheckBench& bench) {
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int draw = 0; draw < kDrawsPerThread; ++draw) failed += bench.hsm.random(16) ? 0 : 1;
    });
  for (auto& thread : threads) thread.join();
  return expect(failed == 0, "calls from several threads fail");
}

/// What every key of ours must be; the adapter has compared it already when the key was made.
Status fixed(Hsm& hsm, const HsmKeyRef& key) {
  QUIETUS_TRY(read, hsm.attributes(key));
  QUIETUS_CHECK(expect(read.token && read.sensitive, "not a SENSITIVE token object"));
  return expect(!read.extractable, "EXTRACTABLE");
}

Status device_key(CheckBench& bench) {
  QUIETUS_TRY(key, bench.keep(bench.hsm.generate_device_key(bench.label("device"))));
  QUIETUS_CHECK(fixed(bench.hsm, key));
  QUIETUS_TRY(sealed, bench.hsm.encrypt(key, kText, kAad));
  QUIETUS_TRY(opened, bench.hsm.decrypt(key, sealed, kAad));
  QUIETUS_CHECK(expect(std::ranges::equal(opened.view(), kText), "what was encrypted does not come back"));
  QUIETUS_TRY(again, bench.hsm.encrypt(key, kText, kAad));
  return expect(again != sealed, "the same IV twice");
}

Status bad_ciphertext(CheckBench& bench) {
  QUIETUS_TRY(key, bench.keep(bench.hsm.generate_device_key(bench.label("tampered"))));
  QUIETUS_TRY(sealed, bench.hsm.encrypt(key, kText, kAad));
  Bytes tampered = sealed;
  tampered.back() ^= 1;
  QUIETUS_CHECK(
      expect_corrupt(bench, bench.hsm.decrypt(key, tampered, kAad), "a ciphertext with a wrong tag"));
  QUIETUS_CHECK(
      expect_corrupt(bench, bench.hsm.decrypt(key, sealed, as_bytes("case 2")), "other associated data"));
  QUIETUS_CHECK(expect(bench.hsm.reload_count() == 0, "a bad ciphertext detached the token"));
  return expect(bench.hsm.decrypt(key, sealed, kAad).has_value(), "the good ciphertext no longer opens");
}

Status signature(CheckBench& bench, EcCurve curve, const char* what) {
  QUIETUS_TRY(key, bench.keep(bench.hsm.generate_signing_key(bench.label(what), curve)));
  QUIETUS_CHECK(fixed(bench.hsm, key));
  QUIETUS_TRY(spki, bench.hsm.public_key(key));
  QUIETUS_TRY(signed_digest, bench.hsm.sign_digest(key, sha256(kText).view()));
  return verify_ecdsa_sha256(spki, kText, signed_digest);
}
Status signature_p256(CheckBench& bench) { return signature(bench, EcCurve::p256, "p256"); }
Status signature_p384(CheckBench& bench) { return signature(bench, EcCurve::p384, "p384"); }

Status mac_key(CheckBench& bench) {
  QUIETUS_TRY(key, bench.keep(bench.hsm.generate_mac_key(bench.label("mac"))));
  QUIETUS_CHECK(fixed(bench.hsm, key));
  QUIETUS_TRY(first, bench.hsm.mac(key, kText));
  QUIETUS_TRY(again, bench.hsm.mac(key, kText));
  QUIETUS_TRY(other, bench.hsm.mac(key, kAad));
  QUIETUS_CHECK(expect(first.size() == 32, "not 32 bytes"));
  return expect(first == again && first != other, "not a function of the data");
}

Status wrapped_key(CheckBench& bench) {
  Hsm& hsm = bench.hsm;
  QUIETUS_TRY(wrapping, bench.keep(hsm.generate_wrapping_key(bench.label("wrapping"))));
  QUIETUS_CHECK(fixed(hsm, wrapping));
  QUIETUS_TRY(blob, hsm.generate_wrapped_key(wrapping));
  QUIETUS_CHECK(expect(blob.size() == kWrappedBytes, "a wrapped key is not 40 bytes (RFC 3394)"));
  QUIETUS_TRY(key, hsm.unwrap_key(wrapping, blob));
  QUIETUS_TRY(sealed, hsm.encrypt(*key, kText, kAad));
  QUIETUS_TRY(opened, hsm.decrypt(*key, sealed, kAad));
  QUIETUS_CHECK(expect(std::ranges::equal(opened.view(), kText), "what was encrypted does not come back"));
  Bytes tampered = blob;
  tampered.front() ^= 1;
  return expect_corrupt(bench, hsm.unwrap_key(wrapping, tampered), "a tampered blob");
}

Status rewrapped_key(CheckBench& bench) {
  Hsm& hsm = bench.hsm;
  QUIETUS_TRY(from, bench.keep(hsm.generate_wrapping_key(bench.label("from"))));
  QUIETUS_TRY(to, bench.keep(hsm.generate_wrapping_key(bench.label("to"))));
  QUIETUS_TRY(blob, hsm.generate_wrapped_key(from));
  QUIETUS_TRY(moved, hsm.rewrap_key(from, to, blob));
  QUIETUS_TRY(before, hsm.unwrap_key(from, blob));
  QUIETUS_TRY(after, hsm.unwrap_key(to, moved));
  QUIETUS_TRY(sealed, hsm.encrypt(*before, kText, kAad));
  QUIETUS_TRY(opened, hsm.decrypt(*after, sealed, kAad));
  QUIETUS_CHECK(expect(std::ranges::equal(opened.view(), kText), "another key after the move"));
  return expect_corrupt(bench, hsm.unwrap_key(to, blob), "the old blob under the new key");
}

/// As a keyring has them: a page key under its root, keys under the page key, and one of them moves.
Status page_key(CheckBench& bench) {
  Hsm& hsm = bench.hsm;
  QUIETUS_TRY(root, bench.keep(hsm.generate_wrapping_key(bench.label("page"))));
  QUIETUS_TRY(first_blob, hsm.generate_wrapped_key(root));
  QUIETUS_TRY(next_blob, hsm.generate_wrapped_key(root));
  QUIETUS_TRY(first, hsm.unwrap_wrapping_key(root, first_blob));
  QUIETUS_TRY(next, hsm.unwrap_wrapping_key(root, next_blob));
  QUIETUS_TRY(blob, hsm.generate_wrapped_key(*first));
  QUIETUS_TRY(moved, hsm.rewrap_key(*first, *next, blob));
  QUIETUS_TRY(before, hsm.unwrap_key(*first, blob));
  QUIETUS_TRY(after, hsm.unwrap_key(*next, moved));
  QUIETUS_TRY(sealed, hsm.encrypt(*before, kText, kAad));
  QUIETUS_TRY(opened, hsm.decrypt(*after, sealed, kAad));
  QUIETUS_CHECK(expect(std::ranges::equal(opened.view(), kText), "another key after the move"));
  QUIETUS_CHECK(expect_corrupt(bench, hsm.unwrap_key(*next, blob), "the old blob under the new page key"));
  return expect_corrupt(bench, hsm.unwrap_key(root, blob), "a key of a page under the root");
}

Status imported_key(CheckBench& bench) {
  Hsm& hsm = bench.hsm;
  QUIETUS_TRY(wrapping, bench.keep(hsm.generate_wrapping_key(bench.label("import"))));
  QUIETUS_TRY(known, SecretBytes::copy_of(sha256("a key that everybody may know").view()));
  QUIETUS_TRY(blob, hsm.wrap_imported_key(wrapping, known));
  QUIETUS_TRY(key, hsm.unwrap_key(wrapping, blob));
  QUIETUS_TRY(sealed, hsm.encrypt(*key, kText, kAad));
  const BytesView all = sealed;
  QUIETUS_TRY(opened,
              aes_256_gcm_open(known, all.first(Hsm::kGcmIvBytes), kAad, all.subspan(Hsm::kGcmIvBytes)));
  return expect(opened == kText, "not AES-256-GCM under the imported key");
}

Status data_object(CheckBench& bench) {
  const std::string label = bench.data_label();
  QUIETUS_CHECK(bench.hsm.store_data(label, kText));
  QUIETUS_CHECK(bench.hsm.store_data(label, kAad));
  QUIETUS_TRY(loaded, bench.hsm.load_data(label));
  QUIETUS_CHECK(expect(loaded == std::optional(kAad), "not the newest value"));
  QUIETUS_CHECK(bench.outside.remove_data(label));
  QUIETUS_TRY(gone, bench.hsm.load_data(label));
  return expect(!gone.has_value(), "a removed data object is still there");
}

bool some_key(const Capabilities& c) { return c.aes_gcm || c.ecdsa_p256 || c.ecdsa_p384; }

Result<HsmKeyRef> any_key(CheckBench& bench, std::string_view what) {
  const auto& can = bench.hsm.capabilities();
  if (can.aes_gcm) return bench.keep(bench.hsm.generate_device_key(bench.label(what)));
  return bench.keep(
      bench.hsm.generate_signing_key(bench.label(what), can.ecdsa_p256 ? EcCurve::p256 : EcCurve::p384));
}

/// `made` is what one census has and the next has not, and nothing else differs. Of a pair a token lists one
/// half or both.
Status gone_from_census(const std::vector<HsmObject>& before, const std::vector<HsmObject>& after,
                        const std::function<bool(const HsmObject&)>& made, std::ptrdiff_t most = 1) {
  const auto seen = std::ranges::count_if(before, made);
  QUIETUS_CHECK(expect(seen >= 1 && seen <= most, "a census does not see the object once"));
  QUIETUS_CHECK(expect(std::ranges::none_of(after, made), "a census still sees a destroyed object"));
  return expect(std::ssize(after) + seen == std::ssize(before), "another object came or went meanwhile");
}

Status destroyed_key(CheckBench& bench) {
  Hsm& hsm = bench.hsm;
  QUIETUS_TRY(key, any_key(bench, "mortal"));
  QUIETUS_TRY(before, hsm.census());
  QUIETUS_CHECK(hsm.destroy(key));
  QUIETUS_TRY(after, hsm.census());
  const Bytes id(key.cka_id.begin(), key.cka_id.end());
  const std::ptrdiff_t most = hsm.capabilities().aes_gcm ? 1 : 2;
  QUIETUS_CHECK(
      gone_from_census(before, after, [&](const HsmObject& one) { return one.cka_id == id; }, most));
  QUIETUS_CHECK(expect_kind(hsm.attributes(key), ErrorKind::not_found, "a destroyed key"));
  return expect_kind(hsm.destroy(key), ErrorKind::not_found, "destroying it again");
}

Status destroyed_data(CheckBench& bench) {
  const std::string label = bench.data_label();
  QUIETUS_CHECK(bench.hsm.store_data(label, kText));
  QUIETUS_TRY(before, bench.hsm.census());
  QUIETUS_CHECK(bench.outside.remove_data(label));
  QUIETUS_TRY(after, bench.hsm.census());
  return gone_from_census(before, after, [&](const HsmObject& one) { return one.label == label; });
}

Status find_and_destroy(CheckBench& bench) {
  return some_key(bench.hsm.capabilities()) ? destroyed_key(bench) : destroyed_data(bench);
}

Status reload(CheckBench& bench) {
  if (!some_key(bench.hsm.capabilities())) {
    const std::string label = bench.data_label();
    QUIETUS_CHECK(bench.hsm.store_data(label, kText));
    QUIETUS_CHECK(bench.outside.find_data(label));
    QUIETUS_CHECK(bench.outside.remove_data(label));
    return expect_kind(bench.outside.find_data(label), ErrorKind::not_found, "a removed data object");
  }
  QUIETUS_TRY(key, any_key(bench, "reload"));
  QUIETUS_CHECK(bench.outside.find_key(key));
  QUIETUS_CHECK(bench.hsm.destroy(key));
  return expect_kind(bench.outside.find_key(key), ErrorKind::not_found,
                     "a destroyed key, in a fresh process");
}

bool always(const Capabilities&) { return true; }
bool device(const Capabilities& c) { return c.aes_gcm; }
/// Class `wrapped` is all of it or none.
bool wrapping(const Capabilities& c) {
  return c.aes_key_wrap && c.aes_gcm && c.hmac_sha256 && c.session_wrapping;
}
bool some_object(const Capabilities& c) { return some_key(c) || c.data_objects; }

constexpr Check kChecks[] = {
    {"information", "the token says who it is", always, information},
    {"random", "random octets", always, random_octets},
    {"threads", "calls from several threads at once", always, many_threads},
    {"device-key", "AES-256 token key; AES-GCM there and back", device, device_key},
    {"bad-ciphertext", "a bad tag is refused and harms nothing", device, bad_ciphertext},
    {"sign-p256", "ECDSA on P-256, verified outside", [](const Capabilities& c) { return c.ecdsa_p256; },
     signature_p256},
    {"sign-p384", "ECDSA on P-384, verified outside", [](const Capabilities& c) { return c.ecdsa_p384; },
     signature_p384},
    {"mac", "HMAC-SHA-256 under a token key", wrapping, mac_key},
    {"wrap", "keys wrapped by a token key (RFC 3394)", wrapping, wrapped_key},
    {"rewrap", "a wrapped key moves under another", wrapping, rewrapped_key},
    {"page", "a key that was unwrapped wraps others", wrapping, page_key},
    {"import", "a key from outside, wrapped", wrapping, imported_key},
    {"data", "private data objects, replaced and removed",
     [](const Capabilities& c) { return c.data_objects; }, data_object},
    {"destroy", "found, destroyed, not found, missing from a census", some_object, find_and_destroy},
    {"reload", "a fresh process finds what is there, and nothing destroyed", some_object, reload},
};

}  // namespace

std::span<const Check> checks() { return kChecks; }

}  // namespace quietus::kms
