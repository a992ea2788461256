#include "bench/groups.hpp"

namespace quietus::bench {

void encrypt_over_tls(const Ground& ground) { static_cast<void>(ground); }

}  // namespace quietus::bench
