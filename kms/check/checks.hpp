// What quietus-kms hsm-check tries on a token: a table of small experiments over the Hsm contract. Each says
// which capability it needs; a token without it has not failed.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "quietus/hsm.hpp"

namespace quietus::kms {

/// The token under examination, and what has to be taken away again. Every object carries a label that begins
/// with `prefix()`.
class CheckBench {
 public:
  struct Outside {
    std::function<Status(const std::string& label)> remove_data;  ///< a data object, by its label
    std::function<Status(const HsmKeyRef&)> find_key;             ///< ok when another process finds it
    std::function<Status(const std::string& label)> find_data;
  };
  CheckBench(Hsm& token, std::string prefix, Outside outside_given)
      : hsm(token), outside(std::move(outside_given)), prefix_(std::move(prefix)) {}
  CheckBench(const CheckBench&) = delete;
  CheckBench& operator=(const CheckBench&) = delete;

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] std::string label(std::string_view what) const { return prefix_ + " " + std::string(what); }
  /// Remembers a key that was made, for clean_up.
  Result<HsmKeyRef> keep(Result<HsmKeyRef> made);
  /// A data object that will be made, for clean_up; its label.
  std::string data_label();

  /// Destroys every object that was made, and every other whose label begins with `of_label`; `hsm` with the
  /// number of those that are left.
  Status clean_up(const std::string& of_label);

  Hsm& hsm;
  const Outside outside;
  bool general_error_on_bad_ciphertext = false;  ///< seen by a check; becomes a quirk of the drafted profile

 private:
  std::string prefix_;
  std::vector<HsmKeyRef> made_;
  bool data_made_ = false;
};

struct Check {
  const char* name;
  const char* what;
  bool (*offered)(const HsmCapabilities&);
  Status (*run)(CheckBench&);
};

/// In the order they are run.
std::span<const Check> checks();

}  // namespace quietus::kms
