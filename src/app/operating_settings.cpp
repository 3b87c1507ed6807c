#include "operating_settings.hpp"

#include <stdexcept>

#include <consent_sync/store/post.hpp>

#include "values.hpp"

namespace consent_sync::app {
namespace {

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
