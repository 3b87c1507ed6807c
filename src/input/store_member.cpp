#include "store_member.hpp"

#include <consent_sync/consent/utf8.hpp>

#include "json_memory.hpp"
#include "json_value.hpp"
#include "text.hpp"

namespace consent_sync::input {

namespace dom = simdjson::dom;

namespace {

enum class Found : std::uint8_t { nowhere, once, twice };

Found find_member(dom::object object, std::string_view key, dom::element& value) {
  Found found = Found::nowhere;
  for (const dom::key_value_pair member : object) {
    if (member.key != key) continue;
    if (found == Found::once) return Found::twice;
    found = Found::once;
    value = member.value;
  }
  return found;
}

}  // namespace

StoreMember::StoreMember(const std::string& column) {
  const std::string whole = to_pointer(column);
  for (std::string_view rest = whole; !rest.empty();) {
    const std::string_view step = rest.substr(0, rest.find('/', 1));
    path_.push_back({unescaped_step(step.substr(1)), std::string(step)});
    rest.remove_prefix(step.size());
  }
}

std::optional<std::string> StoreMember::in(std::string_view document) {
  dom::element root;
  const auto error = fault_of_text(parser_.parse(document.data(), document.size(), false).get(root));
  if (error) return damage_of(document).empty() ? std::nullopt : in_repaired(document);
  return text_in(root);
}

// Bytes that are no text do no harm to what stands beside them: a JSON text has its structure in ASCII.
std::optional<std::string> StoreMember::in_repaired(std::string_view document) {
  const simdjson::padded_string mended = padded_copy(repaired(document));
  dom::element root;
  if (fault_of_text(parser_.parse(mended).get(root))) return std::nullopt;
  const std::optional<std::string> text = text_in(root);
  const bool is_whole = text && text->find(consent::replacement_character) == std::string::npos;
  return is_whole ? text : std::nullopt;
}

std::optional<std::string> StoreMember::text_in(dom::element document) const {
  if (!document.is_object()) return std::nullopt;
  dom::element value = document;
  for (const Step& step : path_) {
    dom::object object;
    dom::element next;
    if (value.get_object().get(object)) {
      if (value.at_pointer(step.pointer).get(next)) return "";
    } else {
      const Found found = find_member(object, step.key, next);
      if (found == Found::twice) return std::nullopt;
      if (found == Found::nowhere) return "";
    }
    value = next;
  }
  std::string_view text;
  if (value.get_string().get(text)) return "";
  return std::string(trim(text));
}

}  // namespace consent_sync::input
