#include "address_digest.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <consent_sync/ledger/ledger.hpp>

#include "open_file.hpp"
#include "whole_io.hpp"

namespace consent_sync::ledger {
namespace {

using Key = std::array<unsigned char, 32>;

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw LedgerError(fmt::format("The key of the ledger's hashes, {}, {}.", path, why));
}

void check_owner_only(int descriptor, const std::string& path) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0)
    fail(path, fmt::format("cannot be read: {}", std::generic_category().message(errno)));
  if ((facts.st_mode & 077) != 0) {
    fail(path, fmt::format("can be read by others than its owner; run chmod 600 {}", path));
  }
}

Key make_key(int descriptor, const std::string& path) {
  Key key;
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) fail(path, "cannot be made: no randomness");
  int error = write_whole(descriptor, 0, key.data(), key.size());
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (error != 0) {
    // Half a key must not pass for one.
    if (::ftruncate(descriptor, 0) != 0) ::unlink(path.c_str());
    fail(path, fmt::format("cannot be written: {}", std::generic_category().message(error)));
  }
  return key;
}

Key load_key(const std::string& path) {
  const OpenFile file = OpenFile::open_or_make(path, "the key of the ledger's hashes");
  check_owner_only(file.descriptor(), path);
  // Runs of different stores may share a ledger: one of them makes the key.
  if (::flock(file.descriptor(), LOCK_EX) != 0)
    fail(path, fmt::format("cannot be locked: {}", std::generic_category().message(errno)));
  Key key;
  const PartRead read = read_whole(file.descriptor(), 0, key.data(), key.size());
  if (read.error != 0)
    fail(path, fmt::format("cannot be read: {}", std::generic_category().message(read.error)));
  if (read.size == 0) return make_key(file.descriptor(), path);
  if (read.size != key.size()) {
    fail(path,
         "is damaged; remove it: the store is then asked again whose e-mail addresses are, and logs name "
         "customers anew");
  }
  return key;
}

}  // namespace

struct AddressDigester::Keyed {
  explicit Keyed(Key key) : mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context(EVP_MAC_CTX_new(mac)) {
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
    if (context == nullptr || EVP_MAC_init(context, key.data(), key.size(), parameters) != 1) {
      throw LedgerError("OpenSSL cannot make an HMAC-SHA-256 here.");
    }
  }
  ~Keyed() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(mac);
  }

  EVP_MAC* mac;
  EVP_MAC_CTX* context;
};

AddressDigester::AddressDigester(const std::string& ledger_path)
    : keyed_(std::make_unique<Keyed>(load_key(ledger_path + ".email-key"))) {}
AddressDigester::~AddressDigester() = default;

AddressDigest AddressDigester::operator()(std::string_view email) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> whole;
  std::size_t size = 0;
  // Without a key it begins anew with the last one.
  const bool done = EVP_MAC_init(keyed_->context, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(keyed_->context, reinterpret_cast<const unsigned char*>(email.data()),
                                   email.size()) == 1 &&
                    EVP_MAC_final(keyed_->context, whole.data(), &size, whole.size()) == 1;
  if (!done) throw LedgerError("OpenSSL cannot make an HMAC-SHA-256 here.");
  AddressDigest digest;
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

AddressDigest AddressDigester::proof() const {
  return (*this)("");  // no address is empty
}

}  // namespace consent_sync::ledger
