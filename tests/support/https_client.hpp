#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace consent_sync::test {

enum class HttpsFailure {
  connect,
  certificate,  ///< the server's certificate was not accepted
  handshake,
  reset,      ///< TCP RST
  closed,     ///< TLS close_notify where a reply should be
  truncated,  ///< FIN without close_notify, before or within the reply
  timed_out,
  malformed,  ///< no HTTP
};

struct HttpsReply {
  int status = 0;  ///< 0 if no whole reply came; then `failure` says why
  HttpsFailure failure = HttpsFailure::connect;
  std::map<std::string, std::string> headers;  ///< names as they came
  std::string body;
  bool keep_alive = false;
};

struct HttpsOptions {
  std::string host = "127.0.0.1";  ///< verified against the certificate
  unsigned short port = 0;
  std::string ca_file;  ///< empty: the system's authorities
  std::chrono::milliseconds timeout{10000};
};

/// A blocking HTTPS client for tests: one connection, opened by the first request and again after it was
/// lost. It hides nothing: there is no retry.
class HttpsClient {
 public:
  explicit HttpsClient(HttpsOptions options);
  ~HttpsClient();

  using Headers = std::map<std::string, std::string>;

  HttpsReply request(const std::string& method, const std::string& target, const Headers& headers = {},
                     const std::string& body = "");

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace consent_sync::test
