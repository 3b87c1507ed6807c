#include <simdjson.h>

#include <consent_sync/store/codec.hpp>

#include "json_memory.hpp"

namespace consent_sync::store {
namespace {

namespace dom = simdjson::dom;

bool read_customers(dom::element document, CustomerPage& page) {
  dom::array data;
  if (document["data"].get(data) != simdjson::SUCCESS) return false;
  for (const dom::element item : data) {
    std::int64_t id = 0;
    if (item["id"].get(id) != simdjson::SUCCESS) return false;
    const std::optional<consent::CustomerId> customer = consent::CustomerId::from(id);
    if (!customer) return false;
    std::string_view email;
    if (item["email"].get(email) != simdjson::SUCCESS) email = {};
    page.customers.push_back(*customer);
    page.emails.emplace_back(email);
  }
  return true;
}

// A store that does not number its pages has given all it has.
bool is_last_page(dom::element document) {
  const auto pagination = document["meta"]["pagination"];
  std::int64_t current = 0;
  std::int64_t total = 0;
  if (pagination["current_page"].get(current) != simdjson::SUCCESS) return true;
  if (pagination["total_pages"].get(total) != simdjson::SUCCESS) return true;
  return current >= total;
}

}  // namespace

std::optional<CustomerPage> decode_customers(std::string_view body) {
  dom::parser parser;
  dom::element document;
  if (fault_of_text(parser.parse(body.data(), body.size()).get(document)) != simdjson::SUCCESS)
    return std::nullopt;
  CustomerPage page;
  if (!read_customers(document, page)) return std::nullopt;
  page.is_last = is_last_page(document);
  return page;
}

}  // namespace consent_sync::store
