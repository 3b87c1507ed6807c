#include "logged_reason.hpp"

#include <consent_sync/report/reason.hpp>

namespace consent_sync::app {

std::string logged_reason(const std::string& reason, LogCustomers customers) {
  return customers == LogCustomers::id ? reason : report::without_values(reason);
}

}  // namespace consent_sync::app
