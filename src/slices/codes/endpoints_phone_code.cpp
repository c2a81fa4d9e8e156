// The code that proves a number.
#include "access/sent_code.h"
#include "slices/codes/endpoints_shared.h"
#include "views/phone_code.h"

namespace sallyport::codes {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned gone = 410;
constexpr unsigned too_many = 429;
constexpr unsigned unprocessable = 422;

views::PhoneCode view_of(const Access& access, const OpenSetUp& open)
{
    const proof::World& world = access.world();
    views::PhoneCode view;
    view.number = open.e164;
    view.replaces = open.replaces;
    view.digits = std::to_string(world.codes.digits);
    access::show_reach(view, open.reach);
    view.called = open.code && open.code->called;
    if (open.code) access::show_sent_code(view, open.code->challenge, world);
    return view;
}

Response over(const Request& request)
{
    if (request.wants_json)
        return http::problem(request, gone, "set_up_over", "That set-up has ended. Start again.");
    return http::see_other(request, "/account/phone?over=1");
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
    const bool call = request.form.get("by") == "call";
    const auto sent = co_await send_number_code(access.world(), std::move(holder), call);
    if (sent.answer == proof::SendAnswer::sent) co_return http::see_other(request, "/account/phone/code");
    const auto page = co_await access::account_page(access, request, who);
    auto view = view_of(access, *open);
    const bool busy = sent.answer == proof::SendAnswer::busy;
    view.problems.add("", busy ? Msg::codes_send_busy : Msg::codes_send_wait,
                      {{"time", render::ClockTime{sent.next_at}}});
    if (sent.next_at > access.world().clock.now()) view.resend_at = sent.next_at;
    co_return access::refuse(request, page, view, too_many, busy ? "texts_busy" : "code_sent_lately");
}

Task<Response> post_code(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto outcome = co_await prove_number(access.world(), holder, std::string(request.form.get("code")));
    switch (outcome.answer) {
    case Proven::added: co_return http::see_other(request, "/account/phone?done=added");
    case Proven::change_waits: co_return http::see_other(request, "/account/phone?done=asked");
    case Proven::over: co_return over(request);
    case Proven::wrong:
    case Proven::malformed:
    case Proven::code_over: break;
    }
    const auto open = co_await find_set_up(access.world(), std::move(holder));
    if (!open) co_return over(request);
    const auto page = co_await access::account_page(access, request, who);
    auto view = view_of(access, *open);
    if (outcome.answer == Proven::malformed) {
        view.problems.add("code", Msg::sign_in_sent_missing);
        co_return access::refuse(request, page, view, unprocessable, "input_missing");
    }
    const bool dead = outcome.answer == Proven::code_over || view.dead;
    view.problems.add(dead ? "" : "code", dead ? Msg::sign_in_sent_dead : Msg::sign_in_sent_wrong);
    co_return access::refuse(request, page, view, unprocessable, dead ? "code_over" : "code_not_right");
}

}  // namespace

void add_phone_code_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/phone/code", show_code);
    access::add_signed_in(router, access, post, "/account/phone/code", post_code);
    access::add_signed_in(router, access, post, "/account/phone/code/send", post_send);
    access::lead_back(router, access, "/account/phone/code/send", "/account/phone/code");
}

}  // namespace sallyport::codes
