// Data keys out of kms: fetched in batches, each release entered in the key's export ledger.
#pragma once

#include <deque>
#include <string>

#include "cli/api.hpp"
#include "seal/reader.hpp"
#include "seal/writer.hpp"

namespace quietus::cli {

/// What each data key of a sealed file is bound to.
std::string sealing_context(const std::string& sealed_file_id);

class DataKeySupply {
 public:
  /// `needed`: how many will be asked for in all. No key more is released than that.
  DataKeySupply(Api& api, KeyId key, std::string context, std::size_t needed)
      : api_(api), key_(std::move(key)), context_(std::move(context)), needed_(needed) {}
  [[nodiscard]] Result<seal::DataKey> next();

 private:
  [[nodiscard]] Status fetch();
  Api& api_;
  const KeyId key_;
  const std::string context_;
  std::size_t needed_;
  std::deque<seal::DataKey> ready_;
};

/// For seal::Reader. While kms is away for a moment or counts requests, it waits and asks again.
Result<SecretBytes> unwrap_data_key(Api& api, const seal::KeyRequest& request);

}  // namespace quietus::cli
