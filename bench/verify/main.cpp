// quietus-bench-verify: what `scripts/bench verify` runs. Everything that an issuer and its token would have
// made is made in memory; what is measured is the program that an auditor runs, from its start to its end.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "base/secure_heap.hpp"
#include "bench/figure.hpp"
#include "bench/interleaved.hpp"
#include "proof/subject_receipt.hpp"
#include "tests/support/bundle_maker.hpp"

namespace quietus::bench {
namespace {

constexpr std::uint32_t kReceiptKeys = 1'000'000;
constexpr int kReceiptRuns = 31, kCaseRuns = 5, kCertificates = 1000, kSingles = 20;
constexpr std::size_t kSecureHeapBytes = std::size_t{4} << 20;

/// What auditors run, in one file; and the same code in the program of the house, linked to libraries.
const std::string kVerifier = QUIETUS_BIN_DIR "/quietus-verify", kQuietus = QUIETUS_BIN_DIR "/quietus";

/// Of the real program; the exit code must be 0.
double seconds_of_program(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 1, 0);
  return seconds_of([&] {
    pid_t child = 0;
    must(posix_spawn(&child, program.c_str(), &quiet, nullptr, argv.data(), environ) == 0, "no program");
    int status = 0;
    must(waitpid(child, &status, 0) == child && WIFEXITED(status), "the program did not end");
    must(WEXITSTATUS(status) == 0, "the program does not say that it is valid");
  });
}

double median_seconds(const std::string& program, int runs, const std::vector<std::string>& arguments) {
  std::vector<double> all;
  (void)seconds_of_program(program, arguments);  // what is read once is in memory then
  for (int i = 0; i < runs; ++i) all.push_back(seconds_of_program(program, arguments));
  return median(std::move(all));
}

/// ECDSA over a digest by a P-384 key, which no key file of this house holds.
void sign_with_p384(test::BundleMaker& maker) {
  const std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-384"), &EVP_PKEY_free);
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  must(size > 0, "no key");
  const Bytes spki(der, der + size);
  OPENSSL_free(der);
  auto certificate = must(maker.world().service.issue_signer(
      spki, "kms-1 certificate P-384", proof::Purpose::certificate, lab::valid_for_days(test::kNow, 365)));
  maker.sign_with(std::move(certificate), [key](BytesView digest) -> Result<Bytes> {
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new(key.get(), nullptr), &EVP_PKEY_CTX_free);
    Bytes signature(128);
    std::size_t length = signature.size();
    must(EVP_PKEY_sign_init(context.get()) == 1 &&
             EVP_PKEY_sign(context.get(), signature.data(), &length, digest.data(), digest.size()) == 1,
         "no signature");
    signature.resize(length);
    return signature;
  });
}

/// Without waiting for the disk: it is read from memory afterwards.
void write_files(const std::string& folder, const proof::BundleFiles& files) {
  std::filesystem::create_directories(folder + "/trust");
  for (const auto& [name, bytes] : files) {
    std::ofstream out(folder + "/" + name, std::ios::binary);
    out << as_text(bytes);
    must(out.flush().good(), "a bundle cannot be written");
  }
}

std::string root_of(const test::BundleMaker& maker) {
  return "sha256:" + hex(maker.anchor().root_fingerprint);
}

/// The day on which the makers of bundles live: their certificates run out.
const std::vector<std::string> kThatDay{"--at", "2026-02-01"};

std::vector<std::string> arguments(std::vector<std::string> of, const test::BundleMaker& maker) {
  of.insert(of.end(), {"--root", root_of(maker)});
  of.insert(of.end(), kThatDay.begin(), kThatDay.end());
  return of;
}

std::vector<std::string> verify_with(std::vector<std::string> words) {
  words.insert(words.begin(), "verify");
  return words;
}

