#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace consent_sync::report {

/// A piece of HTML. Markup comes only from literals in the source; everything else goes through text(), which
/// escapes it.
class Html {
 public:
  template <std::size_t size>
  Html& markup(const char (&literal)[size]) {
    html_.append(literal, size - 1);
    return *this;
  }
  /// For an element's content or a quoted attribute's value. What is not UTF-8, and control characters,
  /// become U+FFFD.
  Html& text(std::string_view text);
  Html& add(const Html& piece);
  /// A file of ours that was compiled in; never what comes from elsewhere.
  static Html trusted(std::string_view asset);

  const std::string& str() const { return html_; }
  bool empty() const { return html_.empty(); }

 private:
  std::string html_;
};

/// The template with each {{name}} replaced by its piece. A name without a piece, and a piece without a
/// place, is a std::logic_error.
std::string fill_template(std::string_view text, const std::map<std::string, Html, std::less<>>& pieces);

/// What a Content-Security-Policy names to allow this very style (or script): sha256-BASE64.
std::string csp_hash(std::string_view content);

}  // namespace consent_sync::report
