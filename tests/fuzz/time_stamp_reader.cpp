// A whole TimeStampResp, and the TSTInfo inside a token (which is only reached behind a valid signature).
#include <cstdlib>

#include "proof/stamp_info.hpp"
#include "proof/time_stamp.hpp"

namespace {

// Any certificate serves: nothing that the fuzzer makes is signed by it.
constexpr const char* kSomebody =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB+zCCAYGgAwIBAgIQbac5g5B8mVbXKA46sD6gTjAKBggqhkjOPQQDAzA/MRsw\n"
    "GQYDVQQKDBJRdWlldHVzIGxhYm9yYXRvcnkxIDAeBgNVBAMMF1F1aWV0dXMgbGFi\n"
    "b3JhdG9yeSByb290MB4XDTI2MDExNTExNTUwMFoXDTM2MDExMzEyMDAwMFowPzEb\n"
    "MBkGA1UECgwSUXVpZXR1cyBsYWJvcmF0b3J5MSAwHgYDVQQDDBdRdWlldHVzIGxh\n"
    "Ym9yYXRvcnkgcm9vdDB2MBAGByqGSM49AgEGBSuBBAAiA2IABMrUvXjQr2rXWuNf\n"
    "ig59mFOe+2jajY7cWZ5qOnVIn4bL68uDpOicCCp/hKOQhUSojuNpj/j/PtlFjEOU\n"
    "N0sjkCnT/9GCq/NDQuc17ORrxLNLWkkLu7l6ggc0LthIguwhrKNCMEAwDwYDVR0T\n"
    "AQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFHSMvLAng8PK/iA/\n"
    "autckckeEIOXMAoGCCqGSM49BAMDA2gAMGUCMCvkVmKbdqiYzHu2d9+CvFBSE5NG\n"
    "sI5OwBhTkcmcScYpvBXUxgKZrNvh64o/cHC1nwIxAK8jGsP+RmjoP1SKKd5TsDP+\n"
    "+EU4+Jq57wmZnFdymho/tktIJKpneb4Q7RlfkhhKbg==\n"
    "-----END CERTIFICATE-----\n";

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace quietus;
  static const auto somebody = proof::X509Certificate::parse(as_bytes(kSomebody)).value();
  const BytesView input(bytes, size);
  require(!proof::verify_time_stamp(input, as_bytes("fuzz"), std::nullopt, {somebody, somebody, somebody}));
  const auto info = proof::read_stamp_info(input);
  if (!info) return 0;
  require(info->imprint.data() >= bytes && info->imprint.data() + info->imprint.size() <= bytes + size);
  require(!info->nonce || info->nonce->data() + info->nonce->size() <= bytes + size);
  return 0;
}
