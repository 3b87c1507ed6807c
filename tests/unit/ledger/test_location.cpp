#include "test_location.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace consent_sync::ledger::test {
namespace {

void run_on_server(const std::string& url, const std::string& sql) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
}

}  // namespace

std::string new_location(const std::string& path) {
  const char* server = std::getenv("CONSENT_SYNC_TEST_POSTGRESQL");
  if (server == nullptr) return "sqlite:" + path;
  static int number = 0;
  const std::string schema = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++number);
  run_on_server(server, "CREATE SCHEMA " + schema);
  const std::string url = server;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema;
}

bool no_server() {
  return std::getenv("CONSENT_SYNC_TEST_POSTGRESQL") == nullptr;
}

void run_sql(const std::string& location, const std::string& sql) {
  const std::string file = "sqlite:";
  if (!location.starts_with(file)) return run_on_server(location, sql);
  SQLite::Database(location.substr(file.size()), SQLite::OPEN_READWRITE).exec(sql);
}

}  // namespace consent_sync::ledger::test
