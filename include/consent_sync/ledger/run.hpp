#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <consent_sync/consent/timestamp.hpp>

namespace consent_sync::ledger {

/// Names a run, in the ledger and as a directory of its report: "20261124T050000Z-3f9ac2". Sorts by time.
using RunId = std::string;

enum class Mode : std::uint8_t { sync, dry_run, audit };

enum class RunState : std::uint8_t {
  staging,    ///< rows are being read and planned; nothing was sent. Found at a start: discarded
  open,       ///< the plan is whole; changes may have been sent. Can be resumed
  finished,   ///< every row has its outcome
  abandoned,  ///< left open, and a run over another input took its place
};

std::string_view to_string(Mode mode);
std::string_view to_string(RunState state);

struct InputFacts {
  std::string path;                  ///< as the user named it; "-" is standard input
  std::string format;                ///< "csv" or "ndjson"
  std::vector<std::string> columns;  ///< see input::Reader::columns
  std::string sha256;                ///< empty while staging
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
};

/// Upper bounds of latency buckets grow by a sixteenth of a power of two: a quantile is right to about 4 %.
class LatencyHistogram {
 public:
  void add(std::chrono::microseconds latency);
  std::uint64_t count() const { return count_; }
  std::chrono::microseconds max() const { return max_; }
  /// Those that hold something, in rising order. A latency lies above the bucket before it and not above
  /// `bound`.
  struct Bucket {
    std::chrono::microseconds bound{0};
    std::uint64_t count = 0;
  };
  std::vector<Bucket> buckets() const;
  /// The bound that a share `q` (0 to 1) of the latencies does not exceed, never above max(). 0 when empty.
  std::chrono::microseconds quantile(double q) const;

  /// One line of text for the ledger, and back; an unreadable text gives an empty histogram.
  std::string serialize() const;
  static LatencyHistogram parse(std::string_view text);

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::chrono::microseconds max_{0};
};

/// What can go wrong with a request, of that which a run survives. Whatever ends the run is no such fault.
enum class Fault : std::uint8_t {
  quota_spent,    ///< 429 with the quota's headers
  overloaded,     ///< 429 without them
  unavailable,    ///< 503
  server_error,   ///< any other 5xx
  locked,         ///< 409, 423
  timed_out,      ///< no answer in time; 408, 499
  not_connected,  ///< resolving, connecting or the TLS handshake failed
  cut_off,        ///< the connection was closed before an answer
  unreadable,     ///< an answer that is no consent, or only a part of one
  differs,        ///< 200, but the store holds something else than asked
};

inline constexpr std::array all_faults{
    Fault::quota_spent, Fault::overloaded,    Fault::unavailable, Fault::server_error, Fault::locked,
    Fault::timed_out,   Fault::not_connected, Fault::cut_off,     Fault::unreadable,   Fault::differs};

std::string_view to_string(Fault fault);

/// How often each fault was met. Requests.
class FaultCounts {
 public:
  std::uint64_t& operator[](Fault fault) { return counts_[static_cast<std::size_t>(fault)]; }
  std::uint64_t operator[](Fault fault) const { return counts_[static_cast<std::size_t>(fault)]; }
  std::uint64_t total() const;

 private:
  std::array<std::uint64_t, all_faults.size()> counts_{};
};

/// What the run asked of the store so far, over all its resumptions. Counts are requests.
struct Traffic {
  std::uint64_t put = 0;  ///< PUTs sent, every try
  std::uint64_t get = 0;
  std::uint64_t retried = 0;    ///< tries after the first of a row, 429s aside
  std::uint64_t throttled = 0;  ///< replies 429
  std::uint64_t reopened = 0;   ///< stale keep-alive connections replaced without costing an attempt
  std::uint64_t quota = 0;      ///< requests a window that the store last offered; 0: unlimited or not known
  std::chrono::milliseconds window{0};   ///< the quota's window; 0: unlimited or not known
  std::chrono::milliseconds sending{0};  ///< time spent in the sending phase
  LatencyHistogram latency;              ///< request written to reply read
  FaultCounts faults;                    ///< also of requests that never left
};

/// What one window of the store's request quota came to, as the run saw it. Counts are requests.
struct WindowUse {
  consent::Timestamp begin{};           ///< to within the network's latency
  std::chrono::milliseconds length{0};  ///< of the whole window
  std::uint64_t quota = 0;              ///< what the store offered
  std::uint64_t budget = 0;             ///< of it, the run's share
  std::uint64_t used = 0;               ///< the run's own
  std::uint64_t throttled = 0;          ///< of those, answered 429
  std::uint64_t others = 0;             ///< other clients', at least
  bool whole = false;                   ///< the run was sending from the window's begin to its end
};

/// What of a plan will not be sent before a deadline.
struct Lateness {
  consent::Timestamp deadline{};
  std::uint64_t changes = 0;      ///< not sent by then
  std::uint64_t withdrawals = 0;  ///< of them, those that take a consent away; the others only grant
};

/// What carrying out a plan is expected to cost.
struct Forecast {
  std::uint64_t requests = 0;
  std::chrono::milliseconds duration{0};
  std::uint64_t quota = 0;              ///< requests a window that it was worked out with; 0: without a quota
  std::chrono::milliseconds window{0};  ///< the quota's window
  double share = 1;                     ///< of the quota
  bool quota_is_the_stores = false;     ///< the store named the quota itself; else it was assumed
  std::optional<Lateness> late;         ///< nothing: without a deadline, or there is no telling
};

/// The part of an input that an audit asks the store about.
struct Sample {
  std::uint64_t customers = 0;  ///< in the input
  std::uint64_t drawn = 0;      ///< of them, asked about
  std::uint64_t seed = 0;       ///< of the draw; 0 when all were drawn
};

/// Where the history of a store stands (evidence.hpp): the link vouches for every entry up to it.
struct EvidenceHead {
  std::uint64_t entries = 0;
  std::string link;  ///< 32 bytes

  friend bool operator==(const EvidenceHead&, const EvidenceHead&) = default;
};

/// "17:9f86d0..."
std::string to_string(const EvidenceHead& head);
/// The inverse; nothing for anything else.
std::optional<EvidenceHead> parse_evidence_head(std::string_view text);

struct Run {
  RunId id;
  Mode mode = Mode::sync;
  RunState state = RunState::staging;
  std::string store;  ///< store hash
  std::string api_url;
  std::string correlation_id;  ///< UUID, sent as X-Correlation-Id
  std::string tool_version;
  std::string settings;  ///< settings in force as "key: value" lines, without secrets
  consent::Timestamp started_at;
  std::optional<consent::Timestamp> ended_at;
  int resumptions = 0;
  std::optional<int> exit_code;  ///< of the last process that worked on it
  std::string stop_reason;       ///< why it stopped before every row was reached; empty otherwise
  InputFacts input;
  Traffic traffic;
  RunId plan;    ///< the dry run whose plan it carries out; empty: it made its own
  RunId undoes;  ///< the run whose changes it takes back; empty: its input is a file
  std::optional<Forecast> forecast;
  std::optional<Sample> sample;
  std::optional<EvidenceHead> evidence;  ///< the store's history as the run ended; nothing while it has none
  bool by_email = false;                 ///< some of its rows are known by an e-mail address
  bool is_forgotten = false;             ///< by_email, and what its rows said is kept no longer
};

}  // namespace consent_sync::ledger
