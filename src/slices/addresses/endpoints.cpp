// A11: the address, the change that waits, and the form for another one.
#include "slices/addresses/endpoints.h"

#include "access/keep_change.h"
#include "access/waiting.h"
#include "slices/addresses/endpoints_shared.h"
#include "views/email_change.h"

namespace sallyport::addresses {

namespace {

using access::Access;
using access::Said;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view change_purpose = "change_email";
constexpr unsigned forbidden = 403;
constexpr unsigned conflict = 409;
constexpr unsigned unprocessable = 422;

/// Not for `needs_step_up` and `waits`.
Said say(AskAnswer answer)
{
    switch (answer) {
    case AskAnswer::needs_level:
    case AskAnswer::needs_step_up: return {Msg::codes_needs_level, "level_too_low", forbidden};
    case AskAnswer::too_young: return {Msg::codes_too_young, "approver_too_young", conflict};
    case AskAnswer::last_second_factor:
    case AskAnswer::pending_already:
    case AskAnswer::at_once:
    case AskAnswer::waits: break;
    }
    return {Msg::addresses_running, "change_running", conflict};
}

std::optional<Said> fault_of(Typed typed)
{
    switch (typed) {
    case Typed::malformed: return Said{Msg::addresses_malformed, "address_malformed", unprocessable};
    case Typed::the_same: return Said{Msg::addresses_same, "address_is_yours", unprocessable};
    case Typed::second: return Said{Msg::addresses_second, "address_is_second", unprocessable};
    case Typed::good: break;
    }
    return std::nullopt;
}

std::string done_of(std::string_view said)
{
    for (const std::string_view known : {"asked", "kept"})
        if (said == known) return std::string(known);
    return {};
}

views::EmailChange view_of(const Request& request, const Shown& shown)
{
    views::EmailChange view;
    view.address = shown.address.address();
    view.needs_sign_in = shown.may == AskAnswer::needs_level;
    view.may_change = shown.may == AskAnswer::needs_step_up && !shown.change;
    view.email = std::string(request.form.get("email"));
    if (!shown.change) return view;
    view.after = shown.change->change.after;
    access::show_waiting(view, *shown.change);
    return view;
}

/// `field`: empty where it stands at the top of the page.
Task<Response> show_page(const Access& access, Request request, SignedIn who, std::optional<Said> refused,
                         std::string field)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    auto view = view_of(request, shown);
    if (refused) {
        view.problems.add(field, refused->words);
        co_return access::refuse(request, page, view, refused->status, refused->code);
    }
    view.done = done_of(request.query.get("done"));
    if (request.query.has("over")) page.notice = render::Message{Msg::addresses_over, {}};
    co_return http::respond(request, page, view);
}

Task<Response> get_email(const Access& access, Request request, SignedIn who)
{
    const std::string top;
    co_return co_await show_page(access, std::move(request), std::move(who), std::nullopt, top);
}

access::StepUpRequest step_up_for(const render::Page& page, const AddressFound& found)
{
    access::StepUpRequest step_up;
    step_up.purpose = change_purpose;
    auto& summary = step_up.summary;
    summary.headline = render::text(page, Msg::addresses_headline);
    summary.facts.emplace_back(render::text(page, Msg::addresses_fact_new), found.address);
    summary.facts.emplace_back(render::text(page, Msg::addresses_fact_old), found.before);
    for (const Msg line : {Msg::addresses_waits, Msg::addresses_ends, Msg::codes_hold, Msg::addresses_told})
        summary.consequences.push_back(render::text(page, line));
    step_up.confirm_path = "/account/email/confirm";
    step_up.back_path = email_path;
    step_up.payload = RecordWriter(step_up.purpose).text(found.address).take_secret();
    return step_up;
}

Task<Response> post_email(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    std::string typed(request.form.get("email"));
    const auto found = co_await look_at_address(access.world(), std::move(holder), std::move(typed));
    std::string field;
    if (found.may != AskAnswer::needs_step_up) {
        const Said said = say(found.may);
        co_return co_await show_page(access, std::move(request), std::move(who), said, field);
    }
    const auto fault = fault_of(found.typed);
    if (fault) {
        field = "email";
        co_return co_await show_page(access, std::move(request), std::move(who), fault, field);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, found);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<AskAnswer>(AskAnswer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        const std::string address = done.payload.text();
        done.payload.end();
        *answer = begin_address(done.tx, world, holder, done.credentials, address, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(change_purpose),
                                                 std::string(email_path), deed);
    if (refused) co_return std::move(*refused);
    if (*answer != AskAnswer::waits) {
        const Said said = say(*answer);
        const std::string top;
        co_return co_await show_page(access, std::move(request), std::move(who), said, top);
    }
    // Where it is not sent now, the page has the button that sends it.
    auto holder = access::holder_of(who);
    co_await send_address_code(world, std::move(holder));
    co_return http::see_other(request, "/account/email/code");
}

std::vector<std::pair<std::string, std::string>> kept_facts(const render::Page& page,
                                                            const store::PendingChange& change)
{
    return {{render::text(page, Msg::addresses_fact_old), change.before},
            {render::text(page, Msg::addresses_fact_new), change.after}};
}

Task<Response> too_late(const Access& access, Request request, SignedIn who)
{
    const Said late{Msg::addresses_too_late, "too_late", conflict};
    const std::string top;
    co_return co_await show_page(access, std::move(request), std::move(who), late, top);
}

constexpr access::Keep keep{policy::changes::Kind::change_email, "keep_email", email_path,
                            Msg::addresses_headline_keep,        kept_facts,   too_late};

}  // namespace

void add_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, std::string(email_path), get_email);
    access::add_signed_in(router, access, post, std::string(email_path), post_email);
    access::add_signed_in(router, access, post, "/account/email/confirm", post_confirm);
    access::add_keep(router, access, keep);
    access::lead_back(router, access, "/account/email/confirm", std::string(email_path));
    add_code_routes(router, access);
    add_again_routes(router, access);
}

}  // namespace sallyport::addresses
