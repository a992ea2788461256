#include "lab/time_stamp_authority.hpp"

#include <charconv>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "proof/openssl_handles.hpp"

namespace quietus::lab {
namespace ssl = proof::ssl;
using proof::X509Certificate;

namespace {

constexpr std::size_t kMaxRequestBytes = 1 << 14;
// A policy under the house's own arc: "laboratory, no warranty".
constexpr const char* kPolicy = "2.25.149021615270395406582697400622207135547.16";

void free_certificates(STACK_OF(X509) * stack) { sk_X509_free(stack); }
using Responder = ssl::Handle<TS_RESP_CTX, TS_RESP_CTX_free>;
using Response = ssl::Handle<TS_RESP, TS_RESP_free>;

}  // namespace

struct TimeStampAuthority::State {
  FileKey key;
  X509Certificate certificate, intermediate;
  std::string serial_path;
  WallClock clock;
  std::uint64_t last_serial = 0;
  Responder responder;

  /// Written before it is used: a serial number is never given twice, whatever crashes.
  Status next_serial() {
    ++last_serial;
    if (serial_path.empty()) return {};
    return write_file_atomically(serial_path, as_bytes(std::to_string(last_serial) + "\n"), 0600);
  }
};

namespace {

template <class State>
ASN1_INTEGER* give_serial(TS_RESP_CTX*, void* data) {
  auto* state = static_cast<State*>(data);
  ASN1_INTEGER* serial = ASN1_INTEGER_new();
  if (serial != nullptr && ASN1_INTEGER_set_uint64(serial, state->last_serial) == 1) return serial;
  ASN1_INTEGER_free(serial);
  return nullptr;
}

template <class State>
int give_time(TS_RESP_CTX*, void* data, long* seconds, long* microseconds) {
  const std::int64_t now = static_cast<State*>(data)->clock().value;
  *seconds = static_cast<long>(now / 1000);
  *microseconds = static_cast<long>(now % 1000) * 1000;
  return 1;
}

Result<std::uint64_t> read_serial(const std::string& path) {
  if (path.empty()) return 0;
  auto text = read_text(path, 32);
  if (!text && text.error().kind == ErrorKind::not_found) return 0;
  if (!text) return std::unexpected(text.error());
  std::uint64_t serial = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), serial);
  if (error != std::errc{} || end + 1 != text->data() + text->size() || *end != '\n') {
    return fail(ErrorKind::corrupt, path + " does not hold a serial number",
                "restore it: numbers must never repeat");
  }
  return serial;
}

}  // namespace

TimeStampAuthority::TimeStampAuthority() = default;
TimeStampAuthority::TimeStampAuthority(TimeStampAuthority&&) noexcept = default;
TimeStampAuthority& TimeStampAuthority::operator=(TimeStampAuthority&&) noexcept = default;
TimeStampAuthority::~TimeStampAuthority() = default;

Result<TimeStampAuthority> TimeStampAuthority::create(FileKey key, X509Certificate certificate,
                                                      X509Certificate intermediate, std::string serial_path,
                                                      WallClock clock) {
  QUIETUS_TRY(serial, read_serial(serial_path));
  TimeStampAuthority out;
  out.state_ = std::make_unique<State>(State{std::move(key), std::move(certificate), std::move(intermediate),
                                             std::move(serial_path), std::move(clock), serial,
                                             Responder(TS_RESP_CTX_new())});
  State& state = *out.state_;
  TS_RESP_CTX* responder = state.responder.get();
  const ssl::Handle<STACK_OF(X509), free_certificates> chain(sk_X509_new_null());
  sk_X509_push(chain.get(), state.intermediate.native());
  const ssl::Object policy(OBJ_txt2obj(kPolicy, 1));
  if (TS_RESP_CTX_set_signer_cert(responder, state.certificate.native()) != 1 ||
      TS_RESP_CTX_set_signer_key(responder, static_cast<EVP_PKEY*>(state.key.native())) != 1 ||
      TS_RESP_CTX_set_signer_digest(responder, EVP_sha256()) != 1 ||
      TS_RESP_CTX_set_ess_cert_id_digest(responder, EVP_sha256()) != 1 ||
      TS_RESP_CTX_set_certs(responder, chain.get()) != 1 ||
      TS_RESP_CTX_set_def_policy(responder, policy.get()) != 1 ||
      TS_RESP_CTX_add_md(responder, EVP_sha256()) != 1 || TS_RESP_CTX_set_accuracy(responder, 1, 0, 0) != 1 ||
      TS_RESP_CTX_set_clock_precision_digits(responder, 3) != 1) {
    return ssl::error(ErrorKind::invalid_input, "key and certificate do not make a time-stamp authority");
  }
  TS_RESP_CTX_set_serial_cb(responder, &give_serial<State>, &state);
  TS_RESP_CTX_set_time_cb(responder, &give_time<State>, &state);
  return out;
}

Result<Bytes> TimeStampAuthority::answer(BytesView request) {
  if (request.size() > kMaxRequestBytes) return fail(ErrorKind::exhausted, "the request is too large");
  QUIETUS_CHECK(state_->next_serial());
  const ssl::Bio bio = ssl::reader(request);
  const Response response(TS_RESP_create_response(state_->responder.get(), bio.get()));
  if (!response) return ssl::error(ErrorKind::internal, "no time-stamp response could be made");
  ERR_clear_error();
  return ssl::to_der<TS_RESP>(&i2d_TS_RESP, response.get());
}

}  // namespace quietus::lab
