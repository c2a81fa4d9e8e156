#include "base/log.h"
#include "base/result.h"
#include "slices/site/endpoints_parts.h"
#include "store/address_standings.h"
#include "store/mail_breakers.h"
#include "store/outbox.h"

#include <array>
#include <atomic>

namespace sallyport::site {

namespace {

/// While a question to the database is unanswered for this long, the next asker is told at once.
constexpr Duration answer_awaited_max = std::chrono::seconds{2};
constexpr std::string_view retry_after_seconds = "2";

http::Response plain(std::string text, unsigned status = 200)
{
    http::Response response;
    response.status = status;
    response.body = std::move(text);
    response.add("Content-Type", "text/plain; charset=utf-8");
    return response;
}

/// Asks the database whether it answers, at most one unanswered question at a time older than the limit.
class Readiness {
public:
    Readiness(db::Database& database, const ports::Clock& clock) : m_database(database), m_clock(clock) {}

    Task<http::Response> answer()
    {
        const std::int64_t now = to_unix_ms(m_clock.now());
        std::int64_t none = 0;
        const bool first = m_asked_at.compare_exchange_strong(none, now);
        if (!first && now - none > answer_awaited_max.count()) co_return not_ready();
        bool answered = false;
        try {
            co_await m_database.ping();
            answered = true;
        } catch (const Unavailable& reason) {
            log::write(log::Level::warning, "not_ready", {{"reason", reason.what()}});
        }
        if (first || answered) m_asked_at.store(0);
        co_return answered ? plain("ready\n") : not_ready();
    }

private:
    static http::Response not_ready()
    {
        http::Response response = plain("the database does not answer\n", 503);
        response.add("Retry-After", std::string(retry_after_seconds));
        return response;
    }

    db::Database& m_database;
    const ports::Clock& m_clock;
    std::atomic<std::int64_t> m_asked_at{0};  // ms; 0: nothing is unanswered
};

/// Of the outbox; -1 where it is not known.
struct Waiting {
    std::atomic<std::int64_t> mails{-1};
    std::atomic<std::int64_t> stopped_kinds{-1};
    std::atomic<std::int64_t> undeliverable{-1};
    void set(std::int64_t waiting, std::int64_t stopped, std::int64_t addresses)
    {
        mails.store(waiting);
        stopped_kinds.store(stopped);
        undeliverable.store(addresses);
    }
};

/// Free coroutines: a lambda's captures would die before they end.
Task<http::Response> answer_ready(std::shared_ptr<Readiness> readiness)
{
    auto response = co_await readiness->answer();
    co_return response;
}

Task<http::Response> answer_metrics(const Site site, std::shared_ptr<Waiting> waiting)
{
    try {
        auto work = [](db::Tx& tx) {
            return std::array{store::waiting_mail(tx), store::count_stopped_mails(tx),
                              store::undeliverable_addresses(tx)};
        };
        const auto counts = co_await site.access.world().database.transact(work);
        waiting->set(counts[0], counts[1], counts[2]);
    } catch (const Unavailable&) {
        waiting->set(-1, -1, -1);  // the other numbers are needed most just then
    }
    http::Response response = plain(site.metrics.text());
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    co_return response;
}

void add_numbers(const Site& site, const std::shared_ptr<Waiting>& waiting)
{
    const access::Access* const access = &site.access;
    http::Metrics& metrics = site.metrics;
    metrics.add_gauge("sallyport_hash_queue_length", "Password hashes that wait for a worker.",
                      [access] { return static_cast<double>(access->world().hashes.queue_length()); });
    metrics.add_counter("sallyport_hash_busy_total", "Password hashes refused because the queue was full.",
                        [access] { return static_cast<double>(access->world().hashes.busy_answers()); });
    metrics.add_counter("sallyport_hashes_total", "Password hashes begun.",
                        [access] { return static_cast<double>(access->world().hashes.hashes_run()); });
    metrics.add_gauge("sallyport_mail_waiting", "Mails in the outbox that wait; -1 where it is not known.",
                      [waiting] { return static_cast<double>(waiting->mails.load()); });
    metrics.add_gauge("sallyport_mail_kinds_stopped",
                      "Kinds of mail that the breaker stopped; -1 where it is not known.",
                      [waiting] { return static_cast<double>(waiting->stopped_kinds.load()); });
    metrics.add_gauge("sallyport_addresses_undeliverable",
                      "Addresses that mails do not reach; -1 where it is not known.",
                      [waiting] { return static_cast<double>(waiting->undeliverable.load()); });
    metrics.add_gauge("sallyport_sessions_held", "Sessions held in this process's memory.",
                      [access] { return static_cast<double>(access->sessions().size()); });
    metrics.add_counter("sallyport_database_statements_total", "Statements sent to the database.",
                        [access] { return static_cast<double>(access->world().database.statement_count()); });
}

}  // namespace

void add_health_routes(http::Router& router, const Site& site)
{
    add_quick(
        router, http::Method::get, "/healthz", [](const http::Request&) { return plain("alive\n"); },
        http::Door::both);
    const auto readiness =
        std::make_shared<Readiness>(site.access.world().database, site.access.world().clock);
    http::RouteOptions both;
    both.door = http::Door::both;
    router.add(
        http::Method::get, "/readyz", [readiness](const http::Request&) { return answer_ready(readiness); },
        std::move(both));
    const auto waiting = std::make_shared<Waiting>();
    add_numbers(site, waiting);
    http::RouteOptions inside;
    inside.door = http::Door::private_door;
    router.add(
        http::Method::get, "/metrics",
        [site, waiting](const http::Request&) { return answer_metrics(site, waiting); }, std::move(inside));
}

}  // namespace sallyport::site
