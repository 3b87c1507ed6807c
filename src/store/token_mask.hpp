#pragma once

#include <string_view>

#include <consent_sync/store/exchange.hpp>

namespace consent_sync::store {

/// What a reply says for people goes into logs, reports and the ledger. A store, or whoever answers in its
/// place, may repeat the token there: it becomes "[token]", also where the end of the body cut it short. A
/// 200 says nothing for people, and is judged as it came.
void mask_token(Reply& reply, std::string_view token);

}  // namespace consent_sync::store
