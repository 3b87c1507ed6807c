#pragma once

#include <openssl/evp.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace consent_sync::input {

/// The bytes of a file, or of standard input, as they are stored; counted and hashed as they pass.
class StoredBytes {
 public:
  /// Opens `path` ("-": standard input). Throws FileError.
  explicit StoredBytes(const std::string& path);
  ~StoredBytes();
  StoredBytes(const StoredBytes&) = delete;
  StoredBytes& operator=(const StoredBytes&) = delete;

  /// The next bytes, `size` at most; 0 only at the end. Throws FileError.
  std::size_t read(char* into, std::size_t size);

  /// The next read() gives these bytes first. They are not counted again.
  void unread(std::string_view bytes);

  /// True at the end of the input.
  bool at_end();

  /// The path, or "standard input": how messages name it.
  const std::string& name() const { return name_; }

  /// A file that is worth a thread to read it. Never a pipe: nobody could stop that thread.
  bool is_long_file() const;

  /// May be asked on any thread.
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  /// Of all bytes read so far, in lower-case hex.
  std::string sha256() const;

 private:
  std::size_t read_file(char* into, std::size_t size);

  struct FreeDigest {
    void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  };
  using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

  std::string name_;
  int file_ = -1;
  std::string unread_;
  std::atomic<std::uint64_t> bytes_{0};
  Digest digest_;
};

}  // namespace consent_sync::input
