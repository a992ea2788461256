#include "kms/witnesses/client.hpp"

#include "proof/signed_note.hpp"
#include "wire/client.hpp"

namespace quietus::witnesses {

Result<proof::SendToWitness> open_witness(const WitnessSettings& settings) {
  wire::ClientSettings client;
  client.base_url = settings.url;
  client.ca_file = settings.ca_file;
  client.timeout_ms = settings.timeout_ms;
  client.max_response_bytes = proof::kMaxNoteBytes;
  QUIETUS_TRY(opened, wire::HttpClient::create(client));
  const std::shared_ptr<wire::HttpClient> http = std::move(opened);
  return [http](std::string_view text) -> Result<proof::WitnessAnswer> {
    QUIETUS_TRY(answer, http->send("POST", "/add-checkpoint", "text/plain; charset=utf-8", as_bytes(text)));
    return proof::WitnessAnswer{static_cast<unsigned>(answer.status), answer.content_type, answer.body};
  };
}

}  // namespace quietus::witnesses
