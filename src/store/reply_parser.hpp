#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <consent_sync/store/exchange.hpp>

namespace consent_sync::store {

/// What a connection reads into: bounded, whoever is on the other side.
class ReplyBuffer {
 public:
  ReplyBuffer();
  /// Of the next reply's body, at most `room` bytes are taken.
  void make_room(std::size_t room) { body.resize(room); }

  boost::beast::flat_buffer unparsed;
  std::vector<char> body;
};

/// Puts one reply together from its bytes, wherever they are cut. Does not outlive its buffer.
class ReplyParser {
 public:
  explicit ReplyParser(ReplyBuffer& buffer);

  /// For http::read and http::async_read, with the buffer's `unparsed`.
  boost::beast::http::response_parser<boost::beast::http::buffer_body>& parser() { return parser_; }

  /// A whole reply that announces another one (1xx): to be passed over.
  bool is_interim() const { return parser_.is_done() && parser_.get().result_int() < 200; }
  bool has_header() const { return parser_.is_header_done(); }
  bool got_some() const { return parser_.got_some(); }
  bool keeps_connection() const { return parser_.keep_alive(); }

  /// Once there is a header. `whole`: it was read to its end without an error.
  Reply take(bool whole) const;

 private:
  ReplyBuffer& buffer_;
  boost::beast::http::response_parser<boost::beast::http::buffer_body> parser_;
};

}  // namespace consent_sync::store
