#include "slices/account/endpoints_password.h"
#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "access/waiting.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/account/change_password.h"
#include "slices/account/overview.h"
#include "views/account_password.h"
#include "views/account_password_changed.h"
#include "views/password_verdict.h"

namespace sallyport::account {

namespace {

using render::Msg;

constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;

render::Message words_of(policy::passwords::Refusal refusal, std::int64_t least, std::int64_t most)
{
    using policy::passwords::Refusal;
    switch (refusal) {
    case Refusal::malformed: return {Msg::password_malformed, {}};
    case Refusal::too_long: return {Msg::password_too_long, {{"most", most}}};
    case Refusal::too_short: return {Msg::password_too_short, {{"least", least}}};
    case Refusal::own_name: return {Msg::password_own_name, {}};
    case Refusal::operator_name: return {Msg::password_operator_name, {}};
    case Refusal::blocklisted: return {Msg::password_blocklisted, {}};
    case Refusal::is_current: return {Msg::password_is_current, {}};
    case Refusal::is_old: return {Msg::password_is_old, {}};
    case Refusal::breached: return {Msg::password_breached, {}};
    }
    return {Msg::password_malformed, {}};
}

std::string done_of(std::string_view said)
{
    for (const std::string_view known : {"leaves", "kept"})
        if (said == known) return std::string(known);
    return {};
}

views::AccountPassword view_of(const proof::World& world, const Ground& ground, const PasswordState& state)
{
    views::AccountPassword view;
    view.username = ground.email.address();
    view.least = policy::passwords::least_length(ground.has_second_factor, world.passwords);
    view.brand = world.brand.name;
    view.there = state.there;
    if (state.leaving) access::show_waiting(view, *state.leaving);
    view.may_remove = waits(state.may_remove);
    if (view.may_remove) view.wait = state.wait;
    view.passkeys = world.methods.passkey;
    if (state.there && state.has_passkey && !view.may_remove && !state.leaving)
        view.why = render::Message{say(state.may_remove).words, {}};
    return view;
}

Task<http::Response> show_form(const access::Access& access, http::Request request, access::SignedIn who)
{
    co_return co_await show_password_page(access, std::move(request), std::move(who), std::nullopt);
}

Task<http::Response> give_verdict(const access::Access& access, http::Request request, access::SignedIn who)
{
    const proof::World& world = access.world();
    const render::Page page = access.page(request, &who);
    proof::Holder actor = access::holder_of(who);
    Secret typed = Secret::from_text(request.form.get("password"));
    const auto verdict = co_await check_typed_password(access.world(), std::move(actor), std::move(typed));
    if (verdict.limited)
        co_return http::problem(request, too_many, "too_many_checks",
                                render::text(page, Msg::password_not_checked));
    views::PasswordVerdict view;
    view.good = !verdict.refusal;
    view.text =
        verdict.refusal
            ? render::text(page, words_of(*verdict.refusal, verdict.least, world.passwords.code_points_max))
            : render::text(page, Msg::password_good);
    co_return http::respond_json(view);
}

access::StepUpRequest step_up_for(const render::Page& page, bool there, Secret payload)
{
    access::Summary summary{
        render::text(page, there ? Msg::password_deed : Msg::password_headline_add), {}, {}};
    summary.consequences.push_back(render::text(page, Msg::password_ends_others));
    summary.consequences.push_back(render::text(page, Msg::codes_hold));
    summary.consequences.push_back(render::text(page, Msg::password_told));
    return {std::string(change_password_purpose), std::move(summary), "/account/password/confirm",
            std::string(password_path),           std::move(payload), {},
            policy::step_up::Deed::keeps};
}

Task<http::Response> take_new(const access::Access& access, http::Request request, access::SignedIn who)
{
    proof::World& world = access.world();
    const auto page = co_await access::account_page(access, request, who);
    const proof::Holder actor = access::holder_of(who);
    Secret typed = Secret::from_text(request.form.get("new_password"));
    auto prepared = co_await prepare_password(world, actor, std::move(typed));
    if (prepared.hindrance.level_too_low) co_return level_too_low(request, page);
    const auto state = co_await read_password_state(world, actor);
    if (prepared.payload) {
        access::StepUpRequest wanted = step_up_for(page, state.there, std::move(*prepared.payload));
        const auto path = co_await access::ask(access, std::move(who), std::move(wanted));
        co_return http::see_other(request, path);
    }
    const auto ground = co_await read_ground(world, actor);
    views::AccountPassword view = view_of(world, ground, state);
    auto stopped = stop(request, page, view, prepared.hindrance, world.clock.now());
    if (stopped) co_return std::move(*stopped);
    CHECK(prepared.refusal.has_value());
    render::Message words = words_of(*prepared.refusal, view.least, world.passwords.code_points_max);
    view.problems.add("new_password", words.id, std::move(words.arguments));
    co_return access::refuse(request, page, view, unprocessable, "password_refused");
}

Task<http::Response> confirm(const access::Access& access, http::Request request, access::SignedIn who)
{
    proof::World& world = access.world();
    const proof::Holder actor = access::holder_of(who);
    std::function<void(access::Deed&)> deed = [&world, actor](access::Deed& done) {
        apply_password(done.tx, world, actor, done.account, done.credentials, done.payload, done.now);
    };
    std::string purpose(change_password_purpose);
    std::string start(password_path);
    auto not_done = co_await access::prove_posted(access, request, std::move(who), std::move(purpose),
                                                  std::move(start), std::move(deed));
    if (not_done) co_return std::move(*not_done);
    forget_sessions(access, actor);
    co_return http::see_other(request, "/account/password/changed");
}

Task<http::Response> show_changed(const access::Access& access, http::Request request, access::SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    const auto overview = co_await load_overview(access.world(), who.session.account);
    if (!overview.password_changed_at) co_return http::see_other(request, std::string(password_path));
    views::AccountPasswordChanged view;
    view.at = *overview.password_changed_at;
    co_return http::respond(request, page, view);
}

}  // namespace

Task<http::Response> show_password_page(const access::Access& access, http::Request request,
                                        access::SignedIn who, std::optional<access::Said> refused)
{
    const auto page = co_await access::account_page(access, request, who);
    const proof::Holder actor = access::holder_of(who);
    const auto ground = co_await read_ground(access.world(), actor);
    if (!ground.allowed) co_return level_too_low(request, page);
    const auto state = co_await read_password_state(access.world(), actor);
    auto view = view_of(access.world(), ground, state);
    if (refused) {
        view.why.reset();
        view.problems.add("", refused->words);
        co_return access::refuse(request, page, view, refused->status, refused->code);
    }
    view.done = done_of(request.query.get("done"));
    co_return http::respond(request, page, view);
}

void add_password(http::Router& router, const access::Access& access)
{
    using enum http::Method;
    const std::string page(password_path);
    access::add_signed_in(router, access, get, page, show_form);
    access::add_signed_in(router, access, post, page, take_new);
    access::add_signed_in(router, access, post, page + "/check", give_verdict);
    access::add_signed_in(router, access, post, page + "/confirm", confirm);
    access::lead_back(router, access, page + "/confirm", page);
    access::add_signed_in(router, access, get, page + "/changed", show_changed);
    add_passwordless(router, access);
    // A Well-Known URL for Changing Passwords (W3C): where password managers send people.
    access::lead_back(router, access, "/.well-known/change-password", page);
}

}  // namespace sallyport::account
