// "Confirm this address again": where our mails did not arrive.
#include "access/sent_code.h"
#include "slices/addresses/confirm_again.h"
#include "slices/addresses/endpoints_shared.h"
#include "views/email_again.h"

namespace sallyport::addresses {

namespace {

using access::Access;
using access::Said;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view again_path = "/account/email/again";
constexpr unsigned conflict = 409;
constexpr unsigned too_many = 429;
constexpr unsigned unprocessable = 422;

views::EmailAgain view_of(const Access& access, const Marked& marked)
{
    const proof::World& world = access.world();
    views::EmailAgain view;
    view.digits = std::to_string(world.codes.digits);
    for (const MarkedAddress& one : marked.addresses) {
        (one.primary ? view.primary : view.second) = true;
        if (marked.code && marked.code->to == one.address) {
            view.address = one.address;
            view.channel = one.id.text();
            access::show_sent_code(view, marked.code->challenge, world);
        } else {
            view.others.push_back({one.id.text(), one.address, one.primary});
        }
    }
    return view;
}

/// `field`: empty where it stands at the top of the page.
Task<Response> show_page(const Access& access, Request request, SignedIn who, std::optional<Said> refused,
                         std::string field)
{
    const auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto marked = co_await find_marked(access.world(), std::move(holder));
    auto view = view_of(access, marked);
    if (refused) {
        view.problems.add(view.sent && !view.dead ? field : "", refused->words);
        co_return access::refuse(request, page, view, refused->status, refused->code);
    }
    if (request.query.get("done") == "confirmed") view.done = "confirmed";
    co_return http::respond(request, page, view);
}

Task<Response> get_again(const Access& access, Request request, SignedIn who)
{
    const std::string top;
    co_return co_await show_page(access, std::move(request), std::move(who), std::nullopt, top);
}

Task<Response> post_send(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto id = ChannelId::parse(request.form.get("channel"));
    const auto sent = co_await send_again_code(access.world(), holder, id);
    if (!sent) {
        const std::string top;
        const Said reached{Msg::addresses_again_reached, "address_not_marked", conflict};
        co_return co_await show_page(access, std::move(request), std::move(who), reached, top);
    }
    if (sent->answer == proof::SendAnswer::sent) co_return http::see_other(request, again_path);
    const auto page = co_await access::account_page(access, request, who);
    const auto marked = co_await find_marked(access.world(), std::move(holder));
    auto view = view_of(access, marked);
    view.problems.add("", Msg::sign_in_send_wait, {{"time", render::ClockTime{sent->next_at}}});
    if (view.sent && sent->next_at > access.world().clock.now()) view.resend_at = sent->next_at;
    co_return access::refuse(request, page, view, too_many, "code_sent_lately");
}

Task<Response> post_code(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    std::string typed(request.form.get("code"));
    const auto answer = co_await confirm_again(access.world(), std::move(holder), std::move(typed));
    if (answer == Again::confirmed)
        co_return http::see_other(request, std::string(again_path) + "?done=confirmed");
    Said said{Msg::sign_in_sent_dead, "code_over", unprocessable};
    if (answer == Again::wrong) said = {Msg::sign_in_sent_wrong, "code_not_right", unprocessable};
    if (answer == Again::malformed) said = {Msg::sign_in_sent_missing, "input_missing", unprocessable};
    std::string field = answer == Again::code_over ? "" : "code";
    co_return co_await show_page(access, std::move(request), std::move(who), said, std::move(field));
}

}  // namespace

void add_again_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    const std::string page(again_path);
    access::add_signed_in(router, access, get, page, get_again);
    access::add_signed_in(router, access, post, page, post_code);
    access::add_signed_in(router, access, post, page + "/send", post_send);
    access::lead_back(router, access, page + "/send", page);
}

}  // namespace sallyport::addresses
