#pragma once

#include <map>
#include <set>
#include <string>

#include "fixture.hpp"

namespace consent_sync::ledger::test {

/// SQLite finds nothing wrong in the file, if there is one.
bool is_whole(const std::string& path);

/// The whole life of a ledger, as the program leads it: a run over twelve rows, of which three are known by
/// an address, that is planned, sent page by page, ended, reported and looked up; a dry run; an erasure. Like
/// the program it goes on where an earlier process stopped. It notes what the ledger has said is so, and
/// checks that it stays so.
class Life {
 public:
  explicit Life(std::string path) : path_(std::move(path)) {}

  /// Throws what the ledger throws.
  void lead();
  /// After any interruption, with nothing in the way any more: what is there is whole, holds all that was
  /// said to be there, and can be led to its end, at which every row has ended once.
  void check_and_complete();
  /// The same for a copy of the files at an earlier instant, by what had been said then.
  void move_to(std::string path) { path_ = std::move(path); }

 private:
  void carry_out(Ledger& ledger);
  void plan(Ledger& ledger);
  void identify(Ledger& ledger);
  void send(Ledger& ledger);
  void record(Ledger& ledger, const std::vector<QueuedChange>& page);
  void report(Ledger& ledger);
  void rehearse(Ledger& ledger);
  void look_up(Ledger& ledger);
  void erase(Ledger& ledger);
  void check_told(Ledger& ledger) const;
  void check_end(Ledger& ledger) const;

  std::string path_;
  bool has_begun_ = false;
  bool is_planned_ = false;
  bool has_ended_ = false;
  bool is_erased_ = false;
  std::map<LineNumber, Outcome> recorded_;
};

}  // namespace consent_sync::ledger::test
