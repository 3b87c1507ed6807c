#include "rejected_line.hpp"

namespace consent_sync::input {

std::optional<std::string> RejectedLine::source_in(std::string_view document) {
  constexpr std::string_view key = "\"source\"";
  if (document.find(key) == std::string_view::npos) return std::nullopt;  // nearly all
  simdjson::dom::object object;
  if (parser_.parse(document.data(), document.size(), false).get(object)) return std::nullopt;
  std::string_view source;
  std::string_view reason;
  const bool is_rejected =
      object.size() == 2 && !object["source"].get(source) && !object["reason"].get(reason);
  return is_rejected ? std::optional(std::string(source)) : std::nullopt;
}

}  // namespace consent_sync::input
