// What a use of a key costs beyond the token's own work.
#include "base/encoding.hpp"
#include "bench/bare_token.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/interleaved.hpp"
#include "bench/permits.hpp"
#include "kms/keys/device_cipher.hpp"

namespace quietus::bench {

namespace {

constexpr int kRounds = 41;
constexpr double kTurnSeconds = 0.03;

void measure(const Ground& ground, Hsm& hsm, const std::string& size, std::size_t bytes) {
  const keys::KeyRef key{*KeyId::parse("bench-" + size), must(hsm.generate_device_key("bench-" + size))};
  BareSession bare(kQuietToken);
  const CK_OBJECT_HANDLE handle = bare.find(key.ref);
  const Bytes plaintext(bytes, 0x5a);
  const Permit many = permit(Verb::seal, key.id.text(), UINT32_MAX);
  static_cast<void>(ground);
  const Compared compared = interleaved(
      kRounds, [&] { return rate_of([&] { bare.encrypt(handle, plaintext); }, kTurnSeconds); },
      [&] {
        return rate_of([&] { must(keys::encrypt(hsm, many, system_now(), key, plaintext, {})); },
                       kTurnSeconds);
      });
  print({"encrypt.inprocess." + size + ".ratio", compared.ratio, "ratio", compared.baseline,
         std::to_string(bytes) + " bytes under a device key, one thread: " + digits(compared.ours) +
             "/s by the service call against the baseline's bare C_EncryptInit and C_Encrypt a second on the "
             "same "
             "token; median of " +
             std::to_string(compared.rounds) + " pairs of turns of 30 ms" + processor_time(compared)});
}

}  // namespace

void encrypt_in_process(const Ground& ground) {
  const auto hsm = ground.attach(kQuietToken);
  measure(ground, *hsm, "64B", 64);
  measure(ground, *hsm, "4k", 4096);
}

}  // namespace quietus::bench
