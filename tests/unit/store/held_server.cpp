#include "held_server.hpp"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace consent_sync::store::test {

namespace asio = boost::asio;
using asio::ip::tcp;

HeldServer::HeldServer(asio::io_context& io, std::vector<std::string> texts)
    : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      socket_(io),
      texts_(std::move(texts)) {
  accept();
}

void HeldServer::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket peer) {
    if (error) return;
    ++connections_;
    socket_ = std::move(peer);
    heard_.assign(4096, '\0');
    listen();
    accept();
  });
}

// A request of this client comes whole: it is short, and written at once.
void HeldServer::listen() {
  socket_.async_read_some(asio::buffer(heard_), [this](boost::system::error_code error, std::size_t) {
    if (!error) answer();
  });
}

void HeldServer::answer() {
  if (said_ == texts_.size()) return on_silence();
  asio::async_write(socket_, asio::buffer(texts_[said_++]),
                    [this](boost::system::error_code error, std::size_t) {
                      if (!error) listen();
                    });
}

}  // namespace consent_sync::store::test
