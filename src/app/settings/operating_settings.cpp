#include "operating_settings.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include <consent_sync/store/post.hpp>

#include "values.hpp"

namespace consent_sync::app {
namespace {

// Each in the order of its enumeration.
const std::vector<std::string_view> outcomes_formats{report::outcomes_formats.begin(),
                                                     report::outcomes_formats.end()};
const std::vector<std::string_view> log_levels{"trace", "debug", "info", "warn", "error", "off"};
const std::vector<std::string_view> log_formats{"text", "json"};
const std::vector<std::string_view> log_customers{"none", "id", "hash"};

std::string parse_metrics_file(std::string_view text) {
  if (text.ends_with(".prom") && text != ".prom") return std::string(text);
  throw std::invalid_argument("expected a file whose name ends in .prom: node_exporter reads no other");
}

std::string parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    throw std::invalid_argument("expected ADDRESS:PORT, such as 127.0.0.1:9464");
  }
  parse_integer(text.substr(colon + 1), 0, 65535);
  return std::string(text);
}

// Whoever knows the address of a hook can call it: what follows the host is a secret, and is not shown.
Setting hook(std::string_view key, std::string_view help, std::string Config::Hooks::*url) {
  return {key, "URL", help,
          [url](Config& c, std::string_view v) {
            store::check_post_url(v);
            c.hooks.*url = v;
          },
          [url](const Config& c) {
            return (c.hooks.*url).empty() ? std::string()
                                          : "https://" + store::host_of_post_url(c.hooks.*url) + "/...";
          }};
}

}  // namespace

std::vector<Setting> operating_settings() {
  return {
      {"report.dir", "DIR", "reports are written to DIR/RUN_ID",
       [](Config& c, std::string_view v) { c.report.dir = v; }, [](const Config& c) { return c.report.dir; },
       true},
      {"report.outcomes", "csv|csv.gz|csv.zst|ndjson|ndjson.gz|ndjson.zst",
       "how the report's line for each row is written",
       [](Config& c, std::string_view v) {
         c.report.outcomes = static_cast<report::OutcomesFormat>(parse_word(v, outcomes_formats));
       },
       [](const Config& c) {
         return std::string(outcomes_formats[static_cast<std::size_t>(c.report.outcomes)]);
       }},
      {"log.level", "trace|debug|info|warn|error|off", "what is logged: this and what is worse",
       [](Config& c, std::string_view v) { c.log.level = log_levels[parse_word(v, log_levels)]; },
       [](const Config& c) { return c.log.level; }},
      {"log.format", "text|json", "for people, or one JSON object a line",
       [](Config& c, std::string_view v) {
         c.log.format = static_cast<LogFormat>(parse_word(v, log_formats));
       },
       [](const Config& c) { return std::string(log_formats[static_cast<std::size_t>(c.log.format)]); }},
      {"log.customers", "none|id|hash",
       "how log lines name customers: not at all, by their ids, or by a keyed hash",
       [](Config& c, std::string_view v) {
         c.log.customers = static_cast<LogCustomers>(parse_word(v, log_customers));
       },
       [](const Config& c) { return std::string(log_customers[static_cast<std::size_t>(c.log.customers)]); }},
      {"quiet", "", "no progress, no summary, and no log but warnings and errors",
       [](Config& c, std::string_view v) { c.quiet = parse_flag(v); },
       [](const Config& c) { return show_flag(c.quiet); }},
      {"stores_at_once", "N",
       "of several stores so many are at work at a time, each at its own pace, 1 to 1000",
       [](Config& c, std::string_view v) { c.stores_at_once = static_cast<int>(parse_integer(v, 1, 1000)); },
       [](const Config& c) { return fmt::format("{}", c.stores_at_once); }},
      {"metrics.file", "FILE", "keep metrics in this file (*.prom), for node_exporter's textfile collector",
       [](Config& c, std::string_view v) { c.metrics.file = parse_metrics_file(v); },
       [](const Config& c) { return c.metrics.file; }, true},
      {"metrics.listen", "ADDRESS:PORT", "serve metrics at http://ADDRESS:PORT/metrics while running",
       [](Config& c, std::string_view v) { c.metrics.listen = parse_listen_address(v); },
       [](const Config& c) { return c.metrics.listen; }},
      hook("hooks.on_start", "is told that a run begins", &Config::Hooks::on_start),
      hook("hooks.on_success", "is told that every row of a run ended ok", &Config::Hooks::on_success),
      hook("hooks.on_problem", "is told that a run ended with problem rows", &Config::Hooks::on_problem),
      hook("hooks.on_failure", "is told that a run ended in any other way, or did not begin",
           &Config::Hooks::on_failure),
      {"hooks.timeout", "TIME", "for each step of a call to a hook; three calls are tried",
       [](Config& c, std::string_view v) { c.hooks.timeout = parse_duration(v); },
       [](const Config& c) { return show_duration(c.hooks.timeout); }},
      {"hooks.ca_file", "FILE", "certificate authorities (PEM) for hooks, in place of the system's",
       [](Config& c, std::string_view v) { c.hooks.ca_file = v; },
       [](const Config& c) { return c.hooks.ca_file; }, true},
  };
}

}  // namespace consent_sync::app
