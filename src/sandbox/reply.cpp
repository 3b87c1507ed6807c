#include "reply.hpp"

#include <iterator>

#include <fmt/format.h>

namespace consent_sync::sandbox {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400:
      return "The request body is not valid JSON";
    case 401:
      return "Unauthorized";
    case 403:
      return "You don't have a required scope to access the endpoint";
    case 404:
      return "Not found";
    case 405:
      return "Method not allowed";
    case 406:
      return "The reply can only be application/json";
    case 409:
      return "The request conflicts with another one";
    case 413:
      return "Too much was asked for";
    case 415:
      return "The Content-Type has to be application/json";
    case 422:
      return "The data is not valid";
    case 423:
      return "The resource is locked";
    case 429:
      return "Too many requests";
    case 431:
      return "The request header is too large";
    case 500:
      return "Internal server error";
    case 502:
      return "Bad gateway";
    case 503:
      return "The store is under maintenance";
    case 504:
      return "Gateway timeout";
    default:
      return "Error";
  }
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 409:
      return "Conflict";
    case 413:
      return "Payload Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Entity";
    case 423:
      return "Locked";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Unknown";
  }
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') quoted += '\\';
    quoted += character >= ' ' && character <= '~' ? character : '?';
  }
  quoted += '"';
  return quoted;
}

Reply error_reply(int status, std::string_view title, std::string_view path, const FieldErrors& errors) {
  std::string members;
  for (const auto& [field, why] : errors) {
    fmt::format_to(std::back_inserter(members), "{}{}:{}", members.empty() ? "" : ",", json_string(field),
                   json_string(why));
  }
  Reply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.body = fmt::format(
      R"({{"status":{},"title":{},"type":"https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes",)"
      R"("instance":{},"errors":{{{}}}}})",
      status, json_string(title), json_string(path), members);
  return reply;
}

Reply error_reply(int status, std::string_view path) {
  return error_reply(status, title_of(status), path);
}

std::string to_wire(const Reply& reply, bool keep_alive) {
  std::string wire = fmt::format("HTTP/1.1 {} {}\r\ncontent-type: {}\r\ncontent-length: {}\r\n", reply.status,
                                 reason_phrase(reply.status), reply.content_type, reply.body.size());
  if (reply.rate) {
    fmt::format_to(std::back_inserter(wire),
                   "x-rate-limit-time-window-ms: {}\r\nx-rate-limit-time-reset-ms: {}\r\n"
                   "x-rate-limit-requests-quota: {}\r\nx-rate-limit-requests-left: {}\r\n",
                   reply.rate->window_ms, reply.rate->reset_ms, reply.rate->quota, reply.rate->left);
  }
  if (!keep_alive) wire += "connection: close\r\n";
  wire += "\r\n";
  const auto size = reply.delivery == Delivery::truncate ? reply.body.size() / 2 : reply.body.size();
  wire.append(reply.body, 0, size);
  return wire;
}

}  // namespace consent_sync::sandbox
