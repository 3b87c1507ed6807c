#include "reply_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <boost/beast/http/error.hpp>

namespace consent_sync::store {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t unparsed_limit = 64 * 1024;
constexpr std::uint32_t header_size_limit = 16 * 1024;

struct RateField {
  std::string_view name;
  std::optional<std::int64_t> RateHeaders::*number;
};
constexpr std::array<RateField, 4> rate_fields{{
    {"X-Rate-Limit-Time-Window-Ms", &RateHeaders::window_ms},
    {"X-Rate-Limit-Time-Reset-Ms", &RateHeaders::reset_ms},
    {"X-Rate-Limit-Requests-Quota", &RateHeaders::quota},
    {"X-Rate-Limit-Requests-Left", &RateHeaders::left},
}};
constexpr unsigned location_seen = 1U << rate_fields.size();

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

ReplyBuffer::ReplyBuffer() : unparsed(header_size_limit + unparsed_limit) {}

ReplyParser::ReplyParser(ReplyBuffer& buffer) : buffer_(buffer) {
  header_limit(header_size_limit);
  body_limit(boost::none);  // the space for it is bounded
}

void ReplyParser::on_response_impl(int status, string_view, int, error_code&) {
  reply_.status = status;
}

void ReplyParser::on_field_impl(http::field known, string_view name, string_view value, error_code&) {
  const auto is_first = [this](unsigned bit) {
    const bool is_new = (seen_ & bit) == 0;
    seen_ |= bit;
    return is_new;
  };
  if (known == http::field::location) {
    if (is_first(location_seen)) reply_.location.assign(value.data(), value.size());
    return;
  }
  if (known != http::field::unknown) return;
  for (std::size_t n = 0; n < rate_fields.size(); ++n) {
    const auto& [rate_name, number] = rate_fields[n];
    if (!beast::iequals(name, {rate_name.data(), rate_name.size()})) continue;
    if (is_first(1U << n)) reply_.rate.*number = number_in({value.data(), value.size()});
  }
}

/// What there is no room for is left, which ends the reading.
std::size_t ReplyParser::on_body_impl(string_view bytes, error_code& error) {
  const std::size_t taken = std::min(bytes.size(), buffer_.body.size() - body_size_);
  std::copy_n(bytes.data(), taken, buffer_.body.data() + body_size_);
  body_size_ += taken;
  reply_.body_too_long = taken < bytes.size();
  if (reply_.body_too_long) error = http::error::need_buffer;
  return taken;
}

std::size_t ReplyParser::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& error) {
  return on_body_impl(bytes, error);
}

Reply ReplyParser::take(bool whole) {
  reply_.body.assign(buffer_.body.data(), body_size_);
  reply_.body_truncated = !whole;
  return std::move(reply_);
}

}  // namespace consent_sync::store
