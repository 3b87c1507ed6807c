#include "tc_string.hpp"

#include <fmt/format.h>

namespace consent_sync::input {
namespace {

using namespace std::chrono;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bits of a base64url text, six a character, from the highest. Past its end everything reads as 0.
class BitReader {
 public:
  explicit BitReader(std::string_view text) : text_(text) {}

  std::uint64_t take(std::size_t bits) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bits; ++i) value = value << 1U | next();
    return value;
  }
  void skip(std::size_t bits) { at_ += bits; }
  bool is_past_end() const { return at_ > text_.size() * 6; }

 private:
  unsigned next() {
    const std::size_t index = at_ / 6;
    const std::size_t shift = 5 - at_ % 6;
    ++at_;
    if (index >= text_.size()) return 0;
    return static_cast<unsigned>(alphabet.find(text_[index])) >> shift & 1U;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

consent::Timestamp take_time(BitReader& bits) {
  return consent::Timestamp{microseconds{static_cast<std::int64_t>(bits.take(36)) * 100'000}};
}

void skip_ranges(BitReader& bits) {
  const std::uint64_t entries = bits.take(12);
  for (std::uint64_t i = 0; i < entries && !bits.is_past_end(); ++i) {
    const bool is_range = bits.take(1) != 0;
    bits.skip(is_range ? 32 : 16);
  }
}

void skip_vendors(BitReader& bits) {
  const std::uint64_t last_vendor = bits.take(16);
  const bool by_ranges = bits.take(1) != 0;
  if (by_ranges) {
    skip_ranges(bits);
  } else {
    bits.skip(last_vendor);
  }
}

// Read only to see whether the string is whole.
void skip_restrictions(BitReader& bits) {
  const std::uint64_t restrictions = bits.take(12);
  for (std::uint64_t i = 0; i < restrictions && !bits.is_past_end(); ++i) {
    bits.skip(8);
    skip_ranges(bits);
  }
}

// From 30 September 2023 on, a new string of an older policy is none.
bool is_of_expired_policy(const TcString& decoded) {
  return decoded.policy_version < 4 && decoded.created >= consent::Timestamp{sys_days{year{2023} / 10 / 1}};
}

}  // namespace

std::optional<TcString> decode_tc_string(std::string_view text, std::string& problem) {
  const std::string_view core = text.substr(0, text.find('.'));
  if (core.empty() || core.find_first_not_of(alphabet) != std::string_view::npos) {
    problem = "it is no TC string: its first part is not base64url";
    return std::nullopt;
  }
  BitReader bits(core);
  TcString decoded;
  const std::uint64_t version = bits.take(6);
  if (version != 2) {
    problem = fmt::format("its TC string is of version {}; only version 2 can be read", version);
    return std::nullopt;
  }
  decoded.created = take_time(bits);
  decoded.last_updated = take_time(bits);
  bits.skip(12 + 12 + 6 + 12 + 12);  // CMP, its version, screen, language, vendor list
  decoded.policy_version = static_cast<unsigned>(bits.take(6));
  bits.skip(1 + 1 + 12);  // service-specific, non-standard texts, special features
  for (unsigned purpose = 1; purpose <= tc_purposes; ++purpose) {
    decoded.purposes_consent |= static_cast<std::uint32_t>(bits.take(1)) << (purpose - 1);
  }
  bits.skip(24 + 1 + 12);  // purposes by legitimate interest, purpose one treatment, publisher's country
  skip_vendors(bits);
  skip_vendors(bits);
  skip_restrictions(bits);
  if (bits.is_past_end()) {
    problem = "its TC string is cut off";
    return std::nullopt;
  }
  if (is_of_expired_policy(decoded)) {
    problem =
        fmt::format("its TC string is of policy version {}, which was not valid any more when it was made",
                    decoded.policy_version);
    return std::nullopt;
  }
  return decoded;
}

}  // namespace consent_sync::input
