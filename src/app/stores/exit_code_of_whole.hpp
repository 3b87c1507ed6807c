#pragma once

#include <optional>
#include <vector>

#include <consent_sync/report/stores.hpp>

#include "../exit_code.hpp"

namespace consent_sync::app {

/// What a store's end means for the whole. A process that was killed has recorded what it confirmed and can
/// be resumed (not_recorded), unless it crashed by itself, which is a defect.
ExitCode exit_code_of(const report::StoreResult& result);

/// The worst of all stores, in the order 10, 6, 4, 2, 3, 5, 8, 7, 143, 130, 1, 0. Where the job itself was
/// interrupted, that, unless a store met a defect. Stray rows are a problem.
ExitCode exit_code_of_whole(const report::StoresResult& whole, std::optional<ExitCode> interrupted_with);

/// The worst of the exit codes of stores' processes, in the same order; ok of none.
ExitCode worst_of(const std::vector<int>& codes);

/// Puts first what needs a person most; stores that ended alike stay in their order.
void put_worst_first(std::vector<report::StoreResult>& stores);

}  // namespace consent_sync::app
