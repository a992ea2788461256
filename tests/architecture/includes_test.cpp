#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/architecture/source_rules.hpp"

using namespace quietus::architecture;

namespace {

const std::filesystem::path kRoot = QUIETUS_SOURCE_DIR;

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool is_source(const std::filesystem::path& path) {
  const std::string suffix = path.extension().string();
  return suffix == ".cpp" || suffix == ".hpp" || suffix == ".h" || suffix == ".c" || suffix == ".cc";
}

/// Sources of the tree; hidden folders and what was built in the tree are not part of it.
std::vector<SourceFile> sources() {
  std::vector<SourceFile> out;
  for (std::filesystem::recursive_directory_iterator at(kRoot), end; at != end; ++at) {
    const std::string name = at->path().filename().string();
    if (at->is_directory() && (name.starts_with('.') || name == "build" || name == "out")) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && is_source(at->path())) {
      out.push_back({at->path().lexically_relative(kRoot).generic_string(), content(at->path())});
    }
  }
  return out;
}

/// What the checker says about one made-up file.
std::string verdict(const std::string& path, const std::string& text) {
  std::string all;
  for (const std::string& violation : violations(arrows_of_the_plan(), {path, text})) all += violation + "\n";
  return all;
}
bool clean(const std::string& path, const std::string& text) { return verdict(path, text).empty(); }

}  // namespace

TEST_CASE("every source file keeps the rules of the house") {
  const std::vector<SourceFile> files = sources();
  CHECK(files.size() > 50);
  std::size_t includes = 0;
  for (const SourceFile& file : files) {
    includes += file.text.find("#include") != std::string::npos ? 1 : 0;
    for (const std::string& violation : violations(arrows_of_the_plan(), file)) {
      UNSCOPED_INFO(violation);
      CHECK(violation.empty());
    }
  }
  CHECK(includes > 50);
}

TEST_CASE("the build draws the arrows of the plan and no others") {
  const Arrows drawn = arrows_of_cmake(content(kRoot / "CMakeLists.txt"));
  for (const auto& [room, targets] : arrows_of_the_plan()) {
    CAPTURE(room);
    REQUIRE(drawn.contains(room));
    CHECK(drawn.at(room) == targets);
  }
  for (const auto& [room, targets] : drawn) {
    CAPTURE(room);
    CHECK(arrows_of_the_plan().contains(room));
  }
}

TEST_CASE("no arrow leads back") {
  const Arrows& arrows = arrows_of_the_plan();
  for (const auto& [room, targets] : arrows) {
    for (const std::string& target : targets) {
      CAPTURE(room, target);
      REQUIRE(arrows.contains(target));
      CHECK_FALSE(reachable(arrows, target).contains(room));
    }
  }
}

TEST_CASE("the reader of CMake sees rooms, programs and links") {
  const Arrows arrows = arrows_of_cmake(
      "room(base LINKS quietus_contracts OpenSSL::Crypto)\n# room(ghost LINKS base)\n"
      "room(kms/keys LINKS base)\nprogram(quietus-kms DIR kms LINKS kms_keys\n  base)\n");
  CHECK(arrows == Arrows{{"include/quietus", {}},
                         {"base", {"include/quietus"}},
                         {"kms/keys", {"base"}},
                         {"kms", {"base", "kms/keys"}}});
}

TEST_CASE("an include against the arrows is caught") {
  CHECK(verdict("proof/a.cpp", "#include \"kms/keys/x.hpp\"\n") ==
        "proof/a.cpp: 'proof' may not include 'kms/keys/x.hpp'\n");
  CHECK_FALSE(clean("base/a.cpp", "#include \"proof/x.hpp\"\n"));
  CHECK_FALSE(clean("seal/a.cpp", "#include \"governance/x.hpp\"\n"));
  CHECK_FALSE(clean("kms/http/a.hpp", "#pragma once\n\n  #  include \"kms/pkcs11/module.hpp\"\n"));
  CHECK_FALSE(clean("kms/service/a.cpp", "#include \"kms/settings.hpp\"\n"));
  CHECK_FALSE(clean("eraser/plan/a.cpp", "#include \"eraser/verify/x.hpp\"\n"));
  CHECK_FALSE(clean("base/a.cpp", "#include \"tests/unit/base/x.hpp\"\n"));
  CHECK(clean("kms/http/a.cpp",
              "#include \"kms/http/b.hpp\"\n#include \"proof/x.hpp\"\n#include \"quietus/result.hpp\"\n"));
  CHECK(clean("kms/main.cpp", "#include \"kms/pkcs11/module.hpp\"\n#include \"kms/settings.hpp\"\n"));
  CHECK(clean("tests/unit/base/a.cpp", "#include \"kms/http/x.hpp\"\n"));
}

