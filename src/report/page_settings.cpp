#include <algorithm>
#include <vector>

#include "page_sections.hpp"
#include "settings_text.hpp"

namespace consent_sync::report {
namespace {

struct Group {
  std::string_view title;
  std::vector<std::string_view> prefixes;
  std::vector<SettingLine> settings = {};
};

std::vector<Group> grouped(std::string_view settings) {
  std::vector<Group> groups{
      {"Policies", {"policy."}},
      {"Safety limits", {"safety."}},
      {"Pace and retries", {"rate.", "retry.", "http."}},
      {"How the input was read", {"input.", "sample", "seed"}},
      {"All others", {""}},
  };
  for (const SettingLine& line : setting_lines(settings)) {
    for (Group& group : groups) {
      const auto begins = [&](std::string_view prefix) { return line.key.starts_with(prefix); };
      if (std::ranges::none_of(group.prefixes, begins)) continue;
      group.settings.push_back(line);
      break;
    }
  }
  return groups;
}

void add_group(Html& html, const Group& group) {
  if (group.settings.empty()) return;
  html.markup("<table class=\"settings\">\n<caption>").text(group.title).markup("</caption>\n");
  html.markup(
      "<thead><tr><th scope=\"col\">Setting</th><th scope=\"col\">In force</th></tr></thead>\n<tbody>\n");
  for (const SettingLine& line : group.settings) {
    html.markup("<tr><th scope=\"row\"><code>").text(line.key).markup("</code></th><td><code>");
    html.text(line.value).markup("</code></td></tr>\n");
  }
  html.markup("</tbody></table>\n");
}

}  // namespace

Html settings_section(const ledger::Run& run) {
  Html html;
  if (setting_lines(run.settings).empty()) return html;
  html.markup(
      "<section aria-labelledby=\"rules\">\n<h2 id=\"rules\">Policies, limits and settings in force</h2>\n"
      "<p class=\"note\">Tokens, and the addresses of web hooks beyond their host, are no part of it. Limits "
      "that are not listed were not set.</p>\n<div class=\"columns\">\n");
  for (const Group& group : grouped(run.settings)) add_group(html, group);
  return html.markup("</div>\n</section>\n");
}

}  // namespace consent_sync::report
