#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/account/change_words.h"
#include "slices/account/endpoints_shared.h"
#include "views/account_words.h"
#include "views/account_words_changed.h"
#include "views/account_words_shown.h"

namespace sallyport::account {

namespace {

using render::Msg;

constexpr unsigned unprocessable = 422;
constexpr std::string_view words_path = "/account/anti-phishing";

Msg words_of(policy::words::Refusal refusal)
{
    using policy::words::Refusal;
    switch (refusal) {
    case Refusal::malformed: return Msg::words_malformed;
    case Refusal::too_long: return Msg::words_too_long;
    case Refusal::too_short: return Msg::words_too_short;
    case Refusal::too_many_digits: return Msg::words_too_many_digits;
    case Refusal::too_few_letters: return Msg::words_too_few_letters;
    case Refusal::brand: return Msg::words_brand;
    case Refusal::address_part: return Msg::words_address_part;
    case Refusal::common: return Msg::words_common;
    case Refusal::is_current: return Msg::words_is_current;
    case Refusal::is_password: return Msg::words_is_password;
    }
    return Msg::words_malformed;
}

Task<http::Response> show_page(const access::Access& access, http::Request request, access::SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    proof::Holder actor = access::holder_of(who);
    const auto ground = co_await read_ground(access.world(), std::move(actor));
    views::AccountWords view;
    view.has_words = !ground.words.empty();
    co_return http::respond(request, page, view);
}

Task<http::Response> ask_to_show(const access::Access& access, http::Request request, access::SignedIn who)
{
    const render::Page page = access.page(request, &who);
    access::Summary summary{
        render::text(page, Msg::words_show_deed), {}, {render::text(page, Msg::words_show_alone)}};
    access::StepUpRequest wanted{std::string(show_words_purpose),
                                 std::move(summary),
                                 "/account/anti-phishing/shown",
                                 std::string(words_path),
                                 RecordWriter(show_words_purpose).take_secret(),
                                 {},
                                 policy::step_up::Deed::keeps};
    const auto path = co_await access::ask(access, std::move(who), std::move(wanted));
    co_return http::see_other(request, path);
}

Task<http::Response> show_words(const access::Access& access, http::Request request, access::SignedIn who)
{
    auto shown = std::make_shared<store::Words>();
    std::function<void(access::Deed&)> deed = [shown](access::Deed& done) { *shown = done.account.words; };
    std::string purpose(show_words_purpose);
    std::string start(words_path);
    auto not_done = co_await access::prove_posted(access, request, who, std::move(purpose), std::move(start),
                                                  std::move(deed));
    if (not_done) co_return std::move(*not_done);
    const auto page = co_await access::account_page(access, request, who);
    views::AccountWordsShown view;
    view.words = shown->now;
    co_return http::respond(request, page, view);
}

access::StepUpRequest step_up_for(const render::Page& page, PreparedWords& prepared, access::Restart restart)
{
    access::Summary summary{render::text(page, Msg::words_deed), {}, {}};
    summary.facts.emplace_back(render::text(page, Msg::words_new), prepared.words);
    summary.consequences.push_back(render::text(page, Msg::words_from_now));
    summary.consequences.push_back(render::text(page, Msg::words_told));
    return {std::string(change_words_purpose), std::move(summary),           "/account/anti-phishing/confirm",
            std::string(words_path),           std::move(*prepared.payload), std::move(restart),
            policy::step_up::Deed::keeps};
}

/// The form has two buttons: "Make new words" sends make=yes, the other one sends what was typed.
Task<http::Response> take_new(const access::Access& access, http::Request request, access::SignedIn who)
{
    proof::World& world = access.world();
    const auto page = co_await access::account_page(access, request, who);
    const bool make = !request.form.get("make").empty();
    views::AccountWords view;
    view.typed = std::string(request.form.get("words"));
    view.has_words = true;
    if (!make && view.typed.empty()) {
        view.problems.add("words", Msg::words_missing);
        co_return access::refuse(request, page, view, unprocessable, "words_refused");
    }
    std::string typed = make ? std::string() : view.typed;
    proof::Holder actor = access::holder_of(who);
    auto prepared = co_await prepare_words(world, std::move(actor), std::move(typed));
    if (prepared.hindrance.level_too_low) co_return level_too_low(request, page);
    if (prepared.payload) {
        access::Restart restart{std::string(words_path), {}};
        restart.fields.emplace_back(make ? "make" : "words", make ? "yes" : view.typed);
        access::StepUpRequest wanted = step_up_for(page, prepared, std::move(restart));
        const auto path = co_await access::ask(access, std::move(who), std::move(wanted));
        co_return http::see_other(request, path);
    }
    auto stopped = stop(request, page, view, prepared.hindrance, world.clock.now());
    if (stopped) co_return std::move(*stopped);
    CHECK(prepared.refusal.has_value());
    if (*prepared.refusal == policy::words::Refusal::is_password)
        view.typed.clear();  // no page holds a password
    view.problems.add("words", words_of(*prepared.refusal));
    co_return access::refuse(request, page, view, unprocessable, "words_refused");
}

Task<http::Response> confirm(const access::Access& access, http::Request request, access::SignedIn who)
{
    proof::World& world = access.world();
    const proof::Holder actor = access::holder_of(who);
    std::function<void(access::Deed&)> deed = [&world, actor](access::Deed& done) {
        apply_words(done.tx, world, actor, done.account, done.credentials, done.payload, done.now);
    };
    std::string purpose(change_words_purpose);
    std::string start(words_path);
    auto not_done = co_await access::prove_posted(access, request, std::move(who), std::move(purpose),
                                                  std::move(start), std::move(deed));
    if (not_done) co_return std::move(*not_done);
    co_return http::see_other(request, "/account/anti-phishing/changed");
}

Task<http::Response> show_changed(const access::Access& access, http::Request request, access::SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, views::AccountWordsChanged{});
}

}  // namespace

void add_words(http::Router& router, const access::Access& access)
{
    using enum http::Method;
    const std::string page(words_path);
    access::add_signed_in(router, access, get, page, show_page);
    access::add_signed_in(router, access, post, page, take_new);
    access::add_signed_in(router, access, post, page + "/show", ask_to_show);
    access::add_signed_in(router, access, post, page + "/shown", show_words);
    access::lead_back(router, access, page + "/shown", page);
    access::add_signed_in(router, access, post, page + "/confirm", confirm);
    access::lead_back(router, access, page + "/confirm", page);
    access::add_signed_in(router, access, get, page + "/changed", show_changed);
}

}  // namespace sallyport::account
