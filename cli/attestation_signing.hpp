// Attesting: the words are put together here, shown from their canonical bytes, asked about, signed with the
// person's own key and handed in. The same for every kind.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/api.hpp"
#include "quietus/attestation.hpp"

namespace quietus::cli {

/// What the command line says; empty = not said.
struct Attesting {
  std::string case_id, kind, about;  ///< about: "holding:H-7"
  std::string file;                  ///< the paper: only its SHA-256 leaves this machine
  std::string document;     ///< its SHA-256 as hex: of the paper that others signed; the file must be that
  std::string from, until;  ///< from: without one, now
  std::vector<std::string> fields;  ///< "score=85"
  bool yes = false;
};

/// `invalid_input` names what is wrong; reads the file.
Result<Attestation> make_attestation(const Attesting& attesting, const PersonId& person, UnixMs now);

/// Every field, made from the canonical bytes and from nothing else. `invalid_input` unless they are
/// canonical.
Result<std::string> attestation_screen(BytesView canonical, const Context& context);

/// The attestation as kms entered it. Shows it, asks unless `yes`, signs, sends.
Result<Json> attest(Api& api, const Context& context, const Attesting& attesting);

/// One line after it was entered, or JSON.
void print_attested(const Json& attestation, const Context& context);
/// A table, or JSON.
void print_attestations(const Json& answer, const Context& context);

/// Target of the list: of one kind when `kind` is not empty, about one thing when `about` is not.
Result<std::string> attestations_path(const std::string& case_id, const std::string& kind,
                                      const std::string& about);

}  // namespace quietus::cli
