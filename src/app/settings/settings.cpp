#include "settings.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

#include <consent_sync/ledger/ledger.hpp>

#include "../exit_code.hpp"
#include "api_url.hpp"
#include "operating_settings.hpp"
#include "planning_settings.hpp"
#include "values.hpp"

namespace consent_sync::app {
namespace {

const std::vector<std::string_view> formats{"auto", "csv", "ndjson"};
const std::vector<std::string_view> rate_shapes{"even", "burst"};
const std::vector<std::string_view> encodings{"auto",     "utf-8",  "utf-16",      "utf-16le",
                                              "utf-16be", "latin1", "windows-1252"};

using Apply = std::function<void(Config&, std::string_view)>;
using Show = std::function<std::string(const Config&)>;

// A token put here by mistake must not pass for a name, and is not repeated.
std::string parse_variable_name(std::string_view text) {
  const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_part)) return std::string(text);
  throw std::invalid_argument(
      "expected the name of a variable, in capitals; the token itself never stands here");
}

std::string parse_credential_name(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == '{' || c == '}';  // {store}
  };
  if (!text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), is_part))
    return std::string(text);
  throw std::invalid_argument("expected the name of a credential, as LoadCredential= has it");
}

std::string parse_ledger(std::string_view text) {
  try {
    ledger::describe_location(std::string(text));
    return std::string(text);
  } catch (const ledger::LedgerError&) {
    throw std::invalid_argument("expected sqlite:FILE or postgresql://USER@HOST/DATABASE");
  }
}

std::chrono::milliseconds parse_lease(std::string_view text) {
  const std::chrono::milliseconds lease = parse_duration(text);
  if (lease >= std::chrono::seconds(3) && lease <= std::chrono::hours(1)) return lease;
  throw std::invalid_argument("expected a time from 3s to 1h");
}

// What may hold a secret by design or by mistake is not repeated in an error.
bool may_be_repeated(const Setting& setting, std::string_view value) {
  return setting.key != "store.token_env" && setting.key != "store.token_command" &&
         !setting.key.starts_with("hooks.on_") && !setting.is_map &&
         value.find("://") == std::string_view::npos &&
         !(setting.key == "ledger" && value.find('@') != std::string_view::npos);
}

char parse_delimiter(std::string_view text) {
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1 && std::string_view(",;|\t").find(text[0]) != std::string_view::npos) return text[0];
  throw std::invalid_argument("expected one of , ; | or tab");
}

std::string parse_mapping(std::string_view text) {
  try {
    return input::overlay_mapping("", std::string(text));
  } catch (const input::MappingError& problem) {
    throw std::invalid_argument(problem.what());
  }
}

std::string show_delimiter(char delimiter) {
  if (delimiter == '\0') return "";
  return delimiter == '\t' ? "tab" : std::string(1, delimiter);
}

std::vector<Setting> store_settings() {
  return {
      {"store.hash", "HASH", "the store's permanent id, as in its API path",
       [](Config& c, std::string_view v) { c.store.hash = v; }, [](const Config& c) { return c.store.hash; }},
      {"store.api_url", "URL", "address of the API, without a path",
       [](Config& c, std::string_view v) { c.store.api_url = parse_api_url(v); },
       [](const Config& c) { return c.store.api_url; }},
      {"store.allow_plain_http", "",
       "let store.api_url be http://, to this machine itself only: for a stand-in of the store",
       [](Config& c, std::string_view v) { c.store.allow_plain_http = parse_flag(v); },
       [](const Config& c) { return show_flag(c.store.allow_plain_http); }},
      {"store.token_env", "NAME", "environment variable that holds the access token",
       [](Config& c, std::string_view v) { c.store.token_env = parse_variable_name(v); },
       [](const Config& c) { return c.store.token_env; }},
      {"store.token_file", "FILE", "file that holds the access token, readable by its owner only",
       [](Config& c, std::string_view v) { c.store.token_file = v; },
       [](const Config& c) { return c.store.token_file; }, true},
      {"store.token_credential", "NAME",
       "credential that holds the access token, in $CREDENTIALS_DIRECTORY (systemd)",
       [](Config& c, std::string_view v) { c.store.token_credential = parse_credential_name(v); },
       [](const Config& c) { return c.store.token_credential; }},
      {"store.token_command", "COMMAND",
       "shell command that prints the access token within 60 s, as a keyring's or a vault's does",
       [](Config& c, std::string_view v) { c.store.token_command = v; },
       [](const Config& c) { return std::string(c.store.token_command.empty() ? "" : "(set)"); }},
      {"store.ca_file", "FILE", "certificate authorities (PEM) to trust in place of the system's",
       [](Config& c, std::string_view v) { c.store.ca_file = v; },
       [](const Config& c) { return c.store.ca_file; }, true},
  };
}

