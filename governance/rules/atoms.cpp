#include "governance/rules/atoms.hpp"

#include <algorithm>

#include "governance/rules/parser.hpp"

namespace quietus::rules {
namespace {

constexpr std::size_t kMaxMembers = 64;

std::string called(std::string_view function, std::span<const Value> arguments, const TimeZone& zone) {
  std::string key(function);
  for (const Value& one : arguments) key += (key.size() == function.size() ? "(" : ",") + to_text(one, zone);
  return key + ")";
}

/// What an atom is about, as the evaluation will ask for it: the same facts, asked one last time.
class Question : public Facts {
 public:
  Question(const Facts& facts, std::string& key) : facts_(facts), key_(key) {}
  [[nodiscard]] Value bound(std::string_view name) const override {
    return seen(std::string(name), facts_.bound(name));
  }
  [[nodiscard]] Value members(std::string_view set) const override {
    return seen(std::string(set), facts_.members(set));
  }
  [[nodiscard]] Value attribute(const Entity& of, std::string_view name) const override {
    return seen(of.id + "." + std::string(name), facts_.attribute(of, name));
  }
  [[nodiscard]] Value call(std::string_view function, std::span<const Value> arguments) const override {
    return seen(called(function, arguments, zone()), facts_.call(function, arguments));
  }
  [[nodiscard]] const TimeZone& zone() const override { return facts_.zone(); }

 private:
  [[nodiscard]] Value seen(std::string key, Value answer) const {
    key_ = std::move(key);  // the outermost question is the last one
    return answer;
  }
  const Facts& facts_;
  std::string& key_;
};

std::unexpected<Error> wrong(const std::string& atom, const std::string& why) {
  return fail(ErrorKind::invalid_input, "fact \"" + atom + "\": " + why);
}

Result<Value> value_of(const Json& json, const Type& type, const TimeZone& zone) {
  if (const bool* truth = json.boolean()) return Value(*truth);
  if (const std::int64_t* integer = json.integer()) return Value(*integer);
  const std::string* text = json.string();
  if (text == nullptr) return fail(ErrorKind::invalid_input, "expected true, false, a number or a text");
  QUIETUS_TRY(value, parse_literal(*text, zone));
  if (type.kind == Kind::age && kind_of(value) == Kind::instant) return Value(Age{std::get<UnixMs>(value)});
  return value;
}

Status fits(const Value& value, const Type& type, const Vocabulary& vocabulary) {
  const bool whole = type.kind == Kind::share && kind_of(value) == Kind::integer;
  if (kind_of(value) != type.kind && !whole) {
    return fail(ErrorKind::invalid_input, "expected " + std::string(to_string(type.kind)) + ", not " +
                                              std::string(to_string(kind_of(value))));
  }
  Symbols words;
  if (const auto* symbol = std::get_if<Symbol>(&value)) words.insert(*symbol);
  if (const auto* set = std::get_if<Symbols>(&value)) words = *set;
  const auto* known = vocabulary.words(type.of);
  for (const Symbol& one : words) {
    if (known != nullptr && known->contains(one.word)) continue;
    const auto right = known == nullptr ? std::vector<std::string>()
                                        : std::vector<std::string>(known->begin(), known->end());
    return fail(ErrorKind::invalid_input,
                "there is no " + type.of + " `" + one.word + "`" + suggestion(one.word, right));
  }
  return {};
}

}  // namespace

Result<AtomFacts> AtomFacts::read(const Json::Object& atoms, const Vocabulary& vocabulary,
                                  const Parameters& parameters, TimeZone zone) {
  AtomFacts facts;
  facts.zone_ = std::move(zone);
  Vocabulary known = vocabulary;
  for (const std::string& name : vocabulary.names()) {
    const Type& type = *vocabulary.name(name);
    if (type.kind == Kind::entity) facts.entities_[name] = {type.of, name};
  }
  for (const auto& [atom, json] : atoms) {  // members of sets first: other atoms are about them
    if (json.array() != nullptr) QUIETUS_CHECK(facts.take_set(atom, json, known));
  }
  for (const auto& [atom, json] : atoms) {
    if (json.array() == nullptr) QUIETUS_CHECK(facts.take_atom(atom, json, known, parameters));
  }
  return facts;
}

Status AtomFacts::take_set(const std::string& set, const Json& members, Vocabulary& vocabulary) {
  const Parameters none;
  const auto named = Expression::parse(set, vocabulary, none);
  if (!named) return wrong(set, named.error().message);
  if (named->type().kind != Kind::entities) return wrong(set, "is not a set of members");
  if (members.array()->size() > kMaxMembers) return wrong(set, "has too many members");
  Entities entities;
  for (const Json& member : *members.array()) {
    const std::string* id = member.string();
    if (id == nullptr || !is_identifier(*id)) return wrong(set, "members are words, like h1");
    const Type* taken = vocabulary.name(*id);
    if (taken != nullptr && *taken != Type{Kind::entity, named->type().of})
      return wrong(set, "`" + *id + "` is the name of something else");
    if (std::ranges::any_of(entities, [&](const Entity& one) { return one.id == *id; }))
      return wrong(set, "`" + *id + "` is there twice");
    vocabulary.add_entity(*id, named->type().of);
    entities_[*id] = {named->type().of, *id};
    entities.push_back(entities_[*id]);
  }
  std::string key;
  (void)named->value(Question(*this, key));
  answers_[key] = std::move(entities);
  return {};
}

Status AtomFacts::take_atom(const std::string& atom, const Json& json, const Vocabulary& vocabulary,
                            const Parameters& parameters) {
  const auto named = Expression::parse(atom, vocabulary, parameters);
  if (!named) return wrong(atom, named.error().message);
  const Type& type = named->type();
  std::string key;
  (void)named->value(Question(*this, key));
  const std::string asked(named->asks());
  if (asked.empty()) return wrong(atom, "expected one name, attribute or function");
  if (key != asked && !key.ends_with("." + asked) && !key.starts_with(asked + "(")) {
    return wrong(atom, "depends on \"" + key + "\", which is not given");
  }
  if (type.kind == Kind::entity || type.kind == Kind::entities)
    return wrong(atom, "expected an attribute or a function of it");
  const auto value = value_of(json, type, zone_);
  if (!value) return wrong(atom, value.error().message);
  if (const auto fit = fits(*value, type, vocabulary); !fit) return wrong(atom, fit.error().message);
  if (!answers_.emplace(key, *value).second) return wrong(atom, "is given twice");
  return {};
}

Value AtomFacts::known(const std::string& key) const {
  const auto found = answers_.find(key);
  return found == answers_.end() ? Value(Unknown{}) : found->second;
}

Value AtomFacts::bound(std::string_view name) const {
  const auto entity = entities_.find(name);
  return entity == entities_.end() ? known(std::string(name)) : Value(entity->second);
}

Value AtomFacts::attribute(const Entity& of, std::string_view name) const {
  const std::string key = of.id + "." + std::string(name);
  if (of.kind == "person" && name == "party")
    return Entity{"party", key};  // somebody, of whom more may be told
  return known(key);
}

Value AtomFacts::members(std::string_view set) const { return known(std::string(set)); }
Value AtomFacts::call(std::string_view function, std::span<const Value> arguments) const {
  return known(called(function, arguments, zone_));
}

}  // namespace quietus::rules
