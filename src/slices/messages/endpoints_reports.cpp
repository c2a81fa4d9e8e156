// The webhook of whoever learns what became of our mails. On the private listener, and for its secret only.
#include "base/log.h"
#include "crypto/hash.h"
#include "http/problem.h"
#include "slices/messages/endpoints.h"
#include "slices/messages/take_report.h"

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

Task<Response> post_report(const access::Access& access, std::shared_ptr<const Secret> secret,
                           Request request)
{
    if (secret->empty())
        co_return http::problem(request, 404, "not_configured", "bounces.webhook_secret_file is not set");
    if (!is_right(*secret, request.header("authorization")))
        co_return http::problem(request, 401, "wrong_secret", "Not authorised");
    auto report = report_in(request.form);
    if (!report) co_return http::problem(request, 422, "not_understood", "This is no report of a failure");
    const auto& world = access.world();
    const Instant now = world.clock.now();
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
