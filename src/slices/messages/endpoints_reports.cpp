// The webhook of whoever learns what became of our mails. On the private listener, and for its secret only.
#include "base/log.h"
#include "crypto/hash.h"
#include "http/problem.h"
#include "slices/messages/endpoints.h"
#include "slices/messages/endpoints_parts.h"
#include "slices/messages/take_report.h"
#include "store/budgets.h"

namespace sallyport::messages {

namespace {

using http::Request;
using http::Response;

/// A report, in JSON's escapes.
constexpr std::size_t body_bytes_max = 2 * report_bytes_max;

/// Digests are compared, so that neither content nor length tells anything by its time.
bool is_right(const Secret& secret, std::string_view authorization)
{
    constexpr std::string_view scheme = "Bearer ";
    if (!authorization.starts_with(scheme)) return false;
    const std::string_view shown = authorization.substr(scheme.size());
    return equal_constant_time(crypto::sha256(as_bytes(shown)), crypto::sha256(secret.reveal()));
}

/// {"report": the message as it came, "to": its recipient} or {"kind": "bounce" or "complaint", "to",
/// "status"}: `to` is the address in our mail's envelope.
std::optional<DeliveryReport> report_in(const http::Fields& fields)
{
    std::optional<DeliveryReport> report;
    if (fields.has("report")) {
        report = read_report(fields.get("report"));
    } else if (fields.get("kind") == "complaint") {
        report = DeliveryReport{DeliveryReport::Kind::complaint, {}, {}};
    } else if (fields.get("kind") == "bounce") {
        const auto status = parse_status(fields.get("status"));
        if (status.kind >= 4) report = DeliveryReport{DeliveryReport::Kind::bounce, status, {}};
    }
    if (report && fields.has("to")) report->tagged.emplace(report->tagged.begin(), fields.get("to"));
    return report;
}

Response answered(std::string_view answer)
{
    Response response;
    response.body = "{\"answer\":\"" + std::string(answer) + "\"}";
    response.add("Content-Type", "application/json");
    return response;
}

// --- how often it is listened to (policy/deliverability.h)

namespace rules = policy::deliverability;

constexpr rules::IntakeLimits limits;

/// Of everybody who has the secret.
store::BudgetKey reports_key(const proof::World& world)
{
    return {store::BudgetKind::reports, world.keys.index.of("reports", "all")};
}

/// Wrong secrets of this network.
store::BudgetKey secrets_key(const proof::World& world, const std::string& network)
{
    return {store::BudgetKind::report_secrets, world.keys.index.of("report_secrets", network)};
}

/// When the next of this kind may come; at or before now: at once.
Task<Instant> next_at(proof::World& world, store::BudgetKey key, std::int64_t most, Instant now)
{
    const std::vector<store::BudgetKey> keys{std::move(key)};
    const auto used = co_await store::read_budgets(world.database, keys);
    co_return rules::next_intake_at({used[0].charged, used[0].window_ends_at}, most, now);
}

/// One more; nullopt where it is taken, else when the next is.
Task<std::optional<Instant>> charge(proof::World& world, store::BudgetKey key, std::int64_t most, Instant now)
{
    const auto charged = co_await store::charge_in_window(world.database, key, most, limits.window, now);
    if (charged) co_return std::nullopt;
    const auto until = co_await next_at(world, std::move(key), most, now);
    co_return until;
}

Response put_off(const Request& request, std::string_view code, Instant until, Instant now)
{
    constexpr unsigned too_many = 429;
    auto response = http::problem(request, too_many, code, "Not now: send it again later");
    retry_at(response, until, now);
    return response;
}

Task<Response> post_report(const access::Access& access, std::shared_ptr<const Secret> secret,
                           Request request)
{
    if (secret->empty())
        co_return http::problem(request, 404, "not_configured", "bounces.webhook_secret_file is not set");
    proof::World& world = access.world();
    const Instant now = world.clock.now();
    // A network that showed too many wrong secrets is not told whether the next is right.
    const auto guesses = secrets_key(world, request.client.network());
    const auto heard_at = co_await next_at(world, guesses, limits.wrong_secrets_max, now);
    if (heard_at > now) co_return put_off(request, "too_many_secrets", heard_at, now);
    if (!is_right(*secret, request.header("authorization"))) {
        const auto until = co_await charge(world, guesses, limits.wrong_secrets_max, now);
        if (until) co_return put_off(request, "too_many_secrets", *until, now);
        co_return http::problem(request, 401, "wrong_secret", "Not authorised");
    }
    const auto full_until = co_await charge(world, reports_key(world), limits.reports_max, now);
    if (full_until) co_return put_off(request, "too_many_reports", *full_until, now);
    auto report = report_in(request.form);
    if (!report) co_return http::problem(request, 422, "not_understood", "This is no report of a failure");
    const auto answer = co_await take_report(world.database, world.keys, now, std::move(*report));
    log::write(log::Level::info, "mail_report", {{"answer", name_of(answer)}});
    co_return answered(name_of(answer));
}

}  // namespace

void add_report_routes(http::Router& router, const access::Access& access, Secret secret)
{
    const auto kept = std::make_shared<const Secret>(std::move(secret));
    http::RouteOptions options;
    options.door = http::Door::private_door;
    options.body_bytes_max = body_bytes_max;
    router.add(
        http::Method::post, "/mail/reports",
        [&access, kept](Request request) { return post_report(access, kept, std::move(request)); },
        std::move(options));
}

}  // namespace sallyport::messages
