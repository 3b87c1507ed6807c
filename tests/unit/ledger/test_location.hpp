#pragma once

#include <string>

namespace consent_sync::ledger::test {

/// Where a test keeps its ledger: in a schema of its own in PostgreSQL, if CONSENT_SYNC_TEST_POSTGRESQL names
/// a server; else in a file at `path`. What is true only of a ledger in a file is in the test suite "file".
std::string new_location(const std::string& path);

/// No server is named: what is true only of a ledger on one is not tested.
bool no_server();
#define SERVER_TEST(name) TEST_CASE((name)*doctest::test_suite("server") * doctest::skip(no_server()))

/// Runs SQL in the database of a ledger. Throws std::runtime_error, with what the database says.
void run_sql(const std::string& location, const std::string& sql);

}  // namespace consent_sync::ledger::test
