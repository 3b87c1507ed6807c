#include <doctest/doctest.h>

#include <csignal>

#include <boost/asio/io_context.hpp>

#include "run/signals.hpp"

using namespace consent_sync::app;

namespace {

volatile std::sig_atomic_t seen_by_others = 0;

extern "C" void see(int) {
  seen_by_others = seen_by_others + 1;
}

/// What was in force before Signals.
class Before {
 public:
  explicit Before(int signal) : signal_(signal) {
    seen_by_others = 0;
    struct sigaction action {};
    action.sa_handler = see;
    ::sigaction(signal_, &action, &before_);
  }
  ~Before() { ::sigaction(signal_, &before_, nullptr); }
  Before(const Before&) = delete;
  Before& operator=(const Before&) = delete;

 private:
  int signal_;
  struct sigaction before_ {};
};

}  // namespace

TEST_CASE("signals: a hang-up that is told twice costs no report, however late the second is") {
  const Before before(SIGHUP);
  {
    boost::asio::io_context io;
    Signals signals(io);
    int ends = 0;
    signals.on_end = [&ends](int) { ++ends; };
    ::raise(SIGHUP);
    io.poll();
    CHECK(ends == 1);
    ::raise(SIGHUP);  // not seen any more
  }
  ::raise(SIGHUP);
  CHECK(seen_by_others == 0);
}

TEST_CASE("signals: what comes too late to be seen is for whoever was there before") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    const Before before(signal);
    {
      boost::asio::io_context io;
      const Signals signals(io);
      ::raise(signal);
    }
    CHECK(seen_by_others == 1);
  }
}
