#include "exit_code.hpp"

namespace consent_sync::app {

std::string exit_code_help() {
  return R"(Exit codes:
  0         every row ended ok; audit: everything is in sync
  1         finished, but some rows ended as a problem: see the report; audit: something has drifted
  2         usage, configuration or input file error
  3         a safety limit, or a person who was asked, stopped the run before anything was sent; or its canary did
  4         the store refused the token or its scope
  5         the store was unavailable for too long; the run can be resumed
  6         the ledger, the report or standard output could not be written, or memory ran out; the run can be resumed
  7         another run holds this store
  8         the deadline came before every row was reached; the run can be resumed
  10        a defect of consent-sync: the accounts do not add up
  130, 143  interrupted by SIGINT, SIGTERM; the run can be resumed
Over many stores it is the worst of theirs, in the order 10, 6, 4, 2, 3, 5, 8, 7, 143, 130, 1, 0.
)";
}

}  // namespace consent_sync::app
