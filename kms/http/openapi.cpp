#include "kms/http/openapi.hpp"

#include <string>

namespace quietus::http {

namespace {

constexpr std::string_view kProblem = "#/components/schemas/Problem";

Json schema_of(const Member& member) {
  Json schema;
  schema["type"] = member.type;
  schema["description"] = member.description;
  if (member.type == "array") schema["items"] = Json::Object{};
  return schema;
}

Json parameter(std::string_view name, std::string_view where, bool required, std::string_view description) {
  Json json;
  json["name"] = name;
  json["in"] = where;
  json["required"] = required;
  json["description"] = description;
  json["schema"]["type"] = "string";
  return json;
}

Json parameters(const Route& route) {
  Json::Array list;
  for (std::string_view rest = route.pattern;;) {
    const auto open = rest.find('{');
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    const auto name = rest.substr(open + 1, close - open - 1);
    if (name.ends_with("...")) {
      list.push_back(parameter(name.substr(0, name.size() - 3), "path", true, "the rest of the path"));
    } else {
      list.push_back(parameter(name, "path", true, "id: 1..64 characters of A-Z a-z 0-9 . _ -"));
    }
    rest.remove_prefix(close);
  }
  for (const auto& member : route.query) {
    list.push_back(parameter(member.name, "query", member.required, member.description));
  }
  if (route.repeat == Repeat::by_key) {
    list.push_back(
        parameter("Idempotency-Key", "header", false,
                  "1..64 visible ASCII characters; a repeated request gets the first answer for 24 hours"));
  }
  if (route.takes != Takes::json) {
    list.push_back(parameter("Associated-Data", "header", false,
                             "base64, at most 4095 bytes; with a body of octets: bound to it"));
  }
  return list;
}

Json request_body(const Route& route) {
  Json schema;
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  Json::Array required;
  for (const auto& member : route.body) {
    schema["properties"][member.name] = schema_of(member);
    if (member.required) required.emplace_back(member.name);
  }
  if (!required.empty()) schema["required"] = std::move(required);
  Json body;
  body["required"] = true;
  if (!route.body.empty()) body["content"]["application/json"]["schema"] = std::move(schema);
  if (route.takes != Takes::json) body["content"]["application/octet-stream"]["schema"] = Json::Object{};
  return body;
}

Json responses(const Route& route) {
  Json json;
  json["2XX"]["description"] = "done";
  if (route.answer == Answer::json) {
    json["2XX"]["content"]["application/json"]["schema"]["type"] = "object";
  } else {
    json["2XX"]["content"]["application/octet-stream"]["schema"] = Json::Object{};
  }
  json["default"]["description"] = "refused or failed";
  json["default"]["content"]["application/problem+json"]["schema"]["$ref"] = kProblem;
  return json;
}

std::string_view who_text(Who who) {
  switch (who) {
    case Who::nobody:
      return "needs no certificate";
    case Who::anyone:
      return "a person or a host";
    case Who::reader:
      return "a person or a host; without a certificate where the ledger is public";
    case Who::person:
      return "a person";
    case Who::host:
      return "the eraser of the host in the path";
  }
  return "";
}

Json operation(const Route& route) {
  Json json;
  json["operationId"] = route.name;
  json["summary"] = route.summary;
  json["description"] = "Who: " + std::string(who_text(route.who)) + '.';
  Json given = parameters(route);
  if (!given.array()->empty()) json["parameters"] = std::move(given);
  if (!route.body.empty() || route.takes != Takes::json) json["requestBody"] = request_body(route);
  json["responses"] = responses(route);
  Json::Array security;
  if (route.who != Who::nobody) security.emplace_back(Json::Object{{"certificate", Json::Array{}}});
  json["security"] = std::move(security);
  return json;
}

Json problem_schema() {
  Json schema;
  schema["type"] = "object";
  for (const char* name : {"type", "title", "detail", "next_step", "request_id"}) {
    schema["properties"][name]["type"] = "string";
  }
  schema["properties"]["status"]["type"] = "integer";
  return schema;
}

/// A parameter that takes the rest of the path is one like the others in the document.
std::string documented(std::string_view pattern) {
  std::string path(pattern);
  if (const auto dots = path.find("...}"); dots != std::string::npos) path.erase(dots, 3);
  return path;
}

std::string lower(std::string_view method) { return method == "GET" ? "get" : "post"; }

}  // namespace

Json openapi(std::span<const Route> table) {
  Json document;
  document["openapi"] = "3.1.0";
  document["info"]["title"] = "Quietus key management service";
  document["info"]["version"] = "1";
  for (const auto& route : table)
    document["paths"][documented(route.pattern)][lower(route.method)] = operation(route);
  document["components"]["schemas"]["Problem"] = problem_schema();
  document["components"]["securitySchemes"]["certificate"]["type"] = "mutualTLS";
  return document;
}

}  // namespace quietus::http
