#include "kms/backup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <map>

#include "base/encoding.hpp"
#include "base/file.hpp"
#include "kms/house.hpp"

namespace quietus::kms {
namespace {

constexpr const char* kUsage =
    "usage: quietus-kms backup create --config FILE --out FOLDER\n"
    "       quietus-kms backup check --config FILE --from FOLDER\n"
    "       quietus-kms backup restore --config FILE --from FOLDER [--accept-lost]\n";

struct Arguments {
  std::string verb, config, out, from;
  bool accept_lost = false;
};

bool fit_together(const Arguments& arguments) {
  if (arguments.config.empty()) return false;
  if (arguments.verb == "create")
    return !arguments.out.empty() && arguments.from.empty() && !arguments.accept_lost;
  if (arguments.verb != "check" && arguments.verb != "restore") return false;
  return !arguments.from.empty() && arguments.out.empty() &&
         (arguments.verb == "restore" || !arguments.accept_lost);
}

std::optional<Arguments> parse(const std::vector<std::string>& words) {
  Arguments out;
  if (words.empty()) return std::nullopt;
  out.verb = words.front();
  const std::map<std::string, std::string*> texts{
      {"--config", &out.config}, {"--out", &out.out}, {"--from", &out.from}};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto text = texts.find(words[i]);
    if (words[i] == "--accept-lost") {
      out.accept_lost = true;
    } else if (text != texts.end() && i + 1 < words.size()) {
      *text->second = words[++i];
    } else {
      return std::nullopt;
    }
  }
  return fit_together(out) ? std::optional(out) : std::nullopt;
}

/// Files that another user makes beside the database would keep kms from it.
Status check_user(const Settings& settings) {
  struct stat info{};
  if (::stat(settings.state_dir.c_str(), &info) != 0) return io_error("look at", settings.state_dir);
  if (info.st_uid == ::geteuid()) return {};
  return fail(ErrorKind::denied, settings.state_dir + " belongs to another user",
              "run this as the user that kms runs as");
}

Json manifest_json(const Manifest& manifest) {
  return Json(Json::Object{{"database", hex(manifest.database)},
                           {"keys", manifest.keys.size()},
                           {"ledger_root", hex(manifest.ledger_root)},
                           {"ledger_size", manifest.ledger_size},
                           {"taken", rfc3339(manifest.taken)}});
}

Json examined_json(const Examined& examined) {
  Json::Array keys;
  for (const auto& answer : examined.answers)
    keys.emplace_back(Json::Object{{"class", to_string(answer.key.key_class)},
                                   {"epoch", answer.key.epoch},
                                   {"id", answer.key.id},
                                   {"verdict", to_string(answer.verdict)},
                                   {"why", answer.why}});
  return Json(Json::Object{{"good", examined.good()},
                           {"keys", std::move(keys)},
                           {"ledger_size", examined.manifest.ledger_size},
                           {"remembered_size", examined.remembered},
                           {"standing", to_string(examined.standing)},
                           {"taken", rfc3339(examined.manifest.taken)}});
}

int print(const Json& json, bool good = true) {
  std::cout << json.write() << std::endl;
  return good ? 0 : 1;
}

int create(const Settings& settings, const Arguments& arguments) {
  const auto manifest = create_backup(settings, arguments.out);
  return manifest ? print(manifest_json(*manifest)) : report_as_cli(manifest.error());
}

int check_it(const Settings& settings, const Arguments& arguments) {
  const auto examined = examine(settings, arguments.from, arguments.from + "/" + kDatabaseFile);
  return examined ? print(examined_json(*examined), examined->good()) : report_as_cli(examined.error());
}

int restore(const Settings& settings, const Arguments& arguments) {
  const auto restored = restore_backup(settings, arguments.from, arguments.accept_lost);
  if (!restored) return report_as_cli(restored.error());
  Json json = examined_json(restored->examined);
  json["kept"] = restored->kept;
  return print(json);
}

}  // namespace

int backup(const std::vector<std::string>& words) {
  const auto arguments = parse(words);
  if (!arguments) {
    std::fputs(kUsage, stderr);
    return kExitUsage;
  }
  const auto settings = load_settings(arguments->config);
  if (!settings) return report_as_cli(settings.error());
  if (const Status ours = check_user(*settings); !ours) return report_as_cli(ours.error());
  if (arguments->verb == "create") return create(*settings, *arguments);
  return arguments->verb == "check" ? check_it(*settings, *arguments) : restore(*settings, *arguments);
}

}  // namespace quietus::kms
