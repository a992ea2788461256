#include "governance/rules/vocabulary.hpp"

#include <algorithm>

#include "governance/rules/lexer.hpp"

namespace quietus::rules {
namespace {

const Type kTruth{Kind::truth, {}}, kInteger{Kind::integer, {}}, kInstant{Kind::instant, {}},
    kDuration{Kind::duration, {}}, kShare{Kind::share, {}}, kAge{Kind::age, {}};
Type symbol(std::string domain) { return {Kind::symbol, std::move(domain)}; }
Type symbols(std::string domain) { return {Kind::symbols, std::move(domain)}; }
Type entity(std::string kind) { return {Kind::entity, std::move(kind)}; }
Type entities(std::string kind) { return {Kind::entities, std::move(kind)}; }

constexpr std::string_view kOpenDomains[] = {"attestation", "tag",     "table",
                                             "department",  "licence", "jurisdiction"};
constexpr std::size_t kMaxWordBytes = 40;

/// Letters to add, drop, replace or swap with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({replaced, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::vector<std::string> keys_of(const auto& map) {
  std::vector<std::string> out;
  for (const auto& [key, value] : map) out.push_back(key);
  return out;
}

}  // namespace

Reads& Reads::operator|=(const Reads& other) {
  person |= other.person;
  order |= other.order;
  holding |= other.holding;
  finding |= other.finding;
  now |= other.now;
  sets |= other.sets;
  of_case |= other.of_case;
  expiry |= other.expiry;
  return *this;
}

const Vocabulary& Vocabulary::house() {
  static const Vocabulary vocabulary = [] {
    Vocabulary v;
    v.names_ = {{"case", entity("case")},   {"transferor", entity("party")}, {"transferee", entity("party")},
                {"p", entity("person")},    {"o", entity("order")},          {"h", entity("holding")},
                {"f", entity("finding")},   {"config", entity("config")},    {"now", kInstant},
                {"H", entities("holding")}, {"F", entities("finding")},      {"Q", entities("request")}};
    v.attributes_["case"] = {{"deal", symbol("deal")}, {"phase", symbol("phase")},
                             {"important", kTruth},    {"jurisdiction", symbol("jurisdiction")},
                             {"subjects_n", kInteger}, {"litigation", kTruth}};
    v.attributes_["party"] = {{"role", symbol("party_role")},
                              {"licence", symbol("licence")},
                              {"aml", kTruth},
                              {"cii", kTruth},
                              {"mlps", kInteger},
                              {"foreign", kTruth},
                              {"agency", kTruth},
                              {"pboc", kTruth}};
    v.attributes_["person"] = {{"party", entity("party")}};
    v.attributes_["order"] = {{"verb", symbol("verb")},       {"method", symbol("method")},
                              {"channel", symbol("channel")}, {"witness", entities("person")},
                              {"scope", entities("holding")}, {"approvers", entities("person")},
                              {"approvers_n", kInteger}};
    v.attributes_["holding"] = {
        {"class", symbol("class")},   {"cred", kTruth},   {"sens", kTruth},      {"minor", kTruth},
        {"outside", kTruth},          {"due", kInstant},  {"ended", kInstant},   {"key", symbol("key_state")},
        {"medium", symbol("medium")}, {"leaves", kTruth}, {"alwaysenc", kTruth}, {"strength", kInteger}};
    v.attributes_["finding"] = {{"kind", symbol("finding_kind")}, {"level", symbol("finding_level")}};
    v.attributes_["config"] = {{"log_keep", kDuration}};
    const Type attestation = symbol("attestation"), anybody = entity(""), holding = entity("holding"),
               finding = entity("finding");
    Reads expiry, time;
    expiry.expiry = true;
    time.now = true;
    v.functions_ = {{"att", {{attestation, anybody}, kTruth, expiry}},
                    {"cov", {{attestation, entity("holding|finding")}, kShare, expiry}},
                    {"age", {{attestation, anybody}, kAge, time}},
                    {"has", {{holding, symbol("tag")}, kTruth, {}}},
                    {"ordered", {{holding, symbol("verb"), kDuration}, kTruth, time}},
                    {"depts", {{entities("person")}, symbols("department"), {}}},
                    {"own_key", {{holding}, kTruth, {}}},
                    {"keycopies_ended", {{holding}, kTruth, {}}},
                    {"clock", {{finding, kDuration}, kTruth, time}},
                    {"final", {{finding, kDuration}, kTruth, time}},
                    {"limit", {{symbol("table"), finding}, kDuration, {}}},
                    {"kept", {{attestation, kDuration}, kTruth, time}},
                    {"signed", {{entity("order"), symbols("signer")}, kTruth, {}}},
                    {"sole_control", {{entity("order")}, kTruth, {}}}};
    v.domains_ = {
        {"deal",
         {"equity", "asset", "merger", "division", "dissolution", "revocation", "bankruptcy", "disposal"}},
        {"phase",
         {"draft", "inventoried", "cleared", "moving", "accepted", "disposing", "closed", "aborted"}},
        {"party_role",
         {"transferor", "transferee", "processor", "intermediary", "witness_body", "regulator"}},
        {"verb",
         {"seal", "open", "copy", "hand", "freeze", "thaw", "destroy", "surrender", "release", "close"}},
        {"class", {"unset", "C1", "C2", "C3", "important", "core"}},
        {"key_state", {"none", "live", "frozen", "retired", "compromised", "destroyed"}},
        {"method",
         {"key_shred", "overwrite", "block_erase", "crypto_erase", "revert", "degauss", "shredding",
          "paper"}},
        {"medium",
         {"phone", "tablet", "laptop", "desktop", "wearable", "office", "server", "hdd", "ssd", "tape",
          "card", "optical", "image", "record_set", "paper"}},
        {"channel", {"mutual_auth", "sealed_media", "plain"}},
        {"finding_kind",
         {"risk", "incident", "breach", "rule_failure", "complaint", "anomaly", "improvement", "major_risk"}},
        {"finding_level", {"general", "larger", "major", "extreme"}},
        {"signer", {"proposer", "approver", "operator", "witness", "responsible", "supervisor"}}};
    for (const std::string_view domain : kOpenDomains) v.domains_[std::string(domain)] = {};
    return v;
  }();
  return vocabulary;
}

