// The code that proves a new address.
#include "access/sent_code.h"
#include "slices/addresses/endpoints_shared.h"
#include "views/email_code.h"

namespace sallyport::addresses {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned gone = 410;
constexpr unsigned too_many = 429;
constexpr unsigned unprocessable = 422;

views::EmailCode view_of(const Access& access, const OpenSetUp& open)
{
    const proof::World& world = access.world();
    views::EmailCode view;
    view.address = open.address;
    view.digits = std::to_string(world.codes.digits);
    if (open.code) access::show_sent_code(view, open.code->challenge, world);
    return view;
}

Response over(const Request& request)
{
    if (request.wants_json)
        return http::problem(request, gone, "set_up_over", "That change has ended. Start again.");
    return http::see_other(request, "/account/email?over=1");
}

Task<Response> show_code(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_set_up(access.world(), std::move(holder));
    if (!open) co_return over(request);
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, view_of(access, *open));
}

Task<Response> post_send(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_set_up(access.world(), holder);
    if (!open) co_return over(request);
    const auto sent = co_await send_address_code(access.world(), std::move(holder));
    if (sent.answer == proof::SendAnswer::sent) co_return http::see_other(request, "/account/email/code");
    const auto page = co_await access::account_page(access, request, who);
    auto view = view_of(access, *open);
    view.problems.add("", Msg::sign_in_send_wait, {{"time", render::ClockTime{sent.next_at}}});
    if (sent.next_at > access.world().clock.now()) view.resend_at = sent.next_at;
    co_return access::refuse(request, page, view, too_many, "code_sent_lately");
}

Task<Response> post_code(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    std::string typed(request.form.get("code"));
    const auto answer = co_await prove_address(access.world(), holder, std::move(typed));
    if (answer == Proven::change_waits) co_return http::see_other(request, "/account/email?done=asked");
    if (answer == Proven::over) co_return over(request);
    const auto open = co_await find_set_up(access.world(), std::move(holder));
    if (!open) co_return over(request);
    const auto page = co_await access::account_page(access, request, who);
    auto view = view_of(access, *open);
    if (answer == Proven::malformed) {
        view.problems.add("code", Msg::sign_in_sent_missing);
        co_return access::refuse(request, page, view, unprocessable, "input_missing");
    }
    const bool dead = answer == Proven::code_over || view.dead;
    view.problems.add(dead ? "" : "code", dead ? Msg::sign_in_sent_dead : Msg::sign_in_sent_wrong);
    co_return access::refuse(request, page, view, unprocessable, dead ? "code_over" : "code_not_right");
}

}  // namespace

void add_code_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/email/code", show_code);
    access::add_signed_in(router, access, post, "/account/email/code", post_code);
    access::add_signed_in(router, access, post, "/account/email/code/send", post_send);
    access::lead_back(router, access, "/account/email/code/send", "/account/email/code");
}

}  // namespace sallyport::addresses