TEST_CASE("a file or an include without a room is caught") {
  CHECK_FALSE(clean("stray.cpp", ""));
  CHECK_FALSE(clean("newroom/a.cpp", ""));
  CHECK_FALSE(clean("proof/a.cpp", "#include \"statement.hpp\"\n"));
  CHECK_FALSE(clean("proof/a.cpp", "#include \"../base/json.hpp\"\n"));
}

TEST_CASE("a library outside its rooms is caught") {
  const std::vector<std::string> pkcs11 = {"#include <pkcs11.h>\n", "#include <p11-kit/pkcs11.h>\n",
                                           "#include \"p11-kit/pkcs11.h\"\n"};
  for (const std::string& include : pkcs11) {
    CAPTURE(include);
    CHECK_FALSE(clean("kms/service/a.cpp", include));
    CHECK_FALSE(clean("kms/main.cpp", include));
    CHECK(clean("kms/pkcs11/a.cpp", include));
  }
  CHECK_FALSE(clean("proof/a.cpp", "#include <boost/asio.hpp>\n"));
  CHECK_FALSE(clean("kms/service/a.cpp", "#include <boost/asio.hpp>\n"));
  CHECK(clean("wire/a.cpp", "#include <boost/asio.hpp>\n"));
  CHECK(clean("eraser/link/a.cpp", "#include <boost/beast/http.hpp>\n"));
  CHECK_FALSE(clean("base/config.cpp", "#include <nlohmann/json.hpp>\n"));
  CHECK_FALSE(clean("tests/unit/base/a.cpp", "#include <nlohmann/json.hpp>\n"));
  CHECK(clean("base/json.cpp", "#include <nlohmann/json.hpp>\n"));
  CHECK_FALSE(clean("kms/keys/a.cpp", "#include <sqlite3.h>\n"));
  CHECK(clean("kms/store/a.cpp", "#include <sqlite3.h>\n"));
  CHECK(clean("tests/unit/kms_store/a.cpp", "#include <sqlite3.h>\n"));
}

TEST_CASE("a contract that includes more than std and contracts is caught") {
  CHECK_FALSE(clean("include/quietus/a.hpp", "#include \"base/json.hpp\"\n"));
  CHECK_FALSE(clean("include/quietus/a.hpp", "#include <unistd.h>\n"));
  CHECK_FALSE(clean("include/quietus/a.hpp", "#include <openssl/evp.h>\n"));
  CHECK(clean("include/quietus/a.hpp", "#include <vector>\n#include \"quietus/result.hpp\"\n"));
}

TEST_CASE("a long file and a name that says nothing are caught") {
  std::string lines;
  for (int i = 0; i < 400; ++i) lines += "\n";
  CHECK(clean("proof/a.cpp", lines));
  CHECK_FALSE(clean("proof/a.cpp", lines + "\n"));
  CHECK_FALSE(clean("tests/unit/base/a.cpp", lines + "\n"));
  CHECK_FALSE(clean("proof/utils/a.cpp", ""));
  CHECK_FALSE(clean("proof/string_utils.cpp", ""));
  CHECK_FALSE(clean("kms/keys/key-manager.hpp", ""));
  CHECK_FALSE(clean("tests/common/a.cpp", ""));
  CHECK(clean("proof/commonplace.cpp", ""));
}

TEST_CASE("a braced temporary in an awaited call is caught") {
  const std::string await = "co_await ";  // apart from its operand, so that this file keeps the rule itself
  CHECK_FALSE(clean("wire/a.cpp", await + "f({1, 2});"));
  CHECK_FALSE(clean("wire/a.cpp", "auto x = " + await + "net.write(socket,\n    {.a = 1});"));
  CHECK_FALSE(clean("wire/a.cpp", await + "f(Request{1});"));
  CHECK_FALSE(clean("wire/a.cpp", await + "f(a, std::vector<int>{1});"));
  CHECK(clean("wire/a.cpp", "// " + await + "f({1});\n" + await + "f(request);\nuse(Request{1});"));
  CHECK(clean("wire/a.cpp", "if (" + await + "f(a)) {\n  g({1});\n}"));
  CHECK(clean("wire/a.cpp", "for (;;) { " + await + "f(g(a), b); }"));
}
