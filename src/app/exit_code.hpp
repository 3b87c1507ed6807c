#pragma once

#include <stdexcept>
#include <string>

namespace consent_sync::app {

/// What the process says when it ends. A caller treats any other code as a failure.
enum class ExitCode : int {
  ok = 0,
  problems = 1,
  usage = 2,
  safety_limit = 3,
  store_refused = 4,
  store_unavailable = 5,
  not_recorded = 6,
  store_held = 7,
  deadline = 8,
  defect = 10,
  interrupted = 130,
  terminated = 143,
};

/// Ends the program with one sentence for a person.
class Failure : public std::runtime_error {
 public:
  Failure(ExitCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Ends it when nobody can read what it was asked to print.
inline constexpr const char* output_not_written = "standard output could not be written";

/// The list of exit codes, one a line: for --help.
std::string exit_code_help();

}  // namespace consent_sync::app
