// quietus-verify: one file that needs no other, and that says what `quietus verify` says.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "proof/subject_receipt.hpp"
#include "tests/golden/cli/program.hpp"
#include "tests/support/case_maker.hpp"
#include "tests/unit/proof/tiled_log.hpp"

namespace quietus::test {
namespace {

const std::string kProgram = QUIETUS_BIN_DIR "/quietus-verify";

std::string shell(const std::string& command) {
  const TemporaryFolder folder;
  std::string output;
  REQUIRE(run_shell(command, folder.path(), &output) == 0);
  return output;
}

std::string words_of(const std::vector<std::string>& arguments) {
  std::string words;
  for (const auto& argument : arguments) words += " '" + argument + "'";
  return words;
}

/// Everything that an auditor may be handed, and names of it that are the same inside and outside.
struct Handed {
  Handed() {
    const auto disk = carried.add("disk", maker.medium_input());
    const auto keys = carried.add("keys", maker.keyring_input());
    REQUIRE(proof::write_extract(path("case/ledger"), carried.log()));
    const auto record = BundleMaker::receipts().receipt({7}, "cert-0003").value();
    const auto report = proof::verify_bundle(keys, maker.anchor());
    REQUIRE(write_file_atomically(path("receipt.json"),
                                  proof::encode(proof::make_subject_receipt(report, record, keys).value())));
    REQUIRE(proof::write_bundle(path("flipped"), disk));
    auto bytes = read_file(path("flipped/certificate.json")).value();
    bytes[300] ^= 1;
    REQUIRE(write_file_atomically(path("flipped/certificate.json"), bytes));
    log.grow_to(300);
    log.beat();
    REQUIRE(log.grow(path("ledger")));
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder.path() + "/" + name; }

  /// `quietus verify`, standing in the folder.
  [[nodiscard]] Ran outside(const std::string& command, const std::vector<std::string>& arguments) const {
    return run(kProgram.substr(0, kProgram.rfind('/')) + "/quietus " + command + words_of(arguments));
  }
  /// quietus-verify with an empty environment, and where it may be had in a file system that holds nothing
  /// else: no library, no configuration, no /proc.
  [[nodiscard]] Ran inside(const std::vector<std::string>& arguments) const {
    std::error_code error;
    std::filesystem::copy_file(kProgram, path("quietus-verify"), std::filesystem::copy_options::skip_existing,
                               error);
    REQUIRE_FALSE(error);
    return run("env -i " + jail() + words_of(arguments));
  }

  TemporaryFolder folder;
  BundleMaker maker{SigningWorld::make()};
  CaseMaker carried{maker, folder.path() + "/case"};
  TiledLog log{maker.world()};
  std::string root = "sha256:" + hex(maker.anchor().root_fingerprint);

 private:
  [[nodiscard]] Ran run(const std::string& command) const {
    Ran ran;
    ran.status = run_shell(command + " </dev/null", folder.path(), &ran.output);
    return ran;
  }
  /// The command that runs it, as strictly as this machine allows.
  [[nodiscard]] std::string jail() const {
    for (const std::string how : {"/usr/sbin/chroot ", "/usr/bin/unshare -r --root="}) {
      const std::string command = how + folder.path() + " /quietus-verify";
      if (run("env -i " + command + " --help").status == 0) return command;
    }
    WARN("no chroot here: quietus-verify runs with an empty environment only");
    return "./quietus-verify";
  }
};

}  // namespace

TEST_CASE(
    "quietus-verify is one file: no interpreter, no library, and neither HSM, server, database nor TLS in "
    "it") {
  const std::string headers = shell("llvm-readelf-19 --program-headers --dynamic '" + kProgram + "'");
  CHECK(headers.find("LOAD") != std::string::npos);
  CHECK(headers.find("INTERP") == std::string::npos);
  CHECK(headers.find("(NEEDED)") == std::string::npos);
  const std::string symbols = shell("llvm-nm-19 --demangle '" + kProgram + "'");
  CHECK(symbols.find("quietus::proof::verify_bundle") != std::string::npos);
  for (const char* foreign :
       {"sqlite3_", "C_GetFunctionList", "boost::asio", "boost::beast", "SSL_CTX_new", "SSL_connect",
        "gnutls_", "quietus::wire", "quietus::service", "quietus::lab"}) {
    INFO(foreign);
    CHECK(symbols.find(foreign) == std::string::npos);
  }
}

TEST_CASE_METHOD(Handed,
                 "in an empty room it gives the verdict, the exit code and every byte of quietus verify") {
  struct Asked {
    std::vector<std::string> words;
    int status;
  };
  const std::string key = to_string(log.key());
  const std::vector<Asked> all = {
      {{"case/bundle/disk", "--root", root}, 0},
      {{"case/bundle/disk/certificate.json", "--root", root}, 0},
      {{"case/bundle/disk"}, 2},
      {{"case/bundle/disk", "--root", root, "--at", "2046-01-01"}, 2},
      {{"flipped", "--root", root}, 1},
      {{"case/bundle", "--root", root}, 0},
      {{"receipt.json", "--root", root}, 0},
      {{"receipt.json"}, 2},
      {{"ledger", "--ledger-key", key}, 0},
      {{"ledger", "--root", root}, 0},
      {{"ledger"}, 2},
      {{"case", "--root", root}, outside("verify", {"case", "--root", root}).status},
      {{"nothing", "--root", root}, 3},
  };
  for (const auto& [words, status] : all) {
    for (const std::vector<std::string>& how :
         {std::vector<std::string>{"--lang", "en"}, {"--lang", "zh"}, {"--json"}}) {
      auto arguments = words;
      arguments.insert(arguments.end(), how.begin(), how.end());
      const Ran theirs = outside("verify", arguments), ours = inside(arguments);
      INFO(words_of(arguments) << "\n" << ours.output);
      CHECK(ours.status == status);
      CHECK(theirs.status == status);
      if (status != 3) CHECK(ours.output == theirs.output);
      if (status != 3 && how.front() == "--json") CHECK(Json::parse(ours.output));
    }
  }
}

TEST_CASE_METHOD(
    Handed,
    "it decides a ledger again as quietus replay does, and asks for what to check when nothing was named") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"case/ledger", "--root", root},
                                                {"case/ledger", "--root", root, "--json"},
                                                {"case/ledger"},
                                                {"flipped", "--root", root}}) {
    auto arguments = words;
    const Ran theirs = outside("replay", arguments);
    arguments.insert(arguments.begin(), "replay");
    const Ran ours = inside(arguments);
    INFO(words_of(arguments));
    CHECK(ours.status == theirs.status);
    CHECK(ours.output.substr(ours.output.find(':') + 1) == theirs.output.substr(theirs.output.find(':') + 1));
  }
  CHECK(inside({}).status == 3);
  CHECK(inside({"--root", root}).status == 3);
}

TEST_CASE_METHOD(Handed, "no configuration of OpenSSL is read by it") {
  const std::string config =
      folder.file("openssl.cnf", as_bytes("openssl_conf = x\n[x]\nproviders = p\n[p]\ndefault = d\n"
                                          "[d]\nmodule = /no/such/module.so\nactivate = 1\n"));
  Ran ran;
  ran.status = run_shell("OPENSSL_CONF='" + config + "' '" + kProgram + "' case/bundle/disk --root " + root,
                         folder.path(), &ran.output);
  CHECK(ran.status == 0);
}

}  // namespace quietus::test
