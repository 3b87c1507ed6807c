#include "reply_parser.hpp"

#include <charconv>

namespace consent_sync::store {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t unparsed_limit = 64 * 1024;
constexpr std::uint32_t header_limit = 16 * 1024;

std::optional<std::int64_t> number_in(const http::fields& fields, std::string_view name) {
  const auto field = fields.find(name);
  if (field == fields.end()) return std::nullopt;
  const std::string_view text(field->value().data(), field->value().size());
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

RateHeaders rate_headers_in(const http::fields& fields) {
  RateHeaders rate;
  rate.window_ms = number_in(fields, "X-Rate-Limit-Time-Window-Ms");
  rate.reset_ms = number_in(fields, "X-Rate-Limit-Time-Reset-Ms");
  rate.quota = number_in(fields, "X-Rate-Limit-Requests-Quota");
  rate.left = number_in(fields, "X-Rate-Limit-Requests-Left");
  return rate;
}

}  // namespace

ReplyBuffer::ReplyBuffer() : unparsed(header_limit + unparsed_limit) {}

ReplyParser::ReplyParser(ReplyBuffer& buffer) : buffer_(buffer) {
  parser_.header_limit(header_limit);
  parser_.body_limit(boost::none);  // the space for it is bounded
  parser_.get().body().data = buffer.body.data();
  parser_.get().body().size = buffer.body.size();
}

Reply ReplyParser::take(bool whole) const {
  const auto& message = parser_.get();
  const std::size_t size = buffer_.body.size() - message.body().size;
  Reply reply;
  reply.status = static_cast<int>(message.result_int());
  reply.rate = rate_headers_in(message);
  const auto location = message[http::field::location];
  reply.location.assign(location.data(), location.size());
  reply.body.assign(buffer_.body.data(), size);
  reply.body_truncated = !whole;
  return reply;
}

}  // namespace consent_sync::store
