#include <consent_sync/sync/address_lookup.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <unordered_map>
#include <vector>

namespace consent_sync::sync {
namespace {

std::string in_lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

class WhoseAddresses final : public ListQuestions {
 public:
  WhoseAddresses(ledger::Ledger& ledger, ledger::RunId run, consent::Timestamp since, bool notes_existence)
      : ledger_(ledger), run_(std::move(run)), since_(since), notes_existence_(notes_existence) {}

  std::string_view what() const override { return "whose the e-mail addresses are"; }

  std::size_t take(std::size_t limit) override {
    if (waiting_.empty()) waiting_ = ledger_.unasked_addresses(run_, since_, limit);
    const auto count = static_cast<std::ptrdiff_t>(std::min(limit, waiting_.size()));
    emails_.assign(waiting_.end() - count, waiting_.end());
    waiting_.resize(waiting_.size() - emails_.size());
    return emails_.size();
  }

  void give_back() override { waiting_.insert(waiting_.end(), emails_.begin(), emails_.end()); }

  boost::asio::awaitable<store::Exchange> ask(store::Client& client, int page) override {
    return client.get_customers_by_email(emails_, page);
  }

  std::size_t note(const store::CustomerPage& answer, const ledger::Traffic& traffic) override {
    std::vector<ledger::AddressOwners> owners = owners_in(answer);
    const auto now = consent::now();
    std::vector<ledger::ObservedCustomer> seen;
    std::size_t known = 0;
    for (const ledger::AddressOwners& owner : owners) {
      known += owner.customers.empty() ? 0 : 1;
      for (const consent::CustomerId customer : owner.customers)
        seen.push_back({customer, {true, std::nullopt}});
    }
    ledger_.note_addresses(run_, owners, now, traffic);
    if (notes_existence_) ledger_.observe(run_, seen, traffic);
    return known;
  }

 private:
  std::vector<ledger::AddressOwners> owners_in(const store::CustomerPage& answer) const {
    std::vector<ledger::AddressOwners> owners;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const std::string& email : emails_) {
      places.emplace(email, owners.size());
      owners.push_back({email, {}});
    }
    for (std::size_t i = 0; i < answer.customers.size(); ++i) {
      const std::string email = in_lower_case(answer.emails[i]);
      const auto place = places.find(email);
      if (place != places.end()) owners[place->second].customers.push_back(answer.customers[i]);
    }
    for (ledger::AddressOwners& owner : owners) {
      // A page may repeat what moved meanwhile.
      std::sort(owner.customers.begin(), owner.customers.end());
      owner.customers.erase(std::unique(owner.customers.begin(), owner.customers.end()),
                            owner.customers.end());
    }
    return owners;
  }

  ledger::Ledger& ledger_;
  const ledger::RunId run_;
  const consent::Timestamp since_;
  const bool notes_existence_;
  std::vector<std::string> waiting_;  ///< taken from the ledger and not asked yet
  std::vector<std::string> emails_;   ///< the list under way
};

}  // namespace

AddressLookup::AddressLookup(boost::asio::io_context& io, store::ClientFactory& clients,
                             ledger::Ledger& ledger, const ledger::Run& run, Pacing& pacing,
                             EngineOptions options, consent::Timestamp since, bool notes_existence)
    : ListAsker(io, clients, ledger, run, pacing, std::move(options),
                std::make_unique<WhoseAddresses>(ledger, run.id, since, notes_existence)) {}

}  // namespace consent_sync::sync
