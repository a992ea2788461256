// Commands of which something was shown to kms that is not in the ledger.
#include "governance/replay_command.hpp"

namespace quietus::governance {

namespace {

using Body = std::optional<CommandBody>;

/// How many waivers the completion cites: what kms said it would print.
std::uint64_t cited_waivers(const Json& detail) {
  const Json* cited = detail.find("waivers");
  return cited == nullptr || cited->array() == nullptr ? 0 : cited->array()->size();
}

/// What was shown to kms then, as good as it had to be; the digests of it are in the event.
struct ShownCommandOf {
  const State& before;

  Body operator()(const MandateIssued& e) const {
    const OrderLine* line = ordered(e.order, e.holding);
    if (line == nullptr) return std::nullopt;
    IssueMandate c{e.order, e.holding, {}, e.facts_digest, e.plan};
    c.facts.host = e.host;
    c.facts.boot_id = e.boot_id;
    c.facts.nonce = e.nonce;
    c.facts.identity = line->device;
    return c;
  }

  Body operator()(const HoldingDestroyed& e) const {
    const OrderLine* line = ordered(e.order, e.holding);
    const Holding* holding = before.find(e.holding);
    if (line == nullptr || holding == nullptr) return std::nullopt;
    if (line->kind == HoldingKind::disk) return medium_ended(e, *line);
    CompleteKeyDestruction c{e.order, e.holding, {}, e.evidence, e.detail};
    c.shown.key = holding->key;
    c.shown.releases = holding->releases;
    c.shown.canary_found_and_opens = c.shown.census_differs_by_target_only = c.shown.token_synced = true;
    c.shown.target_found = c.shown.target_sample_opens = false;
    c.waivers = cited_waivers(e.detail);
    return c;
  }

  Body operator()(const KeyringShredded& e) const {
    return CompleteShredding{.keyring = e.keyring,
                             .to_epoch = e.to_epoch,
                             .destroyed = e.destroyed,
                             .survivors = e.survivors,
                             .shown = {.old_root_found = false,
                                       .deleted_opens = false,
                                       .survivors_open = true,
                                       .canary_found_and_opens = true,
                                       .census_differs_by_root_only = true,
                                       .token_synced = true},
                             .evidence_digest = e.evidence,
                             .detail = e.detail,
                             .pack = pack_of(e.keyring),
                             .waivers = cited_waivers(e.detail)};
  }

  /// The finding's id is in the entry after this one, and why the second person agreed is in none.
  Body operator()(const GlassBroken& e) const {
    const auto finding = [](std::uint64_t number) {
      return FindingId::parse("by-broken-glass-" + std::to_string(number)).value();
    };
    std::uint64_t number = 0;
    while (before.find(finding(number)) != nullptr) ++number;
    return BreakGlass{e.case_id, e.holding, "not in the ledger", finding(number)};
  }

  template <class Other>
  Body operator()(const Other&) const {
    return std::nullopt;
  }

 private:
  [[nodiscard]] Digest pack_of(const KeyringId& id) const {
    const Keyring* ring = before.find(id);
    const Holding* holding = ring == nullptr ? nullptr : before.find(ring->holding);
    const Case* in = holding == nullptr ? nullptr : before.find(holding->case_id);
    return in == nullptr ? Digest{} : in->pack;
  }

  [[nodiscard]] const OrderLine* ordered(const OrderId& order, const HoldingId& holding) const {
    const OrderRecord* record = before.find(order);
    return record == nullptr ? nullptr : record->ordered(holding);
  }

  [[nodiscard]] CommandBody medium_ended(const HoldingDestroyed& e, const OrderLine& line) const {
    CompleteHolding c{e.order, e.holding, {}, e.evidence, e.detail};
    c.waivers = cited_waivers(e.detail);
    c.evidence.verdict = Verdict::verified;
    c.evidence.host = line.host;
    c.evidence.identity = line.device;
    c.evidence.blocks_read = c.evidence.blocks_matching = 1;
    const LineProgress& progress = *before.find(e.order)->line(e.holding);
    if (progress.plan) c.evidence.bytes_overwritten = progress.plan->length_bytes;
    if (progress.plan && progress.plan->pattern == OverwritePattern::none) {
      c.evidence.drive.emplace();
      c.evidence.drive->outcome = "succeeded";
      c.evidence.drive->markers = 1;
    }
    if (progress.sample) {
      c.evidence.mandate_digest = progress.sample->mandate_digest;
      c.evidence.eraser_report_digest = progress.sample->report_digest;
    }
    return c;
  }
};

}  // namespace

std::optional<CommandBody> shown_command_of(const State& before, const Event& event) {
  return std::visit(ShownCommandOf{before}, event.body);
}

}  // namespace quietus::governance
