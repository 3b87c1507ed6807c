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

std::vector<std::int64_t> ids_of_emails(std::string_view list, const AddressBook& book) {
  std::vector<std::int64_t> ids;
  for (const auto part : split_commas(list)) {
    const auto owners = book.owners_of(part);
    ids.insert(ids.end(), owners.begin(), owners.end());
  }
  return ids;
}

}  // namespace

CustomerFilter::CustomerFilter(const Query& query, const AddressBook& book, FieldErrors& errors)
    : customer_count_(book.count()) {
  for (const auto& [name, value] : query) {
    if (name != "id:in" && name != "email:in") continue;
    auto ids = name == "id:in" ? ids_in(value) : ids_of_emails(value, book);
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
