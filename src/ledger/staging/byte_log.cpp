#include "byte_log.hpp"

#include <algorithm>
#include <cstring>

namespace consent_sync::ledger {
namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 20U;
using Length = std::uint32_t;

}  // namespace

std::uint64_t ByteLog::append(std::string_view entry) {
  if (buffer_.size() >= buffer_size) flush();
  const std::uint64_t position = size();
  const auto length = static_cast<Length>(entry.size());
  buffer_.append(reinterpret_cast<const char*>(&length), sizeof length);
  buffer_ += entry;
  return position;
}

void ByteLog::flush() {
  file_.write(written_, buffer_.data(), buffer_.size());
  written_ += buffer_.size();
  buffer_.clear();
}

void ByteLog::cut(std::uint64_t size) {
  if (size >= written_) {
    buffer_.resize(size - written_);
    return;
  }
  written_ = size;
  buffer_.clear();
}

std::string ByteLog::read_at(std::uint64_t position) {
  flush();
  Length length = 0;
  file_.read(position, &length, sizeof length);
  std::string entry(length, '\0');
  file_.read(position + sizeof length, entry.data(), entry.size());
  return entry;
}

ByteLog::Reader::Reader(ByteLog& log) : log_(log) {
  log_.flush();
  end_ = log_.written_;
}

bool ByteLog::Reader::has(std::size_t bytes) {
  if (buffer_.size() - at_ >= bytes) return true;
  buffer_.erase(0, at_);
  at_ = 0;
  const std::size_t kept = buffer_.size();
  const std::uint64_t wanted = std::min<std::uint64_t>(std::max(buffer_size, bytes - kept), end_ - position_);
  buffer_.resize(kept + wanted);
  log_.file_.read(position_, buffer_.data() + kept, wanted);
  position_ += wanted;
  return buffer_.size() >= bytes;
}

bool ByteLog::Reader::next(std::string_view& entry) {
  if (!has(sizeof(Length))) return false;
  Length length = 0;
  std::memcpy(&length, buffer_.data() + at_, sizeof length);
  if (!has(sizeof length + length)) return false;
  entry = std::string_view(buffer_).substr(at_ + sizeof length, length);
  at_ += sizeof length + length;
  return true;
}

}  // namespace consent_sync::ledger
