#include "tls_sessions.hpp"

#include <stdexcept>

namespace consent_sync::store {
namespace {

// As many as connections that are opened again at once.
constexpr std::size_t most_kept = 16;

// The context's own place for data belongs to Asio.
int place_in_context() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  if (index < 0) throw std::runtime_error("OpenSSL has no place for data of ours");
  return index;
}

}  // namespace

void TlsSessions::keep_for(SSL_CTX* context) {
  SSL_CTX_set_ex_data(context, place_in_context(), this);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_new);
}

void TlsSessions::offer(SSL* connection) {
  if (kept_.empty()) return;
  const Session session = std::move(kept_.back());
  kept_.pop_back();
  if (SSL_SESSION_is_resumable(session.get()) != 1) return;
  SSL_set_session(connection, session.get());
  if (SSL_SESSION_get_protocol_version(session.get()) >= TLS1_3_VERSION) return;
  SSL_SESSION_up_ref(session.get());
  kept_.emplace_back(session.get());
}

int TlsSessions::on_new(SSL* connection, SSL_SESSION* session) {
  auto* sessions =
      static_cast<TlsSessions*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), place_in_context()));
  if (sessions->kept_.size() == most_kept) sessions->kept_.erase(sessions->kept_.begin());
  sessions->kept_.emplace_back(session);
  return 1;  // it is ours now
}

}  // namespace consent_sync::store
