#include "planning_settings.hpp"

#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "deadline.hpp"
#include "values.hpp"

namespace consent_sync::app {
namespace {

constexpr std::int64_t any_count = std::numeric_limits<std::int64_t>::max();

// Each in the order of its enumeration.
const std::vector<std::string_view> unfinished_policies{"replace", "refuse", "abandon"};
const std::vector<std::string_view> unspecified_policies{"keep", "deny", "omit"};
const std::vector<std::string_view> drift_policies{"input", "store", "deny_wins", "conflict"};
const std::vector<std::string_view> first_run_policies{"input", "deny_wins", "keep_store"};
const std::vector<std::string_view> check_store_policies{"never", "changes", "all"};
const std::vector<std::string_view> directions{"both", "withdraw_only", "grant_only"};
const std::vector<std::string_view> shared_email_policies{"conflict", "all"};
const std::vector<std::string_view> essential_deny_policies{"reject", "send"};

/// "150/30s": requests a window; "0": without a quota.
void parse_assumed_quota(Config& c, std::string_view text) {
  const std::size_t slash = text.find('/');
  c.assumed_quota.quota = static_cast<std::uint64_t>(parse_integer(text.substr(0, slash), 0, 1'000'000'000));
  if (slash != std::string_view::npos) c.assumed_quota.window = parse_duration(text.substr(slash + 1));
}

/// "1000" customers or "1%" of them.
plan::SampleSize parse_sample(std::string_view text) {
  if (text == "all") return {};
  if (text.ends_with('%')) return {std::nullopt, parse_ratio(text)};
  return {static_cast<std::uint64_t>(parse_integer(text, 1, any_count)), std::nullopt};
}

std::string show_sample(const plan::SampleSize& size) {
  if (size.share) return fmt::format("{}%", *size.share * 100);
  return show_optional(size.customers);
}

template <class Policy>
Setting policy_setting(std::string_view key, std::string_view help,
                       const std::vector<std::string_view>& words, Policy plan::Policy::*member) {
  return {key, "POLICY", help,
          [&words, member](Config& c, std::string_view v) {
            c.policy.*member = static_cast<Policy>(parse_word(v, words));
          },
          [&words, member](const Config& c) {
            return std::string(words[static_cast<std::size_t>(c.policy.*member)]);
          }};
}

Setting count_limit(std::string_view key, std::string_view help,
                    std::optional<std::uint64_t> plan::Limits::*member) {
  return {key, "N", help,
          [member](Config& c, std::string_view v) {
            c.safety.*member = static_cast<std::uint64_t>(parse_integer(v, 0, any_count));
          },
          [member](const Config& c) { return show_optional(c.safety.*member); }};
}

Setting share_limit(std::string_view key, std::string_view help,
                    std::optional<double> plan::Limits::*member) {
  return {key, "SHARE", help, [member](Config& c, std::string_view v) { c.safety.*member = parse_ratio(v); },
          [member](const Config& c) { return show_optional(c.safety.*member); }};
}

std::vector<Setting> run_settings() {
  return {
      {"unfinished", "POLICY",
       "when a run over another input was not finished: replace (go on, if this input speaks for every "
       "customer "
       "that run has not reached), refuse (finish it first), or abandon (go on, whoever is lost)",
       [](Config& c, std::string_view v) {
         c.unfinished = static_cast<Config::Unfinished>(parse_word(v, unfinished_policies));
       },
       [](const Config& c) {
         return std::string(unfinished_policies[static_cast<std::size_t>(c.unfinished)]);
       }},
      {"deadline", "TIME",
       "be over by then, resumably: the next time that local clocks show it (06:00), or an instant (RFC "
       "3339)",
       [](Config& c, std::string_view v) {
         check_deadline(v);
         c.deadline = v;
       },
       [](const Config& c) { return c.deadline; }},
      {"max_duration", "TIME", "the same, so long after the process began, reading and planning included",
       [](Config& c, std::string_view v) { c.max_duration = parse_duration(v); },
       [](const Config& c) { return c.max_duration ? show_duration(*c.max_duration) : std::string(); }},
      {"yes", "", "answer yes where safety.confirm_above asks",
       [](Config& c, std::string_view v) { c.yes = parse_flag(v); },
       [](const Config& c) { return show_flag(c.yes); }},
      {"dry_run", "", "plan and report only; nothing is sent, and without online no connection is opened",
       [](Config& c, std::string_view v) { c.dry_run = parse_flag(v); },
       [](const Config& c) { return show_flag(c.dry_run); }},
      {"online", "", "a dry run asks the store too: policy.preflight, policy.check_store, and its quota",
       [](Config& c, std::string_view v) { c.online = parse_flag(v); },
       [](const Config& c) { return show_flag(c.online); }},
      {"assumed_quota", "N/TIME",
       "the store's quota, for the forecast of a dry run that does not ask it; 0: none", parse_assumed_quota,
       [](const Config& c) {
         return fmt::format("{}/{}", c.assumed_quota.quota, show_duration(c.assumed_quota.window));
       }},
      {"sample", "N|N%", "an audit asks about so many of the customers only, drawn by chance; all: every one",
       [](Config& c, std::string_view v) { c.sample.size = parse_sample(v); },
       [](const Config& c) { return show_sample(c.sample.size); }},
      {"seed", "N", "of the draw of a sample; the same seed over the same customers draws the same",
       [](Config& c, std::string_view v) {
         c.sample.seed = static_cast<std::uint64_t>(parse_integer(v, 0, any_count));
       },
       [](const Config& c) { return show_optional(c.sample.seed); }},
  };
}

std::vector<Setting> policy_settings() {
  return {
      policy_setting(
          "policy.unspecified",
          "what a category becomes that the input leaves open: keep (what the store holds, or the ledger "
          "knows, else deny), deny, or omit (not sent)",
          unspecified_policies, &plan::Policy::unspecified),
      policy_setting(
          "policy.check_store",
          "what may be spent on asking the store: never (the ledger is trusted), changes (a GET right "
          "before each change), or all (every customer before the plan, and each change again)",
          check_store_policies, &plan::Policy::check_store),
      policy_setting(
          "policy.drift",
          "who wins where input and store have both changed since the last run: input, store, deny_wins, "
          "or conflict (a person decides)",
          drift_policies, &plan::Policy::drift),
      policy_setting("policy.first_run",
                     "the same for customers that the ledger does not know: input, deny_wins or keep_store",
                     first_run_policies, &plan::Policy::first_run),
      policy_setting("policy.direction", "which changes may be made: both, withdraw_only or grant_only",
                     directions, &plan::Policy::direction),
      policy_setting("policy.essential_deny",
                     "what becomes of a row that denies essential: reject (it ends as invalid) or send",
                     essential_deny_policies, &plan::Policy::essential_deny),
      {"policy.preflight", "",
       "ask first which customers exist, 250 a request, so that unknown ones cost no failed PUT each",
       [](Config& c, std::string_view v) { c.policy.preflight = parse_flag(v); },
       [](const Config& c) { return show_flag(c.policy.preflight); }},
      policy_setting(
          "policy.shared_email",
          "what becomes of a row whose e-mail address several customers have: conflict, or all (it "
          "speaks for each of them)",
          shared_email_policies, &plan::Policy::shared_email),
      {"policy.email_cache", "TIME",
       "how long it is remembered whose an e-mail address is, and what the rows of runs by address said; 0: "
       "for "
       "the run only",
       [](Config& c, std::string_view v) { c.policy.email_cache = parse_duration_or_zero(v); },
       [](const Config& c) { return show_duration_or_zero(c.policy.email_cache); }},
  };
}

std::vector<Setting> safety_settings() {
  return {
      count_limit("safety.max_changes", "send nothing when more customers would change",
                  &plan::Limits::max_changes),
      share_limit("safety.max_change_ratio",
                  "send nothing when more of the customers in the input would change, such as 0.05 or 5%",
                  &plan::Limits::max_change_ratio),
      count_limit("safety.max_withdrawals",
                  "send nothing when a consent would be taken away from more customers",
                  &plan::Limits::max_withdrawals),
      count_limit("safety.max_grants", "send nothing when more customers would be granted a consent",
                  &plan::Limits::max_grants),
      share_limit("safety.max_invalid_ratio",
                  "send nothing when more of the rows are invalid, such as 0.05 or 5%",
                  &plan::Limits::max_invalid_ratio),
      {"safety.min_rows", "N",
       "send nothing when the input has fewer rows: a truncated export is no quiet night",
       [](Config& c, std::string_view v) {
         c.safety.min_rows = static_cast<std::uint64_t>(parse_integer(v, 0, any_count));
       },
       [](const Config& c) { return fmt::format("{}", c.safety.min_rows); }},
      {"safety.canary", "N", "send N changes, read each back, and go on only when all are as asked",
       [](Config& c, std::string_view v) {
         c.safety.canary = static_cast<std::uint64_t>(parse_integer(v, 0, any_count));
       },
       [](const Config& c) { return fmt::format("{}", c.safety.canary); }},
      {"safety.confirm_above", "N", "ask at a terminal before a store's first run changes more customers",
       [](Config& c, std::string_view v) {
         c.safety.confirm_above = static_cast<std::uint64_t>(parse_integer(v, 0, any_count));
       },
       [](const Config& c) { return fmt::format("{}", c.safety.confirm_above); }},
  };
}

}  // namespace

std::vector<Setting> planning_settings() {
  std::vector<Setting> all;
  for (auto part : {run_settings(), policy_settings(), safety_settings()}) {
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace consent_sync::app
