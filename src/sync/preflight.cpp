#include <consent_sync/sync/preflight.hpp>

#include <algorithm>
#include <vector>

namespace consent_sync::sync {
namespace {

using consent::CustomerId;

bool is_unknown(const ledger::CustomerRows& customer) {
  return !customer.observed;
}

class WhichExist final : public ListQuestions {
 public:
  WhichExist(ledger::Ledger& ledger, ledger::RunId run) : ledger_(ledger), run_(std::move(run)) {}

  std::string_view what() const override { return "which customers exist (policy.preflight)"; }

  std::size_t take(std::size_t limit) override {
    customers_ = ledger_.select_customers(run_, is_unknown, last_, limit);
    return customers_.size();
  }

  void give_back() override {}

  boost::asio::awaitable<store::Exchange> ask(store::Client& client, int page) override {
    return client.get_customers(customers_, page);
  }

  std::size_t note(const store::CustomerPage& answer, const ledger::Traffic& traffic) override {
    std::vector<CustomerId> found = answer.customers;
    std::sort(found.begin(), found.end());
    std::vector<ledger::ObservedCustomer> seen;
    std::size_t existing = 0;
    for (const CustomerId customer : customers_) {
      const bool exists = std::binary_search(found.begin(), found.end(), customer);
      seen.push_back({customer, {exists, std::nullopt}});
      existing += exists ? 1 : 0;
    }
    ledger_.observe(run_, seen, traffic);
    last_ = customers_.back();
    return existing;
  }

 private:
  ledger::Ledger& ledger_;
  const ledger::RunId run_;
  std::optional<CustomerId> last_;  ///< the last one asked about
  std::vector<CustomerId> customers_;
};

}  // namespace

Preflight::Preflight(boost::asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger,
                     const ledger::Run& run, Pacing& pacing, EngineOptions options)
    : ListAsker(io, clients, ledger, run, pacing, std::move(options),
                std::make_unique<WhichExist>(ledger, run.id)) {}

}  // namespace consent_sync::sync
