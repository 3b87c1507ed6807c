#include "facts.hpp"

namespace consent_sync::report {

void add_fact(Html& html, std::string_view name, std::string_view value) {
  html.markup("<div><dt>").text(name).markup("</dt><dd>").text(value).markup("</dd></div>\n");
}

void add_code_fact(Html& html, std::string_view name, std::string_view value) {
  html.markup("<div><dt>").text(name).markup("</dt><dd><code>").text(value).markup("</code></dd></div>\n");
}

Html detail_of(const Verdict& verdict) {
  if (verdict.detail.empty()) return {};
  return Html().markup("<p>").text(verdict.detail).markup("</p>");
}

}  // namespace consent_sync::report
