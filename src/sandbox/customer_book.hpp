#pragma once

#include <cstdint>
#include <unordered_map>

#include <consent_sync/consent/choice.hpp>

namespace consent_sync::sandbox {

/// What the store keeps of a customer.
struct Customer {
  consent::Choice held;
  std::int64_t requests = 0;  ///< for this customer's consent
  std::int64_t puts = 0;
  std::int64_t in_flight = 0;
};

/// Customers by id. Ids that nobody asked about take no room; ids that do not exist may be counted for all
/// that.
class CustomerBook {
 public:
  explicit CustomerBook(std::int64_t count) : count_(count) {}

  std::int64_t count() const { return count_; }
  bool exists(std::int64_t id) const { return id >= 1 && id <= count_; }
  Customer& at(std::int64_t id) { return customers_[id]; }
  Customer look_up(std::int64_t id) const {
    const auto found = customers_.find(id);
    return found == customers_.end() ? Customer{} : found->second;
  }

 private:
  std::int64_t count_;
  std::unordered_map<std::int64_t, Customer> customers_;
};

}  // namespace consent_sync::sandbox
