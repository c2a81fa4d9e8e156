// P6f, P6g: what is there now, and a second address for notices. Both are for people who are signed in.
#include "slices/sign_up/endpoints_shared.h"
#include "slices/sign_up/notice_address.h"
#include "store/credentials.h"
#include "views/sign_up_done.h"
#include "views/sign_up_notice.h"
#include "views/sign_up_notice_confirm.h"

#include <algorithm>

namespace sallyport::sign_up {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;
namespace rules = policy::sign_up;

NoticeOwner owner_of(const SignedIn& who) { return {who.session.account, who.token_hash}; }

/// Where a session is too old to add an address without a fresh proof.
bool is_fresh(const Access& access, const SignedIn& who)
{
    return access.world().clock.now() < who.session.created_at + fresh_session;
}

Task<Response> show_done(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    auto read = [&world, account = who.session.account](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, account);
        views::SignUpDone view;
        view.app = credentials.totp_app_count() > 0;
        view.kit = credentials.kit().has_value();
        view.notice_missing = std::ranges::none_of(
            credentials.channels(), [](const auto& c) { return c.role == store::ChannelRole::notice; });
        return view;
    };
    const auto view = co_await world.database.transact(std::move(read));
    co_return http::respond(request, access.page(request, &who), view);
}

template <class View>
Response refuse_notice(const Access& access, const Request& request, const SignedIn& who, View view,
                       unsigned status, std::string_view code, std::string_view field, Msg said,
                       const render::Arguments& arguments = {})
{
    view.problems.add(std::string(field), said, arguments);
    if (request.wants_json)
        return http::problem(request, status, code, render::text(render::Language::en, said, arguments));
    return http::respond(request, access.page(request, &who), view, status);
}

Task<Response> show_notice(const Access& access, Request request, SignedIn who)
{
    if (!is_fresh(access, who)) co_return http::see_other(request, "/account");
    co_return http::respond(request, access.page(request, &who), views::SignUpNotice{});
}

Task<Response> post_notice(const Access& access, Request request, SignedIn who)
{
    if (!is_fresh(access, who)) co_return http::see_other(request, "/account");
    views::SignUpNotice view;
    view.email = std::string(request.form.get("email"));
    const auto address = Email::parse(view.email);
    if (!address)
        co_return refuse_notice(access, request, who, std::move(view), 422, "email_not_right", "email",
                                Msg::sign_up_email_missing);
    const auto refusal = co_await judge_notice_address(access.world(), who.session.account, *address);
    if (refusal == NoticeRefusal::has_one) co_return http::see_other(request, "/account");
    if (refusal) {
        const bool same = *refusal == NoticeRefusal::same;
        co_return refuse_notice(access, request, who, std::move(view), 422,
                                same ? "same_address" : "same_provider", "email",
                                same ? Msg::sign_up_notice_same : Msg::sign_up_notice_same_provider);
    }
    const auto asked = co_await mail_notice_code(access.world(), who.asker, owner_of(who), address);
    if (asked.sent) co_return http::see_other(request, "/signup/notice/confirm");
    const render::Arguments at{{"time", render::ClockTime{asked.until}}};
    co_return refuse_notice(access, request, who, std::move(view), 429, "too_many_mails", "",
                            Msg::sign_up_mails_wait, at);
}

views::SignUpNoticeConfirm confirm_view(const NoticeCode& code, Instant now)
{
    const auto verdict = rules::send_code(code.challenge, now, limits);
    views::SignUpNoticeConfirm view;
    view.email = code.address.address();
    view.sent_at = code.challenge.sent_at;
    view.until = code.challenge.sent_at + limits.code_life;
    if (!verdict.send) view.resend_at = verdict.next_send_at;
    view.dead = rules::judge_code(code.challenge, false, now, limits) != rules::CodeAnswer::wrong;
    return view;
}

Task<Response> show_notice_confirm(const Access& access, Request request, SignedIn who)
{
    const auto code = co_await read_notice_code(access.world(), owner_of(who));
    if (!code) co_return http::see_other(request, "/signup/notice");
    auto view = confirm_view(*code, access.world().clock.now());
    if (view.dead) view.problems.add("", Msg::sign_up_code_expired);
    co_return http::respond(request, access.page(request, &who), view);
}

Task<Response> post_notice_confirm(const Access& access, Request request, SignedIn who)
{
    std::string typed(request.form.get("code"));
    const auto outcome =
        co_await prove_notice_address(access.world(), who.asker, owner_of(who), std::move(typed));
    if (outcome.answer == NoticeProven::added) co_return http::see_other(request, "/account");
    const auto code = co_await read_notice_code(access.world(), owner_of(who));
    if (outcome.answer == NoticeProven::over || !code) co_return http::see_other(request, "/signup/notice");
    auto view = confirm_view(*code, access.world().clock.now());
    if (view.dead)
        co_return refuse_notice(access, request, who, std::move(view), 401, "code_over", "",
                                Msg::sign_up_code_expired);
    if (outcome.answer == NoticeProven::malformed)
        co_return refuse_notice(access, request, who, std::move(view), 422, "code_malformed", "code",
                                Msg::sign_up_code_malformed);
    const render::Arguments tries{{"tries", outcome.tries_left}};
    co_return refuse_notice(access, request, who, std::move(view), 401, "code_not_right", "code",
                            Msg::sign_up_code_wrong, tries);
}

Task<Response> post_notice_resend(const Access& access, Request request, SignedIn who)
{
    const std::optional<Email> same;
    const auto asked = co_await mail_notice_code(access.world(), who.asker, owner_of(who), same);
    if (asked.sent) co_return http::see_other(request, "/signup/notice/confirm");
    const auto code = co_await read_notice_code(access.world(), owner_of(who));
    if (!code) co_return http::see_other(request, "/signup/notice");
    auto view = confirm_view(*code, access.world().clock.now());
    view.resend_at = asked.until;
    const render::Arguments at{{"time", render::ClockTime{asked.until}}};
    co_return refuse_notice(access, request, who, std::move(view), 429, "too_many_mails", "",
                            Msg::sign_up_mails_wait, at);
}

using SignedInEndpoint = Task<Response> (*)(const Access&, Request, SignedIn);

}  // namespace

void add_last_pages(http::Router& router, const Access& access)
{
    const auto add = [&](http::Method method, std::string path, SignedInEndpoint endpoint) {
        router.add(method, std::move(path),
                   access.signed_in([&access, endpoint](Request request, SignedIn who) {
                       return endpoint(access, std::move(request), std::move(who));
                   }));
    };
    using enum http::Method;
    add(get, "/signup/done", show_done);
    add(get, "/signup/notice", show_notice);
    add(post, "/signup/notice", post_notice);
    add(get, "/signup/notice/confirm", show_notice_confirm);
    add(post, "/signup/notice/confirm", post_notice_confirm);
    add(post, "/signup/notice/resend", post_notice_resend);
}

}  // namespace sallyport::sign_up
