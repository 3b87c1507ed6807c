#include "token.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "exit_code.hpp"

namespace consent_sync::app {
namespace {

[[noreturn]] void fail(const std::string& sentence) {
  throw Failure(ExitCode::usage, sentence);
}

std::string trimmed(std::string text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  text.erase(end == std::string::npos ? 0 : end + 1);
  return text;
}

// A header value: anything else would end up in the request's other headers.
bool is_token(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string content_of(std::ifstream& file) {
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string from_file(const std::string& path) {
  std::ifstream file(path);
  struct stat facts {};
  if (!file || ::stat(path.c_str(), &facts) != 0) {
    fail(fmt::format("store.token_file: {} cannot be read: {}", path, std::strerror(errno)));
  }
  if ((facts.st_mode & 077) != 0) {
    fail(fmt::format("store.token_file: {} can be read by others than its owner; run chmod 600 {}", path,
                     path));
  }
  return content_of(file);
}

// The service manager answers for who can read it.
std::string from_credential(const std::string& name) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (!directory) {
    fail(
        fmt::format("store.token_credential: there are no credentials ($CREDENTIALS_DIRECTORY is not set): "
                    "run it as a service with "
                    "LoadCredential={}:FILE, or set store.token_file",
                    name));
  }
  const std::string path = fmt::format("{}/{}", directory, name);
  std::ifstream file(path);
  if (!file) {
    fail(fmt::format("store.token_credential: {} cannot be read: {}; does LoadCredential= name {}?", path,
                     std::strerror(errno), name));
  }
  return content_of(file);
}

/// A command's standard output; what it says on standard error goes where ours does.
std::string from_command(const std::string& command) {
  constexpr std::size_t most_bytes = 64 * 1024;
  std::FILE* output = ::popen(command.c_str(), "re");
  if (output == nullptr) fail(fmt::format("store.token_command cannot be run: {}", std::strerror(errno)));
  std::string text(most_bytes, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), output));
  const int status = ::pclose(output);
  if (status == 0) return text;
  fail(WIFEXITED(status) ? fmt::format("store.token_command ended with exit code {}", WEXITSTATUS(status))
                         : "store.token_command was ended by a signal");
}

std::string from_variable(const std::string& name) {
  if (const char* value = std::getenv(name.c_str())) return value;
  fail(
      fmt::format("there is no access token: set the environment variable {}, or name an owner-only file in "
                  "store.token_file",
                  name));
}

struct Found {
  std::string text;
  std::string where;
};

template <class Store>
Found find_token(const Store& store) {
  if (!store.token_command.empty())
    return {from_command(store.token_command), "what store.token_command prints"};
  if (!store.token_file.empty()) return {from_file(store.token_file), store.token_file};
  if (!store.token_credential.empty())
    return {from_credential(store.token_credential), store.token_credential};
  return {from_variable(store.token_env), store.token_env};
}

/// Nor may another process of this user look into this one. LeakSanitizer has to.
void keep_out_of_core_dumps() {
#ifndef CONSENT_SYNC_SANITIZED
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

}  // namespace

std::string read_token(const Config& config) {
  const auto& store = config.store;
  keep_out_of_core_dumps();
  const auto [text, where] = find_token(store);
  const std::string token = trimmed(text);
  if (!is_token(token)) {
    fail(fmt::format("{} holds no access token: expected one line of printable characters", where));
  }
  return token;
}

}  // namespace consent_sync::app
