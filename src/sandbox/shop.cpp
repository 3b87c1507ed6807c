#include "shop.hpp"

#include <algorithm>

#include "consent_body.hpp"
#include "customers_page.hpp"
#include "mix.hpp"

namespace consent_sync::sandbox {
namespace {

using consent::Choice;
using consent::Decision;

constexpr std::uint64_t reply_variant_stream = 1ULL << 32U;

bool accepts_json(std::string_view accept) {
  if (accept.empty()) return true;
  for (const std::string_view wanted : {"application/json", "application/*", "*/*"}) {
    if (accept.find(wanted) != std::string_view::npos) return true;
  }
  return false;
}

bool is_json(std::string_view content_type) {
  return content_type == "application/json" || content_type.starts_with("application/json;");
}

/// The choice with its last decided category turned around.
Choice turned_around(Choice choice) {
  for (auto category = consent::all_categories.rbegin(); category != consent::all_categories.rend();
       ++category) {
    const auto decision = choice.of(*category);
    if (decision == Decision::unspecified) continue;
    choice.set(*category, decision == Decision::allow ? Decision::deny : Decision::allow);
    break;
  }
  return choice;
}

Reply html_page() {
  Reply reply;
  reply.status = 502;
  reply.content_type = "text/html";
  reply.body =
      "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
      "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
  return reply;
}

Reply undelivered(Delivery how, std::chrono::milliseconds stall_for = {}) {
  Reply reply;
  reply.delivery = how;
  reply.stall_for = stall_for;
  return reply;
}

}  // namespace

Shop::Shop(ShopOptions options)
    : options_(std::move(options)),
      customers_(options_.customers),
      addresses_(options_.customers, options_.emails),
      faults_(options_.faults, options_.seed),
      quota_(options_.quota, options_.window) {}

Arrival Shop::arrive(const Request& request, TimePoint now) {
  Arrival arrival;
  arrival.number = ++counters_.requests;
  arrival.route = parse_route(request.target);
  if (request.method == "PUT") ++counters_.put;
  if (request.method == "GET") ++counters_.get;
  counters_.max_in_flight = std::max(counters_.max_in_flight, ++in_flight_);

  RequestOrdinal ordinal;
  ordinal.number = arrival.number;
  ordinal.customer = arrival.route.customer;
  if (ordinal.customer) {
    auto& customer = customers_.at(*ordinal.customer);
    ordinal.number_for_customer = ++customer.requests;
    if (request.method == "PUT") ++customer.puts;
    counters_.max_in_flight_per_customer =
        std::max(counters_.max_in_flight_per_customer, ++customer.in_flight);
  }
  arrival.strike = faults_.strike(ordinal);
  for (const auto name : arrival.strike.names) ++counters_.faults[std::string(name)];
  if (arrival.strike.revoke) revoked_ = true;
  quota_.drain(arrival.strike.drain, now);
  arrival.within_quota = quota_.charge(now);
  return arrival;
}

Reply Shop::answer(const Arrival& arrival, const Request& request, TimePoint now,
                   consent::Timestamp civil_now) {
  auto reply = respond(arrival, request, now, civil_now);
  reply.announced_close = arrival.strike.announced_close;
  reply.silent_close = arrival.strike.silent_close;
  land(arrival);
  count_reply(reply);
  return reply;
}

std::optional<Reply> Shop::as_shopper(const Request& request, consent::Timestamp civil_now) {
  const Route route = parse_route(request.target);
  if (route.kind != RouteKind::shopper) return std::nullopt;
  if (request.token != options_.token) return error_reply(401, route.path);
  if (!route.customer || !customers_.exists(*route.customer)) return error_reply(404, route.path);
  auto& customer = customers_.at(*route.customer);
  if (request.method == "PUT") {
    const ConsentBody body = parse_consent_body(request.body);
    if (body.malformed || !body.errors.empty()) return error_reply(422, route.path);
    customer.held = body.asked;
  } else if (request.method != "GET") {
    return error_reply(405, route.path);
  }
  Reply reply;
  reply.body = encode_consent(customer.held, civil_now, 0);
  return reply;
}

Counters Shop::counters() const {
  auto counters = counters_;
  counters.windows = quota_.history();
  return counters;
}

Reply Shop::respond(const Arrival& arrival, const Request& request, TimePoint now,
                    consent::Timestamp civil_now) {
  const auto& fault = arrival.strike.reply;
  Reply reply;
  bool behind_the_gateway = true;  // which is what adds the rate headers
  if (!arrival.within_quota) {
    reply = error_reply(429, arrival.route.path);
  } else if (fault) {
    reply = respond_to_fault(*fault, arrival, request, now, civil_now);
    behind_the_gateway = fault->kind != FaultKind::throttle_bare && fault->kind != FaultKind::html_502;
  } else {
    reply = handle(arrival, request, civil_now, false);
  }
  if (quota_.limited() && behind_the_gateway) reply.rate = quota_.view(now);
  return reply;
}

Reply Shop::respond_to_fault(const Fault& fault, const Arrival& arrival, const Request& request,
                             TimePoint now, consent::Timestamp civil_now) {
  const auto apply = [&] { return handle(arrival, request, civil_now, false); };
  Reply reply;
  switch (fault.kind) {
    case FaultKind::status:
      if (fault.status == 504) apply();
      return error_reply(fault.status, arrival.route.path);
    case FaultKind::throttle:
      quota_.drain(quota_.view(now).left, now);
      return error_reply(429, arrival.route.path);
    case FaultKind::throttle_bare:
      return error_reply(429, arrival.route.path);
    case FaultKind::html_502:
      return html_page();
    case FaultKind::reset:
      return undelivered(Delivery::reset);
    case FaultKind::reset_after_apply:
      apply();
      return undelivered(Delivery::reset);
    case FaultKind::fin_after_apply:
      apply();
      return undelivered(Delivery::fin);
    case FaultKind::stall:
      return undelivered(Delivery::stall, fault.duration);
    case FaultKind::stall_after_apply:
      apply();
      return undelivered(Delivery::stall, fault.duration);
    case FaultKind::truncate:
      reply = apply();
      reply.delivery = Delivery::truncate;
      return reply;
    case FaultKind::bad_json:
      reply = apply();
      if (reply.status == 200) reply.body = R"({"allow":["essential","deny":[)";
      return reply;
    case FaultKind::wrong_echo:
      return handle(arrival, request, civil_now, true);
    default:  // Those that decide no reply are in the strike's other members.
      return apply();
  }
}

std::optional<Reply> Shop::refuse(const Route& route, const Request& request) const {
  if (route.kind == RouteKind::outside) return error_reply(404, route.path);
  const bool known = !request.token.empty() &&
                     (request.token == options_.token || request.token == options_.read_only_token);
  if (!known || revoked_ || route.store_hash != options_.store_hash) return error_reply(401, route.path);
  if (route.kind == RouteKind::unknown) return error_reply(404, route.path);
  const bool writes = request.method == "PUT" && route.kind == RouteKind::consent;
  if (!writes && request.method != "GET") return error_reply(405, route.path);
  if (!accepts_json(request.accept)) return error_reply(406, route.path);
  if (!writes) return std::nullopt;
  if (request.token != options_.token) return error_reply(403, route.path);
  if (!is_json(request.content_type)) return error_reply(415, route.path);
  return std::nullopt;
}

Reply Shop::handle(const Arrival& arrival, const Request& request, consent::Timestamp civil_now,
                   bool wrongly) {
  auto refused = refuse(arrival.route, request);
  if (refused) return std::move(*refused);
  if (arrival.route.kind == RouteKind::customers) return customers_page(arrival.route, addresses_);
  return handle_consent(arrival, request, civil_now, wrongly);
}

Reply Shop::handle_consent(const Arrival& arrival, const Request& request, consent::Timestamp civil_now,
                           bool wrongly) {
  const auto& route = arrival.route;
  ConsentBody body;
  if (request.method == "PUT") body = parse_consent_body(request.body);
  if (body.malformed) return error_reply(400, route.path);
  if (!route.customer || !customers_.exists(*route.customer)) {
    return error_reply(404, "The customer was not found", route.path);
  }
  if (!body.errors.empty()) return error_reply(422, "The consent is not valid", route.path, body.errors);
  auto& customer = customers_.at(*route.customer);
  if (request.method == "PUT") {
    customer.held = (wrongly ? turned_around(body.asked) : body.asked).or_else(customer.held);
    ++counters_.applied;
  }
  Reply reply;
  reply.body =
      encode_consent(customer.held, civil_now,
                     mix(options_.seed, reply_variant_stream, static_cast<std::uint64_t>(arrival.number)));
  return reply;
}

void Shop::land(const Arrival& arrival) {
  --in_flight_;
  if (arrival.route.customer) --customers_.at(*arrival.route.customer).in_flight;
}

void Shop::count_reply(const Reply& reply) {
  if (reply.delivery != Delivery::send && reply.delivery != Delivery::truncate) return;
  ++counters_.status[reply.status];
  if (reply.status != 429) {
    consecutive_throttled_ = 0;
    return;
  }
  ++counters_.throttled;
  counters_.max_consecutive_throttled =
      std::max(counters_.max_consecutive_throttled, ++consecutive_throttled_);
}

}  // namespace consent_sync::sandbox
