// A7: codes by e-mail, on and off.
#include "slices/codes/endpoints_shared.h"
#include "views/mail_codes.h"

namespace sallyport::codes {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view on_purpose = "mail_codes_on";
constexpr std::string_view off_purpose = "mail_codes_off";

Task<Response> show_mail(const Access& access, Request request, SignedIn who, std::optional<Said> refused)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    views::MailCodes view;
    view.address = page.person;
    view.since = shown.mail_codes_since;
    view.may_start = shown.may_start_mail_codes == Answer::needs_step_up;
    view.needs_sign_in = shown.may_start_mail_codes == Answer::needs_level;
    if (!view.may_start && !view.since) view.why = render::Message{say(shown.may_start_mail_codes).words, {}};
    if (refused) {
        view.why.reset();
        view.problems.add("", refused->words);
        co_return access::refuse(request, page, view, refused->status, refused->code);
    }
    const std::string_view done = request.query.get("done");
    if (done == "on" || done == "off") view.done = std::string(done);
    co_return http::respond(request, page, view);
}

Task<Response> get_mail(const Access& access, Request request, SignedIn who)
{
    co_return co_await show_mail(access, std::move(request), std::move(who), std::nullopt);
}

access::StepUpRequest step_up_for(const render::Page& page, bool on)
{
    access::StepUpRequest step_up;
    step_up.purpose = on ? on_purpose : off_purpose;
    if (on) step_up.deed = policy::step_up::Deed::adds_code;
    step_up.summary.headline =
        render::text(page, on ? Msg::codes_headline_mail_on : Msg::codes_headline_mail_off);
    step_up.summary.facts.emplace_back(render::text(page, Msg::codes_fact_address), page.person);
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_ends_sessions));
    if (on) step_up.summary.consequences.push_back(render::text(page, Msg::codes_hold));
    step_up.summary.consequences.push_back(render::text(page, Msg::codes_told));
    step_up.confirm_path = std::string(mail_path) + (on ? "/on/confirm" : "/off/confirm");
    step_up.back_path = mail_path;
    step_up.payload = RecordWriter(step_up.purpose).take_secret();
    return step_up;
}

Task<Response> post_on(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    if (shown.may_start_mail_codes != Answer::needs_step_up) {
        const Said said = say(shown.may_start_mail_codes);
        co_return co_await show_mail(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, true);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_off(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    if (shown.may_start_mail_codes == Answer::needs_level) {
        const Said said = say(shown.may_start_mail_codes);
        co_return co_await show_mail(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, false);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_on_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<Answer>(Answer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        done.payload.end();
        *answer = start_mail_codes(done.tx, world, holder, done.account, done.credentials, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(on_purpose),
                                                 std::string(mail_path), deed);
    if (refused) co_return std::move(*refused);
    if (*answer != Answer::allowed) {
        const Said said = say(*answer);
        co_return co_await show_mail(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, "/account/mail-code?done=on");
}

Task<Response> post_off_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<AskAnswer>(AskAnswer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        done.payload.end();
        *answer = stop_mail_codes(done.tx, world, holder, done.account, done.credentials, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(off_purpose),
                                                 std::string(mail_path), deed);
    if (refused) co_return std::move(*refused);
    if (*answer != AskAnswer::at_once && *answer != AskAnswer::pending_already) {
        const Said said = say(*answer);
        co_return co_await show_mail(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, "/account/mail-code?done=off");
}

}  // namespace

void add_mail_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/mail-code", get_mail);
    access::add_signed_in(router, access, post, "/account/mail-code/on", post_on);
    access::add_signed_in(router, access, post, "/account/mail-code/on/confirm", post_on_confirm);
    access::add_signed_in(router, access, post, "/account/mail-code/off", post_off);
    access::add_signed_in(router, access, post, "/account/mail-code/off/confirm", post_off_confirm);
    for (const char* const posted : {"/account/mail-code/on", "/account/mail-code/on/confirm",
                                     "/account/mail-code/off", "/account/mail-code/off/confirm"})
        access::lead_back(router, access, posted, std::string(mail_path));
}

}  // namespace sallyport::codes
