#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quota_window.hpp"

namespace consent_sync::sandbox {

/// What the connection does with a reply.
enum class Delivery : std::uint8_t {
  send,
  reset,     ///< TCP RST in place of it
  fin,       ///< TCP FIN without close_notify in place of it
  stall,     ///< silence for stall_for, then the same
  truncate,  ///< half of the body, then the same
};

struct Reply {
  int status = 200;
  std::string body;
  std::string_view content_type = "application/json";
  std::optional<QuotaView> rate;  ///< for the rate headers
  Delivery delivery = Delivery::send;
  std::chrono::milliseconds stall_for{0};
  bool announced_close = false;  ///< with "Connection: close"
  bool silent_close = false;
};

/// What is wrong with each field of a request.
using FieldErrors = std::vector<std::pair<std::string, std::string>>;

/// The text as a JSON string with its quotes. Control characters and anything but ASCII become '?': the store
/// repeats nothing that it may not have understood.
std::string json_string(std::string_view text);

/// A reply with the API's error body; `path` becomes its "instance".
Reply error_reply(int status, std::string_view title, std::string_view path, const FieldErrors& errors = {});

/// The error with the title that the store commonly gives to a status.
Reply error_reply(int status, std::string_view path);

/// The reply as HTTP/1.1 text; for Delivery::truncate only the part that is sent.
std::string to_wire(const Reply& reply, bool keep_alive);

}  // namespace consent_sync::sandbox
