// trust/ of a bundle, whole or not at all.
#include "proof/bundle_layout.hpp"
#include "proof/chain_cache.hpp"
#include "proof/differs.hpp"

namespace quietus::proof {
namespace {

bool has(const BundleFiles& files, std::string_view name) { return files.contains(std::string(name)); }

std::string_view text_of(const BundleFiles& files, std::string_view name) {
  return as_text(files.at(std::string(name)));
}

Status read_certificates(const BundleFiles& files, TrustFiles& trust) {
  for (const auto& [name, into] :
       {std::pair{trust_file::host, &trust.host}, std::pair{trust_file::tsa_root, &trust.tsa_root}}) {
    if (!has(files, name)) continue;
    QUIETUS_TRY(certificate, trusted(files, name));
    *into = certificate;
  }
  if (!trust.tsa_root) return {};
  if (!trust.tsa_root->self_signed()) return differs("trust/tsa-root.pem is no root");
  if (*trust.tsa_root == trust.root) return differs("trust/tsa-root.pem is the issuer's own root");
  return {};
}

Status read_lists(const BundleFiles& files, TrustFiles& trust) {
  if (has(files, trust_file::service_crl)) {
    const std::string_view text = text_of(files, trust_file::service_crl);
    QUIETUS_TRY(list, parse_crl(as_bytes(text)));
    QUIETUS_TRY(again, crl_pem(list));
    if (again != text) return differs("trust/service-crl.pem is not in the one form");
    trust.service_crl = list;
  }
  if (!has(files, trust_file::witness_keys)) return {};
  QUIETUS_TRY(witnesses, parse_witness_keys(text_of(files, trust_file::witness_keys)));
  trust.witnesses = witnesses;
  return {};
}

}  // namespace

Result<TrustFiles> read_trust(const BundleFiles& files, ChainCache& cache) {
  QUIETUS_TRY(root, trusted(files, trust_file::root));
  if (!cache.self_signed(root)) return differs("the root's own signature does not hold");
  QUIETUS_TRY(service_ca, trusted(files, trust_file::service_ca));
  QUIETUS_TRY(people_ca, trusted(files, trust_file::people_ca));
  QUIETUS_TRY(tsa_ca, trusted(files, trust_file::tsa_ca));
  QUIETUS_TRY(tsa, trusted(files, trust_file::tsa));
  QUIETUS_TRY(certificate_signer, trusted(files, trust_file::certificate_signer));
  QUIETUS_TRY(checkpoint_signer, trusted(files, trust_file::checkpoint_signer));
  QUIETUS_TRY(mandate_signer, trusted(files, trust_file::mandate_signer));
  TrustFiles trust{root,         service_ca,         people_ca,         tsa_ca,
                   tsa,          certificate_signer, checkpoint_signer, mandate_signer,
                   std::nullopt, std::nullopt,       std::nullopt,      {}};
  QUIETUS_CHECK(read_certificates(files, trust));
  QUIETUS_CHECK(read_lists(files, trust));
  return trust;
}

}  // namespace quietus::proof
