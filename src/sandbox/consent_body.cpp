#include "consent_body.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <simdjson.h>

#include <consent_sync/consent/category.hpp>

namespace consent_sync::sandbox {
namespace {

using consent::Decision;

/// What is wrong with a list, or "". Puts the categories it names into `mask`.
std::string read_list(simdjson::dom::element value, unsigned& mask) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return "must be a list";
  for (const auto item : list) {
    std::string_view word;
    if (item.get(word) != simdjson::SUCCESS) return "must hold strings only";
    const auto category = consent::parse_category(word);
    if (!category) return fmt::format("'{}' is no category", word);
    const auto bit = 1U << static_cast<unsigned>(*category);
    if ((mask & bit) != 0) return fmt::format("'{}' is there twice", word);
    mask |= bit;
  }
  return {};
}

std::string encode_list(consent::Choice held, Decision decision, bool reversed) {
  auto categories = consent::all_categories;
  if (reversed) std::reverse(categories.begin(), categories.end());
  std::string list;
  for (const auto category : categories) {
    if (held.of(category) != decision) continue;
    if (!list.empty()) list += ',';
    list.append("\"").append(to_string(category)).append("\"");
  }
  return list;
}

}  // namespace

ConsentBody parse_consent_body(std::string_view body) {
  ConsentBody result;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(body.data(), body.size()).get(object) != simdjson::SUCCESS) {
    result.malformed = true;
    return result;
  }
  unsigned allow = 0;
  unsigned deny = 0;
  for (const auto& [key, value] : object) {
    if (key != "allow" && key != "deny") continue;
    auto error = read_list(value, key == "allow" ? allow : deny);
    if (!error.empty()) result.errors.emplace_back(key, std::move(error));
  }
  if (!result.errors.empty()) return result;
  const auto choice = consent::Choice::from_masks(allow, deny);
  if (choice) {
    result.asked = *choice;
  } else {
    result.errors.emplace_back("deny", "a category is both allowed and denied");
  }
  return result;
}

std::string encode_consent(consent::Choice held, consent::Timestamp now, std::uint64_t variant) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format(R"({{"allow":[{}],"deny":[{}],"updated_at":"{}"{}}})",
                     encode_list(held, Decision::allow, (variant & 1U) != 0),
                     encode_list(held, Decision::deny, (variant & 2U) != 0), consent::to_rfc3339(second),
                     (variant & 4U) != 0 ? R"(,"consent_version":{"number":2,"tags":[]})" : "");
}

}  // namespace consent_sync::sandbox
