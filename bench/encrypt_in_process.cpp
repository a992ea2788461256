// What a use of a key costs beyond the token's own work.
#include "bench/bare_token.hpp"
#include "bench/figure.hpp"
#include "bench/groups.hpp"
#include "bench/house.hpp"
#include "bench/interleaved.hpp"
#include "kms/service/key_operations.hpp"
#include "kms/service/key_refs.hpp"

namespace quietus::bench {

namespace {

constexpr int kRounds = 41;
constexpr double kTurnSeconds = 0.03;

void measure(House& house, const std::string& key, const std::string& size, std::size_t bytes) {
  BareSession bare(kQuietToken);
  const CK_OBJECT_HANDLE handle = bare.find(must(service::key_ref(house.service, *KeyId::parse(key))));
  const Bytes plaintext(bytes, 0x5a);
  const Compared compared = interleaved(
      kRounds, [&] { return rate_of([&] { bare.encrypt(handle, plaintext); }, kTurnSeconds); },
      [&] {
        return rate_of([&] { must(service::encrypt_item(house.service, house.owner, {key, {}, plaintext})); },
                       kTurnSeconds);
      });
  print({"encrypt.inprocess." + size + ".ratio", compared.ratio, "ratio", compared.baseline,
         std::to_string(bytes) + " bytes under a device key, one thread: " + digits(compared.ours) +
             "/s by the service call, permit accounting in the ledger included, against the baseline's bare "
             "C_EncryptInit and C_Encrypt a second under the same key; median of " +
             std::to_string(compared.rounds) + " pairs of turns of 30 ms" + processor_time(compared)});
}

}  // namespace

void encrypt_in_process(const Ground& ground) {
  House house(ground, kQuietToken, "encrypt");
  const std::string key = house.create_device_key();
  measure(house, key, "64B", 64);
  measure(house, key, "4k", 4096);
}

}  // namespace quietus::bench
