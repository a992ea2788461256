// The figures, in groups that share what they need. Each prints its own.
#pragma once

#include "bench/ground.hpp"

namespace quietus::bench {

void encrypt_in_process(const Ground& ground);
void encrypt_over_tls(const Ground& ground);
void encrypt_batches_over_tls(const Ground& ground);
void shred_wrapped(const Ground& ground);
void shred_records(const Ground& ground);
void pairs(const Ground& ground);
void ledger_rate(const Ground& ground);
void ledger_growth(const Ground& ground);        ///< ten million entries: 6 GB of disk
void ledger_growth_small(const Ground& ground);  ///< two million, for who has less time

}  // namespace quietus::bench
