#include "fault_words.hpp"

namespace consent_sync::report {

using ledger::Fault;

std::string_view meaning(Fault fault) {
  switch (fault) {
    case Fault::quota_spent:
      return "Quota spent (429)";
    case Fault::overloaded:
      return "Platform overloaded (429 without a quota)";
    case Fault::unavailable:
      return "Store unavailable (503)";
    case Fault::server_error:
      return "Server error (5xx)";
    case Fault::locked:
      return "Customer locked or in conflict (409, 423)";
    case Fault::timed_out:
      return "No answer in time";
    case Fault::not_connected:
      return "Could not connect";
    case Fault::cut_off:
      return "Connection closed before the answer";
    case Fault::unreadable:
      return "An answer that is no consent, or only a part of one";
    case Fault::differs:
      return "The store held something else (200)";
  }
  return "";
}

std::string_view what_was_done(Fault fault) {
  switch (fault) {
    case Fault::quota_spent:
      return "All sending waited for the quota's reset; it cost the row no try.";
    case Fault::overloaded:
      return "All sending paused, then went on with fewer requests in flight; it cost the row no try.";
    case Fault::unavailable:
      return "All sending paused, and the store was asked now and then until it was well.";
    case Fault::server_error:
    case Fault::unreadable:
      return "Tried again, after a growing pause. The change may have been made: only a later answer settles "
             "it.";
    case Fault::locked:
      return "Tried again, after a growing pause. Nothing can have been changed.";
    case Fault::timed_out:
    case Fault::cut_off:
      return "Tried again on a fresh connection. The change may have been made: only a later answer settles "
             "it.";
    case Fault::not_connected:
      return "Tried again, after a growing pause. Nothing was sent.";
    case Fault::differs:
      return "Sent once more; if the answer differs again, the row ends as a mismatch.";
  }
  return "";
}

}  // namespace consent_sync::report
