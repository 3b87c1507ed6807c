#include "work_list.hpp"

#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "../database/query.hpp"
#include "../this_process.hpp"
#include "connection.hpp"

namespace consent_sync::ledger::postgresql {
namespace {

// A hash of a store has no comma.
const std::string of_ours =
    "batch = ?1 AND (?2 = '' OR work_item.store IN (SELECT unnest(string_to_array(?2, ','))))";

class SharedWorkList final : public WorkList {
 public:
  SharedWorkList(std::unique_ptr<Connection> connection, std::string batch, std::span<const std::string> only,
                 std::chrono::milliseconds lease)
      : connection_(std::move(connection)),
        batch_(std::move(batch)),
        only_(fmt::format("{}", fmt::join(only, ","))),
        lease_(lease) {}

  void add(std::span<const std::string> stores) override {
    connection_->write([&] {
      execute_later(connection_->prepared(
          "DELETE FROM work_item WHERE added_at < clock_timestamp() - interval '90 days' AND (is_ended OR "
          "not_before < clock_timestamp())"));
      auto& insert = connection_->prepared(
          "INSERT INTO work_item (batch, store) VALUES (?, ?) ON CONFLICT (batch, store) DO NOTHING");
      for (const std::string& store : stores) execute_later(insert, batch_, store);
    });
  }

  // Who looks at the same store at the same time passes it over. A store is at work while its taker says so,
  // and while somebody holds its lease, as one may whose worker has died. Whoever had the lease in this
  // taking and lost it (it ended, and was not given back) stands still, whatever its worker says; so does who
  // has not asked for it, or has not come to an end after giving it back, for five leases.
  std::optional<Taken> take() override {
    static const std::string sql =
        "UPDATE work_item SET takings = takings + 1, taker = ?4, taken_at = clock_timestamp(), not_before = "
        "clock_timestamp() + CAST(?3 AS BIGINT) * interval '1 millisecond' WHERE batch = ?1 AND store = "
        "(SELECT work_item.store FROM work_item LEFT JOIN store_lease ON store_lease.store = work_item.store "
        "WHERE " +
        of_ours +
        " AND NOT is_ended AND coalesce(expires_at <= clock_timestamp(), TRUE) AND (not_before <= "
        "clock_timestamp() OR (holder <> '' AND expires_at > taken_at) OR greatest(taken_at, expires_at) < "
        "clock_timestamp() - CAST(?3 AS BIGINT) * interval '5 milliseconds') ORDER BY takings, "
        "work_item.store LIMIT 1 FOR UPDATE OF work_item SKIP LOCKED) RETURNING store, takings";
    std::optional<Taken> taken;
    connection_->write([&] {
      Query query(connection_->prepared(sql.c_str()), batch_, only_, std::int64_t{lease_.count()},
                  describe_this_process());
      if (query.next()) taken = Taken{query.text(0), static_cast<int>(query.integer(1))};
    });
    return taken;
  }

  std::vector<std::string> keep(std::span<const Taken> taken) override {
    static constexpr const char* sql =
        "UPDATE work_item SET not_before = clock_timestamp() + CAST(? AS BIGINT) * interval '1 millisecond' "
        "WHERE batch = ? AND store = ? AND takings = ? AND NOT is_ended RETURNING store";
    std::vector<std::string> lost;
    connection_->write([&] {
      for (const Taken& one : taken) {
        Query query(connection_->prepared(sql), std::int64_t{lease_.count()}, batch_, one.store, one.taking);
        if (!query.next()) lost.push_back(one.store);
      }
    });
    return lost;
  }

  void end(const Taken& taken, int exit_code) override {
    connection_->write([&] {
      execute(connection_->prepared(
                  "UPDATE work_item SET is_ended = TRUE, exit_code = ? WHERE batch = ? AND store = "
                  "? AND takings = ?"),
              exit_code, batch_, taken.store, taken.taking);
    });
  }

  void put_back(const Taken& taken, int exit_code, std::chrono::milliseconds pause) override {
    connection_->write([&] {
      execute(connection_->prepared(
                  "UPDATE work_item SET exit_code = ?, taken_at = 'infinity', not_before = clock_timestamp() "
                  "+ CAST(? AS "
                  "BIGINT) * interval '1 millisecond' WHERE batch = ? AND store = ? AND takings = ?"),
              exit_code, std::int64_t{pause.count()}, batch_, taken.store, taken.taking);
    });
  }

  Standing standing() override {
    static const std::string sql =
        "SELECT count(*), count(*) FILTER (WHERE is_ended), count(*) FILTER (WHERE NOT is_ended AND EXISTS "
        "(SELECT 1 FROM store_lease WHERE store_lease.store = work_item.store AND expires_at > "
        "clock_timestamp())) FROM work_item WHERE " +
        of_ours;
    return connection_->guarded([&] {
      Query query(connection_->prepared(sql.c_str()), batch_, only_);
      query.next();
      return Standing{query.count(0), query.count(1), query.count(2)};
    });
  }

  std::vector<int> exit_codes() override {
    static const std::string sql = "SELECT DISTINCT exit_code FROM work_item WHERE is_ended AND " + of_ours;
    return connection_->guarded([&] {
      Query query(connection_->prepared(sql.c_str()), batch_, only_);
      std::vector<int> codes;
      while (query.next()) codes.push_back(static_cast<int>(query.integer(0)));
      return codes;
    });
  }

 private:
  const std::unique_ptr<Connection> connection_;
  const std::string batch_;
  const std::string only_;  ///< stores, as the queries take them; "": all
  const std::chrono::milliseconds lease_;
};

}  // namespace

std::unique_ptr<WorkList> open_shared_work_list(const std::string& url, const std::string& batch,
                                                std::span<const std::string> only,
                                                std::chrono::milliseconds lease) {
  return std::make_unique<SharedWorkList>(open_postgresql_ledger(url, std::nullopt), batch, only, lease);
}

}  // namespace consent_sync::ledger::postgresql
