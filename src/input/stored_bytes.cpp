#include "stored_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <consent_sync/input/reader.hpp>
#include <cstring>
#include <new>
#include <system_error>

namespace consent_sync::input {
namespace {

constexpr off_t long_file = 1024 * 1024;

[[noreturn]] void fail(const std::string& name, int error) {
  throw FileError(fmt::format("cannot read {}: {}", name, std::generic_category().message(error)));
}

int open_file(const std::string& path, const std::string& name) {
  if (path == "-") return STDIN_FILENO;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(name, errno);
  return file;
}

}  // namespace

StoredBytes::StoredBytes(const std::string& path)
    : name_(path == "-" ? "standard input" : path), digest_(EVP_MD_CTX_new()) {
  if (!digest_ || EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  file_ = open_file(path, name_);
}

StoredBytes::~StoredBytes() {
  if (file_ != STDIN_FILENO) ::close(file_);
}

std::size_t StoredBytes::read(char* into, std::size_t size) {
  if (unread_.empty()) return read_file(into, size);
  const std::size_t taken = std::min(size, unread_.size());
  std::memcpy(into, unread_.data(), taken);
  unread_.erase(0, taken);
  return taken;
}

void StoredBytes::unread(std::string_view bytes) {
  unread_.insert(0, bytes);
}

bool StoredBytes::is_long_file() const {
  struct stat facts {};
  return ::fstat(file_, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > long_file;
}

bool StoredBytes::at_end() {
  char next = '\0';
  if (read(&next, 1) == 0) return true;
  unread({&next, 1});
  return false;
}

std::size_t StoredBytes::read_file(char* into, std::size_t size) {
  ssize_t got = -1;
  do {
    got = ::read(file_, into, size);
  } while (got < 0 && errno == EINTR);
  if (got < 0) fail(name_, errno);
  const auto count = static_cast<std::size_t>(got);
  bytes_.fetch_add(count, std::memory_order_relaxed);
  EVP_DigestUpdate(digest_.get(), into, count);
  return count;
}

std::string StoredBytes::sha256() const {
  // Finishing a digest ends it; a copy lets reading go on.
  const Digest copy(EVP_MD_CTX_new());
  if (!copy || EVP_MD_CTX_copy_ex(copy.get(), digest_.get()) != 1) throw std::bad_alloc();
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  EVP_DigestFinal_ex(copy.get(), sum.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", sum[i]);
  return hex;
}

}  // namespace consent_sync::input
