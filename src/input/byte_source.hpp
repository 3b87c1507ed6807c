#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "stored_bytes.hpp"

namespace consent_sync::input {

/// The content of an input: its stored bytes, decompressed where they are compressed.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  /// The next bytes, `size` at most; 0 only at the end, which is reached only by a whole and sound input.
  /// Throws FileError.
  virtual std::size_t read(char* into, std::size_t size) = 0;

  virtual const StoredBytes& stored() const = 0;
};

/// A source of what is stored itself.
class StoredSource : public ByteSource {
 public:
  const StoredBytes& stored() const final { return *stored_; }

 protected:
  explicit StoredSource(std::unique_ptr<StoredBytes> stored) : stored_(std::move(stored)) {}

  std::unique_ptr<StoredBytes> stored_;
};

/// Opens `path` ("-": standard input), plain, gzip or zstd by its first bytes; `compression`, if there,
/// becomes "gzip", "zstd" or "". Throws FileError.
std::unique_ptr<ByteSource> open_bytes(const std::string& path, std::string* compression = nullptr);

/// Of gzip, any number of members one after another.
std::unique_ptr<ByteSource> gzip_bytes(std::unique_ptr<StoredBytes> stored);

/// Of zstd, any number of frames one after another.
std::unique_ptr<ByteSource> zstd_bytes(std::unique_ptr<StoredBytes> stored);

/// The same, read on a thread of its own where that is worth it.
std::unique_ptr<ByteSource> in_background(std::unique_ptr<ByteSource> source);

/// Stops with a FileError when unpacked content grows out of all proportion to what is stored.
std::unique_ptr<ByteSource> guard_expansion(std::unique_ptr<ByteSource> unpacked);

}  // namespace consent_sync::input
