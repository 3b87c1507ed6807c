// The body of a reply. The first two bytes choose the status, what was asked, and whether the body was cut;
// the rest is the body.
#include "judged.hpp"

#include <array>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace consent_sync;
  if (size < 2) return 0;
  constexpr std::array statuses{200, 200, 200, 200, 422, 401, 403, 404, 409, 413,
                                429, 500, 501, 503, 504, 301, 201, 204, 100, 999};
  constexpr std::size_t most_said = 300;
  store::Reply reply;
  reply.status = statuses[data[0] % statuses.size()];
  reply.body_truncated = (data[1] & 0x10U) != 0;
  reply.body_too_long = reply.body_truncated && (data[1] & 0x20U) != 0;
  reply.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
  const unsigned allowed = data[1] & 0xFU;
  const consent::Choice asked = consent::Choice::from_masks(allowed, ~allowed & 0xFU).value();

  if (const auto choice = store::decode_choice(reply.body)) {
    fuzz::require(store::decode_choice(store::encode_choice(*choice)) == choice);
  }
  if (const auto page = store::decode_customers(reply.body)) {
    fuzz::require(page->emails.size() == page->customers.size());
    for (const consent::CustomerId customer : page->customers) fuzz::require(customer.value() > 0);
  }
  fuzz::require_for_people(store::describe_error_body(reply.body), most_said);
  fuzz::require_sound_verdicts(reply, asked);
  // A reply that gives the choice is read back as that, whatever was said before.
  reply.status = 200;
  reply.body_truncated = false;
  reply.body = store::encode_choice(asked);
  fuzz::require(
      std::holds_alternative<store::verdict::Applied>(store::judge_put(store::Exchange(reply), asked)));
  return 0;
}
