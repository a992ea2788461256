#include <algorithm>

#include "eraser/method/technique.hpp"
#include "governance/attested.hpp"
#include "governance/deliberation.hpp"
#include "governance/live_witness.hpp"

namespace quietus::governance {

namespace {}  // namespace

void Deliberation::need_medium(const IssueMandate& c, const Line& line) {
  judgement_.require(c.facts.host == line.ordered->host, RuleId::host,
                     "the facts are of " + c.facts.host.text());
  judgement_.require(same_medium(c.facts.identity, line.ordered->device), RuleId::medium,
                     "another medium is in its place");
  const bool free = c.facts.holders.empty() && c.facts.aliases.empty() && c.facts.mounts.empty();
  judgement_.require(free, RuleId::medium, "it is in use");
  const bool fresh = !state_.nonces.contains(c.facts.nonce) && c.facts.nonce != Digest();
  judgement_.require(fresh, RuleId::nonce);
}

void Deliberation::need_plan(const IssueMandate& c, const Line& line) {
  const bool enough = c.plan.claim != SanitizationMethod::none && c.plan.claim >= line.ordered->least_claim;
  judgement_.require(enough, RuleId::plan,
                     "it claims " + std::string(to_string(c.plan.claim)) + ", the order asks for " +
                         std::string(to_string(line.ordered->least_claim)));
  const Status known = eraser::check_technique(c.plan);  // an eraser may say what it likes
  judgement_.require(known.has_value(), RuleId::plan, known ? "" : known.error().message);
  judgement_.require(c.plan.length_bytes == c.facts.identity.size_bytes && c.plan.length_bytes > 0,
                     RuleId::plan, "it does not cover the whole medium");
  const bool same = !line.progress->plan || *line.progress->plan == c.plan;
  judgement_.require(same, RuleId::plan, "a resume keeps the plan of the first mandate");
}

void Deliberation::operator()(const IssueMandate& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  ask(Verb::issue_mandate, &c.holding, nullptr, &c.plan);
  need_host(found.ordered->host);
  const LineState state = found.progress->state;
  const bool open = state == LineState::pending || state == LineState::mandated || state == LineState::ending;
  judgement_.require(open && found.ordered->kind == HoldingKind::disk, RuleId::line_state,
                     state_of(*found.progress));
  need_medium(c, found);
  need_plan(c, found);
  need_text(c.facts.boot_id, kMaxTitleBytes, "the boot id");
  happen(MandateIssued{.order = c.order,
                       .holding = c.holding,
                       .host = c.facts.host,
                       .boot_id = c.facts.boot_id,
                       .facts_digest = c.facts_digest,
                       .nonce = c.facts.nonce,
                       .plan = c.plan});
  grant(Verb::issue_mandate, c.holding, c.holding.text(), 1, found.record);
}

void Deliberation::operator()(const DrawSample& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  ask(Verb::draw_sample, &c.holding, nullptr);
  need_host(found.ordered->host);
  judgement_.require(!found.progress->sample, RuleId::sample_once, c.holding.text());
  const bool mandated = found.progress->state == LineState::mandated || found.progress->sample.has_value();
  judgement_.require(mandated, RuleId::line_state, state_of(*found.progress));
  const bool good = c.sample.count > 0 && c.sample.count <= INT32_MAX && c.sample.block_bytes >= 512 &&
                    c.sample.block_bytes <= (1U << 20) && c.sample.seed != Digest();
  judgement_.require(good, RuleId::bounds, "a sample has a seed, a count and a size of block");
  happen(SampleDrawn{c.order, c.holding, c.sample});
  grant(Verb::draw_sample, c.holding, c.holding.text(), 1);
}

void Deliberation::need_evidence(const CompleteHolding& c, const Line& line) {
  const Evidence& e = c.evidence;
  const auto show = [&](bool holds, const std::string& what) {
    judgement_.require(holds, RuleId::shown, what);
  };
  show(e.verdict == Verdict::verified, "its verdict is " + std::string(to_string(e.verdict)));
  show(e.host == line.ordered->host, "it comes from " + e.host.text());
  show(same_medium(e.identity, line.ordered->device), "it is about another medium");
  show(e.blocks_read > 0 && e.blocks_matching == e.blocks_read && e.read_errors == 0,
       "not every block that was re-read matches");
  const auto& plan = line.progress->plan;
  const bool by_drive = plan && plan->pattern == OverwritePattern::none;
  show(plan && by_drive == e.drive.has_value(), "it is about another technique than the plan's");
  if (by_drive && e.drive) {
    show(e.drive->outcome == "succeeded", "the drive's command has not succeeded");
    show(e.drive->markers > 0 && e.drive->surviving == 0 && e.drive->unreadable == 0,
         "not every marker is gone");
  } else {
    show(plan && e.bytes_overwritten == plan->length_bytes, "not the whole medium was overwritten");
  }
  const auto& sample = line.progress->sample;
  show(sample && e.mandate_digest == sample->mandate_digest, "it cites another mandate");
  show(sample && e.eraser_report_digest == sample->report_digest, "it cites another report");
}

void Deliberation::need_waivers(const CaseId& in, std::uint64_t cited) {
  const std::size_t entered = waivers(state_, in).size();
  judgement_.require(cited == entered, RuleId::shown,
                     "its detail cites " + std::to_string(cited) + " waivers of the case, which has " +
                         std::to_string(entered));
}

void Deliberation::operator()(const CompleteHolding& c) {
  const Line found = line(c.order, c.holding);
  if (!found.found()) return;
  ask(Verb::accept_evidence, &c.holding, nullptr);
  need_host(found.ordered->host);
  const bool waiting = found.progress->state == LineState::ending && found.ordered->kind == HoldingKind::disk;
  judgement_.require(waiting, RuleId::line_state, state_of(*found.progress));
  need_evidence(c, found);
  judgement_.require(stopped_by_witness(state_, *found.record) == nullptr, RuleId::witness_stop,
                     c.order.text());
  need_waivers(found.holding->case_id, c.waivers);
  need_object(c.detail, "the detail of the completion");
  happen(HoldingDestroyed{c.order, c.holding, c.evidence_digest, c.detail});
}

}  // namespace quietus::governance
