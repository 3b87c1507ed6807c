#include "html.hpp"

#include <openssl/evp.h>

#include <array>
#include <set>
#include <stdexcept>

#include "utf8.hpp"

namespace consent_sync::report {
namespace {

std::string_view escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

}  // namespace

Html& Html::text(std::string_view text) {
  for (const char c : clean_utf8(text)) {
    const std::string_view entity = escaped(c);
    if (!entity.empty()) {
      html_ += entity;
    } else if (is_forbidden(c)) {
      html_ += "\xEF\xBF\xBD";
    } else {
      html_ += c;
    }
  }
  return *this;
}

Html& Html::add(const Html& piece) {
  html_ += piece.html_;
  return *this;
}

Html Html::trusted(std::string_view asset) {
  Html html;
  html.html_ = asset;
  return html;
}

std::string fill_template(std::string_view text, const std::map<std::string, Html, std::less<>>& pieces) {
  std::string page;
  std::set<std::string_view> used;
  for (auto start = text.find("{{"); start != std::string_view::npos; start = text.find("{{")) {
    const auto end = text.find("}}", start);
    if (end == std::string_view::npos) throw std::logic_error("the page's template has an open {{");
    const std::string_view name = text.substr(start + 2, end - start - 2);
    const auto piece = pieces.find(name);
    if (piece == pieces.end()) throw std::logic_error("the page has no piece named " + std::string(name));
    used.insert(name);
    page.append(text.substr(0, start)).append(piece->second.str());
    text.remove_prefix(end + 2);
  }
  if (used.size() != pieces.size())
    throw std::logic_error("a piece of the page has no place in its template");
  return page.append(text);
}

std::string csp_hash(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot compute a SHA-256");
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE * 2> base64{};
  const int size = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(length));
  return "sha256-" + std::string(base64.begin(), base64.begin() + size);
}

}  // namespace consent_sync::report
