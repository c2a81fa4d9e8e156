// P6f, P6g: what is there now, and a second address for notices. Both are for people who are signed in.
#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up.h"
#include "access/step_up_page.h"
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

constexpr std::string_view notice_purpose = "add_notice_address";

NoticeOwner owner_of(const SignedIn& who)
{
    return {who.session.account, who.token_hash, static_cast<policy::Level>(who.session.level)};
}

Task<Response> show_done(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    auto read = [&world, account = who.session.account](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, account);
        views::SignUpDone view;
        view.password = credentials.password().has_value();
        view.app = credentials.totp_app_count() > 0;
        view.kit = credentials.kit().has_value();
        view.notice_missing = std::ranges::none_of(
            credentials.channels(), [](const auto& c) { return c.role == store::ChannelRole::notice; });
        return view;
    };
    const auto view = co_await world.database.transact(std::move(read));
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, view);
}

Task<Response> show_notice(const Access& access, Request request, SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, views::SignUpNotice{});
}

/// The address is not taken: why, in words and for programs.
struct Refused {
    unsigned status;
    std::string_view code;
    Msg said;
};
Refused say(rules::NoticeRefusal refusal)
{
    switch (refusal) {
    case rules::NoticeRefusal::same_address: return {422, "same_address", Msg::sign_up_notice_same};
    case rules::NoticeRefusal::same_provider:
        return {422, "same_provider", Msg::sign_up_notice_same_provider};
    case rules::NoticeRefusal::has_one: return {409, "has_one", Msg::sign_up_notice_has_one};
    case rules::NoticeRefusal::level_too_low: return {403, "level_too_low", Msg::sign_up_notice_level};
    }
    return {422, "same_address", Msg::sign_up_notice_same};
}

access::StepUpRequest step_up_for(const render::Page& page, const Email& address)
{
    access::Summary summary{render::text(page, Msg::sign_up_notice_step_up), {}, {}};
    summary.facts.emplace_back(render::text(page, Msg::sign_up_notice_step_up_address), address.address());
    summary.consequences.push_back(render::text(page, Msg::sign_up_notice_step_up_effect));
    return {std::string(notice_purpose),
            std::move(summary),
            "/signup/notice/approve",
            "/signup/notice",
            RecordWriter(notice_purpose).text(address.address()).take_secret(),
            {"/signup/notice", {{"email", address.address()}}}};
}

/// The code is mailed, or the page says when it can be.
Task<Response> mail_code(const Access& access, Request request, SignedIn who, Email address)
{
    const NoticeOwner owner = owner_of(who);
    const std::optional<Email> wanted = address;
    const auto asked = co_await mail_notice_code(access.world(), who.asker, owner, wanted);
    if (asked.sent) co_return http::see_other(request, "/signup/notice/confirm");
    const auto page = co_await access::account_page(access, request, who);
    views::SignUpNotice view;
    view.email = address.address();
    const render::Arguments at{{"time", render::ClockTime{asked.until}}};
    view.problems.add("", Msg::sign_up_mails_wait, at);
    co_return access::refuse(request, page, view, 429, "too_many_mails");
}

Task<Response> post_notice(const Access& access, Request request, SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    views::SignUpNotice view;
    view.email = std::string(request.form.get("email"));
    const auto address = Email::parse(view.email);
    if (!address) {
        view.problems.add("email", Msg::sign_up_email_missing);
        co_return access::refuse(request, page, view, 422, "email_not_right");
    }
    const auto verdict = co_await judge_notice_address(access.world(), owner_of(who), *address);
    if (verdict.refusal) {
        const Refused refused = say(*verdict.refusal);
        view.problems.add("email", refused.said);
        co_return access::refuse(request, page, view, refused.status, refused.code);
    }
    if (!verdict.needs_step_up) {
        co_return co_await mail_code(access, std::move(request), std::move(who), *address);
    }
    access::StepUpRequest wanted = step_up_for(page, *address);
    const auto path = co_await access::ask(access, std::move(who), std::move(wanted));
    co_return http::see_other(request, path);
}

