// quietus keyring …: many keys under one root.
#include <openssl/crypto.h>

#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "cli/api.hpp"
#include "cli/commands.hpp"
#include "cli/sheet.hpp"
#include "cli/terminal/table.hpp"

namespace quietus::cli {
namespace {

struct Options {
  std::string id, case_id, holding, key_class = "wrapped", keys, reason, in;
  int count = 1, hours = 24 * 7;
};
using Shared = std::shared_ptr<Options>;

void print_keyring(const Json& json, const Context& context) {
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return;
  }
  Sheet sheet(context);
  sheet.row("密钥环", "keyring", text_of(json, "keyring"));
  sheet.row("资料项", "holding", text_of(json, "holding"));
  sheet.row("类别", "class", text_of(json, "class"));
  sheet.row("世代", "epoch", std::to_string(number_of(json, "epoch")));
  sheet.row("现存密钥", "living keys", std::to_string(number_of(json, "keys")));
  if (flag_of(json, "frozen")) sheet.row("封存", "frozen", std::string(context.say("是", "yes")));
  if (const Json* states = json.find("states"); states != nullptr && states->object() != nullptr)
    for (const auto& [state, numbers] : *states->object())
      sheet.named("  " + state, numbers.string() != nullptr ? *numbers.string() : std::string());
  for (const auto& one : list_of(json, "scheduled"))
    sheet.row("将销毁", "to be destroyed", text_of(one, "keys") + "  " + text_of(one, "due"));
  sheet.row("已排期仍在用", "still used while scheduled", text_of(json, "used_while_scheduled"));
  std::cout << sheet.text();
}

Result<ExitCode> create(const Options& options, const Context& context) {
  QUIETUS_TRY(path, holding_path(options.case_id, options.holding));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.post(path + ":createKeyring", Json::Object{{"class", options.key_class}}));
  print_keyring(json, context);
  return ExitCode::ok;
}

Result<ExitCode> list(const Context& context) {
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get("/v1/keyrings"));
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
    return ExitCode::ok;
  }
  Table table({std::string(context.say("密钥环", "keyring")), std::string(context.say("类别", "class")),
               std::string(context.say("世代", "epoch")), std::string(context.say("现存密钥", "living keys")),
               std::string(context.say("资料项", "holding"))});
  for (const auto& one : list_of(json, "keyrings"))
    table.add({text_of(one, "keyring"), text_of(one, "class"), std::to_string(number_of(one, "epoch")),
               std::to_string(number_of(one, "keys")), text_of(one, "holding")});
  std::cout << table.text();
  return ExitCode::ok;
}

Result<ExitCode> show(const Options& options, const Context& context) {
  QUIETUS_TRY(path, keyring_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.get(path));
  print_keyring(json, context);
  return ExitCode::ok;
}

void print_new_keys(const Json& json, const Context& context) {
  if (context.json) {
    std::cout << json.write_pretty() << "\n";
  } else {
    std::cout << text_of(json, "first")
              << (number_of(json, "count") > 1 ? "  (" + text_of(json, "keys") + ")" : "") << "\n";
  }
}

Result<ExitCode> add(const Options& options, const Context& context) {
  QUIETUS_TRY(path, keyring_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  QUIETUS_TRY(json, api.post(path + ":addKeys", Json::Object{{"count", options.count}}));
  print_new_keys(json, context);
  return ExitCode::ok;
}

Result<ExitCode> import(const Options& options, const Context& context) {
  QUIETUS_TRY(path, keyring_path(options.id));
  QUIETUS_TRY(key, read_file(options.in, 4096));
  QUIETUS_TRY(api, Api::open(context));
  const auto json = api.post_octets(path + ":importKey", key);
  OPENSSL_cleanse(key.data(), key.size());
  if (!json) return std::unexpected(json.error());
  print_new_keys(*json, context);
  return ExitCode::ok;
}

Result<ExitCode> act(const Options& options, const Context& context, const char* verb, Json body) {
  QUIETUS_TRY(path, keyring_path(options.id));
  QUIETUS_TRY(api, Api::open(context));
  body["keys"] = options.keys;
  QUIETUS_TRY(json, api.post(path + verb, body));
  print_keyring(json, context);
  return ExitCode::ok;
}

void add_life(Command keyring, const Shared& options, const Context& context) {
  const auto on_keys = [&](const char* name, const char* help) {
    return keyring.add(name, help)
        .text("KEYRING", options->id, "Keyring id", true)
        .text("--keys", options->keys, "Numbers as ranges: 1-3,7", true);
  };
  on_keys("rotate", "A new version of each key; older ones still decrypt (轮换)").runs([options, &context] {
    return act(*options, context, ":rotateKeys", Json::Object{});
  });
  for (const auto& [name, help] :
       {std::pair{"activate", "Make pre-active keys active (启用)"},
        std::pair{"deactivate", "They still decrypt, and protect nothing new (停用)"},
        std::pair{"suspend", "No use until it is lifted (暂停)"},
        std::pair{"resume", "Lift a suspension (恢复)"},
        std::pair{"compromise", "Somebody else may have them (泄露)"}}) {
    on_keys(name, help)
        .text("--reason", options->reason, "Why, for the ledger", true)
        .runs([options, &context, change = name] {
          return act(*options, context, ":changeKeys",
                     Json::Object{{"change", change}, {"reason", options->reason}});
        });
  }
  on_keys("schedule", "Destroy keys when the time has come, unless cancelled (排期销毁)")
      .number("--hours", options->hours, "From now; at least the waiting period (default 168)", 1, 24 * 365)
      .text("--reason", options->reason, "Why, for the ledger", true)
      .runs([options, &context] {
        return act(*options, context, ":scheduleDestruction",
                   Json::Object{{"hours", options->hours}, {"reason", options->reason}});
      });
  on_keys("cancel", "Scheduled keys go back to where they were (取消销毁)")
      .text("--reason", options->reason, "Why, for the ledger", true)
      .runs([options, &context] {
        return act(*options, context, ":cancelDestruction", Json::Object{{"reason", options->reason}});
      });
}

}  // namespace

void add_keyring_commands(Command top, const Context& context) {
  const auto options = std::make_shared<Options>();
  Command keyring = top.add("keyring", "Many keys under one root (密钥环)");
  keyring.add("create", "A keyring for a record set")
      .text("--case", options->case_id, "Case id", true)
      .text("--holding", options->holding, "Holding id", true)
      .text("--class", options->key_class, "wrapped (1,024 keys) or record (a million); default wrapped")
      .runs([options, &context] { return create(*options, context); });
  keyring.add("list", "Keyrings in your cases").runs([&context] { return list(context); });
  keyring.add("show", "One keyring and its keys by state")
      .text("KEYRING", options->id, "Keyring id", true)
      .runs([options, &context] { return show(*options, context); });
  keyring.add("add", "New keys (新建密钥)")
      .text("KEYRING", options->id, "Keyring id", true)
      .number("--count", options->count, "How many (default 1)", 1, 1 << 20)
      .runs([options, &context] { return add(*options, context); });
  keyring.add("import", "A key from outside: a file of 32 octets (导入密钥)")
      .text("KEYRING", options->id, "Keyring id", true)
      .text("--in", options->in, "File with the key", true)
      .runs([options, &context] { return import(*options, context); });
  add_life(keyring, options, context);
}

}  // namespace quietus::cli
