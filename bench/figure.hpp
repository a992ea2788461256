// What a benchmark says: one figure a line, as JSON, so that people and programs read the same.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "quietus/result.hpp"

namespace quietus::bench {

struct Figure {
  std::string name;  ///< "encrypt.inprocess.4k.ratio"
  double value = 0;
  std::string unit;  ///< "ratio", "ms", "s", "1/s"
  std::optional<double>
      baseline;      ///< what a ratio is to, or the aim's own yardstick, in the unit that the note says
  std::string note;  ///< how it was measured, and how often
};

/// {"figure","value","unit","baseline","note"} on standard output, at once.
void print(const Figure& figure);

/// Of at least one value.
double median(std::vector<double> values);
/// The smallest value that `percent` of all values do not exceed.
double percentile(std::vector<double> values, double percent);
/// "1234", "0.93": four digits that count.
std::string digits(double value);

/// A benchmark that could not do its work measures nothing: the program ends with the error.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}
inline void must(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}
template <class T>
const T* must(const T* there, const char* what) {
  if (there == nullptr) throw std::runtime_error(what);
  return there;
}
inline void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

}  // namespace quietus::bench
