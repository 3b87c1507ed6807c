#include "tc_string.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace consent_sync;
using namespace consent_sync::input;

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Writes a core segment field by field.
class TcWriter {
 public:
  TcWriter& put(std::uint64_t value, int bits) {
    for (int bit = bits - 1; bit >= 0; --bit) bits_ += (value >> bit & 1U) != 0 ? '1' : '0';
    return *this;
  }
  std::string text() const {
    std::string padded = bits_;
    while (padded.size() % 6 != 0) padded += '0';
    std::string text;
    for (std::size_t i = 0; i < padded.size(); i += 6)
      text += alphabet[std::stoul(padded.substr(i, 6), nullptr, 2)];
    return text;
  }

 private:
  std::string bits_;
};

struct Core {
  unsigned version = 2;
  std::uint64_t created = 17'000'000'000;  // deciseconds: 2023-11-14
  unsigned policy = 4;
  std::uint64_t purposes = 0;  ///< purpose 1 is the highest of 24 bits
  bool by_ranges = false;
};

std::string core(const Core& wanted) {
  TcWriter writer;
  writer.put(wanted.version, 6).put(wanted.created, 36).put(wanted.created + 10, 36);
  writer.put(31, 12).put(1, 12).put(1, 6).put(0x4C5, 12).put(200, 12).put(wanted.policy, 6);
  writer.put(0, 1).put(0, 1).put(0, 12).put(wanted.purposes, 24).put(0xFFFFFF, 24).put(0, 1).put(0x4C5, 12);
  writer.put(100, 16).put(wanted.by_ranges ? 1 : 0, 1);
  if (wanted.by_ranges) {
    writer.put(2, 12).put(0, 1).put(7, 16).put(1, 1).put(20, 16).put(30, 16);
  } else {
    for (int i = 0; i < 4; ++i) writer.put(0x1FFFFFF, 25);
  }
  writer.put(0, 16).put(0, 1);                                            // no vendors by legitimate interest
  writer.put(1, 12).put(2, 6).put(1, 2).put(1, 12).put(0, 1).put(8, 16);  // one publisher restriction
  return writer.text();
}

std::optional<TcString> decode(std::string_view text) {
  std::string problem;
  const auto decoded = decode_tc_string(text, problem);
  CHECK(decoded.has_value() == problem.empty());
  return decoded;
}

std::string tc_problem_of(std::string_view text) {
  std::string problem;
  decode_tc_string(text, problem);
  return problem;
}

}  // namespace

TEST_CASE("the specification's own example is read") {
  const auto decoded = decode(
      "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA."
      "IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAA"
      "AAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw");
  REQUIRE(decoded);
  CHECK(consent::to_rfc3339(decoded->created) == "2020-02-20T23:57:39.300000Z");
  CHECK(decoded->policy_version == 2);
  for (unsigned purpose = 1; purpose <= tc_purposes; ++purpose)
    CHECK(decoded->consents_to(purpose) == (purpose <= 3));
}

TEST_CASE("each purpose has its own bit, whether vendors are listed or ranged") {
  for (const bool by_ranges : {false, true}) {
    for (unsigned purpose = 1; purpose <= tc_purposes; ++purpose) {
      Core wanted;
      wanted.purposes = std::uint64_t{1} << (tc_purposes - purpose);
      wanted.by_ranges = by_ranges;
      const auto decoded = decode(core(wanted));
      REQUIRE(decoded);
      CHECK(decoded->purposes_consent == 1U << (purpose - 1));
      CHECK(decoded->last_updated - decoded->created == std::chrono::seconds(1));
    }
  }
}

TEST_CASE("a string that is cut off anywhere is refused") {
  for (const bool by_ranges : {false, true}) {
    Core wanted;
    wanted.by_ranges = by_ranges;
    const std::string whole = core(wanted);
    REQUIRE(decode(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(tc_problem_of(whole.substr(0, size)).empty());
    }
  }
}

TEST_CASE("other versions, other alphabets and expired policies are refused") {
  Core old_version;
  old_version.version = 1;
  CHECK(tc_problem_of(core(old_version)).find("version 1") != std::string::npos);
  CHECK(tc_problem_of("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA").find("version 1") != std::string::npos);
  Core old_policy;
  old_policy.policy = 2;
  CHECK(tc_problem_of(core(old_policy)).find("policy version 2") != std::string::npos);
  old_policy.created = 16'900'000'000;  // 2023-07-22
  CHECK(decode(core(old_policy)));
  CHECK_FALSE(tc_problem_of("CO+FyGBOvFyG").empty());
  CHECK_FALSE(tc_problem_of("").empty());
  CHECK_FALSE(tc_problem_of(".COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA").empty());
}
