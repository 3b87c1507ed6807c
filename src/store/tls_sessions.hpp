#pragma once

#include <memory>
#include <vector>

#include <openssl/ssl.h>

namespace consent_sync::store {

/// Sessions of TLS that a peer let us resume: a connection that is opened again spares both sides the
/// public-key part of the handshake. One thread. A ticket of TLS 1.3 is used once (RFC 8446, C.4).
class TlsSessions {
 public:
  /// From here on sessions of `context` are kept here; this object outlives the context's connections.
  void keep_for(SSL_CTX* context);
  /// Offers a session to a connection that is about to shake hands, if there is one.
  void offer(SSL* connection);

 private:
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  using Session = std::unique_ptr<SSL_SESSION, Free>;

  static int on_new(SSL* connection, SSL_SESSION* session);

  std::vector<Session> kept_;  ///< the newest last
};

}  // namespace consent_sync::store
