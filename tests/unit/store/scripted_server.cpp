#include "scripted_server.hpp"

#include <algorithm>
#include <string_view>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>

#include "certificate.hpp"

namespace consent_sync::store::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Stream = asio::ssl::stream<tcp::socket>;

asio::ssl::context server_context(const sandbox::Certificate& certificate) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate_chain(asio::buffer(certificate.certificate));
  context.use_private_key(asio::buffer(certificate.private_key), asio::ssl::context::pem);
  return context;
}

// Requests here have a body only if they say its length.
bool read_request(Stream& stream) {
  std::string text;
  boost::system::error_code error;
  const std::size_t head = asio::read_until(stream, asio::dynamic_buffer(text), "\r\n\r\n", error);
  if (error) return false;
  const std::size_t field = text.find("Content-Length: ");
  if (field == std::string::npos) return true;
  const std::size_t whole = head + std::stoul(text.substr(field + 16));
  if (text.size() < whole) {
    asio::read(stream, asio::dynamic_buffer(text), asio::transfer_exactly(whole - text.size()), error);
  }
  return !error;
}

void write_pieces(Stream& stream, std::string_view text, boost::system::error_code& error) {
  while (!error && !text.empty()) {
    const std::string_view piece = text.substr(0, text.find('\0'));
    asio::write(stream, asio::buffer(piece), error);
    text.remove_prefix(std::min(text.size(), piece.size() + 1));
  }
}

/// True: to the end, and the client said good-bye.
bool follow(Stream& stream, const Script& script) {
  boost::system::error_code error;
  stream.handshake(asio::ssl::stream_base::server, error);
  for (const std::string& text : script) {
    if (error || !read_request(stream)) return false;
    write_pieces(stream, text, error);
  }
  stream.shutdown(error);
  return !error;
}

}  // namespace

struct ScriptedServer::Impl {
  explicit Impl(std::vector<Script> all)
      : scripts(std::move(all)),
        certificate(sandbox::make_certificate("127.0.0.1")),
        context(server_context(certificate)),
        acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        port(acceptor.local_endpoint().port()),
        thread([this] { serve(); }) {}

  void serve() {
    for (const Script& script : scripts) {
      boost::system::error_code error;
      Stream stream(io, context);
      acceptor.accept(stream.next_layer(), error);
      if (error) return;
      if (follow(stream, script)) ++farewells;
    }
  }

  std::vector<Script> scripts;
  sandbox::Certificate certificate;
  asio::io_context io;
  asio::ssl::context context;
  tcp::acceptor acceptor;
  unsigned short port;
  int farewells = 0;
  std::thread thread;
};

ScriptedServer::ScriptedServer(std::vector<Script> scripts)
    : impl_(std::make_unique<Impl>(std::move(scripts))) {}

// A connection that nobody opened would be waited for in vain.
ScriptedServer::~ScriptedServer() {
  ::shutdown(impl_->acceptor.native_handle(), SHUT_RDWR);
  if (impl_->thread.joinable()) impl_->thread.join();
}

std::string ScriptedServer::api_url() const {
  return "https://127.0.0.1:" + std::to_string(impl_->port);
}

std::string ScriptedServer::authority() const {
  return impl_->certificate.authority;
}

int ScriptedServer::farewells() {
  impl_->thread.join();
  return impl_->farewells;
}

}  // namespace consent_sync::store::test
