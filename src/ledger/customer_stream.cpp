#include "customer_stream.hpp"

#include "staging/bytes.hpp"

namespace consent_sync::ledger {
namespace {

constexpr const char* confirmed_sql =
    "SELECT customer, choice, asked, in_doubt, decided_at FROM confirmed WHERE store = ? AND customer >= ? "
    "ORDER BY "
    "customer";
constexpr const char* observed_sql =
    "SELECT customer, choice, is_there FROM observed WHERE run = ? AND customer >= ? ORDER BY customer";

std::optional<consent::Choice> intact(std::uint8_t byte) {
  const std::optional<consent::Choice> choice = choice_of(byte);
  if (!choice && byte != no_choice)
    throw DatabaseError(DatabaseError::Kind::damaged, "a stored choice makes no sense");
  return choice;
}

}  // namespace

CustomerStream::CustomerStream(Staging& staging, const Connection& ledger, std::int64_t run,
                               const std::string& store)
    : connection_(ledger.another()),
      entries_(staging.customers()),
      confirmed_(*connection_, confirmed_sql, store),
      observed_(*connection_, observed_sql, run),
      current_{consent::CustomerId::from(1).value(), {}, {}, {}, {}} {
  if (const CustomerEntry* first = entries_.next()) ahead_ = *first;
}

void CustomerStream::rest() {
  confirmed_.rest();
  observed_.rest();
}

const CustomerRows* CustomerStream::next() {
  if (!ahead_) return nullptr;
  const std::int64_t customer = ahead_->customer;
  current_.customer = consent::CustomerId::from(customer).value();
  current_.rows.clear();
  while (ahead_ && ahead_->customer == customer) {
    current_.rows.push_back(ahead_->row());
    const CustomerEntry* following = entries_.next();
    ahead_ = following == nullptr ? std::nullopt : std::optional(*following);
  }
  current_.base = {};
  current_.decided_at.reset();
  current_.observed.reset();
  if (confirmed_.find(customer)) {
    current_.base = {intact(confirmed_.choice(1)), intact(confirmed_.choice(2)), confirmed_.flag(3)};
    current_.decided_at = confirmed_.time(4);
  }
  if (observed_.find(customer))
    current_.observed = Observation{observed_.flag(2), intact(observed_.choice(1))};
  return &current_;
}

}  // namespace consent_sync::ledger
