#pragma once

#include <string>

#include "asked.hpp"
#include "shop.hpp"

namespace consent_sync::sandbox {

/// A shop whose clock stands still until a test moves it.
struct ShopFixture {
  explicit ShopFixture(std::initializer_list<const char*> faults = {}, std::int64_t quota = 0)
      : shop(options(faults, quota)) {}

  static ShopOptions options(std::initializer_list<const char*> faults, std::int64_t quota) {
    ShopOptions options;
    options.store_hash = "abc";
    options.token = "secret";
    options.read_only_token = "reader";
    options.customers = 100;
    options.quota = quota;
    options.window = std::chrono::seconds(30);
    options.seed = 1;
    for (const auto* text : faults) options.faults.push_back(parse_fault(text));
    return options;
  }

  static Request put_request(std::string_view target, std::string_view body) {
    return {"PUT", target, "secret", "application/json", "application/json", body};
  }
  static Request get_request(std::string_view target) { return {"GET", target, "secret", "", "", ""}; }

  static std::string consent_path(std::int64_t customer) {
    return "/stores/abc/v3/customers/" + std::to_string(customer) + "/consent";
  }

  Reply send(const Request& request) {
    const auto arrival = shop.arrive(request, now);
    return shop.answer(arrival, request, now, civil_now);
  }
  Reply put(std::int64_t customer, const std::string& body = asked_body) {
    const auto target = consent_path(customer);
    return send(put_request(target, body));
  }
  Reply get(std::int64_t customer) {
    const auto target = consent_path(customer);
    return send(get_request(target));
  }
  std::string held(std::int64_t customer) { return to_string(shop.customers().look_up(customer).held); }

  Shop shop;
  Shop::TimePoint now{std::chrono::seconds(1000)};
  consent::Timestamp civil_now = *consent::parse_rfc3339("2026-11-24T05:00:00Z");
};

}  // namespace consent_sync::sandbox
