// P11: is this message from us, is this name ours? Nobody has to sign in, and nothing typed stands in an
// address.
#include "access/refuse.h"
#include "access/routes.h"
#include "http/pages.h"
#include "slices/messages/check_message.h"
#include "slices/messages/endpoints.h"
#include "slices/messages/endpoints_parts.h"
#include "slices/messages/subjects.h"

#include "render/messages.h"
#include "views/verify.h"

namespace sallyport::messages {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned unprocessable = 422;

Task<Response> show_verify(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), views::Verify{});
}

void tell(const render::Page& page, const proof::Brand& brand, const store::SentMessage& message,
          views::Verify& view)
{
    view.answer = "genuine";
    tell_sent(page, brand, message, view);
    const render::Language language = render::language_of(message.language).value_or(page.language);
    view.language = std::string(render::plain_text(language, Msg::site_own_name));
    view.channel = message.channel == store::OutboxChannel::text ? "text" : "mail";
}

Task<Response> post_verify(const Access& access, Request request)
{
    views::Verify view;
    view.number = std::string(request.form.get("number"));
    view.recipient = std::string(request.form.get("recipient"));
    const auto number = crypto::parse_message_number(view.number);
    const auto recipient = typed_recipient(view.recipient);
    if (!number)
        view.problems.add("number", number.error() == crypto::MessageNumberProblem::mistyped
                                        ? Msg::verify_number_mistyped
                                        : Msg::verify_number_malformed);
    if (!recipient) view.problems.add("recipient", Msg::verify_recipient_wrong);
    if (!view.problems.empty())
        co_return access::refuse(request, access.page(request), view, unprocessable, "not_checked");
    const std::string network = request.client.network();
    const auto outcome = co_await check_message(access.world(), network, *number, recipient->text);
    if (outcome.wait_until) co_return limited(access, request, std::move(view), *outcome.wait_until);
    const render::Page page = access.page(request);
    if (outcome.message)
        tell(page, access.world().brand, *outcome.message, view);
    else
        view.answer = "not_ours";
    co_return http::respond(request, page, view);
}

Task<Response> post_name(const Access& access, const OfficialNames& names, Request request)
{
    views::Verify view;
    view.name = std::string(request.form.get("name"));
    auto answer = look_up(names, view.name);
    if (!answer) {
        view.problems.add("name", Msg::verify_name_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "name_missing");
    }
    view.name_answer = answer->ours.empty() ? "not_ours" : "ours";
    view.ours = std::move(answer->ours);
    view.closest = std::move(answer->closest);
    view.looks_the_same = answer->looks_the_same;
    view.hidden = answer->hidden;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_routes(http::Router& router, const Access& access, const OfficialNames& names, DkimKeys keys)
{
    using enum http::Method;
    router.add(get, "/verify",
               [&access](Request request) { return show_verify(access, std::move(request)); });
    router.add(post, "/verify",
               [&access](Request request) { return post_verify(access, std::move(request)); });
    access::lead(router, "/verify/name", "/verify");
    const auto kept = std::make_shared<const OfficialNames>(names);
    router.add(post, "/verify/name",
               [&access, kept](Request request) { return post_name(access, *kept, std::move(request)); });
    const auto checks = std::make_shared<MailChecks>(std::move(keys));
    add_mail_checks(router, access, checks);
    add_fake_reports(router, access, checks);
    add_ledger(router, access);
}

}  // namespace sallyport::messages
