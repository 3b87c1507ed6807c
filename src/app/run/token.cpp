#include "token.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../exit_code.hpp"
#include "token_command.hpp"

namespace consent_sync::app {
namespace {

using store::SecretText;

constexpr std::size_t most_bytes = 64 * 1024;

[[noreturn]] void fail(const std::string& sentence) {
  throw Failure(ExitCode::usage, sentence);
}

SecretText trimmed(SecretText text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  text.erase(end == std::string::npos ? 0 : end + 1);
  return text;
}

// A header value: anything else would end up in the request's other headers.
bool is_token(const SecretText& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// Read without a buffer of somebody else's between.
SecretText content_of(int file) {
  SecretText text(most_bytes, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(file, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return text;
}

/// A file that is open for reading; closed with it.
class OpenedFile {
 public:
  explicit OpenedFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  ~OpenedFile() {
    if (file_ >= 0) ::close(file_);
  }
  int descriptor() const { return file_; }

 private:
  const int file_;
};

SecretText from_file(const std::string& path) {
  const OpenedFile file(path);
  struct stat facts {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &facts) != 0) {
    fail(
        fmt::format("store.token_file: {} cannot be read: {}", path, std::generic_category().message(errno)));
  }
  if ((facts.st_mode & 077) != 0) {
    fail(fmt::format("store.token_file: {} can be read by others than its owner; run chmod 600 {}", path,
                     path));
  }
  return content_of(file.descriptor());
}

// The service manager answers for who can read it.
SecretText from_credential(const std::string& name) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (!directory) {
    fail(
        fmt::format("store.token_credential: there are no credentials ($CREDENTIALS_DIRECTORY is not set): "
                    "run it as a service with "
                    "LoadCredential={}:FILE, or set store.token_file",
                    name));
  }
  const std::string path = fmt::format("{}/{}", directory, name);
  const OpenedFile file(path);
  if (file.descriptor() < 0) {
    fail(fmt::format("store.token_credential: {} cannot be read: {}; does LoadCredential= name {}?", path,
                     std::generic_category().message(errno), name));
  }
  return content_of(file.descriptor());
}

SecretText from_command(const std::string& command, std::chrono::milliseconds limit) {
  try {
    return run_token_command(command, limit);
  } catch (const std::runtime_error& problem) {
    fail(fmt::format("store.token_command {}", problem.what()));
  }
}

SecretText from_variable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    fail(fmt::format(
        "there is no access token: set the environment variable {}, or name an owner-only file in "
        "store.token_file",
        name));
  }
  SecretText text(value);
  ::explicit_bzero(value, text.size());
  ::unsetenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): there is no other thread yet
  return text;
}

struct Found {
  SecretText text;
  std::string where;
};

template <class Store>
Found find_token(const Store& store, std::chrono::milliseconds command_limit) {
  if (!store.token_command.empty())
    return {from_command(store.token_command, command_limit), "what store.token_command prints"};
  if (!store.token_file.empty()) return {from_file(store.token_file), store.token_file};
  if (!store.token_credential.empty())
    return {from_credential(store.token_credential), store.token_credential};
  return {from_variable(store.token_env), store.token_env};
}

}  // namespace

void keep_out_of_core_dumps() {
#ifndef CONSENT_SYNC_SANITIZED
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

store::SecretText read_token(const Config& config, std::chrono::milliseconds command_limit) {
  const auto& store = config.store;
  keep_out_of_core_dumps();
  auto [text, where] = find_token(store, command_limit);
  SecretText token = trimmed(std::move(text));
  if (!is_token(token)) {
    fail(fmt::format("{} holds no access token: expected one line of printable characters", where));
  }
  return token;
}

}  // namespace consent_sync::app
