#include <consent_sync/input/inspection.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "findings.hpp"

namespace consent_sync::input {
namespace {

constexpr std::size_t most_reasons = 30;
constexpr std::size_t most_customers = 65536;

/// Remembers what customers' rows say; of too many customers only those whose hash ends with some zeros.
class CustomerCensus {
 public:
  void see(std::string_view customer, std::uint64_t saying) {
    const std::size_t hash = mixed(std::hash<std::string_view>{}(customer));
    if ((hash & mask_) != 0) return;
    auto [found, fresh] = seen_.try_emplace(hash, Seen{saying, 0, false});
    ++found->second.rows;
    if (found->second.saying != saying) found->second.differs = true;
    if (seen_.size() > most_customers) thin_out();
  }

  void count(Rehearsal& result) const {
    result.customers = seen_.size();
    result.sampled = mask_ + 1;
    for (const auto& [hash, customer] : seen_) {
      if (customer.rows > 1) ++result.with_several_rows;
      if (customer.differs) ++result.with_different_choices;
    }
  }

 private:
  struct Seen {
    std::uint64_t saying;
    std::uint64_t rows;
    bool differs;
  };

  // The library's hash of short texts is good enough everywhere but in its lowest bits.
  static std::size_t mixed(std::size_t hash) { return hash ^ (hash >> 29U); }

  void thin_out() {
    mask_ = mask_ * 2 + 1;
    std::erase_if(seen_, [this](const auto& entry) { return (entry.first & mask_) != 0; });
  }

  std::unordered_map<std::size_t, Seen> seen_;
  std::size_t mask_ = 0;
};

// In long form a customer's rows differ as soon as two of one category do.
void see(CustomerCensus& census, const Row& row) {
  const bool by_id = row.record.has_value();
  std::string customer = by_id ? std::to_string(row.record->customer.value()) : row.by_email->email;
  if (const auto part = by_id ? row.record->part : row.by_email->part)
    customer += ' ' + std::to_string(*part);
  census.see(customer, (by_id ? row.record->choice : row.by_email->choice).code());
}

// Mangled ids are all different: what is wrong with them is what counts.
std::string without_value(std::string problem) {
  const std::size_t start = problem.find(" is \"");
  const std::size_t end = problem.rfind("\": ");
  if (start != std::string::npos && end != std::string::npos && start < end)
    problem.erase(start, end + 1 - start);
  return problem;
}

}  // namespace

Rehearsal rehearse(const std::string& path, const ReaderOptions& options) {
  const std::unique_ptr<Reader> reader = open_reader(path, options);
  Rehearsal result;
  result.passed_over = reader->passed_over();
  Findings problems(most_reasons);
  CustomerCensus customers;
  std::vector<Row> rows;
  while (reader->read(rows)) {
    for (const Row& row : rows) {
      ++result.rows;
      if (!row.problem.empty()) {
        problems.add(without_value(row.problem), row.line);
      } else {
        ++result.understood;
        see(customers, row);
      }
    }
  }
  result.problems = problems.sorted();
  result.has_more_problems = problems.overflowed();
  customers.count(result);
  return result;
}

}  // namespace consent_sync::input
