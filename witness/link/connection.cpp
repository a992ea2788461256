#include "witness/link/connection.hpp"

#include <memory>

#include "proof/signed_note.hpp"
#include "wire/client.hpp"

namespace quietus::witness {

Result<proof::SendToWitness> connection_to(const std::string& url, const std::string& ca_file) {
  wire::ClientSettings settings;
  settings.base_url = url;
  settings.ca_file = ca_file;
  settings.timeout_ms = 10'000;
  settings.max_response_bytes = proof::kMaxNoteBytes;
  QUIETUS_TRY(opened, wire::HttpClient::create(settings));
  const std::shared_ptr<wire::HttpClient> http = std::move(opened);
  return [http](std::string_view text) -> Result<proof::WitnessAnswer> {
    QUIETUS_TRY(answer, http->send("POST", "/add-checkpoint", "text/plain; charset=utf-8", as_bytes(text)));
    return proof::WitnessAnswer{static_cast<unsigned>(answer.status), answer.content_type, answer.body};
  };
}

}  // namespace quietus::witness
