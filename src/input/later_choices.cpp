#include "later_choices.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace consent_sync::input {
namespace {

class RowsUntil final : public Reader {
 public:
  RowsUntil(std::unique_ptr<Reader> all, consent::Timestamp latest) : all_(std::move(all)), latest_(latest) {}

  bool read(std::vector<Row>& rows) override {
    const bool has_rows = all_->read(rows);
    for (Row& row : rows) {
      if (row.record && row.record->decided_at > latest_) {
        row.customer = row.record->customer;
        refuse(row, *row.record->decided_at);
      } else if (row.by_email && row.by_email->decided_at > latest_) {
        row.email = row.by_email->email;
        refuse(row, *row.by_email->decided_at);
      }
    }
    return has_rows;
  }
  Format format() const override { return all_->format(); }
  const std::vector<std::string>& columns() const override { return all_->columns(); }
  std::vector<std::string> passed_over() const override { return all_->passed_over(); }
  const consent::Composition* composition() const override { return all_->composition(); }
  Fingerprint fingerprint() const override { return all_->fingerprint(); }
  std::uint64_t bytes_read() const override { return all_->bytes_read(); }

 private:
  static void refuse(Row& row, consent::Timestamp decided_at) {
    row.problem =
        fmt::format("decided_at is {}: no one has chosen then yet", consent::to_rfc3339(decided_at));
    row.record.reset();
    row.by_email.reset();
  }

  const std::unique_ptr<Reader> all_;
  const consent::Timestamp latest_;
};

}  // namespace

std::unique_ptr<Reader> without_later_choices(std::unique_ptr<Reader> all, consent::Timestamp latest) {
  return std::make_unique<RowsUntil>(std::move(all), latest);
}

}  // namespace consent_sync::input
