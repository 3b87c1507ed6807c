#include "request_writer.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include <consent_sync/store/codec.hpp>

namespace consent_sync::store {
namespace {

// Never tells the value: it may be the token.
void check_header_value(std::string_view what, std::string_view value) {
  if (value.empty()) throw std::invalid_argument(fmt::format("The {} is empty.", what));
  const bool sendable = std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (!sendable || value.front() == ' ' || value.back() == ' ') {
    throw std::invalid_argument(
        fmt::format("The {} holds a character that cannot be sent in a header: a line break, a space at an "
                    "end or a letter "
                    "beyond ASCII.",
                    what));
  }
}

/// All but what RFC 3986 calls unreserved: a "+" of an address must not become a space, nor a "," part two.
void append_encoded(std::string_view text, SecretText& out) {
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

void append_number(std::int64_t number, SecretText& out) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

constexpr std::string_view line_end = "\r\n";

}  // namespace

bool is_store_hash(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

RequestWriter::RequestWriter(const Address& address, const ClientOptions& options)
    : token_size_(options.token.size()) {
  if (!is_store_hash(options.store_hash)) {
    throw std::invalid_argument(
        "store.hash may hold letters, digits, \"-\" and \"_\" only, as in the store's API path.");
  }
  check_header_value("access token", options.token);
  check_header_value("user agent", options.user_agent);
  check_header_value("correlation id", options.correlation_id);
  customers_path_ = fmt::format("{}/stores/{}/v3/customers", address.path_prefix, options.store_hash);
  headers_ = fmt::format(
      " HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: application/json\r\nX-Correlation-Id: {}\r\n"
      "X-Auth-Token: ",
      address.authority(), options.user_agent, options.correlation_id);
  headers_.append(options.token).append(line_end);
}

std::string_view RequestWriter::token() const {
  return std::string_view(headers_).substr(headers_.size() - line_end.size() - token_size_, token_size_);
}

void RequestWriter::write_head(std::string_view method, consent::CustomerId customer, SecretText& out) const {
  out.assign(method);
  out += customers_path_;
  out += '/';
  append_number(customer.value(), out);
  out += "/consent";
  out += headers_;
}

void RequestWriter::write_put(consent::CustomerId customer, consent::Choice choice, SecretText& out) const {
  const std::string& body = encode_choice(choice);
  write_head("PUT ", customer, out);
  out += "Content-Type: application/json\r\nContent-Length: ";
  append_number(static_cast<std::int64_t>(body.size()), out);
  out += "\r\n\r\n";
  out += body;
}

void RequestWriter::write_get(consent::CustomerId customer, SecretText& out) const {
  write_head("GET ", customer, out);
  out += "\r\n";
}

void RequestWriter::write_get_first_customer(SecretText& out) const {
  begin_list(out);
  out += "?limit=1";
  out += headers_;
  out += "\r\n";
}

void RequestWriter::begin_list(SecretText& out) const {
  out.assign("GET ");
  out += customers_path_;
}

void RequestWriter::end_list(int page, SecretText& out) const {
  out += "&limit=250&page=";
  append_number(page, out);
  out += headers_;
  out += "\r\n";
}

void RequestWriter::write_get_customers(const std::vector<consent::CustomerId>& customers, int page,
                                        SecretText& out) const {
  begin_list(out);
  const char* separator = "?id:in=";
  for (const consent::CustomerId customer : customers) {
    out += separator;
    append_number(customer.value(), out);
    separator = ",";
  }
  end_list(page, out);
}

void RequestWriter::write_get_customers_by_email(const std::vector<std::string>& emails, int page,
                                                 SecretText& out) const {
  begin_list(out);
  const char* separator = "?email:in=";
  for (const std::string& email : emails) {
    out += separator;
    append_encoded(email, out);
    separator = ",";
  }
  end_list(page, out);
}

}  // namespace consent_sync::store
