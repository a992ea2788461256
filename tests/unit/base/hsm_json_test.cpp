#include "base/hsm_json.hpp"

#include <catch2/catch.hpp>

using namespace quietus;

namespace {

HsmKeyAttributes attributes() {
  return {true, true, false, true, true, false, false, true, 31, 32, "records-1"};
}

HsmInfo info() {
  return {"maker", "model", "serial", "2.6", "library", "token", "profile", "unlinked", true};
}

/// Without any one member, with one more, or with one of another type it is not read.
template <class T>
void check_strict(const T& value, Result<T> (*read)(const Json&)) {
  const Json json = to_json(value);
  const auto again = read(json);
  REQUIRE(again);
  CHECK(to_json(*again) == json);
  for (const auto& [name, member] : *json.object()) {
    INFO(name);
    Json::Object less = *json.object(), other = *json.object();
    less.erase(name);
    other[name] = Json();
    CHECK_FALSE(read(less));
    CHECK_FALSE(read(other));
  }
  Json::Object more = *json.object();
  more["more"] = true;
  CHECK_FALSE(read(more));
}

Result<HsmKeyRef> ref_of(const Json& text) {
  const Json json = Json::Object{{"id", text}};
  ObjectReader reader(json, "test");
  const HsmKeyRef ref = read_hsm_key_ref(reader, "id");
  QUIETUS_CHECK(reader.finish());
  return ref;
}

}  // namespace

TEST_CASE("attributes and description of an HSM read back, and in no other form") {
  check_strict(attributes(), &hsm_key_attributes_from_json);
  check_strict(info(), &hsm_info_from_json);
}

TEST_CASE("what was not read when it was kept stays unsaid") {
  CHECK(to_json(attributes()).find("usage") == nullptr);
  CHECK(to_json(info()).find("copy_revives_keys") == nullptr);
  CHECK_FALSE(hsm_key_attributes_from_json(to_json(attributes()))->usage);
  CHECK_FALSE(hsm_info_from_json(to_json(info()))->copy_revives_keys);
}

TEST_CASE("uses of a key and the meaning of copies read back") {
  auto a = attributes();
  for (int use = 0; use < 7; ++use) {
    a.usage = {use == 0, use == 1, use == 2, use == 3, use == 4, use == 5, use == 6};
    CHECK(hsm_key_attributes_from_json(to_json(a))->usage == a.usage);
  }
  for (const auto& [name, member] : *to_json(a).find("usage")->object()) {
    Json json = to_json(a);
    json["usage"].object()->erase(name);
    CHECK_FALSE(hsm_key_attributes_from_json(json));
  }
  Json json = to_json(a);
  json["usage"] = Json();
  CHECK_FALSE(hsm_key_attributes_from_json(json));
  for (const bool revives : {false, true}) {
    auto i = info();
    i.copy_revives_keys = revives;
    CHECK(hsm_info_from_json(to_json(i))->copy_revives_keys == revives);
  }
}

TEST_CASE("what an HSM says about itself and a key is bounded") {
  auto a = attributes();
  a.label = std::string(256, 'a');
  a.value_length_bytes = 65536;
  CHECK(hsm_key_attributes_from_json(to_json(a)));
  a.value_length_bytes = 65537;
  CHECK_FALSE(hsm_key_attributes_from_json(to_json(a)));
  a = attributes();
  a.label = std::string(257, 'a');
  CHECK_FALSE(hsm_key_attributes_from_json(to_json(a)));
  auto i = info();
  i.destroy_meaning = std::string(4096, 'a');
  CHECK(hsm_info_from_json(to_json(i)));
  i.serial = std::string(257, 'a');
  CHECK_FALSE(hsm_info_from_json(to_json(i)));
}

TEST_CASE("the id of a key on the token has one spelling") {
  HsmKeyRef ref;
  ref.cka_id.fill(0xab);
  CHECK(to_json(ref) == Json("abababababababababababababababab"));
  CHECK(*ref_of(to_json(ref)) == ref);
  for (const Json& other : {Json("ABABABABABABABABABABABABABABABAB"), Json("ababababababababababababababab"),
                            Json("abababababababababababababababab00"), Json(""), Json(7), Json()}) {
    CHECK_FALSE(ref_of(other));
  }
}
