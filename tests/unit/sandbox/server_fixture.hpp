#pragma once

#include <filesystem>
#include <string>

#include <unistd.h>

#include <consent_sync/sandbox/server.hpp>

#include "asked.hpp"
#include "https_client.hpp"

namespace consent_sync::sandbox {

/// A directory that goes with the test.
struct TemporaryDirectory {
  TemporaryDirectory() {
    auto pattern = (std::filesystem::temp_directory_path() / "sandbox-test-XXXXXX").string();
    path = mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }

  std::filesystem::path path;
};

/// A sandbox over real TLS, and a client that trusts it.
struct ServerFixture {
  explicit ServerFixture(std::initializer_list<const char*> faults = {}, std::int64_t quota = 0)
      : server(options(faults, quota)), client(client_options()) {}

  Options options(std::initializer_list<const char*> faults, std::int64_t quota) const {
    Options options;
    options.ca_file = directory.path / "ca.pem";
    options.quota = quota;
    for (const auto* text : faults) options.faults.push_back(parse_fault(text));
    return options;
  }

  test::HttpsOptions client_options() const {
    test::HttpsOptions options;
    options.port = server.port();
    options.ca_file = (directory.path / "ca.pem").string();
    return options;
  }

  test::HttpsReply put(std::int64_t customer) {
    return client.request("PUT", path(customer),
                          {{"X-Auth-Token", "sandbox-token"}, {"Content-Type", "application/json"}},
                          asked_body);
  }
  test::HttpsReply get(const std::string& target) {
    return client.request("GET", target, {{"X-Auth-Token", "sandbox-token"}});
  }
  static std::string path(std::int64_t customer) {
    return "/stores/sandbox/v3/customers/" + std::to_string(customer) + "/consent";
  }
  std::string held(std::int64_t customer) const {
    return to_string(server.consent_of(*consent::CustomerId::from(customer)).value());
  }

  TemporaryDirectory directory;
  Server server;
  test::HttpsClient client;
};

}  // namespace consent_sync::sandbox
