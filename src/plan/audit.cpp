#include <consent_sync/plan/audit.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "batch_size.hpp"
#include "customer_plan.hpp"

namespace consent_sync::plan {
namespace {

using consent::Outcome;
using ledger::CustomerRows;
using ledger::PlannedRow;

/// Of so many that come one by one, takes exactly so many (Knuth's algorithm S).
class Draw {
 public:
  Draw(std::uint64_t of, std::uint64_t wanted, std::uint64_t seed)
      : left_(of), wanted_(wanted), random_(seed) {}

  bool takes_next() {
    const bool takes = std::uniform_int_distribution<std::uint64_t>(
                           1, std::max<std::uint64_t>(1, left_))(random_) <= wanted_;
    --left_;
    if (takes) --wanted_;
    return takes;
  }

 private:
  std::uint64_t left_;
  std::uint64_t wanted_;
  std::mt19937_64 random_;
};

std::uint64_t wanted_of(std::uint64_t customers, SampleSize size) {
  if (size.customers) return std::min(customers, *size.customers);
  if (size.share) return static_cast<std::uint64_t>(std::ceil(static_cast<double>(customers) * *size.share));
  return customers;
}

PlannedRow asked_about(const CustomerRows& customer, const CustomerRows::Row& row, consent::Choice choice) {
  PlannedRow planned = ends_as(Outcome::pending, row, std::nullopt);
  planned.after = choice;
  planned.change =
      consent::Change{row.line, customer.customer, std::nullopt, choice, choice, customer.base, row.account};
  return planned;
}

PlannedRow not_drawn(const CustomerRows::Row& row) {
  return ends_as(Outcome::not_sampled, row, std::nullopt);
}

/// Rows that have no say are unchanged in a sync; here nothing is asked for their sake.
void leave_out_without_say(std::vector<PlannedRow>& planned, std::size_t first) {
  for (std::size_t i = first; i < planned.size(); ++i) {
    if (planned[i].outcome == Outcome::unchanged) planned[i].outcome = Outcome::not_sampled;
  }
}

/// Customers whose rows make a choice.
std::uint64_t count_customers(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy) {
  std::uint64_t customers = 0;
  std::vector<PlannedRow> unused;
  ledger.for_each_customer(run, [&](const CustomerRows& customer) {
    unused.clear();
    plan_rows(customer, policy, unused, [&](const CustomerRows::Row& row, consent::Choice) {
      ++customers;
      return not_drawn(row);
    });
  });
  return customers;
}

}  // namespace

ledger::Sample plan_audit(ledger::Ledger& ledger, const ledger::RunId& run, const Policy& policy,
                          SampleSize size, std::uint64_t seed) {
  ledger::Sample sample;
  sample.customers = count_customers(ledger, run, policy);
  sample.drawn = wanted_of(sample.customers, size);
  const bool is_whole = sample.drawn == sample.customers;
  sample.seed = is_whole ? 0 : seed;
  Draw draw(sample.customers, sample.drawn, seed);
  std::vector<PlannedRow> batch;
  ledger.for_each_customer(run, [&](const CustomerRows& customer) {
    const std::size_t first = batch.size();
    plan_rows(customer, policy, batch, [&](const CustomerRows::Row& row, consent::Choice choice) {
      if (!draw.takes_next()) return not_drawn(row);
      const bool completes = policy.unspecified == Unspecified::deny;
      return asked_about(customer, row,
                         completes ? complete(choice, std::nullopt, policy.unspecified) : choice);
    });
    leave_out_without_say(batch, first);
    if (batch.size() < batch_size) return;
    ledger.plan(run, batch);
    batch.clear();
  });
  if (!batch.empty()) ledger.plan(run, batch);
  ledger.note_sample(run, sample);
  return sample;
}

}  // namespace consent_sync::plan