/// One certificate about a million keys, and the receipt of one of them.
void receipt_of_a_million(const std::string& folder) {
  test::BundleMaker maker(test::SigningWorld::make());
  sign_with_p384(maker);
  std::vector<SaltedNumber> keys;
  keys.reserve(kReceiptKeys);
  for (std::uint32_t i = 1; i <= kReceiptKeys; ++i) keys.push_back({KeyNumber{i}, random_digest()});
  CertificateInput model = maker.keyring_input(KeyClass::record);
  const KeyringId ring = model.keyring->keyring;
  const auto receipts = must(proof::KeyReceipts::make(ring, keys));
  OrderLine line = model.line;
  line.keys = must(KeyRanges::parse("1-1000000"));
  KeyringShredding shredding = *model.keyring;
  shredding.destroyed = kReceiptKeys;
  shredding.ended_before = {};
  shredding.numbers = numbers_digest(line.keys->numbers());
  shredding.receipts = receipts.root();
  const auto files = maker.bundle(maker.keyring_input(line, shredding));
  write_files(folder + "/million", files);
  const auto record = must(receipts.receipt(KeyNumber{777'777}, "cert-0003"));
  const auto report = proof::verify_bundle(files, maker.anchor());
  const auto whole = must(proof::make_subject_receipt(report, record, files));
  must(write_file_atomically(folder + "/receipt.json", proof::encode(record)));
  must(write_file_atomically(folder + "/whole.json", proof::encode(whole)));
  const double start = median_seconds(kVerifier, kReceiptRuns, {"--help"});
  print({"verify.start.ms", start * 1000, "ms",
         median_seconds(kQuietus, kReceiptRuns, {"verify", "--help"}) * 1000,
         "quietus-verify from its start to its help screen; median of " + std::to_string(kReceiptRuns) +
             "; baseline: `quietus verify`, which is linked to libraries"});
  const auto small = arguments({folder + "/receipt.json", "--bundle", folder + "/million"}, maker);
  print({"receipt.of1e6.ms", median_seconds(kVerifier, kReceiptRuns, small) * 1000, "ms",
         median_seconds(kQuietus, kReceiptRuns, verify_with(small)) * 1000,
         "quietus-verify, whole process, receipt and bundle of a million keys from a folder; median of " +
             std::to_string(kReceiptRuns) + "; aim below 50; baseline: the same by `quietus verify`"});
  const auto whole_file = arguments({folder + "/whole.json"}, maker);
  print({"receipt.of1e6.carried.ms", median_seconds(kVerifier, kReceiptRuns, whole_file) * 1000, "ms",
         median_seconds(kQuietus, kReceiptRuns, verify_with(whole_file)) * 1000,
         "the same, of a receipt that carries its bundle"});
  print({"receipt.of1e6.bytes", static_cast<double>(proof::encode(record).size()), "bytes",
         static_cast<double>(32 * record.path.size()), "the file; baseline: 32 bytes a level of the tree"});
}

std::string name_of(int number) {
  char name[16];
  std::snprintf(name, sizeof name, "cert-%06d", number);
  return name;
}

std::string bundle_at(const std::string& folder, int number) {
  return folder + "/case/bundle/" + name_of(number);
}

CertificateInput input_of(test::BundleMaker& maker, int number) {
  CertificateInput input = number % 2 == 0   ? maker.medium_input()
                           : number % 4 == 1 ? maker.key_input()
                                             : maker.keyring_input();
  input.certificate_id = name_of(number);
  return input;
}

void case_of_a_thousand(const std::string& folder) {
  test::BundleMaker maker(test::SigningWorld::make());
  sign_with_p384(maker);
  for (int i = 0; i < kCertificates; ++i) write_files(bundle_at(folder, i), maker.bundle(input_of(maker, i)));
  double alone = 0;
  for (int i = 0; i < kSingles; ++i)
    alone +=
        seconds_of_program(kVerifier, arguments({bundle_at(folder, i * kCertificates / kSingles)}, maker));
  print({"case.1000.s", median_seconds(kVerifier, kCaseRuns, arguments({folder + "/case"}, maker)), "s",
         alone * kCertificates / kSingles,
         "1,000 bundles, each of a certificate of its own (P-384; people, stamps and checkpoints P-256), in "
         "one process of "
         "quietus-verify; nothing but chains is remembered from one to the next; median of " +
             std::to_string(kCaseRuns) + "; aim below 5; baseline: one process each, of " +
             std::to_string(kSingles)});
}

}  // namespace
}  // namespace quietus::bench

int main(int argc, char** argv) {
  using namespace quietus;
  try {
    bench::must(ensure_secure_heap(bench::kSecureHeapBytes));
    const std::string_view what = argc > 1 ? argv[1] : "verify";
    const test::TemporaryFolder folder;
    if (what != "case") bench::receipt_of_a_million(folder.path());
    if (what != "receipt") bench::case_of_a_thousand(folder.path());
    return 0;
  } catch (const std::exception& thrown) {
    std::fprintf(stderr, "quietus-bench-verify: %s\n", thrown.what());
    return 1;
  }
}
