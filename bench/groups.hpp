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

}  // namespace quietus::bench
