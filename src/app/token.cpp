#include "token.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sys/stat.h>

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
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::string read_token(const Config& config) {
  const bool in_file = !config.store.token_file.empty();
  const char* variable = in_file ? nullptr : std::getenv(config.store.token_env.c_str());
  if (!in_file && !variable) {
    fail(fmt::format(
        "there is no access token: set the environment variable {}, or name an owner-only file in "
        "store.token_file",
        config.store.token_env));
  }
  const std::string token = trimmed(in_file ? from_file(config.store.token_file) : std::string(variable));
  if (!is_token(token)) {
    fail(fmt::format("{} holds no access token: expected one line of printable characters",
                     in_file ? config.store.token_file : config.store.token_env));
  }
  return token;
}

}  // namespace consent_sync::app
