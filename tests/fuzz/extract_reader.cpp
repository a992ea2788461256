// The folder that an auditor was handed, in one text: "=== name" and a line end before each file.
#include <cstdlib>

#include "proof/ledger_extract.hpp"

namespace {

using namespace quietus;

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::string_view kMark = "=== ";

proof::BundleFiles files_of(std::string_view text) {
  proof::BundleFiles files;
  while (text.starts_with(kMark)) {
    const auto name_end = text.find('\n');
    if (name_end == std::string_view::npos) break;
    const auto next = text.find("\n=== ", name_end);
    const auto end = next == std::string_view::npos ? text.size() : next + 1;
    files[std::string(text.substr(kMark.size(), name_end - kMark.size()))] =
        to_bytes(text.substr(name_end + 1, end - name_end - 1));
    text.remove_prefix(end);
  }
  return files;
}

/// Every entry is opened or counted as closed, and an opened one is written as it was read.
void check(const proof::ExtractLedger& ledger) {
  std::uint64_t entries = ledger.opened.size();
  for (const auto& [type, leaves] : ledger.closed) {
    require(leaves.count > 0 && leaves.first.size() <= leaves.count);
    entries += leaves.count;
  }
  require(entries == ledger.size);
  for (const auto& entry : ledger.opened)
    require(proof::decode_opened_leaf(as_bytes(proof::extract_line(entry.opened).value())).value() ==
            entry.opened);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = as_text({bytes, size});
  if (const auto ledger = proof::read_extract_ledger(text)) check(*ledger);
  const auto files = files_of(text);
  const auto lines = files.find("ledger.ndjson");
  if (lines != files.end()) {
    if (const auto ledger = proof::read_extract_ledger(as_text(lines->second))) check(*ledger);
  }
  if (const auto extract = proof::verify_extract(files, std::nullopt)) check(extract->ledger);
  return 0;
}
