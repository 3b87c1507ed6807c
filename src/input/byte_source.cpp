#include "byte_source.hpp"

#include <string_view>

namespace consent_sync::input {
namespace {

constexpr std::string_view gzip_magic = "\x1F\x8B";
constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";

class PlainBytes final : public StoredSource {
 public:
  explicit PlainBytes(std::unique_ptr<StoredBytes> stored) : StoredSource(std::move(stored)) {}
  std::size_t read(char* into, std::size_t size) override { return stored_->read(into, size); }
};

std::string peek(StoredBytes& stored, std::size_t size) {
  std::string head(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const std::size_t got = stored.read(head.data() + filled, size - filled);
    if (got == 0) break;
    filled += got;
  }
  head.resize(filled);
  stored.unread(head);
  return head;
}

}  // namespace

std::unique_ptr<ByteSource> open_bytes(const std::string& path, std::string* compression) {
  auto stored = std::make_unique<StoredBytes>(path);
  const std::string head = peek(*stored, zstd_magic.size());
  const bool is_gzip = head.starts_with(gzip_magic);
  const bool is_zstd = head.starts_with(zstd_magic);
  if (compression != nullptr) *compression = is_gzip ? "gzip" : is_zstd ? "zstd" : "";
  if (is_gzip) return guard_expansion(gzip_bytes(std::move(stored)));
  if (is_zstd) return guard_expansion(zstd_bytes(std::move(stored)));
  return std::make_unique<PlainBytes>(std::move(stored));
}

}  // namespace consent_sync::input
