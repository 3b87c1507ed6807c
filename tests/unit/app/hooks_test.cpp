#include <doctest/doctest.h>

#include "monitoring/hooks.hpp"

using namespace consent_sync;
using namespace consent_sync::app;

namespace {

store::Exchange answered(int status) {
  store::Reply reply;
  reply.status = status;
  return store::Exchange(reply);
}

store::Exchange failed(bool misconfigured) {
  store::TransportFailure failure;
  failure.misconfigured = misconfigured;
  return store::Exchange(failure);
}

}  // namespace

TEST_CASE("each way to end has its hook: only a run whose rows all ended ok is a success") {
  CHECK(event_of(ExitCode::ok) == HookEvent::success);
  CHECK(event_of(ExitCode::problems) == HookEvent::problem);
  for (const ExitCode code : {ExitCode::usage, ExitCode::safety_limit, ExitCode::store_refused,
                              ExitCode::store_unavailable, ExitCode::not_recorded, ExitCode::store_held,
                              ExitCode::defect, ExitCode::interrupted, ExitCode::terminated}) {
    CHECK(event_of(code) == HookEvent::failure);
  }
}

TEST_CASE("a hook has taken what it answers with 2xx") {
  for (const int status : {200, 202, 204}) CHECK(is_delivered(answered(status)));
  for (const int status : {301, 404, 500}) CHECK_FALSE(is_delivered(answered(status)));
  CHECK_FALSE(is_delivered(failed(false)));
}

TEST_CASE("a hook is tried again when that may help") {
  for (const int status : {408, 429, 500, 503}) CHECK(is_worth_another_try(answered(status)));
  for (const int status : {200, 301, 400, 404, 410}) CHECK_FALSE(is_worth_another_try(answered(status)));
  CHECK(is_worth_another_try(failed(false)));
  CHECK_FALSE(is_worth_another_try(failed(true)));
}
