// A28: mine or not mine, one kind of thing on a page; and what to do about what is not.
#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "base/phone_number.h"
#include "http/pages.h"
#include "render/browser_name.h"
#include "render/messages.h"
#include "slices/account/endpoints_shared.h"
#include "slices/account/review.h"
#include "views/account_review.h"
#include "views/account_review_done.h"

#include <algorithm>
#include <functional>

namespace sallyport::account {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;
using Item = views::AccountReview::ReviewItem;

constexpr unsigned unprocessable = 422;
constexpr std::string_view review_path = "/account/review";
constexpr std::string_view item_prefix = "item-";
constexpr std::string_view mine = "mine";
constexpr std::string_view not_mine = "not-mine";

std::string_view name_of(ReviewStep step) noexcept
{
    switch (step) {
    case ReviewStep::devices: return "devices";
    case ReviewStep::trusted: return "trusted";
    case ReviewStep::passkeys: return "passkeys";
    case ReviewStep::apps: return "apps";
    case ReviewStep::phones: return "phones";
    case ReviewStep::addresses: return "addresses";
    case ReviewStep::words: return "words";
    case ReviewStep::done: break;
    }
    return "done";
}

std::optional<ReviewStep> step_of(std::string_view name) noexcept
{
    for (const ReviewStep step : review_steps)
        if (name_of(step) == name) return step;
    return std::nullopt;
}

std::string masked(const std::string& e164)
{
    const auto number = PhoneNumber::from_e164(e164);
    return number ? number->masked() : "•••";
}

Item item(std::string id, std::string label, std::string detail)
{
    return {std::string(item_prefix) + id, std::move(label), std::move(detail), {}};
}

std::string made(const render::Page& page, Instant at)
{
    return render::text(page, Msg::review_since, {{"day", render::Day{at}}});
}

/// What is asked on this page, as the person reads it.
std::vector<Item> items_of(const render::Page& page, const Holdings& holdings, ReviewStep step)
{
    std::vector<Item> items;
    switch (step) {
    case ReviewStep::devices:
        for (const Device& one : holdings.devices)
            items.push_back(item(
                one.id.text(), render::browser_name(page, one.browser),
                render::text(page, Msg::review_from, {{"address", one.address}, {"time", one.first_seen}})));
        break;
    case ReviewStep::trusted:
        for (const Trusted& one : holdings.trusted)
            items.push_back(item(one.id.text(), render::browser_name(page, one.browser),
                                 render::text(page, Msg::review_trusted_from,
                                              {{"address", one.address}, {"day", render::Day{one.since}}})));
        break;
    case ReviewStep::passkeys:
        for (const store::Passkey& one : holdings.passkeys)
            items.push_back(item(one.id.text(), one.name, made(page, one.created_at)));
        break;
    case ReviewStep::apps:
        for (const store::TotpApp& one : holdings.apps)
            items.push_back(
                item(one.id.text(), render::text(page, Msg::review_app), made(page, one.created_at)));
        break;
    case ReviewStep::phones:
        for (const store::Phone& one : holdings.phones)
            items.push_back(item(one.id.text(), masked(one.number), made(page, one.proven_at)));
        break;
    case ReviewStep::addresses:
        for (const store::Channel& one : holdings.channels) {
            const bool primary = one.role == store::ChannelRole::primary;
            items.push_back(
                item(one.id.text(), one.address.masked(),
                     render::text(page, primary ? Msg::review_address_primary : Msg::review_address_notice)));
        }
        break;
    case ReviewStep::words:
        items.push_back(item("words", render::text(page, Msg::review_words_known), {}));
        break;
    case ReviewStep::done: break;
    }
    return items;
}

views::AccountReview view_of(const render::Page& page, const Review& review)
{
    views::AccountReview view;
    view.step = std::string(name_of(review.at));
    view.current = static_cast<std::int64_t>(review.at) + 1;
    view.total = static_cast<std::int64_t>(review_steps.size());
    view.items = items_of(page, review.holdings, review.at);
    return view;
}

Task<Response> show_review(const Access& access, Request request, SignedIn who)
{
    auto page = co_await access::account_page(access, request, who);
    auto actor = access::holder_of(who);
    const auto review = co_await read_review(access.world(), std::move(actor));
    if (review.at == ReviewStep::done) co_return http::see_other(request, "/account/review/done");
    auto view = view_of(page, review);
    view.ended = request.query.get("begun") == "ended";
    view.stopped = request.query.get("begun") == "stopped";
    co_return http::respond(request, page, view);
}

/// What is signed out, or trusted no more, because it is not the owner's.
void note_ended(ReviewStep step, std::string_view id, Ended& ended)
{
    if (step == ReviewStep::devices)
        if (const auto session = SessionId::parse(id)) ended.sessions.push_back(*session);
    if (step == ReviewStep::trusted)
        if (const auto browser = BrowserId::parse(id)) ended.trusted.push_back(*browser);
}

Task<Response> post_review(const Access& access, Request request, SignedIn who)
{
    const proof::Holder actor = access::holder_of(who);
    const auto review = co_await read_review(access.world(), actor);
    const auto step = step_of(request.form.get("step"));
    if (!step || *step != review.at) co_return http::see_other(request, std::string(review_path));
    const auto page = co_await access::account_page(access, request, who);
    auto view = view_of(page, review);
    std::vector<NotMine> wrong;
    Ended ended;
    bool missing = false;
    for (Item& one : view.items) {
        one.answer = std::string(request.form.get(one.id));
        missing = missing || (one.answer != mine && one.answer != not_mine);
        if (one.answer != not_mine) continue;
        wrong.push_back({*step, one.label});
        note_ended(*step, std::string_view(one.id).substr(item_prefix.size()), ended);
    }
    if (missing) {
        view.problems.add("", Msg::review_missing);
        co_return access::refuse(request, page, view, unprocessable, "answer_missing");
    }
    co_await answer_review(access.world(), actor, *step, std::move(wrong), std::move(ended));
    forget_sessions(access, actor);
    co_return http::see_other(request, std::string(review_path));
}

struct Mend {
    Msg what;
    std::string_view path;
};
Mend mend_of(ReviewStep step)
{
    switch (step) {
    case ReviewStep::devices: return {Msg::review_mend_devices, "/account/password"};
    case ReviewStep::trusted: return {Msg::review_mend_trusted, "/account/password"};
    case ReviewStep::passkeys: return {Msg::review_mend_passkeys, "/account/passkeys"};
    case ReviewStep::apps: return {Msg::review_mend_apps, "/account/app"};
    case ReviewStep::phones: return {Msg::review_mend_phones, "/account/phone"};
    case ReviewStep::addresses: return {Msg::review_mend_addresses, "/account/email"};
    case ReviewStep::words:
    case ReviewStep::done: break;
    }
    return {Msg::review_mend_words, "/account/anti-phishing"};
}

Task<Response> show_done(const http::Router& router, const Access& access, Request request, SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    auto actor = access::holder_of(who);
    const auto review = co_await read_review(access.world(), std::move(actor));
    if (review.at != ReviewStep::done) co_return http::see_other(request, std::string(review_path));
    views::AccountReviewDone view;
    for (const NotMine& one : review.not_mine) {
        const Mend mend = mend_of(one.step);
        const std::string path(mend.path);
        const bool there = router.match(http::Method::get, path, http::Door::public_door).route != nullptr;
        view.wrong.push_back({one.label, render::text(page, mend.what),
                              there ? std::optional<std::string>(path) : std::nullopt});
    }
    co_return http::respond(request, page, view);
}

/// A28 from its beginning; where the person came from stands in `begun`.
Task<Response> begin(const Access& access, const Request& request, proof::Holder actor, std::string begun)
{
    co_await begin_review(access.world(), actor);
    std::string path(review_path);
    if (!begun.empty()) path += "?begun=" + begun;
    co_return http::see_other(request, path);
}

Task<Response> post_again(const Access& access, Request request, SignedIn who)
{
    const proof::Holder actor = access::holder_of(who);
    co_return co_await begin(access, request, actor, "");
}

/// A13, "I don't know this one": it ends, and the rest is looked through.
Task<Response> post_unknown(const Access& access, Request request, SignedIn who)
{
    const proof::Holder actor = access::holder_of(who);
    const auto named = SessionId::parse(request.form.get("session"));
    if (!named || *named == who.session.id) co_return http::see_other(request, "/account/devices");
    co_await end_device(access.world(), actor, *named);
    forget_sessions(access, actor);
    co_return co_await begin(access, request, actor, "ended");
}

/// A25, "I did not ask for this": every question of this account that waits for a proof is over.
Task<Response> post_not_asked(const Access& access, Request request, SignedIn who)
{
    const proof::Holder actor = access::holder_of(who);
    co_await stop_questions(access.world(), actor);
    co_return co_await begin(access, request, actor, "stopped");
}

}  // namespace

void add_review(http::Router& router, const Access& access)
{
    using enum http::Method;
    const std::string page(review_path);
    access::add_signed_in(router, access, get, page, show_review);
    access::add_signed_in(router, access, post, page, post_review);
    router.add(get, page + "/done", access.signed_in([&router, &access](Request request, SignedIn who) {
        return show_done(router, access, std::move(request), std::move(who));
    }));
    access::add_signed_in(router, access, post, page + "/again", post_again);
    access::lead_back(router, access, page + "/again", page);
    access::add_signed_in(router, access, post, "/account/devices/unknown", post_unknown);
    access::lead_back(router, access, "/account/devices/unknown", "/account/devices");
    access::add_signed_in(router, access, post, page + "/not-asked", post_not_asked);
    access::lead_back(router, access, page + "/not-asked", page);
}

}  // namespace sallyport::account
