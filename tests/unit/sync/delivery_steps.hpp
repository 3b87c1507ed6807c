#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <variant>

#include <consent_sync/sync/delivery.hpp>

namespace consent_sync::sync::test {

inline const consent::Timestamp noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} +
                                     std::chrono::hours(12)};

inline consent::ChangeResult done(const Step& step) {
  REQUIRE(std::holds_alternative<step::Done>(step));
  return std::get<step::Done>(step).result;
}

}  // namespace consent_sync::sync::test
