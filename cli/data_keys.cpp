#include "cli/data_keys.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/encoding.hpp"

namespace quietus::cli {
namespace {

constexpr std::size_t kBatch = 64;
constexpr int kAttempts = 20;
constexpr auto kPause = std::chrono::milliseconds(250);

/// Repeated only while kms says that it is not available: then nothing was released to us.
Result<SecretBytes> ask(Api& api, const std::string& target, const Json& body) {
  auto answer = api.post_for_secret(target, body);
  for (int attempt = 1; attempt < kAttempts && !answer && answer.error().kind == ErrorKind::unavailable;
       ++attempt) {
    std::this_thread::sleep_for(kPause);
    answer = api.post_for_secret(target, body);
  }
  return answer;
}

std::unexpected<Error> strange_answer() {
  return fail(ErrorKind::corrupt, "kms gave data keys in another form than expected");
}

}  // namespace

std::string sealing_context(const std::string& sealed_file_id) {
  return "quietus.sealed-file/1:" + sealed_file_id;
}

Result<seal::DataKey> DataKeySupply::next() {
  if (ready_.empty()) QUIETUS_CHECK(fetch());
  seal::DataKey key = std::move(ready_.front());
  ready_.pop_front();
  return key;
}

Status DataKeySupply::fetch() {
  const std::size_t count = std::min(kBatch, needed_);
  if (count == 0) return fail(ErrorKind::internal, "more data keys are asked for than were announced");
  QUIETUS_TRY(path, key_path(key_.text()));
  QUIETUS_TRY(octets,
              ask(api_, path + ":generateDataKeys", Json::Object{{"context", context_}, {"count", count}}));
  // count x (wrapped length, 2 bytes big-endian; wrapped; 32 bytes in clear)
  auto rest = octets.view();
  for (std::size_t i = 0; i < count; ++i) {
    if (rest.size() < 2) return strange_answer();
    const std::size_t length = static_cast<std::size_t>(rest[0]) << 8 | rest[1];
    if (length == 0 || length > seal::kMaxWrappedKeyBytes || rest.size() < 2 + length + seal::kDataKeyBytes) {
      return strange_answer();
    }
    const auto wrapped = rest.subspan(2, length);
    QUIETUS_TRY(plaintext, SecretBytes::copy_of(rest.subspan(2 + length, seal::kDataKeyBytes)));
    ready_.push_back({Bytes(wrapped.begin(), wrapped.end()), std::move(plaintext)});
    rest = rest.subspan(2 + length + seal::kDataKeyBytes);
  }
  if (!rest.empty()) return strange_answer();
  needed_ -= count;
  return {};
}

Result<SecretBytes> unwrap_data_key(Api& api, const seal::KeyRequest& request) {
  QUIETUS_TRY(path, key_path(request.header.key_id.text()));
  const Json body(Json::Object{{"context", sealing_context(request.header.sealed_file_id.text())},
                               {"wrapped", base64(request.wrapped)}});
  QUIETUS_TRY(plaintext, ask(api, path + ":decryptDataKey", body));
  if (plaintext.size() != seal::kDataKeyBytes) return strange_answer();
  return std::move(plaintext);
}

}  // namespace quietus::cli
