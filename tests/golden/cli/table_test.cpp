#include "cli/terminal/table.hpp"

#include <catch2/catch.hpp>

namespace quietus::cli {
namespace {

TEST_CASE("Chinese characters take two columns") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("密钥") == 4);
  CHECK(display_width("a密b") == 4);
  CHECK(pad("密", 4) == "密  ");
}

TEST_CASE("text that does not fit is cut on a character, never inside one") {
  CHECK(fit("密钥销毁", 8) == "密钥销毁");
  CHECK(fit("密钥销毁", 7) == "密钥销…");
  CHECK(fit("密钥销毁", 6) == "密钥…");
  CHECK(fit("abcdef", 4) == "abc…");
}

TEST_CASE("what would move the cursor or turn the writing is shown as a question mark") {
  CHECK(fit("a\x1b[2Jb", 20) == "a?[2Jb");
  CHECK(fit("one\ntwo", 20) == "one?two");
  CHECK(fit("a\u202eb", 20) == "a?b");
  CHECK(fit("\xff\xfe", 20) == "\ufffd\ufffd");
}

TEST_CASE("lines break at spaces where there are any") {
  CHECK(wrap("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("abcdefgh", 4) == std::vector<std::string>{"abcd", "efgh"});
  CHECK(wrap("", 4) == std::vector<std::string>{""});
}

TEST_CASE("a table never exceeds the screen, whatever is in it") {
  Table table({"id", "text"});
  table.add({"x", std::string(300, 'y')});
  table.add({"密", std::string(90, 'z') + " 密密密密密密密密密密密密密密"});
  std::string text = table.text();
  while (!text.empty()) {
    const auto end = text.find('\n');
    CHECK(display_width(text.substr(0, end)) <= kScreenColumns);
    text.erase(0, end + 1);
  }
}

}  // namespace
}  // namespace quietus::cli
