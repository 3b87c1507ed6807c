#include "nameless_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "../exit_code.hpp"

namespace consent_sync::app {
namespace {

std::string directory_of_temporary_files() {
  const char* chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
}

}  // namespace

NamelessFile make_nameless_file() {
  const std::string directory = directory_of_temporary_files();
  std::string name = directory + "/consent-sync-XXXXXX";
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor >= 0) ::unlink(name.c_str());
  NamelessFile file(descriptor >= 0 ? ::fdopen(descriptor, "w+") : nullptr);
  if (!file) {
    throw Failure(
        ExitCode::not_recorded,
        fmt::format("a temporary file cannot be made in {} ({}): set TMPDIR to a directory that you may "
                    "write to",
                    directory, std::generic_category().message(errno)));
  }
  return file;
}

void finish_writing(std::FILE* file) {
  if (std::fflush(file) == 0 && std::ferror(file) == 0) return;
  throw Failure(ExitCode::not_recorded,
                fmt::format("a temporary file in {} cannot be written: is its disk full? TMPDIR may name "
                            "another directory",
                            directory_of_temporary_files()));
}

}  // namespace consent_sync::app