bool Vocabulary::open_domain(std::string_view domain) {
  return std::ranges::find(kOpenDomains, domain) != std::end(kOpenDomains);
}

Status Vocabulary::add_word(const std::string& domain, const std::string& word) {
  if (!open_domain(domain)) {
    return fail(ErrorKind::invalid_input, "packs add no words of the kind `" + domain + "`");
  }
  if (word.size() > kMaxWordBytes || !is_identifier(word)) {
    return fail(ErrorKind::invalid_input, "`" + word + "` is not a word");
  }
  if (name(word) != nullptr) {
    return fail(ErrorKind::invalid_input, "the word `" + word + "` would hide the name `" + word + "`");
  }
  domains_[domain].insert(word);
  return {};
}

void Vocabulary::add_entity(const std::string& name, const std::string& kind) { names_[name] = entity(kind); }

const Type* Vocabulary::name(std::string_view name) const {
  const auto at = names_.find(name);
  return at == names_.end() ? nullptr : &at->second;
}

const Type* Vocabulary::attribute(std::string_view entity_kind, std::string_view name) const {
  const auto of = attributes_.find(entity_kind);
  if (of == attributes_.end()) return nullptr;
  const auto at = of->second.find(name);
  return at == of->second.end() ? nullptr : &at->second;
}

const Function* Vocabulary::function(std::string_view name) const {
  const auto at = functions_.find(name);
  return at == functions_.end() ? nullptr : &at->second;
}

const std::set<std::string, std::less<>>* Vocabulary::words(std::string_view domain) const {
  const auto at = domains_.find(domain);
  return at == domains_.end() ? nullptr : &at->second;
}

Reads Vocabulary::reads_of_name(std::string_view name) const {
  Reads reads;
  reads.person = name == "p";
  reads.order = name == "o";
  reads.holding = name == "h";
  reads.finding = name == "f";
  reads.now = name == "now";
  reads.sets = name == "H" || name == "F" || name == "Q";
  reads.of_case = name == "case" || name == "transferor" || name == "transferee" || name == "config";
  return reads;
}

std::vector<std::string> Vocabulary::names() const { return keys_of(names_); }
std::vector<std::string> Vocabulary::functions() const { return keys_of(functions_); }
std::vector<std::string> Vocabulary::attributes_of(std::string_view entity_kind) const {
  const auto of = attributes_.find(entity_kind);
  return of == attributes_.end() ? std::vector<std::string>() : keys_of(of->second);
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& right) {
  std::string best;
  std::size_t least =
      std::max<std::size_t>(1, wrong.size() / 3) + 1;  // more than a third wrong is another word
  if (wrong.size() > kMaxWordBytes) return {};
  for (const std::string& word : right) {
    const std::size_t far = distance(wrong, word);
    if (far < least && far < word.size()) {
      least = far;
      best = word;
    }
  }
  return best.empty() ? best : "; did you mean `" + best + "`";
}

const std::vector<std::string>& gates() {
  static const std::vector<std::string> all = {"seal",    "open",      "copy",          "hand",   "thaw",
                                               "destroy", "surrender", "release",       "close",  "cleared",
                                               "accept",  "certify",   "close_finding", "config", "purge"};
  return all;
}

std::uint32_t gate_bit(std::string_view gate) {
  if (gate == "all") return (std::uint32_t{1} << gates().size()) - 1;
  const auto found = std::ranges::find(gates(), gate);
  return found == gates().end() ? 0 : std::uint32_t{1} << (found - gates().begin());
}

}  // namespace quietus::rules
