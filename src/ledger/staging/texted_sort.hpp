#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "byte_log.hpp"
#include "external_sort.hpp"

namespace consent_sync::ledger {

/// As ExternalSort, of records of which some have a text of any length. Throws LedgerError.
template <class Record>
class TextedSort {
  static constexpr std::uint64_t no_text = std::numeric_limits<std::uint64_t>::max();

  struct Entry {
    Record record;
    std::uint64_t text_at = no_text;
    std::uint64_t key() const { return record.key(); }
  };

 public:
  explicit TextedSort(const Workspace& workspace) : texts_(workspace), entries_(workspace) {}

  void add(const Record& record, std::string_view text) {
    entries_.make_room(1);
    entries_.add({record, text.empty() ? no_text : texts_.append(text)});
  }

  /// What was added, in order. Does not outlive the sort.
  class Reader {
   public:
    explicit Reader(TextedSort& sort) : texts_(sort.texts_), entries_(sort.entries_.read()) {}

    /// The next record; null at the end. Valid until the next call.
    const Record* next() {
      entry_ = entries_.next();
      return entry_ == nullptr ? nullptr : &entry_->record;
    }
    /// Of the record that came last.
    std::string text() const { return entry_->text_at == no_text ? "" : texts_.read_at(entry_->text_at); }

   private:
    ByteLog& texts_;
    typename ExternalSort<Entry>::Reader entries_;
    const Entry* entry_ = nullptr;
  };

 private:
  ByteLog texts_;
  ExternalSort<Entry> entries_;
};

}  // namespace consent_sync::ledger
