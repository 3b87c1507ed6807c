#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

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

/// Puts one reply together from its bytes, wherever they are cut, for http::read and http::async_read with
/// the buffer's `unparsed`. Of the header it keeps what is read of it, and nothing is allocated for the rest.
/// Does not outlive its buffer.
class ReplyParser : public boost::beast::http::basic_parser<false> {
 public:
  explicit ReplyParser(ReplyBuffer& buffer);

  /// A whole reply that announces another one (1xx): to be passed over.
  bool is_interim() const { return is_done() && reply_.status < 200; }

  /// Once, when there is a header. `whole`: it was read to its end without an error.
  Reply take(bool whole);

 private:
  using error_code = boost::system::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int status, string_view reason, int version, error_code& error) override;
  void on_field_impl(boost::beast::http::field known, string_view name, string_view value,
                     error_code& error) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view bytes, error_code& error) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t rest, string_view bytes, error_code& error) override;
  void on_finish_impl(error_code&) override {}

  ReplyBuffer& buffer_;
  std::size_t body_size_ = 0;
  Reply reply_;
  unsigned seen_ = 0;  ///< a bit for each of the fields that are read: the first of a name counts
};

}  // namespace consent_sync::store
