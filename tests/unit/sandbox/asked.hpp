#pragma once

namespace consent_sync::sandbox {

/// The consent that the fixtures PUT: the body, and what the store then holds.
inline constexpr const char* asked_body = R"({"allow":["essential"],"deny":["targeting"]})";
inline constexpr const char* asked = "essential=allow targeting=deny";

}  // namespace consent_sync::sandbox
