#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "address_book.hpp"
#include "reply.hpp"
#include "route.hpp"

namespace consent_sync::sandbox {

/// The customers that a query's id:in and email:in leave, in the order of their ids.
class CustomerFilter {
 public:
  /// What is wrong with a filter is added to `errors`.
  CustomerFilter(const Query& query, const AddressBook& book, FieldErrors& errors);

  std::int64_t size() const;
  /// The customer at a place from 0 to size() - 1.
  std::int64_t at(std::int64_t index) const;
  /// How many of them have an id up to this one.
  std::int64_t count_up_to(std::int64_t id) const;
  /// The filters as a query writes them, each with a "&" behind it.
  const std::string& text() const { return text_; }

 private:
  void restrict_to(std::vector<std::int64_t> ids);

  std::int64_t customer_count_;
  std::optional<std::vector<std::int64_t>> ids_;  ///< sorted, each once; nothing means every customer
  std::string text_;
};

}  // namespace consent_sync::sandbox
