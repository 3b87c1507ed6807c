#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <consent_sync/ledger/run.hpp>

namespace consent_sync::ledger {
namespace {

constexpr double buckets_per_doubling = 16.0;
constexpr std::size_t bucket_limit = 16 * 63;  // every positive 64-bit number of microseconds is below this

/// The bucket whose bound is the first not below the latency; bucket 0 holds 0 and 1.
std::size_t bucket_of(std::int64_t micros) {
  if (micros <= 1) return 0;
  const double exact = std::ceil(std::log2(static_cast<double>(micros)) * buckets_per_doubling);
  return std::min(static_cast<std::size_t>(exact), bucket_limit - 1);
}

std::chrono::microseconds bound_of(std::size_t bucket) {
  const double exact = std::exp2(static_cast<double>(bucket) / buckets_per_doubling);
  return std::chrono::microseconds(static_cast<std::int64_t>(exact));
}

/// Takes a number and the character after it from the front of the text.
std::optional<std::uint64_t> take_number(std::string_view& text, char terminator) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || length == text.size() || text[length] != terminator) return std::nullopt;
  text.remove_prefix(length + 1);
  return value;
}

}  // namespace

void LatencyHistogram::add(std::chrono::microseconds latency) {
  const std::size_t bucket = bucket_of(latency.count());
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  max_ = std::max(max_, latency);
}

std::chrono::microseconds LatencyHistogram::quantile(double q) const {
  const double wanted = std::max(1.0, std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (static_cast<double>(seen) >= wanted) return std::min(bound_of(bucket), max_);
  }
  return max_;
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    if (buckets_[bucket] != 0) filled.push_back({bound_of(bucket), buckets_[bucket]});
  }
  return filled;
}

std::string LatencyHistogram::serialize() const {
  std::string text = fmt::format("{};", max_.count());
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    if (buckets_[bucket] != 0) text += fmt::format("{}:{};", bucket, buckets_[bucket]);
  }
  return text;
}

LatencyHistogram LatencyHistogram::parse(std::string_view text) {
  LatencyHistogram histogram;
  const auto max = take_number(text, ';');
  if (!max || *max > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) return {};
  histogram.max_ = std::chrono::microseconds(static_cast<std::int64_t>(*max));
  while (!text.empty()) {
    const auto bucket = take_number(text, ':');
    const auto count = bucket ? take_number(text, ';') : std::nullopt;
    if (!count || *bucket >= bucket_limit) return {};
    if (*bucket >= histogram.buckets_.size()) histogram.buckets_.resize(*bucket + 1);
    histogram.buckets_[*bucket] += *count;
    histogram.count_ += *count;
  }
  return histogram;
}

}  // namespace consent_sync::ledger
