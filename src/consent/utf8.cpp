#include <consent_sync/consent/utf8.hpp>

#include <algorithm>

namespace consent_sync::consent {
namespace {

struct Shape {
  std::size_t length;
  unsigned char second_min;  ///< bounds of the second byte shut out overlong forms, surrogates and values
                             ///< above U+10FFFF
  unsigned char second_max;
};

Shape shape_of(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

std::size_t character_length(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text[0]) < 0x80) return 1;
  const Shape shape = shape_of(static_cast<unsigned char>(text[0]));
  if (shape.length == 0 || text.size() < shape.length) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (second < shape.second_min || second > shape.second_max) return 0;
  for (std::size_t i = 2; i < shape.length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  return shape.length;
}

std::string clean_utf8(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    clean += length == 0 ? replacement_character : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

}  // namespace consent_sync::consent
