#include "hooks.hpp"

#include <exception>
#include <optional>
#include <random>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <consent_sync/pace/backoff.hpp>
#include <consent_sync/store/post.hpp>

#include "../version.hpp"

namespace consent_sync::app {
namespace asio = boost::asio;
namespace {

constexpr std::string_view ca_setting = "hooks.ca_file";
constexpr int tries = 3;
constexpr pace::BackoffOptions pauses{std::chrono::seconds{1}, std::chrono::seconds{10}};

const std::string& url_of(const Config::Hooks& hooks, HookEvent event) {
  switch (event) {
    case HookEvent::start:
      return hooks.on_start;
    case HookEvent::success:
      return hooks.on_success;
    case HookEvent::problem:
      return hooks.on_problem;
    case HookEvent::failure:
      break;
  }
  return hooks.on_failure;
}

store::Post write_post(const Config::Hooks& hooks, HookEvent event, std::string body) {
  store::Post post;
  post.url = url_of(hooks, event);
  post.headers.emplace_back("X-Consent-Sync-Event", to_string(event));
  post.body = std::move(body);
  post.ca_file = hooks.ca_file;
  post.ca_setting = ca_setting;
  post.proxy = store::proxy_variables_of_environment();
  post.user_agent = fmt::format("consent-sync/{}", version);
  post.timeout = hooks.timeout;
  return post;
}

double jitter01() {
  std::random_device source;
  return std::uniform_real_distribution<double>(0.0, 1.0)(source);
}

asio::awaitable<void> send(const store::Post& post, std::optional<store::Exchange>& last) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer pause(executor);
  for (int attempt = 1; attempt <= tries; ++attempt) {
    store::Post copy = post;
    store::Exchange exchange = co_await store::post(executor, std::move(copy));
    last.emplace(std::move(exchange));
    if (attempt == tries || !is_worth_another_try(*last)) break;
    pause.expires_after(pace::backoff_delay(pauses, attempt, jitter01()));
    co_await pause.async_wait(asio::use_awaitable);
  }
}

std::string describe(const store::Exchange& exchange, const std::string& host) {
  if (const auto* failure = std::get_if<store::TransportFailure>(&exchange.result)) return failure->message;
  return fmt::format("{} answered {}", host, std::get<store::Reply>(exchange.result).status);
}

void warn(HookEvent event, std::string why) {
  if (why.ends_with('.')) why.pop_back();
  spdlog::warn("hooks.on_{} could not be told: {}. The run does not suffer from it", to_string(event), why);
}

void deliver(const store::Post& post, HookEvent event) {
  try {
    asio::io_context io(1);
    std::optional<store::Exchange> last;
    asio::co_spawn(io, send(post, last), [](std::exception_ptr failure) {
      if (failure) std::rethrow_exception(failure);
    });
    io.run();
    if (last && is_delivered(*last)) {
      spdlog::debug("hooks.on_{}: {} was told", to_string(event), store::host_of_post_url(post.url));
    } else if (last) {
      warn(event, describe(*last, store::host_of_post_url(post.url)));
    }
  } catch (const std::exception& problem) {
    warn(event, problem.what());
  }
}

}  // namespace

std::string_view to_string(HookEvent event) {
  switch (event) {
    case HookEvent::start:
      return "start";
    case HookEvent::success:
      return "success";
    case HookEvent::problem:
      return "problem";
    case HookEvent::failure:
      break;
  }
  return "failure";
}

HookEvent event_of(ExitCode code) {
  if (code == ExitCode::ok) return HookEvent::success;
  return code == ExitCode::problems ? HookEvent::problem : HookEvent::failure;
}

bool is_delivered(const store::Exchange& exchange) {
  const auto* reply = std::get_if<store::Reply>(&exchange.result);
  return reply && reply->status >= 200 && reply->status < 300;
}

bool is_worth_another_try(const store::Exchange& exchange) {
  if (const auto* failure = std::get_if<store::TransportFailure>(&exchange.result)) {
    return !failure->misconfigured;
  }
  const int status = std::get<store::Reply>(exchange.result).status;
  return status == 408 || status == 429 || status >= 500;
}

void require_usable(const Config::Hooks& hooks) {
  try {
    store::check_ca_file(hooks.ca_file, ca_setting);
  } catch (const std::invalid_argument& problem) {
    throw Failure(ExitCode::usage, problem.what());
  }
}

Hooks::~Hooks() {
  wait();
}

void Hooks::tell(HookEvent event, std::string body) {
  if (url_of(hooks_, event).empty()) return;
  wait();
  try {
    telling_ = std::async(std::launch::async, [post = write_post(hooks_, event, std::move(body)), event] {
      deliver(post, event);
    });
  } catch (const std::exception& problem) {  // there may be no room for a thread
    warn(event, problem.what());
  }
}

void Hooks::wait() {
  if (telling_.valid()) telling_.wait();
}

}  // namespace consent_sync::app
