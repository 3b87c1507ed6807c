#include "customer_filter.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace consent_sync::sandbox {
namespace {

std::vector<std::string_view> split_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

/// The id in "customer7@example.com", in upper or lower case.
std::optional<std::int64_t> id_of_email(std::string_view email) {
  constexpr std::string_view before = "customer";
  constexpr std::string_view after = "@example.com";
  std::string lower(email);
  for (auto& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  std::string_view rest = lower;
  if (!rest.starts_with(before) || !rest.ends_with(after) || rest.size() <= before.size() + after.size()) {
    return std::nullopt;
  }
  rest.remove_prefix(before.size());
  rest.remove_suffix(after.size());
  if (rest.starts_with('0')) return std::nullopt;
  return parse_positive(rest);
}

/// Nothing if one of them is no id.
std::optional<std::vector<std::int64_t>> ids_in(std::string_view list) {
  std::vector<std::int64_t> ids;
  for (const auto part : split_commas(list)) {
    const auto id = parse_positive(part);
    if (!id) return std::nullopt;
    ids.push_back(*id);
  }
  return ids;
}

std::vector<std::int64_t> ids_of_emails(std::string_view list) {
  std::vector<std::int64_t> ids;
  for (const auto part : split_commas(list)) {
    const auto id = id_of_email(part);
    if (id) ids.push_back(*id);
  }
  return ids;
}

}  // namespace

CustomerFilter::CustomerFilter(const Query& query, std::int64_t customer_count, FieldErrors& errors)
    : customer_count_(customer_count) {
  for (const auto& [name, value] : query) {
    if (name != "id:in" && name != "email:in") continue;
    auto ids = name == "id:in" ? ids_in(value) : ids_of_emails(value);
    if (!ids) {
      errors.emplace_back(name, "must be a list of whole numbers from 1");
      return;
    }
    restrict_to(std::move(*ids));
    text_ += fmt::format("{}={}&", name, value);
  }
}

std::int64_t CustomerFilter::size() const {
  return ids_ ? static_cast<std::int64_t>(ids_->size()) : customer_count_;
}

std::int64_t CustomerFilter::at(std::int64_t index) const {
  return ids_ ? (*ids_)[static_cast<std::size_t>(index)] : index + 1;
}

std::int64_t CustomerFilter::count_up_to(std::int64_t id) const {
  if (!ids_) return std::clamp<std::int64_t>(id, 0, customer_count_);
  return std::upper_bound(ids_->begin(), ids_->end(), id) - ids_->begin();
}

/// Two filters both have to hold.
void CustomerFilter::restrict_to(std::vector<std::int64_t> ids) {
  std::erase_if(ids, [this](auto id) { return id > customer_count_; });
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (!ids_) {
    ids_ = std::move(ids);
    return;
  }
  std::vector<std::int64_t> both;
  std::set_intersection(ids.begin(), ids.end(), ids_->begin(), ids_->end(), std::back_inserter(both));
  ids_ = std::move(both);
}

}  // namespace consent_sync::sandbox