Task<Response> post_approve(const Access& access, Request request, SignedIn who)
{
    auto approved = std::make_shared<std::string>();
    std::function<void(access::Deed&)> deed = [approved](access::Deed& done) {
        *approved = done.payload.text();
    };
    std::string purpose(notice_purpose);
    std::string start("/signup/notice");
    auto not_done = co_await access::prove_posted(access, request, who, std::move(purpose), std::move(start),
                                                  std::move(deed));
    if (not_done) co_return std::move(*not_done);
    const auto address = Email::parse(*approved);
    CHECK(address.has_value());
    co_return co_await mail_code(access, std::move(request), std::move(who), *address);
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
    const NoticeOwner owner = owner_of(who);
    const auto code = co_await read_notice_code(access.world(), owner);
    if (!code) co_return http::see_other(request, "/signup/notice");
    const auto page = co_await access::account_page(access, request, who);
    auto view = confirm_view(*code, access.world().clock.now());
    if (view.dead) view.problems.add("", Msg::sign_up_code_expired);
    co_return http::respond(request, page, view);
}

Task<Response> post_notice_confirm(const Access& access, Request request, SignedIn who)
{
    const NoticeOwner owner = owner_of(who);
    std::string typed(request.form.get("code"));
    const auto outcome = co_await prove_notice_address(access.world(), who.asker, owner, std::move(typed));
    if (outcome.answer == NoticeProven::added) co_return http::see_other(request, "/account");
    const auto code = co_await read_notice_code(access.world(), owner);
    if (outcome.answer == NoticeProven::over || !code) co_return http::see_other(request, "/signup/notice");
    const auto page = co_await access::account_page(access, request, who);
    auto view = confirm_view(*code, access.world().clock.now());
    if (view.dead) {
        view.problems.add("", Msg::sign_up_code_expired);
        co_return access::refuse(request, page, view, 401, "code_over");
    }
    if (outcome.answer == NoticeProven::malformed) {
        view.problems.add("code", Msg::sign_up_code_malformed);
        co_return access::refuse(request, page, view, 422, "code_malformed");
    }
    view.problems.add("code", Msg::sign_up_code_wrong, {{"tries", outcome.tries_left}});
    co_return access::refuse(request, page, view, 401, "code_not_right");
}

Task<Response> post_notice_resend(const Access& access, Request request, SignedIn who)
{
    const NoticeOwner owner = owner_of(who);
    const std::optional<Email> same;
    const auto asked = co_await mail_notice_code(access.world(), who.asker, owner, same);
    if (asked.sent) co_return http::see_other(request, "/signup/notice/confirm");
    const auto code = co_await read_notice_code(access.world(), owner);
    if (!code) co_return http::see_other(request, "/signup/notice");
    const auto page = co_await access::account_page(access, request, who);
    auto view = confirm_view(*code, access.world().clock.now());
    view.resend_at = asked.until;
    view.problems.add("", Msg::sign_up_mails_wait, {{"time", render::ClockTime{asked.until}}});
    co_return access::refuse(request, page, view, 429, "too_many_mails");
}

}  // namespace

void add_last_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/signup/done", show_done);
    access::add_signed_in(router, access, get, "/signup/notice", show_notice);
    access::add_signed_in(router, access, post, "/signup/notice", post_notice);
    access::add_signed_in(router, access, post, "/signup/notice/approve", post_approve);
    access::lead_back(router, access, "/signup/notice/approve", "/signup/notice");
    access::lead_back(router, access, "/signup/notice/resend", "/signup/notice");
    access::add_signed_in(router, access, get, "/signup/notice/confirm", show_notice_confirm);
    access::add_signed_in(router, access, post, "/signup/notice/confirm", post_notice_confirm);
    access::add_signed_in(router, access, post, "/signup/notice/resend", post_notice_resend);
}

}  // namespace sallyport::sign_up
