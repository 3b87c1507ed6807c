#include <doctest/doctest.h>

#include <fstream>

#include "certificate.hpp"
#include "server_fixture.hpp"

using namespace consent_sync::sandbox;

TEST_CASE("authority, certificate and key are three different things, new each time") {
  const auto one = make_certificate("127.0.0.1");
  const auto other = make_certificate("127.0.0.1");
  CHECK(one.authority.starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(one.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(one.private_key.starts_with("-----BEGIN PRIVATE KEY-----"));
  CHECK(one.authority != one.certificate);
  CHECK(one.authority != other.authority);
  CHECK(one.private_key != other.private_key);
}

TEST_CASE("a file is replaced as a whole") {
  const TemporaryDirectory directory;
  const auto file = directory.path / "ca.pem";
  write_whole_file(file, "a longer first text");
  write_whole_file(file, "second");
  std::ifstream stream(file);
  CHECK(std::string{std::istreambuf_iterator<char>(stream), {}} == "second");
}

TEST_CASE("where no file can be, the error names it") {
  CHECK_THROWS_WITH_AS(write_whole_file("/nonexistent/ca.pem", "x"), doctest::Contains("/nonexistent/ca.pem"),
                       std::runtime_error);
}
