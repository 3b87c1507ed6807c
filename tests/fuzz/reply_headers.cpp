// The bytes of an HTTP reply, through the parser of the client. The first byte says how many come at a time;
// the rest is what the store sends before it hangs up.
#include "reply_parser.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/read.hpp>

#include "judged.hpp"

namespace {

using namespace consent_sync;
namespace asio = boost::asio;

/// A connection that gives `step` bytes at a time, and ends.
class MemoryStream {
 public:
  MemoryStream(std::string_view bytes, std::size_t step) : rest_(bytes), step_(step) {}

  template <class Buffers>
  std::size_t read_some(const Buffers& into, boost::system::error_code& error) {
    if (rest_.empty()) error = asio::error::eof;
    const std::size_t count = asio::buffer_copy(into, asio::buffer(rest_.substr(0, step_)));
    rest_.remove_prefix(count);
    return count;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& into) {
    boost::system::error_code error;
    return read_some(into, error);
  }

 private:
  std::string_view rest_;
  std::size_t step_;
};

std::optional<store::Reply> read_reply(std::string_view bytes, std::size_t step) {
  constexpr std::size_t room = 512;
  MemoryStream stream(bytes, step);
  store::ReplyBuffer buffer;
  buffer.make_room(room);
  std::optional<store::ReplyParser> reply;
  boost::system::error_code error;
  do {
    reply.emplace(buffer);
    boost::beast::http::read(stream, buffer.unparsed, *reply, error);
  } while (!error && reply->is_interim());
  if (!reply->is_header_done()) return std::nullopt;
  return reply->take(!error);
}

void require_same(const std::optional<store::Reply>& one, const std::optional<store::Reply>& other) {
  fuzz::require(one.has_value() == other.has_value());
  if (!one) return;
  fuzz::require(one->status == other->status && one->location == other->location);
  fuzz::require(one->rate.quota == other->rate.quota && one->rate.left == other->rate.left &&
                one->rate.reset_ms == other->rate.reset_ms && one->rate.window_ms == other->rate.window_ms);
  fuzz::require(one->body_truncated == other->body_truncated);
  fuzz::require(one->body_truncated || one->body == other->body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto reply = read_reply(bytes, bytes.size() + 1);
  require_same(reply, read_reply(bytes, 1));
  require_same(reply, read_reply(bytes, 2 + data[0]));
  if (reply) fuzz::require_sound_verdicts(*reply, consent::Choice::from_masks(0b0001, 0b1110).value());
  return 0;
}
