#include "bench/figure.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/json.hpp"

namespace quietus::bench {

std::string digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, std::abs(value) >= 1000 ? "%.0f" : "%.4g", value);
  return text;
}

// The house's own writer has no fractions, on purpose: nothing that is signed needs them.
void print(const Figure& figure) {
  const std::string baseline = figure.baseline ? digits(*figure.baseline) : "null";
  std::printf("{\"figure\":%s,\"value\":%s,\"unit\":%s,\"baseline\":%s,\"note\":%s}\n",
              Json(figure.name).write().c_str(), digits(figure.value).c_str(),
              Json(figure.unit).write().c_str(), baseline.c_str(), Json(figure.note).write().c_str());
  std::fflush(stdout);
}

double median(std::vector<double> values) {
  must(!values.empty(), "a median of nothing");
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double percentile(std::vector<double> values, double percent) {
  must(!values.empty(), "a percentile of nothing");
  std::ranges::sort(values);
  const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

}  // namespace quietus::bench
