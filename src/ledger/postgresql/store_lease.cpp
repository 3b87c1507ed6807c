#include "store_lease.hpp"

#include <ctime>

#include <fmt/format.h>

#include "../this_process.hpp"
#include "connection.hpp"

namespace consent_sync::ledger::postgresql {
namespace {

using std::chrono::nanoseconds;

/// Goes on while the process stands still, and while the machine sleeps.
nanoseconds time_since_boot() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

nanoseconds held_until(nanoseconds asked_at, const Fence& fence) {
  return asked_at + nanoseconds(fence.lease) * 2 / 3;
}

std::unique_ptr<Session> quick_session(const std::string& url) {
  auto session = std::make_unique<Session>(url);
  session->run("SET statement_timeout = '5s'");
  return session;
}

Parameters parameters_of(const Fence& fence) {
  Parameters parameters;
  parameters.set_text(1, fence.store);
  parameters.set_text(2, std::to_string(fence.token));
  parameters.set_text(3, std::to_string(fence.lease.count()));
  return parameters;
}

std::optional<StoreHeld> read_holder(Session& session, const std::string& store) {
  Parameters parameters;
  parameters.set_text(1, store);
  const Result found = session.run(
      "SELECT holder, to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM store_lease "
      "WHERE "
      "store = $1 AND expires_at > clock_timestamp()",
      parameters);
  if (found.rows() == 0) return std::nullopt;
  const std::string since(found.text(0, 1));
  return StoreHeld{fmt::format("{} since {}", found.text(0, 0), since), consent::parse_rfc3339(since)};
}

/// Its new token; nothing while somebody has it, or is writing about the store.
std::optional<std::int64_t> take(Session& session, const std::string& store,
                                 std::chrono::milliseconds lease) {
  Parameters parameters;
  parameters.set_text(1, store);
  session.run("INSERT INTO store_lease (store) VALUES ($1) ON CONFLICT (store) DO NOTHING", parameters);
  parameters.set_text(2, describe_this_process());
  parameters.set_text(3, std::to_string(lease.count()));
  const Result taken = session.run(
      "UPDATE store_lease SET token = token + 1, holder = $2, since = clock_timestamp(), expires_at = "
      "clock_timestamp() + CAST($3 AS BIGINT) * interval '1 millisecond' WHERE store = (SELECT store FROM "
      "store_lease WHERE store = $1 AND expires_at <= clock_timestamp() FOR UPDATE SKIP LOCKED) RETURNING "
      "token",
      parameters);
  if (taken.rows() == 0) return std::nullopt;
  return std::stoll(std::string(taken.text(0, 0)));
}

}  // namespace

StoreLease::StoreLease(std::string url, std::unique_ptr<Session> session, Fence fence, nanoseconds asked_at)
    : url_(std::move(url)),
      fence_(std::move(fence)),
      held_until_(held_until(asked_at, fence_)),
      session_(std::move(session)),
      keeper_([this] { keep(); }) {}

StoreLease::~StoreLease() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ended_.notify_all();
  keeper_.join();
  try {
    if (!session_) return;
    Parameters parameters;
    parameters.set_text(1, fence_.store);
    parameters.set_text(2, std::to_string(fence_.token));
    session_->run(
        "UPDATE store_lease SET expires_at = least(expires_at, clock_timestamp()), holder = '' WHERE store = "
        "$1 AND token = $2",
        parameters);
  } catch (const DatabaseError&) {
    // It ends by itself.
  }
}

bool StoreLease::is_fresh() const {
  return !is_lost_ && time_since_boot() < held_until_.load();
}

bool StoreLease::is_held() {
  if (is_fresh()) return true;
  const std::lock_guard lock(mutex_);
  return is_fresh() || renew();
}

void StoreLease::keep() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, fence_.lease / 6, [this] { return is_ending_; })) renew();
}

bool StoreLease::renew() {
  if (is_lost_) return false;
  try {
    if (!session_) session_ = quick_session(url_);
    const nanoseconds asked_at = time_since_boot();
    const Result renewed = session_->run(
        "UPDATE store_lease SET expires_at = greatest(expires_at, clock_timestamp() + CAST($3 AS BIGINT) * "
        "interval "
        "'1 millisecond') WHERE store = $1 AND token = $2",
        parameters_of(fence_));
    is_lost_ = renewed.changed_rows() == 0;
    if (!is_lost_) held_until_ = held_until(asked_at, fence_);
  } catch (const DatabaseError& error) {
    if (error.kind() == DatabaseError::Kind::unreachable) session_.reset();
  }
  return is_fresh();
}

std::variant<std::unique_ptr<StoreLock>, StoreHeld> lock_store_by_lease(const std::string& url,
                                                                        const std::string& store,
                                                                        std::chrono::milliseconds lease) {
  using Taken = std::variant<std::unique_ptr<StoreLock>, StoreHeld>;
  open_postgresql_ledger(url, std::nullopt);  // there may be no tables yet
  return as_ledger_error(name_of(url), [&]() -> Taken {
    std::unique_ptr<Session> session = quick_session(url);
    const nanoseconds asked_at = time_since_boot();
    if (const std::optional<std::int64_t> token = take(*session, store, lease))
      return std::make_unique<StoreLease>(url, std::move(session), Fence{store, *token, lease}, asked_at);
    return read_holder(*session, store).value_or(StoreHeld{"another process", std::nullopt});
  });
}

std::optional<StoreHeld> lease_holder(const std::string& url, const std::string& store) {
  return as_ledger_error(name_of(url), [&] { return read_holder(*quick_session(url), store); });
}

}  // namespace consent_sync::ledger::postgresql
