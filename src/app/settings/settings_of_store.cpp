#include "settings_of_store.hpp"

#include <map>
#include <string_view>

#include <fmt/format.h>

#include "../exit_code.hpp"
#include "settings.hpp"

namespace consent_sync::app {
namespace {

constexpr std::string_view placeholder = "{store}";

std::string named(std::string text, const std::string& store) {
  for (auto at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + store.size())) {
    text.replace(at, placeholder.size(), store);
  }
  return text;
}

/// What no two stores may have the same of.
struct Own {
  std::string_view key;
  std::string (*value)(const Config&);
  std::string_view why;
  std::string_view remedy;
};

bool may_be_shared(const std::string& listen) {
  return listen.empty() || listen.ends_with(":0");
}

bool tell_rows_apart(const StoreJob& one, const StoreJob& other) {
  return !one.config.input.store_column.empty() && !other.config.input.store_column.empty();
}

constexpr std::string_view put_store_in = "put {store} in its name";

const Own all_own[] = {
    {"input.path", [](const Config& c) { return c.input.path; },
     "a customer's id is another customer's in another store",
     "put {store} in its name, or name the column that tells them apart in input.store_column"},
    {"ledger", [](const Config& c) { return c.ledger.starts_with("sqlite:") ? c.ledger : std::string(); },
     "one store would wait for the other", put_store_in},
    {"metrics.file", [](const Config& c) { return c.metrics.file; }, "one would overwrite the other's",
     put_store_in},
    {"metrics.listen",
     [](const Config& c) { return may_be_shared(c.metrics.listen) ? std::string() : c.metrics.listen; },
     "one process listens there", "set another in each entry, or metrics.file"},
};

}  // namespace

void name_store(Config& config) {
  const std::string& store = config.store.hash;
  if (store.empty()) return;
  for (const Setting& setting : settings()) {
    if (!setting.is_path) continue;
    const std::string value = setting.show(config);
    if (value.find(placeholder) != std::string::npos) setting.apply(config, named(value, store));
  }
  config.store.token_command = named(config.store.token_command, store);
  config.store.token_credential = named(config.store.token_credential, store);
}

void set_apart(Config& config, const StoreEntry& entry) {
  if (config.store.hash != entry.hash) {
    throw Failure(ExitCode::usage,
                  fmt::format("{} names several stores, and a flag or the environment sets store.hash to {}: "
                              "choose with --store or --only-store",
                              entry.where, config.store.hash));
  }
  if (config.report.dir.find(placeholder) != std::string::npos) {
    throw Failure(
        ExitCode::usage,
        fmt::format("report.dir is \"{}\": leave {} out; each store has a directory of its name in it",
                    config.report.dir, placeholder));
  }
  if (config.ledger == Config().ledger) config.ledger = fmt::format("sqlite:consent-sync-{}.db", placeholder);
  config.report.dir = (std::filesystem::path(config.report.dir) / entry.hash).string();
}

std::string in_common(const std::vector<StoreJob>& stores) {
  for (const Own& own : all_own) {
    std::map<std::string, const StoreJob*> owners;
    for (const StoreJob& job : stores) {
      const std::string value = own.value(job.config);
      if (value.empty()) continue;
      const auto [other, is_first] = owners.emplace(value, &job);
      if (is_first || (own.key == "input.path" && tell_rows_apart(job, *other->second))) continue;
      return fmt::format("{} and {}: stores {} and {} have the same {}, {}, and {}: {}", other->second->where,
                         job.where, other->second->config.store.hash, job.config.store.hash, own.key, value,
                         own.why, own.remedy);
    }
  }
  return "";
}

}  // namespace consent_sync::app
