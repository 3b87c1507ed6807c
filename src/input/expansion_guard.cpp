#include <fmt/format.h>

#include <consent_sync/input/reader.hpp>
#include <cstdint>
#include <utility>

#include "byte_source.hpp"

namespace consent_sync::input {
namespace {

// Exports of choices shrink to a tenth, seldom to a fiftieth; a thousandth is what gzip makes of nothing but
// zeros.
constexpr std::uint64_t most_expansion = 250;
constexpr std::uint64_t always_allowed = std::uint64_t{64} * 1024 * 1024;

class ExpansionGuard final : public ByteSource {
 public:
  explicit ExpansionGuard(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  std::size_t read(char* into, std::size_t size) override {
    const std::size_t got = source_->read(into, size);
    unpacked_ += got;
    if (unpacked_ > always_allowed && unpacked_ / most_expansion > stored().bytes()) {
      throw FileError(fmt::format(
          "{} unpacks to more than {} times its size, as no export does; if it is sound, unpack it first",
          stored().name(), most_expansion));
    }
    return got;
  }
  const StoredBytes& stored() const override { return source_->stored(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> guard_expansion(std::unique_ptr<ByteSource> unpacked) {
  return std::make_unique<ExpansionGuard>(std::move(unpacked));
}

}  // namespace consent_sync::input
