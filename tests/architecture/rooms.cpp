#include "tests/architecture/rooms.hpp"

#include <algorithm>
#include <regex>
#include <sstream>
#include <vector>

namespace quietus::architecture {
namespace {

const std::string kContracts = "include/quietus";

std::string target_of(std::string folder) {
  std::ranges::replace_if(folder, [](char c) { return c == '/' || c == '-'; }, '_');
  return folder;
}

struct Declaration {
  std::string folder;
  std::vector<std::string> links;
};

std::vector<Declaration> declarations(const std::string& text) {
  static const std::regex declaration(R"((?:^|\n)(?:room\(|program\(\S+\s+DIR\s+)(\S+)\s+LINKS([^)]*)\))");
  std::vector<Declaration> out;
  for (std::sregex_iterator at(text.begin(), text.end(), declaration), end; at != end; ++at) {
    std::istringstream words((*at)[2].str());
    Declaration found{(*at)[1].str(), {}};
    for (std::string word; words >> word;) found.links.push_back(word);
    out.push_back(std::move(found));
  }
  return out;
}

}  // namespace

const Arrows& arrows_of_the_plan() {
  static const Arrows arrows = {
      // L0, L1
      {kContracts, {}},
      {"base", {kContracts}},
      // L2 core
      {"eraser/method", {"base"}},
      {"firmware-agent/nvme", {"base"}},
      {"proof", {"base", "eraser/method", "firmware-agent/nvme"}},
      {"governance/rules", {"base", "proof"}},
      {"governance", {"base", "proof", "governance/rules", "eraser/method"}},
      {"seal", {"base"}},
      {"kms/keys", {"base"}},
      {"kms/epochs", {"base", "kms/keys"}},
      {"kms/keyrings", {"base", "kms/keys", "kms/epochs"}},
      {"kms/records", {"base", "kms/keys", "kms/epochs"}},
      {"eraser/plan", {"base", "eraser/method"}},
      // L2 adapters
      {"kms/pkcs11", {"base"}},
      {"kms/store", {"base"}},
      {"eraser/verify", {"base"}},
      {"firmware-agent/inventory", {"base"}},
      {"firmware-agent/guard", {"base"}},
      // L3 use cases
      {"kms/service",
       {"base", "proof", "governance", "kms/keys", "kms/epochs", "kms/keyrings", "kms/records"}},
      {"kms/backup", {"base", "governance", "kms/keyrings", "kms/records", "kms/service"}},
      {"kms/check", {"base", "kms/pkcs11"}},
      {"eraser/run", {"base", "proof", "eraser/method", "eraser/plan", "eraser/verify"}},
      {"firmware-agent/evidence",
       {"base", "proof", "eraser/method", "eraser/verify", "firmware-agent/inventory", "firmware-agent/guard",
        "firmware-agent/nvme"}},
      // L4 edges
      {"wire", {"base"}},
      {"kms/timestamp", {"base", "proof", "wire"}},
      {"witness/link", {"base", "proof", "wire"}},
      {"kms/http", {"base", "proof", "wire", "kms/service"}},
      {"eraser/link", {"base", "proof", "wire", "eraser/run"}},
      {"firmware-agent/socket", {"base", "proof", "firmware-agent/evidence"}},
      // L5 programs
      {"kms",
       {"kms/http", "kms/pkcs11", "kms/store", "kms/timestamp", "kms/backup", "kms/check", "witness/link"}},
      {"eraser", {"eraser/link"}},
      {"firmware-agent", {"firmware-agent/socket"}},
      {"witness", {"proof", "wire"}},
      {"lab", {"base", "proof", "wire"}},
      {"cli/terminal", {"base"}},
      {"cli/verify", {"base", "proof", "governance", "cli/terminal"}},
      {"cli",
       {"proof", "governance/rules", "governance", "seal", "wire", "witness/link", "lab", "cli/terminal",
        "cli/verify"}},
      {"verifier", {"cli/terminal", "cli/verify"}},
  };
  return arrows;
}

Arrows arrows_of_cmake(std::string_view text) {
  const std::vector<Declaration> found = declarations(std::string(text));
  std::map<std::string, std::string> folders = {{"quietus_contracts", kContracts}};
  for (const Declaration& room : found) folders[target_of(room.folder)] = room.folder;
  Arrows arrows = {{kContracts, {}}};
  for (const Declaration& room : found) {
    std::set<std::string>& targets = arrows[room.folder];
    for (const std::string& link : room.links) {
      if (folders.contains(link)) targets.insert(folders[link]);  // the rest are libraries of the system
    }
  }
  return arrows;
}

std::set<std::string> reachable(const Arrows& arrows, const std::string& room) {
  std::set<std::string> seen;
  std::vector<std::string> open = {room};
  while (!open.empty()) {
    const std::string next = open.back();
    open.pop_back();
    if (!seen.insert(next).second) continue;
    if (const auto at = arrows.find(next); at != arrows.end())
      open.insert(open.end(), at->second.begin(), at->second.end());
  }
  return seen;
}

std::string room_of(const Arrows& arrows, std::string_view path) {
  for (std::string_view folder = path; folder.find('/') != std::string_view::npos;) {
    folder = folder.substr(0, folder.rfind('/'));
    if (arrows.contains(folder)) return std::string(folder);
  }
  return {};
}

}  // namespace quietus::architecture
