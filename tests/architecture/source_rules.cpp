#include "tests/architecture/source_rules.hpp"

#include <algorithm>
#include <array>
#include <regex>
#include <string_view>

namespace quietus::architecture {
namespace {

constexpr std::ptrdiff_t kMaxLines = 400;
/// Tables that may be longer than a file should be.
constexpr std::array<std::string_view, 0> kLongTables = {};
/// Folders with sources that are not rooms: they may include every room, but the other rules hold there too.
constexpr std::array<std::string_view, 3> kNotRooms = {"tests/", "bench/", "docs/"};
constexpr std::array<std::string_view, 8> kNoNames = {"common",  "util",    "utils",    "helper",
                                                      "helpers", "manager", "managers", "misc"};

struct Library {
  std::string_view name;
  std::regex include;
  std::vector<std::string_view> allowed;  ///< prefixes of paths
};

const std::vector<Library>& libraries() {
  static const std::vector<Library> list = {
      {"PKCS#11", std::regex("(p11-kit/.*|pkcs11[a-z]*\\.h)"), {"kms/pkcs11/", "tests/", "bench/"}},
      {"Boost",
       std::regex("boost/.*"),
       {"wire/", "kms/http/", "eraser/link/", "kms/timestamp/", "lab/", "cli/", "tests/", "bench/"}},
      {"nlohmann/json", std::regex("nlohmann/.*"), {"base/json.cpp"}},
      {"liburing", std::regex("liburing.*"), {"eraser/run/", "tests/", "bench/"}},
      {"SQLite", std::regex("sqlite3.*\\.h"), {"kms/store/", "tests/", "bench/"}},
  };
  return list;
}

bool starts_with_any(std::string_view path, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return path.starts_with(prefix); });
}

struct Include {
  std::string name;
  bool quoted = false;
};

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex line(R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"])re");
  std::vector<Include> out;
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
    out.push_back({(*at)[2].str(), (*at)[1].str() == "\""});
  }
  return out;
}

/// The path below the root that an include names: contracts are named from include/.
std::string path_of(const Include& include) {
  return include.name.starts_with("quietus/") ? "include/" + include.name : include.name;
}

class Checker {
 public:
  Checker(const Arrows& arrows, const SourceFile& file) : arrows_(arrows), file_(file) {}

  std::vector<std::string> run() {
    check_names();
    check_length();
    check_coroutines();
    const std::vector<Include> includes = includes_of(file_.text);
    for (const Include& include : includes) check_library(include);
    if (starts_with_any(file_.path, kNotRooms)) return std::move(found_);
    const std::string room = room_of(arrows_, file_.path);
    if (room.empty()) report("lies in no room");
    const std::set<std::string> allowed = reachable(arrows_, room);
    for (const Include& include : includes) check_arrow(include, room, allowed);
    return std::move(found_);
  }

 private:
  void report(const std::string& what) { found_.push_back(file_.path + ": " + what); }

  void check_names() {
    static const std::regex word("[^/_.-]+");
    for (std::sregex_iterator at(file_.path.begin(), file_.path.end(), word), end; at != end; ++at) {
      if (std::ranges::find(kNoNames, at->str()) != kNoNames.end())
        report("'" + at->str() + "' is no name for a thing");
    }
  }
  void check_length() {
    const auto lines = std::ranges::count(file_.text, '\n');
    if (lines <= kMaxLines || std::ranges::find(kLongTables, file_.path) != kLongTables.end()) return;
    report("is longer than 400 lines");
  }
  /// GCC 12 destroys a braced temporary among the arguments of an awaited call twice: name a local first.
  void check_coroutines() {
    static const std::regex comment("//[^\n]*");
    static const std::regex braced(R"(\bco_await\b[^;{}]*[(,]\s*(?:[A-Za-z_][\w:]*(?:<[^;{}()]*>)?\s*)?\{)");
    if (std::regex_search(std::regex_replace(file_.text, comment, ""), braced)) {
      report("awaits a call with a braced temporary");
    }
  }
  void check_library(const Include& include) {
    for (const Library& library : libraries()) {
      if (std::regex_match(include.name, library.include) && !starts_with_any(file_.path, library.allowed)) {
        report("may not include " + std::string(library.name) + " (" + include.name + ")");
      }
    }
  }
  void check_arrow(const Include& include, const std::string& room, const std::set<std::string>& allowed) {
    const bool ours = include.quoted || include.name.starts_with("quietus/");
    if (!ours) {
      // Standard headers have neither folder nor suffix.
      const bool standard = include.name.find_first_of("/.") == std::string::npos;
      if (room == "include/quietus" && !standard)
        report("a contract includes only std and quietus (" + include.name + ")");
      return;
    }
    const std::string target = room_of(arrows_, path_of(include));
    const bool known_library = include.name.starts_with("p11-kit/");  // judged by check_library
    if (target.empty() && !known_library)
      report("includes '" + include.name + "', which is not a path of a room");
    if (!target.empty() && !allowed.contains(target))
      report("'" + room + "' may not include '" + include.name + "'");
  }

  const Arrows& arrows_;
  const SourceFile& file_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> violations(const Arrows& arrows, const SourceFile& file) {
  return Checker(arrows, file).run();
}

}  // namespace quietus::architecture