std::vector<Setting> input_settings() {
  return {
      {"input.path", "FILE", "the input, where the command line names none; - is standard input",
       [](Config& c, std::string_view v) { c.input.path = v; }, [](const Config& c) { return c.input.path; },
       true},
      {"input.store_column", "COLUMN",
       "of an input for several stores: the column, member or JSON Pointer that holds each row's store.hash",
       [](Config& c, std::string_view v) { c.input.store_column = v; },
       [](const Config& c) { return c.input.store_column; }},
      {"input.format", "auto|csv|ndjson", "how the input is written",
       [](Config& c, std::string_view v) {
         c.input.reader.format = static_cast<input::Format>(parse_word(v, formats));
       },
       [](const Config& c) { return std::string(formats[static_cast<std::size_t>(c.input.reader.format)]); }},
      {"input.delimiter", "CHAR", "of a CSV: , ; | or tab; found in the header row when not set",
       [](Config& c, std::string_view v) { c.input.reader.delimiter = parse_delimiter(v); },
       [](const Config& c) { return show_delimiter(c.input.reader.delimiter); }},
      {"input.encoding", "auto|utf-8|utf-16|utf-16le|utf-16be|latin1|windows-1252", "of its letters",
       [](Config& c, std::string_view v) {
         c.input.reader.encoding = static_cast<input::Encoding>(parse_word(v, encodings));
       },
       [](const Config& c) { return std::string(encoding_name(c.input.reader.encoding)); }},
      {"input.preset", "PRESET",
       "how another platform's export reads: a name that `consent-sync presets` lists, or a file",
       [](Config& c, std::string_view v) { c.input.preset = v; },
       [](const Config& c) { return c.input.preset; }, true, true},
      {"input.mapping", "YAML",
       "how rows say what we need to know; beside a preset, in place of its sections",
       [](Config& c, std::string_view v) { c.input.mapping = parse_mapping(v); },
       [](const Config& c) { return c.input.mapping; }, false, false, true},
  };
}

std::vector<Setting> sending_settings() {
  return {
      {"rate.share", "SHARE", "of the store's quota that this run uses, such as 0.9 or 90%",
       [](Config& c, std::string_view v) { c.rate.share = parse_share(v, 1); },
       [](const Config& c) { return fmt::format("{}", c.rate.share); }},
      {"rate.shape", "even|burst",
       "spread our share over the quota's window, or spend it as the window turns",
       [](Config& c, std::string_view v) {
         c.rate.shape = static_cast<pace::Shape>(parse_word(v, rate_shapes));
       },
       [](const Config& c) { return std::string(rate_shapes[static_cast<std::size_t>(c.rate.shape)]); }},
      {"rate.max_requests_per_second", "RATE", "an own cap, mostly for stores without a quota",
       [](Config& c, std::string_view v) { c.rate.max_requests_per_second = parse_number(v, 0, 1e6); },
       [](const Config& c) { return show_optional(c.rate.max_requests_per_second); }},
      {"http.connections", "N", "requests in flight at most, 1 to 256",
       [](Config& c, std::string_view v) { c.http.connections = static_cast<int>(parse_integer(v, 1, 256)); },
       [](const Config& c) { return fmt::format("{}", c.http.connections); }},
      {"http.threads", "N",
       "threads that carry the connections, 1 to 64; more than one only pays without a quota",
       [](Config& c, std::string_view v) { c.http.threads = static_cast<int>(parse_integer(v, 1, 64)); },
       [](const Config& c) { return fmt::format("{}", c.http.threads); }},
      {"http.timeout", "TIME", "for each of: resolve, connect, TLS handshake, and request with its reply",
       [](Config& c, std::string_view v) { c.http.timeout = parse_duration(v); },
       [](const Config& c) { return show_duration(c.http.timeout); }},
      {"retry.attempts", "N", "tries of one change in all, 1 to 20; a 429 costs none",
       [](Config& c, std::string_view v) { c.retry.attempts = static_cast<int>(parse_integer(v, 1, 20)); },
       [](const Config& c) { return fmt::format("{}", c.retry.attempts); }},
      {"retry.budget", "SHARE", "retries that a first try pays for; 0.2 or 20% is one in five",
       [](Config& c, std::string_view v) { c.retry.budget = parse_share(v, 10); },
       [](const Config& c) { return fmt::format("{}", c.retry.budget); }},
      {"retry.base_delay", "TIME", "longest pause before the second try; doubles with each",
       [](Config& c, std::string_view v) { c.retry.base_delay = parse_duration(v); },
       [](const Config& c) { return show_duration(c.retry.base_delay); }},
      {"retry.max_delay", "TIME", "longest pause before any try",
       [](Config& c, std::string_view v) { c.retry.max_delay = parse_duration(v); },
       [](const Config& c) { return show_duration(c.retry.max_delay); }},
      {"retry.give_up_after", "TIME", "stop, resumably, when the store has been down for this long",
       [](Config& c, std::string_view v) { c.retry.give_up_after = parse_duration(v); },
       [](const Config& c) { return show_duration(c.retry.give_up_after); }},
  };
}

