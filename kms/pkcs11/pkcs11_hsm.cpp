#include "kms/pkcs11/pkcs11_hsm.hpp"

#include "kms/pkcs11/objects.hpp"
#include "kms/pkcs11/operations.hpp"

namespace quietus {

Result<std::unique_ptr<Hsm>> Pkcs11Hsm::attach(const Pkcs11Settings& settings) {
  QUIETUS_TRY(token, pkcs11::Token::attach(settings));
  return std::make_unique<Pkcs11Hsm>(std::move(token));
}

Pkcs11Hsm::Pkcs11Hsm(std::shared_ptr<pkcs11::Token> token) : token_(std::move(token)) {}
Pkcs11Hsm::~Pkcs11Hsm() = default;

Result<HsmInfo> Pkcs11Hsm::info() { return pkcs11::token_info(*token_); }
const HsmCapabilities& Pkcs11Hsm::capabilities() const { return token_->capabilities; }
Result<Bytes> Pkcs11Hsm::random(std::size_t size_bytes) { return pkcs11::random(*token_, size_bytes); }
Result<HsmKeyRef> Pkcs11Hsm::generate_device_key(const std::string& label) {
  return pkcs11::generate_device_key(*token_, label);
}
Result<HsmKeyRef> Pkcs11Hsm::generate_signing_key(const std::string& label, EcCurve curve) {
  return pkcs11::generate_signing_key(*token_, label, curve);
}
Result<HsmKeyRef> Pkcs11Hsm::generate_rsa_signing_key(const std::string& label) {
  return pkcs11::generate_rsa_signing_key(*token_, label);
}
Result<HsmKeyRef> Pkcs11Hsm::generate_wrapping_key(const std::string& label) {
  return pkcs11::generate_wrapping_key(*token_, label);
}
Result<HsmKeyRef> Pkcs11Hsm::generate_wrapping_key_unsynced(const std::string& label) {
  return pkcs11::generate_wrapping_key_unsynced(*token_, label);
}
Status Pkcs11Hsm::sync() { return token_->sync(); }
Result<HsmKeyRef> Pkcs11Hsm::generate_mac_key(const std::string& label) {
  return pkcs11::generate_mac_key(*token_, label);
}
Result<Bytes> Pkcs11Hsm::public_key(const HsmKeyRef& key) { return pkcs11::public_key(*token_, key); }
Result<Bytes> Pkcs11Hsm::encrypt(const HsmKeyRef& key, BytesView plaintext, BytesView aad) {
  return pkcs11::encrypt(*token_, key, plaintext, aad);
}
Result<SecretBytes> Pkcs11Hsm::decrypt(const HsmKeyRef& key, BytesView sealed, BytesView aad) {
  return pkcs11::decrypt(*token_, key, sealed, aad);
}
Result<Bytes> Pkcs11Hsm::generate_wrapped_key(const HsmKeyRef& wrapping) {
  return pkcs11::generate_wrapped_key(*token_, wrapping);
}
Result<Bytes> Pkcs11Hsm::wrap_imported_key(const HsmKeyRef& wrapping, const SecretBytes& key) {
  return pkcs11::wrap_imported_key(*token_, wrapping, key);
}
Result<HsmSessionKeyPtr> Pkcs11Hsm::unwrap_key(const HsmKeyRef& wrapping, BytesView wrapped) {
  return pkcs11::unwrap_key(*token_, wrapping, wrapped);
}
Result<Bytes> Pkcs11Hsm::rewrap_key(const HsmKeyRef& from, const HsmKeyRef& to, BytesView wrapped) {
  return pkcs11::rewrap_key(*token_, from, to, wrapped);
}
Result<HsmSessionKeyPtr> Pkcs11Hsm::unwrap_wrapping_key(const HsmKeyRef& wrapping, BytesView wrapped) {
  return pkcs11::unwrap_wrapping_key(*token_, wrapping, wrapped);
}
Result<Bytes> Pkcs11Hsm::generate_wrapped_key(const HsmSessionKey& wrapping) {
  return pkcs11::generate_wrapped_key(*token_, wrapping);
}
Result<Bytes> Pkcs11Hsm::wrap_imported_key(const HsmSessionKey& wrapping, const SecretBytes& key) {
  return pkcs11::wrap_imported_key(*token_, wrapping, key);
}
Result<HsmSessionKeyPtr> Pkcs11Hsm::unwrap_key(const HsmSessionKey& wrapping, BytesView wrapped) {
  return pkcs11::unwrap_key(*token_, wrapping, wrapped);
}
Result<Bytes> Pkcs11Hsm::rewrap_key(const HsmSessionKey& from, const HsmSessionKey& to, BytesView wrapped) {
  return pkcs11::rewrap_key(*token_, from, to, wrapped);
}
Result<Bytes> Pkcs11Hsm::encrypt(const HsmSessionKey& key, BytesView plaintext, BytesView aad) {
  return pkcs11::encrypt(*token_, key, plaintext, aad);
}
Result<SecretBytes> Pkcs11Hsm::decrypt(const HsmSessionKey& key, BytesView sealed, BytesView aad) {
  return pkcs11::decrypt(*token_, key, sealed, aad);
}
Result<Bytes> Pkcs11Hsm::mac(const HsmKeyRef& key, BytesView data) { return pkcs11::mac(*token_, key, data); }
Result<Bytes> Pkcs11Hsm::sign_digest(const HsmKeyRef& key, BytesView digest) {
  return pkcs11::sign_digest(*token_, key, digest);
}
Result<HsmKeyAttributes> Pkcs11Hsm::attributes(const HsmKeyRef& key) {
  return pkcs11::read_key_attributes(*token_, key);
}
Status Pkcs11Hsm::destroy(const HsmKeyRef& key) { return pkcs11::destroy(*token_, key); }
Result<std::vector<HsmObject>> Pkcs11Hsm::census() { return pkcs11::census(*token_); }
Status Pkcs11Hsm::store_data(const std::string& label, BytesView value) {
  return pkcs11::store_data(*token_, label, value);
}
Result<std::optional<Bytes>> Pkcs11Hsm::load_data(const std::string& label) {
  return pkcs11::load_data(*token_, label);
}
Status Pkcs11Hsm::remove_data(const std::string& label) { return pkcs11::remove_data(*token_, label); }
std::uint64_t Pkcs11Hsm::reload_count() const { return token_->lost() ? 1 : 0; }
bool Pkcs11Hsm::lost() const { return token_->lost(); }

}  // namespace quietus
