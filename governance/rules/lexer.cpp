#include "governance/rules/lexer.hpp"

#include <algorithm>

#include "governance/rules/calendar.hpp"
#include "governance/rules/expression.hpp"

namespace quietus::rules {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::size_t run(std::string_view text, std::size_t at, auto belongs) {
  while (at < text.size() && belongs(text[at])) ++at;
  return at;
}
bool in_word(char c) { return letter(c) || digit(c); }
bool in_number(char c) { return in_word(c) || c == '-' || c == '/'; }

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, digit); }

/// Everything that begins with a digit is one of four forms, whole.
Result<Token> number(std::string_view text, std::size_t begin) {
  const std::string word(text.substr(begin, run(text, begin, in_number) - begin));
  Token token{Token::Kind::integer, word, begin};
  const auto slash = word.find('/');
  if (all_digits(word)) {
    if (word.size() > 15) return error_at(begin, "the number has more than 15 digits");
  } else if (slash != std::string::npos) {
    const std::string part = word.substr(0, slash), of = word.substr(slash + 1);
    if (!all_digits(part) || !all_digits(of) || word.size() > 31 || part.size() > 15 || of.size() > 15 ||
        std::ranges::all_of(of, [](char c) { return c == '0'; })) {
      return error_at(begin, "`" + word + "` is not a share; expected one like 992/1000");
    }
    token.kind = Token::Kind::share;
  } else if (parse_date(word)) {
    token.kind = Token::Kind::date;
  } else if (word.find('-') != std::string::npos) {
    return error_at(begin, "`" + word + "` is not a date; expected one that exists, like 2027-01-01");
  } else if (parse_duration(word)) {
    token.kind = Token::Kind::duration;
  } else {
    return error_at(
        begin, "`" + word + "` is not a duration; expected y, mo, d, h in this order, like 10y or 1y6mo");
  }
  return token;
}

Result<Token> sign(std::string_view text, std::size_t begin) {
  static constexpr std::string_view kSigns[] = {"==", "!=", "<=", ">=", "<", ">", "(",
                                                ")",  "{",  "}",  ",",  ".", ":", "+"};
  for (const std::string_view one : kSigns) {
    if (text.substr(begin).starts_with(one)) return Token{Token::Kind::sign, std::string(one), begin};
  }
  const char c = text[begin];
  if (c == '=') return error_at(begin, "`=` is no sign of the language; expected `==`");
  if (c == '!') return error_at(begin, "`!` is no sign of the language; expected `not` or `!=`");
  if (c == '-') return error_at(begin, "`-` is no sign of the language; add to the other side instead");
  if (c == '"' || c == '\'') return error_at(begin, "words are written without quotes");
  if (c < ' ' || c > '~') return error_at(begin, "expressions are printable ASCII");
  return error_at(begin, std::string("`") + c + "` is no sign of the language");
}

}  // namespace

bool is_identifier(std::string_view text) {
  return !text.empty() && letter(text[0]) && std::ranges::all_of(text, in_word);
}

std::unexpected<Error> error_at(std::size_t begin, const std::string& what) {
  return fail(ErrorKind::invalid_input, "column " + std::to_string(begin + 1) + ": " + what);
}

Result<std::vector<Token>> tokens_of(std::string_view text) {
  if (text.size() > kMaxExpressionBytes) {
    return error_at(kMaxExpressionBytes,
                    "the expression is longer than " + std::to_string(kMaxExpressionBytes) + " characters");
  }
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == ' ') {
      ++at;
    } else if (letter(c)) {
      const std::size_t end = run(text, at, in_word);
      tokens.push_back({Token::Kind::identifier, std::string(text.substr(at, end - at)), at});
      at = end;
    } else if (c == '$') {
      const std::size_t end = run(text, at + 1, in_word);
      tokens.push_back({Token::Kind::parameter, std::string(text.substr(at + 1, end - at - 1)), at});
      at = end;
    } else if (digit(c)) {
      QUIETUS_TRY(token, number(text, at));
      at += token.text.size();
      tokens.push_back(std::move(token));
    } else {
      QUIETUS_TRY(token, sign(text, at));
      at += token.text.size();
      tokens.push_back(std::move(token));
    }
  }
  tokens.push_back({Token::Kind::end, {}, text.size()});
  return tokens;
}

}  // namespace quietus::rules
