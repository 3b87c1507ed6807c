#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/consent/choice.hpp>
#include <consent_sync/consent/customer_id.hpp>
#include <consent_sync/store/client.hpp>

#include "address.hpp"

namespace consent_sync::store {

/// Writes requests as they go over the wire. What is the same in each is made once. All of them hold the
/// token.
class RequestWriter {
 public:
  /// Throws std::invalid_argument with a sentence when the store hash or a header value cannot be sent.
  RequestWriter(const Address& address, const ClientOptions& options);

  /// What must not be repeated, as long as the writer stays where it is.
  std::string_view token() const;

  // Each replaces what `out` holds.
  void write_put(consent::CustomerId customer, consent::Choice choice, SecretText& out) const;
  void write_get(consent::CustomerId customer, SecretText& out) const;
  void write_get_first_customer(SecretText& out) const;
  void write_get_customers(const std::vector<consent::CustomerId>& customers, int page,
                           SecretText& out) const;
  void write_get_customers_by_email(const std::vector<std::string>& emails, int page, SecretText& out) const;

 private:
  void begin_list(SecretText& out) const;
  void end_list(int page, SecretText& out) const;
  void write_head(std::string_view method, consent::CustomerId customer, SecretText& out) const;

  std::string customers_path_;  // "/prefix/stores/HASH/v3/customers"
  SecretText headers_;          // all but the content's; the token's comes last
  std::size_t token_size_;
};

}  // namespace consent_sync::store
