#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace consent_sync::store::test {

/// What a server says on one connection: the n-th text, as it is, after the n-th request. Then it closes,
/// with close_notify. A text comes in as many pieces as NULs divide it into, each a TLS record of its own.
using Script = std::vector<std::string>;

/// A TLS server on 127.0.0.1 that follows a script for each connection, in the order in which they come.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> scripts);
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string api_url() const;
  /// PEM.
  std::string authority() const;
  /// Waits until every script has been followed: on how many connections the client said good-bye then.
  int farewells();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace consent_sync::store::test
