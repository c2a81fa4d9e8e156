#include "app/error_pages.h"

#include "http/pages.h"

#include "render/messages.h"
#include "views/error_page.h"

#include <charconv>

namespace sallyport::app {

namespace {

using render::Msg;

struct Words {
    Msg heading;
    Msg text;
    Msg next_label;
    std::string_view next;
};

/// A status that has no words of its own takes those of its class.
Words words_of(unsigned status)
{
    switch (status) {
    case 401: return {Msg::errors_h401, Msg::errors_t401, Msg::errors_next_sign_in, "/signin"};
    case 403: return {Msg::errors_h403, Msg::errors_t403, Msg::errors_next_home, "/"};
    case 404: return {Msg::errors_h404, Msg::errors_t404, Msg::errors_next_home, "/"};
    case 405: return {Msg::errors_h405, Msg::errors_t405, Msg::errors_next_home, "/"};
    case 408: return {Msg::errors_h408, Msg::errors_t408, Msg::errors_next_home, "/"};
    case 410: return {Msg::errors_h410, Msg::errors_t410, Msg::errors_next_home, "/"};
    case 413:
    case 414:
    case 431: return {Msg::errors_h413, Msg::errors_t413, Msg::errors_next_home, "/"};
    case 415: return {Msg::errors_h415, Msg::errors_t415, Msg::errors_next_home, "/"};
    case 421: return {Msg::errors_h421, Msg::errors_t421, Msg::errors_next_ours, "/"};
    case 429: return {Msg::errors_h429, Msg::errors_t429, Msg::errors_next_again, "/"};
    case 503: return {Msg::errors_h503, Msg::errors_t503, Msg::errors_next_again, "/"};
    default:
        if (status >= 500) return {Msg::errors_h500, Msg::errors_t500, Msg::errors_next_again, "/"};
        return {Msg::errors_h400, Msg::errors_t400, Msg::errors_next_home, "/"};
    }
}

bool only_reads(http::Method method) { return method == http::Method::get || method == http::Method::head; }

std::optional<std::chrono::seconds> seconds_in(std::string_view header)
{
    constexpr std::int64_t seconds_max = 30 * 24 * 3600;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
    if (error != std::errc{} || end != header.data() + header.size()) return std::nullopt;
    if (seconds <= 0 || seconds > seconds_max) return std::nullopt;
    return std::chrono::seconds{seconds};
}

}  // namespace

http::Response ErrorPages::draw(const http::Request& request, const http::ErrorFacts& facts) const
{
    const proof::World& world = m_access.world();
    const Words words = words_of(facts.status);
    views::ErrorPage view;
    view.status = facts.status;
    view.heading = render::Message{words.heading, {}};
    view.text = render::Message{words.text, {}};
    view.next_label = render::Message{words.next_label, {}};
    view.next = words.next;
    if (facts.status == 421) {
        view.text.arguments.emplace_back("host", world.brand.host);
        view.outside = world.brand.origin;
    }
    const bool again = words.next_label == Msg::errors_next_again;
    if (again && only_reads(request.method) && request.path.starts_with('/')) {
        view.next = request.path;
        if (!request.raw_query.empty()) view.next += "?" + request.raw_query;
    }
    if (facts.status >= 500) view.saved = render::Message{Msg::errors_nothing_changed, {}};
    if (const auto wait = seconds_in(facts.retry_after))
        view.until = render::Message{Msg::errors_until,
                                     {{"time", world.clock.now() + *wait}, {"wait", Duration{*wait}}}};
    if (!facts.reference.empty()) view.reference = std::string(facts.reference);
    if (!world.brand.support_address.empty()) view.support = world.brand.support_address;
    http::Request page_request;
    page_request.headers = request.headers;
    page_request.path = only_reads(request.method) ? request.path : "/";
    return http::respond(page_request, m_access.page(page_request), view, facts.status);
}

}  // namespace sallyport::app
