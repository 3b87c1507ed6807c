#include <consent_sync/sync/list_asker.hpp>

#include <algorithm>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <consent_sync/pace/backoff.hpp>

#include "exchange_reading.hpp"
#include "gate.hpp"
#include "jitter.hpp"
#include "standing.hpp"

namespace consent_sync::sync {
namespace asio = boost::asio;
namespace {

using Clock = std::chrono::steady_clock;
namespace verdict = store::verdict;

constexpr std::size_t longest_list = 250;

}  // namespace

class ListAsker::Impl {
 public:
  Impl(asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger, const ledger::Run& run,
       Pacing& pacing, EngineOptions options, std::unique_ptr<ListQuestions> questions)
      : ledger_(ledger),
        run_(run.id),
        options_(options),
        questions_(std::move(questions)),
        jitter_(options.seed),
        pacer_(pacing.pacer),
        retry_budget_(pacing.retry_budget),
        gate_(io.get_executor(), pacer_, [this] { stop(gave_up(last_failure_)); }),
        pause_(io.get_executor()),
        client_(clients.make(io.get_executor())),
        started_(Clock::now()),
        traffic_(run.traffic) {}

  asio::awaitable<std::optional<Stopped>> run() {
    while (!stopped_) {
      questions_asked_ = questions_->take(list_size_);
      if (questions_asked_ == 0) break;
      co_await ask_about_list();
    }
    co_await client_->close();
    co_return stopped_;
  }

  void stop(Stopped why) {
    if (!stopped_) stopped_ = std::move(why);
    gate_.shut();
    pause_.cancel();
  }

  void abort() { client_->abort(); }

  Progress progress() const {
    Progress now = standing(pacer_, counted_so_far());
    now.ended = asked_;
    now.in_flight = in_flight_;
    now.stopping = stopped_.has_value();
    now.last_failure = last_failure_;
    return now;
  }

 private:
  /// Until its answer is noted, or the list turned out too long, or the run stopped.
  asio::awaitable<void> ask_about_list() {
    page_ = 1;
    attempts_ = 0;
    found_ = {};
    asks_on_ = true;
    retry_budget_.on_first_try();
    while (asks_on_ && !stopped_) {
      const std::optional<pace::TimePoint> departed = co_await gate_.pass();
      if (!departed) co_return;
      if (options_.is_ours && !options_.is_ours()) {
        stop(not_ours());
        co_return;
      }
      ++in_flight_;
      const store::Exchange exchange = co_await questions_->ask(*client_, page_);
      --in_flight_;
      const std::optional<Clock::duration> delay = on_exchange(*departed, exchange);
      if (!delay || stopped_) continue;
      pause_.expires_after(*delay);
      co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
      retry_budget_.on_retry(Clock::now());
    }
  }

  /// How long to wait before the next try, where that is not for the pacer to say.
  std::optional<Clock::duration> on_exchange(pace::TimePoint departed, const store::Exchange& exchange) {
    count(traffic_, exchange, false, begins_later_try_);
    const store::Verdict verdict = store::judge_customers(exchange);
    begins_later_try_ = std::holds_alternative<verdict::Retry>(verdict) ||
                        std::holds_alternative<verdict::StoreDown>(verdict);
    if (const auto fault = fault_in(exchange, verdict)) ++traffic_.faults[*fault];
    const bool probed = pacer_.breaker() == pace::Breaker::State::half_open;
    if (const std::string reason = trouble_in(verdict); !reason.empty()) last_failure_ = reason;
    pacer_.on_answer(departed, Clock::now(), answer_of(exchange, verdict), jitter_.next01());
    if (const auto* listed = std::get_if<verdict::Listed>(&verdict)) {
      take(listed->page);
    } else if (const auto* too_many = std::get_if<verdict::TooMany>(&verdict)) {
      ask_for_fewer(too_many->reason);
    } else if (const auto* retry = std::get_if<verdict::Retry>(&verdict)) {
      if (reply_of(exchange) != nullptr || !probed) return on_failure(retry->reason);
    } else if (const auto* halt = std::get_if<verdict::StopRun>(&verdict)) {
      stop({stopped_by(halt->cause), halt->reason});
    }
    gate_.reconsider();
    return std::nullopt;
  }

  void take(const store::CustomerPage& page) {
    attempts_ = 0;
    found_.customers.insert(found_.customers.end(), page.customers.begin(), page.customers.end());
    found_.emails.insert(found_.emails.end(), page.emails.begin(), page.emails.end());
    ++page_;
    if (!page.is_last) return;
    asks_on_ = false;
    record_ended_windows(ledger_, run_, pacer_);
    const std::size_t known = questions_->note(found_, counted_so_far());
    asked_[consent::Outcome::unchanged] += known;
    asked_[consent::Outcome::not_found] += questions_asked_ - known;
  }

  void ask_for_fewer(const std::string& reason) {
    asks_on_ = false;
    questions_->give_back();
    if (list_size_ == 1) return stop({Stopped::By::misconfigured, reason + ", even of one customer"});
    list_size_ = std::max<std::size_t>(1, std::min(list_size_, questions_asked_) / 2);
  }

  std::optional<Clock::duration> on_failure(const std::string& reason) {
    if (++attempts_ < options_.retry.attempts) {
      const Clock::time_point now = Clock::now();
      const Clock::duration delay = pace::backoff_delay(options_.retry.backoff, attempts_, jitter_.next01());
      return std::max(delay, Clock::duration(retry_budget_.next_retry(now) - now));
    }
    stop({Stopped::By::store_unavailable,
          "the store could not say " + std::string(questions_->what()) + ": " + reason});
    return std::nullopt;
  }

  ledger::Traffic counted_so_far() const { return traffic_so_far(traffic_, pacer_, started_); }

  ledger::Ledger& ledger_;
  const ledger::RunId run_;
  const EngineOptions options_;
  const std::unique_ptr<ListQuestions> questions_;
  Jitter jitter_;
  pace::Pacer& pacer_;
  pace::RetryBudget& retry_budget_;
  Gate gate_;
  asio::steady_timer pause_;
  std::unique_ptr<store::Client> client_;
  const pace::TimePoint started_;
  ledger::Traffic traffic_;
  std::size_t list_size_ = longest_list;
  ledger::OutcomeCounts asked_;
  std::size_t questions_asked_ = 0;  ///< in the list under way
  store::CustomerPage found_;        ///< the pages of its answer so far
  int page_ = 1;
  int attempts_ = 0;
  bool begins_later_try_ = false;
  bool asks_on_ = true;
  int in_flight_ = 0;
  std::string last_failure_;
  std::optional<Stopped> stopped_;
};

ListAsker::ListAsker(asio::io_context& io, store::ClientFactory& clients, ledger::Ledger& ledger,
                     const ledger::Run& run, Pacing& pacing, EngineOptions options,
                     std::unique_ptr<ListQuestions> questions)
    : impl_(std::make_unique<Impl>(io, clients, ledger, run, pacing, std::move(options),
                                   std::move(questions))) {}
ListAsker::~ListAsker() = default;
asio::awaitable<std::optional<Stopped>> ListAsker::run() {
  return impl_->run();
}
void ListAsker::stop(Stopped why) {
  impl_->stop(std::move(why));
}
void ListAsker::abort() {
  impl_->abort();
}
Progress ListAsker::progress() const {
  return impl_->progress();
}

}  // namespace consent_sync::sync