std::vector<Setting> keeping_settings() {
  return {
      {"ledger", "URL",
       "where runs and confirmed choices are kept: sqlite:FILE, or postgresql://USER@HOST/DATABASE for many "
       "machines",
       [](Config& c, std::string_view v) { c.ledger = parse_ledger(v); },
       [](const Config& c) { return c.ledger; }, true},
      {"ledger_lease", "TIME",
       "with PostgreSQL: how long a store stays with a process that stands still, or is cut off, before "
       "another may "
       "take it over (3s to 1h)",
       [](Config& c, std::string_view v) { c.ledger_lease = parse_lease(v); },
       [](const Config& c) { return show_duration(c.ledger_lease); }},
      {"ledger_keep", "TIME",
       "how long runs that have ended stay in the ledger, from when they ended; 0: for good. History, "
       "reports "
       "and what is confirmed stay in any case",
       [](Config& c, std::string_view v) { c.ledger_keep = parse_duration_or_zero(v); },
       [](const Config& c) { return show_duration_or_zero(c.ledger_keep); }},
  };
}

std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  for (auto part : {store_settings(), input_settings(), sending_settings(), planning_settings(),
                    keeping_settings(), operating_settings()}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

// A path in a file means the same wherever the program is started: cron starts it in a home directory.
std::string resolve(std::string_view value, const std::filesystem::path& base) {
  constexpr std::string_view sqlite = "sqlite:";
  if (value.starts_with(sqlite)) return std::string(sqlite) + resolve(value.substr(sqlite.size()), base);
  if (base.empty() || value.empty() || value == "-" || value.find("://") != std::string_view::npos) {
    return std::string(value);
  }
  return (base / value).lexically_normal().string();
}

std::string variable_prefix() {
  return "CONSENT_SYNC_";
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all = all_settings();
  return all;
}

std::string_view encoding_name(input::Encoding encoding) {
  return encodings[static_cast<std::size_t>(encoding)];
}

bool names_a_file(std::string_view value) {
  return value.find('/') != std::string_view::npos || value.ends_with(".yaml");
}

std::string flag_of(const Setting& setting) {
  std::string flag = "--" + std::string(setting.key);
  std::replace_if(
      flag.begin(), flag.end(), [](char c) { return c == '.' || c == '_'; }, '-');
  return flag;
}

std::string variable_of(const Setting& setting) {
  std::string name = variable_prefix();
  for (const char c : setting.key) name += c == '.' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

std::string group_of(const Setting& setting) {
  const auto dot = setting.key.find('.');
  return dot == std::string_view::npos ? "General" : std::string(setting.key.substr(0, dot));
}

void apply_setting(Config& config, const Setting& setting, std::string_view value, const std::string& where,
                   const std::filesystem::path& base) {
  try {
    const bool is_path = setting.is_path && !(setting.may_be_name && !names_a_file(value));
    setting.apply(config, is_path ? resolve(value, base) : std::string(value));
    if (group_of(setting) == "store") config.store.places[std::string(setting.key)] = where;
  } catch (const std::invalid_argument& problem) {
    const std::string shown = may_be_repeated(setting, value) ? fmt::format(" is \"{}\"", value) : "";
    throw Failure(ExitCode::usage, fmt::format("{}: {}{}: {}", where, setting.key, shown, problem.what()));
  }
}

void apply_environment(Config& config) {
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.push_back(variable_of(setting));
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with(variable_prefix())) continue;
    const std::string_view name = text.substr(0, text.find('='));
    if (name == config_variable) continue;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      const std::string_view meant = closest(name, {names.begin(), names.end()});
      throw Failure(ExitCode::usage,
                    fmt::format("the environment variable {} names no setting{}", name,
                                meant.empty() ? "" : fmt::format("; did you mean {}?", meant)));
    }
    const Setting& setting = settings()[static_cast<std::size_t>(found - names.begin())];
    apply_setting(config, setting, text.substr(name.size() + 1), std::string(name));
  }
}

std::string describe(const Config& config) {
  std::string lines;
  for (const Setting& setting : settings()) {
    const std::string value =
        setting.key == "ledger" ? ledger::describe_location(config.ledger) : setting.show(config);
    if (!value.empty()) lines += fmt::format("{}: {}\n", setting.key, value);
  }
  if (!config.job.empty()) lines += fmt::format("job: {}\n", config.job);
  if (!config.config_file.empty()) lines += fmt::format("config: {}\n", config.config_file);
  return lines;
}

}  // namespace consent_sync::app
