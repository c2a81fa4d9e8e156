#include "access/browser_words.h"
#include "base/log.h"
#include "base/result.h"
#include "http/pages.h"
#include "render/format.h"
#include "slices/site/diagnose.h"
#include "slices/site/endpoints_parts.h"
#include "store/budgets.h"

#include "render/messages.h"
#include "views/trouble.h"

namespace sallyport::site {

namespace {

using render::Message;
using render::Msg;

constexpr std::string_view probe_cookie = "probe";
constexpr std::chrono::seconds probe_life = std::chrono::minutes{10};
constexpr std::string_view probed = "/trouble?checked=1";

/// Any cookie of ours that came back shows that cookies work.
bool brings_cookies(const http::Request& request)
{
    return request.cookie(probe_cookie) || request.cookie(access::session_cookie) ||
           request.cookie(access::browser_cookie) || request.cookie(access::language_cookie);
}

Seen seen_in(const Site& site, const http::Request& request)
{
    Seen seen;
    seen.must_be_secure = site.access.world().brand.origin.starts_with("https://");
    seen.secure = request.secure;
    if (brings_cookies(request))
        seen.cookies = true;
    else if (request.query.has("checked"))
        seen.cookies = false;
    // Browsers tell it on trustworthy origins only: on plain http it says nothing.
    const bool would_be_told = request.secure || !seen.must_be_secure;
    seen.tells_fetch_metadata = !would_be_told || !request.header("sec-fetch-site").empty();
    seen.through_relay = !request.header("via").empty();
    return seen;
}

Msg name_of(Check check)
{
    switch (check) {
    case Check::service: return Msg::trouble_service;
    case Check::address: return Msg::trouble_address;
    case Check::secure: return Msg::trouble_secure;
    case Check::cookies: return Msg::trouble_cookies;
    case Check::limit: return Msg::trouble_limit;
    case Check::browser: return Msg::trouble_browser;
    case Check::relay: return Msg::trouble_relay;
    case Check::clock: return Msg::trouble_clock;
    }
    return {};
}

Message text_of(const Row& row, const views::Trouble& view, const proof::Brand& brand)
{
    const bool fine = row.state == State::fine;
    switch (row.check) {
    case Check::service: return {fine ? Msg::trouble_service_fine : Msg::trouble_service_problem, {}};
    case Check::address: return {Msg::trouble_address_fine, {{"host", brand.host}}};
    case Check::secure:
        if (row.state == State::note) return {Msg::trouble_secure_note, {}};
        return {fine ? Msg::trouble_secure_fine : Msg::trouble_secure_problem, {}};
    case Check::cookies:
        if (fine) return {Msg::trouble_cookies_fine, {}};
        return {Msg::trouble_cookies_problem, {{"host", brand.host}}};
    case Check::limit:
        if (!fine && view.limited_until)
            return {Msg::trouble_limit_problem, {{"time", render::ClockTime{*view.limited_until}}}};
        return {Msg::trouble_limit_fine, {}};
    case Check::browser: return {fine ? Msg::trouble_browser_fine : Msg::trouble_browser_note, {}};
    case Check::relay: return {Msg::trouble_relay_note, {}};
    case Check::clock: return {Msg::trouble_clock_note, {}};
    }
    return {};
}

std::string_view word_of(State state)
{
    switch (state) {
    case State::fine: return "fine";
    case State::note: return "note";
    case State::problem: return "problem";
    }
    return {};
}

struct Words {
    Msg verdict;
    Msg advice;
    Msg next_label;
    std::string next;
};

Words words_of(Verdict verdict, const proof::Brand& brand)
{
    switch (verdict) {
    case Verdict::service_down:
        return {Msg::trouble_verdict_service, Msg::trouble_advice_service, Msg::trouble_next_check,
                "/trouble"};
    case Verdict::not_secure:
        return {Msg::trouble_verdict_secure, Msg::trouble_advice_secure, Msg::trouble_next_address,
                brand.origin + "/signin"};
    case Verdict::cookies_blocked:
        return {Msg::trouble_verdict_cookies, Msg::trouble_advice_cookies, Msg::trouble_next_check,
                "/trouble"};
    case Verdict::limited:
        return {Msg::trouble_verdict_limit, Msg::trouble_advice_limit, Msg::trouble_next_sign_in, "/signin"};
    case Verdict::signed_in:
        return {Msg::trouble_verdict_signed_in, Msg::trouble_advice_signed_in, Msg::trouble_next_account,
                "/account"};
    case Verdict::nothing_found:
        return {Msg::trouble_verdict_nothing, Msg::trouble_advice_nothing, Msg::trouble_next_sign_in,
                "/signin"};
    }
    return {};
}

/// For support: no address of a person, no cookie, nothing typed.
std::string report_of(const Seen& seen, const Diagnosis& found, const http::Request& request, Instant now,
                      const proof::Brand& brand)
{
    std::string report = "host: " + brand.host + "\ntime: " + render::format_machine(now) +
                         "\nbrowser: " + access::browser_words(request.header("user-agent")) +
                         "\nnetwork: " + cut_address(request.client.text());
    if (!seen.cookies) report += "\ncookies: not tried";
    constexpr std::string_view names[] = {"service", "address", "secure", "cookies",
                                          "limit",   "browser", "relay",  "clock"};
    for (const Row& row : found.rows)
        report.append("\n")
            .append(names[static_cast<std::size_t>(row.check)])
            .append(": ")
            .append(word_of(row.state));
    return report + "\n";
}

http::Response draw(const Site& site, const http::Request& request, const Seen& seen)
{
    const proof::World& world = site.access.world();
    const Diagnosis found = diagnose(seen);
    Words words = words_of(found.verdict, world.brand);
    views::Trouble view;
    view.now = world.clock.now();
    view.now_machine = render::format_machine(view.now);
    view.limited_until = seen.limited_until;
    view.verdict = Message{words.verdict, {}};
    view.advice = Message{words.advice, {}};
    view.next_label = Message{words.next_label, {}};
    view.next = std::move(words.next);
    view.good = found.verdict == Verdict::nothing_found || found.verdict == Verdict::signed_in;
    for (const Row& row : found.rows)
        view.checks.push_back({Message{name_of(row.check), {}}, std::string(word_of(row.state)),
                               text_of(row, view, world.brand)});
    view.report = report_of(seen, found, request, view.now, world.brand);
    if (!world.brand.support_address.empty()) view.support = world.brand.support_address;
    return http::respond(request, site.access.page(request), view);
}

/// Free coroutine. Reads only: it never signs anybody out, and no link to it changes anything.
Task<http::Response> answer_trouble(Site site, http::Request request)
{
    Seen seen = seen_in(site, request);
    if (!seen.cookies && !request.wants_json) {
        http::Response probe = http::see_other(request, probed);
        probe.add("Set-Cookie", http::set_cookie_header(probe_cookie, "1", probe_life));
        co_return probe;
    }
    const proof::World& world = site.access.world();
    try {
        const std::string network = request.client.network();
        std::vector<store::BudgetKey> keys;
        keys.push_back({store::BudgetKind::network, world.keys.index.of("network", network)});
        auto budgets = co_await store::read_budgets(world.database, std::move(keys));
        const store::Budget& budget = budgets.front();
        const Instant now = world.clock.now();
        if (budget.charged >= world.throttle.network_failures_max && budget.window_ends_at > now)
            seen.limited_until = budget.window_ends_at;
        auto visitor = co_await site.access.who(request);
        seen.signed_in = visitor.session.has_value();
    } catch (const Unavailable& reason) {
        log::write(log::Level::warning, "trouble_without_database", {{"reason", reason.what()}});
        seen.service_answers = false;
    }
    co_return draw(site, request, seen);
}

}  // namespace

void add_trouble_routes(http::Router& router, const Site& site)
{
    router.add(http::Method::get, "/trouble",
               [site](http::Request request) { return answer_trouble(site, std::move(request)); });
}

}  // namespace sallyport::site
