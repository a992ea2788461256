// The ledger as an auditor carries it away, page by page through the edge of kms.
#include <catch2/catch.hpp>

#include "kms/http/http_edge.hpp"
#include "proof/ledger_extract.hpp"
#include "tests/support/appliance.hpp"
#include "tests/support/fake_store.hpp"
#include "tests/support/tls_laboratory/tls_laboratory.hpp"
#include "tests/unit/kms_http/memory_store.hpp"

namespace quietus::test {
namespace {

struct Edge {
  FakeStore store;
  Appliance appliance{store};
  std::string case_id = appliance.open_case();
  tests::TlsLaboratory lab;
  tests::MemoryStore kept;
  std::unique_ptr<http::HttpEdge> edge;
  std::unique_ptr<wire::HttpClient> client;

  Edge() {
    for (int i = 0; i < 3; ++i) appliance.seal_records(case_id);
    http::HttpEdgeSettings settings;
    settings.tls = lab.server_tls();
    edge = http::HttpEdge::start(settings, *appliance.service, kept).value();
    const auto auditor = lab.person("p-0001");
    client = wire::HttpClient::create(lab.client(edge->port(), &auditor)).value();
  }
  Json get(const std::string& query) {
    const auto response = client->send("GET", "/v1/cases/" + case_id + "/ledger" + query);
    REQUIRE(response);
    auto page = wire::expect_json(*response);
    REQUIRE(page);
    return std::move(*page);
  }
  static std::int64_t number(const Json& page, std::string_view name) { return *page.find(name)->integer(); }

  struct Carried {
    proof::BundleFiles files;
    std::vector<std::size_t> pages;  ///< lines of each
  };
  Carried carry_away() {
    Carried all;
    std::string lines, query;
    std::int64_t next = 0, size = 0;
    do {
      const Json page = get(query);
      if (next == 0) {
        all.files["checkpoint"] = to_bytes(*page.find("checkpoint")->string());
        for (const auto& [name, pem] : *page.find("trust")->object())
          all.files[name] = to_bytes(*pem.string());
      }
      for (const auto& line : *page.find("lines")->array()) lines += *line.string() + "\n";
      all.pages.push_back(page.find("lines")->array()->size());
      size = number(page, "size");
      REQUIRE(number(page, "next") > next);
      next = number(page, "next");
      query = "?from=" + std::to_string(next) + "&size=" + std::to_string(size);
    } while (next < size);
    all.files["ledger.ndjson"] = to_bytes(lines);
    return all;
  }
};

}  // namespace

TEST_CASE("an extract comes in pages of so many entries, which together are the ledger that was signed") {
  Edge edge;
  const auto whole = edge.carry_away();
  REQUIRE(whole.pages.size() == 1);
  REQUIRE(whole.pages.front() > 7);
  edge.appliance.service->settings.extract_page_entries = 3;
  const auto paged = edge.carry_away();
  CHECK(paged.pages.size() == (whole.pages.front() + 2) / 3);
  CHECK(paged.files.at("ledger.ndjson") == whole.files.at("ledger.ndjson"));
  CHECK(proof::verify_extract(paged.files, std::nullopt));
}

TEST_CASE(
    "a page ends before it is larger than it may be, and an entry that is larger is a page of its own") {
  Edge edge;
  const auto whole = edge.carry_away();
  auto& bound = edge.appliance.service->settings.extract_page_bytes;
  bound = 2500;
  const auto some = edge.carry_away();
  CHECK(some.pages.size() > 1);
  CHECK(some.pages.front() > 1);
  bound = 1;
  const auto singly = edge.carry_away();
  CHECK(singly.pages == std::vector<std::size_t>(whole.pages.front(), 1));
  for (const auto* extract : {&some, &singly})
    CHECK(extract->files.at("ledger.ndjson") == whole.files.at("ledger.ndjson"));
}

}  // namespace quietus::test
