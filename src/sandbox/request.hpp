#pragma once

#include <string_view>

namespace consent_sync::sandbox {

/// What the store looks at in an HTTP request; an absent header is empty.
struct Request {
  std::string_view method;
  std::string_view target;
  std::string_view token;
  std::string_view content_type;
  std::string_view accept;
  std::string_view body;
};

}  // namespace consent_sync::sandbox
