#include "token_mask.hpp"

#include <algorithm>
#include <string>

namespace consent_sync::store {
namespace {

constexpr std::string_view mask = "[token]";
// A shorter beginning of a token helps nobody to it, and many a word ends like one.
constexpr std::size_t least_telling = 4;

std::string without_token(std::string_view text, std::string_view token) {
  std::string masked;
  for (auto at = text.find(token); at != std::string_view::npos; at = text.find(token)) {
    masked.append(text.substr(0, at)).append(mask);
    text.remove_prefix(at + token.size());
  }
  return masked.append(text);
}

void mask_beginning_at_end(std::string& text, std::string_view token) {
  for (std::size_t size = std::min(token.size(), text.size()); size >= least_telling; --size) {
    if (!text.ends_with(token.substr(0, size))) continue;
    text.replace(text.size() - size, size, mask);
    return;
  }
}

}  // namespace

void mask_token(Reply& reply, std::string_view token) {
  if (reply.status == 200) return;
  reply.location = without_token(reply.location, token);
  reply.body = without_token(reply.body, token);
  if (reply.body_truncated) mask_beginning_at_end(reply.body, token);
}

}  // namespace consent_sync::store
