#pragma once

#include <optional>
#include <string>

#include <consent_sync/ledger/run.hpp>
#include <consent_sync/pace/answer.hpp>
#include <consent_sync/store/judge.hpp>
#include <consent_sync/sync/engine.hpp>

namespace consent_sync::sync {

// What an exchange tells those who do not look into it.

/// Null without a reply.
const store::Reply* reply_of(const store::Exchange& exchange);
/// 0 without a reply.
int status_of(const store::Exchange& exchange);
/// What it tells the pacer.
pace::Answer answer_of(const store::Exchange& exchange, const store::Verdict& verdict);
/// The same of a question that is about no row, and only asks whether the store is in order: any reply says
/// yes but one that tells of trouble.
pace::Answer answer_about_store(const store::Exchange& exchange, const store::Verdict& verdict);
/// Why it tells of a store in trouble; empty if it does not.
std::string trouble_in(const store::Verdict& verdict);
Stopped::By stopped_by(store::StopCause cause);
/// See EngineOptions::is_ours.
Stopped not_ours();
/// See pace::Pacer::gives_up_at.
Stopped gave_up(const std::string& last_failure);
/// What went wrong that a run survives; nothing where all is well, the row ends by it, or the run does.
std::optional<ledger::Fault> fault_in(const store::Exchange& exchange, const store::Verdict& verdict);
/// Counts the request, unless it never left.
void count(ledger::Traffic& traffic, const store::Exchange& exchange, bool is_put, bool is_retry);

}  // namespace consent_sync::sync
