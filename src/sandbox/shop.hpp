#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <consent_sync/consent/timestamp.hpp>
#include <consent_sync/sandbox/counters.hpp>

#include "address_book.hpp"
#include "customer_book.hpp"
#include "fault_schedule.hpp"
#include "quota_window.hpp"
#include "reply.hpp"
#include "request.hpp"
#include "route.hpp"

namespace consent_sync::sandbox {

struct ShopOptions {
  std::string store_hash;
  std::string token;
  std::string read_only_token;
  std::int64_t customers = 0;
  std::map<std::int64_t, std::string> emails;  ///< of customers that have one of their own
  std::int64_t quota = 0;
  std::chrono::milliseconds window{0};
  std::uint64_t seed = 0;
  std::vector<Fault> faults;
};

/// A request that was read and is not answered yet.
struct Arrival {
  std::int64_t number = 0;
  Route route;
  Strike strike;
  bool within_quota = true;
};

/// The whole behaviour of the store, without its network: every request arrives once and is answered once.
/// The caller brings the time, and serialises the calls.
class Shop {
 public:
  using TimePoint = QuotaWindow::TimePoint;

  explicit Shop(ShopOptions options);

  /// Counts the request, charges the quota and draws its faults. Wait for strike.delay before answering it.
  Arrival arrive(const Request& request, TimePoint now);
  Reply answer(const Arrival& arrival, const Request& request, TimePoint now, consent::Timestamp civil_now);

  /// What a shopper does in the storefront: GET and PUT of /shopper/ID/consent with the store's token look
  /// at, and replace, what the store holds of a customer. Costs no quota, meets no fault and is counted
  /// nowhere. Nothing for any other request.
  std::optional<Reply> as_shopper(const Request& request, consent::Timestamp civil_now);

  CustomerBook& customers() { return customers_; }
  FaultSchedule& faults() { return faults_; }
  QuotaWindow& quota() { return quota_; }
  void set_revoked(bool revoked) { revoked_ = revoked; }
  /// Connections are the network's to count.
  Counters counters() const;

 private:
  Reply respond(const Arrival& arrival, const Request& request, TimePoint now, consent::Timestamp civil_now);
  Reply respond_to_fault(const Fault& fault, const Arrival& arrival, const Request& request, TimePoint now,
                         consent::Timestamp civil_now);
  Reply handle(const Arrival& arrival, const Request& request, consent::Timestamp civil_now, bool wrongly);
  Reply handle_consent(const Arrival& arrival, const Request& request, consent::Timestamp civil_now,
                       bool wrongly);
  std::optional<Reply> refuse(const Route& route, const Request& request) const;
  void land(const Arrival& arrival);
  void count_reply(const Reply& reply);

  ShopOptions options_;
  CustomerBook customers_;
  AddressBook addresses_;
  FaultSchedule faults_;
  QuotaWindow quota_;
  Counters counters_;
  bool revoked_ = false;
  std::int64_t in_flight_ = 0;
  std::int64_t consecutive_throttled_ = 0;
};

}  // namespace consent_sync::sandbox
