// The one place where rooms meet: what a use case may reach. Owns nothing but the small live pictures
// (inventory, progress); everything durable is in the ledger or the store.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "kms/keys/key_room.hpp"
#include "kms/keys/probe.hpp"
#include "kms/service/checkpointer.hpp"
#include "kms/service/inventory.hpp"
#include "kms/service/known_refs.hpp"
#include "kms/service/ledger.hpp"
#include "kms/service/open_keyrings.hpp"
#include "kms/service/progress.hpp"
#include "kms/service/receipt_trees.hpp"
#include "kms/service/reservations.hpp"
#include "kms/service/signing_keys.hpp"
#include "kms/service/use_cases.hpp"
#include "proof/ask_witness.hpp"
#include "quietus/hsm.hpp"
#include "quietus/store.hpp"

namespace quietus::service {

struct EnrolledHost {
  HostId host;
  Bytes certificate;  ///< DER, of the agent's evidence key
};

/// Certificates that travel in every bundle (PEM text) and that statements are checked against.
struct Trust {
  std::string root, service_ca, people_ca, time_stamp_ca, time_stamp;
  std::string time_stamp_root;  ///< empty: `root`
  /// The revocation list of people_ca as it is now, DER: the file may be replaced while kms runs.
  std::function<Result<Bytes>()> people_crl;
  /// The same of service_ca; it is frozen in each bundle. Not set: none is.
  std::function<Result<Bytes>()> service_crl = {};
};

struct ServiceSettings {
  std::string origin;      ///< name of the ledger in checkpoints
  std::string issuer;      ///< appliance name in certificates
  std::string laboratory;  ///< "laboratory" or empty
  std::string software;    ///< "quietus 0.1.0"
  std::uint32_t sample_blocks = 3000;
  std::uint64_t mandate_valid_ms = 10 * 60 * 1000;
  /// One page of a ledger extract ends after so many entries or so many bytes, whichever comes first.
  std::uint64_t extract_page_entries = 1000, extract_page_bytes = std::uint64_t{8} << 20;
  std::vector<EnrolledHost> hosts;
  Trust trust;
};

/// Runs the probe of a key's absence in a fresh process (kms/keys/probe.hpp); injected by main().
using KeyProber = std::function<Result<keys::ProbeResult>(const keys::ProbeRequest&)>;
/// Full TimeStampResp over `data`, verified; injected by main() from kms/timestamp.
using TimeStamper = std::function<Result<Bytes>(BytesView data)>;

/// An auditor's witness who is to see the ledger's head before a bundle is kept; injected by main() from
/// witness/link.
struct Witness {
  proof::WitnessKey key;
  proof::SendToWitness send;
};

class Service {
 public:
  Service(ServiceSettings settings, Ledger& ledger, Store& store, Hsm& hsm, keys::KeyRoom& key_room,
          SigningKeys signing, std::function<ClockReading()> clock, KeyProber prober,
          TimeStamper time_stamper);

  ServiceSettings settings;
  Ledger& ledger;
  Store& store;
  Hsm& hsm;
  keys::KeyRoom& key_room;
  SigningKeys signing;
  std::function<ClockReading()> clock;
  KeyProber prober;
  TimeStamper time_stamper;
  std::vector<Witness> witnesses;  ///< set before it serves
  Inventory inventory;
  ProgressBoard progress;
  Checkpointer checkpointer;
  OpenKeyrings keyrings;
  Reservations reservations;
  KnownRefs known_refs;
  ReceiptTrees receipt_trees;

  [[nodiscard]] const EnrolledHost* enrolled(const HostId& host) const;
};

}  // namespace quietus::service
