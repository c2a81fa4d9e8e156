// A8: the numbers of an account; adding, changing and removing one.
#include "access/keep_change.h"
#include "access/waiting.h"
#include "render/region.h"
#include "slices/codes/endpoints_shared.h"
#include "views/phones.h"

#include <algorithm>

namespace sallyport::codes {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view add_purpose = "add_phone";
constexpr std::string_view remove_purpose = "remove_phone";
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many_now = 429;

std::string masked(const std::string& e164)
{
    const auto number = PhoneNumber::from_e164(e164);
    return number ? number->masked() : "•••";
}

/// Every region with its calling code, in the order of the reader's dictionary. Made once a language.
const std::vector<views::Phones::PhoneRegion>& regions_of(render::Language language)
{
    static const auto all = [] {
        std::vector<std::vector<views::Phones::PhoneRegion>> lists(render::language_count);
        for (std::size_t i = 0; i < lists.size(); ++i) {
            const auto reader = static_cast<render::Language>(i);
            std::vector<std::string> names;
            for (const PhoneRegion& region : phone_regions())
                names.push_back(render::region_name(reader, region.region));
            for (const std::size_t at : render::dictionary_order(reader, names)) {
                const PhoneRegion& region = phone_regions()[at];
                lists[i].push_back({std::string(region.region),
                                    names[at] + " (\u2066+" + std::string(region.code) + "\u2069)", false});
            }
        }
        return lists;
    }();
    return all.at(static_cast<std::size_t>(language));
}

views::Phones view_of(const Access& access, const render::Page& page, const Shown& shown,
                      const Request& request, const std::string& replaces)
{
    views::Phones view;
    for (const ShownPhone& one : shown.phones) {
        views::Phones::ShownPhone phone;
        phone.id = one.phone.id.text();
        phone.number = masked(one.phone.number);
        phone.added = one.phone.proven_at;
        if (one.leaving) {
            access::show_waiting(phone, *one.leaving);
            phone.after = masked(one.leaving->change.after);
        }
        view.phones.push_back(std::move(phone));
    }
    view.replaces = replaces;
    const bool room = shown.may_add == Answer::needs_step_up;
    view.may_add = room || (shown.may_add == Answer::too_many && !replaces.empty());
    view.needs_sign_in = shown.may_add == Answer::needs_level;
    if (!view.may_add) view.why = render::Message{say(shown.may_add).words, {}};
    view.number = std::string(request.form.get("number"));
    const auto& served = access.world().text_regions;
    for (views::Phones::PhoneRegion region : regions_of(page.language)) {
        if (!served.empty() && std::ranges::find(served, region.region) == served.end()) continue;
        region.chosen = region.region == request.form.get("region");
        view.regions.push_back(std::move(region));
    }
    return view;
}

std::string done_of(std::string_view said)
{
    for (const std::string_view known : {"added", "asked", "removed", "kept"})
        if (said == known) return std::string(known);
    return {};
}

/// Why a number is not taken; nullopt where it is.
std::optional<Said> fault_of(const NumberFound& found)
{
    switch (found.number) {
    case Number::no_number: return Said{Msg::codes_no_number, "no_phone_number", unprocessable};
    case Number::premium: return Said{Msg::codes_premium, "premium_number", unprocessable};
    case Number::landline: return Said{Msg::codes_landline, "landline", unprocessable};
    case Number::unreachable: return Said{Msg::codes_unreachable, "number_not_reached", unprocessable};
    case Number::not_served: return Said{Msg::codes_not_served, "country_not_served", unprocessable};
    case Number::wait: return Said{Msg::codes_send_wait, "code_sent_lately", too_many_now};
    case Number::busy: return Said{Msg::codes_send_busy, "texts_busy", too_many_now};
    case Number::good: break;
    }
    return std::nullopt;
}

/// The list, with the form for a new number in the place of `replaces`.
Task<Response> show_form(const Access& access, Request request, SignedIn who, std::string replaces,
                         std::optional<Said> wrong, Instant next_at)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    auto view = view_of(access, page, shown, request, replaces);
    if (!wrong) co_return http::respond(request, page, view);
    view.problems.add("number", wrong->words, {{"time", render::ClockTime{next_at}}});
    co_return access::refuse(request, page, view, wrong->status, wrong->code);
}

Task<Response> get_phones(const Access& access, Request request, SignedIn who)
{
    co_return co_await show_phones(access, std::move(request), std::move(who), std::nullopt);
}

access::StepUpRequest step_up_for(const render::Page& page, const NumberFound& found)
{
    access::StepUpRequest step_up;
    const bool changes = found.replaced.has_value();
    step_up.purpose = add_purpose;
    if (!changes) step_up.deed = policy::step_up::Deed::adds_code;
    auto& summary = step_up.summary;
    summary.headline = render::text(page, changes ? Msg::codes_headline_change : Msg::codes_headline_add);
    summary.facts.emplace_back(render::text(page, Msg::codes_fact_number), found.e164);
    if (changes)
        summary.facts.emplace_back(render::text(page, Msg::codes_fact_old), masked(found.replaced->number));
    if (changes) {
        summary.consequences.push_back(render::text(page, Msg::codes_replace_text));
    } else {
        summary.consequences.push_back(render::text(page, Msg::factors_ends_sessions));
    }
    summary.consequences.push_back(render::text(page, Msg::codes_hold));
    summary.consequences.push_back(render::text(page, Msg::codes_told));
    step_up.confirm_path = "/account/phone/confirm";
    step_up.back_path = phone_path;
    step_up.payload = RecordWriter(step_up.purpose)
                          .text(found.e164)
                          .text(changes ? found.replaced->id.text() : std::string())
                          .take_secret();
    return step_up;
}

Task<Response> post_number(const Access& access, Request request, SignedIn who)
{
    const std::string replaces(request.form.get("replaces"));
    const auto replaced = ChannelId::parse(replaces);
    auto holder = access::holder_of(who);
    std::string number(request.form.get("number"));
    std::string region(request.form.get("region"));
    const auto found = co_await look_at_number(access.world(), std::move(holder), std::move(number),
                                               std::move(region), replaced);
    if (replaced && !found.replaced) co_return http::see_other(request, "/account/phone?over=1");
    const auto fault = fault_of(found);
    if (fault) {
        co_return co_await show_form(access, std::move(request), std::move(who), replaces, *fault,
                                     found.next_at);
    }
    if (found.may != Answer::needs_step_up) {
        const Said said = say(found.may);
        co_return co_await show_phones(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, found);
    step_up.restart.path = phone_path;
    for (const char* const field : {"number", "region", "replaces"})
        step_up.restart.fields.emplace_back(field, request.form.get(field));
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto begun = std::make_shared<Begun>();
    auto deed = [&world, holder = access::holder_of(who), begun](access::Deed& done) {
        const std::string e164 = done.payload.text();
        const auto replaced = ChannelId::parse(done.payload.text());
        done.payload.end();
        *begun = begin_phone(done.tx, world, holder, done.credentials, e164, replaced, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(add_purpose),
                                                 std::string(phone_path), deed);
    if (refused) co_return std::move(*refused);
    const bool goes_on = begun->change == AskAnswer::at_once || begun->change == AskAnswer::waits;
    if (begun->may != Answer::allowed || !goes_on) {
        const Said said = begun->may != Answer::allowed ? say(begun->may) : say(begun->change);
        co_return co_await show_phones(access, std::move(request), std::move(who), said);
    }
    // Where it is not sent now, the page has the button that sends it.
    auto holder = access::holder_of(who);
    co_await send_number_code(world, std::move(holder));
    co_return http::see_other(request, "/account/phone/code");
}

std::optional<store::Phone> named(const Shown& shown, std::string_view id)
{
    for (const ShownPhone& one : shown.phones)
        if (one.phone.id.text() == id) return one.phone;
    return std::nullopt;
}

/// A POST, so that the id of a number stands in no address and no history.
Task<Response> post_change(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    if (shown.may_add == Answer::needs_level) {
        const Said said = say(shown.may_add);
        co_return co_await show_phones(access, std::move(request), std::move(who), said);
    }
    const auto phone = named(shown, request.form.get("phone"));
    if (!phone) co_return http::see_other(request, "/account/phone?over=1");
    std::string replaces = phone->id.text();
    const Instant never;
    co_return co_await show_form(access, std::move(request), std::move(who), std::move(replaces),
                                 std::nullopt, never);
}

Task<Response> post_remove(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    if (shown.may_add == Answer::needs_level) {
        const Said said = say(shown.may_add);
        co_return co_await show_phones(access, std::move(request), std::move(who), said);
    }
    const auto phone = named(shown, request.form.get("phone"));
    if (!phone) co_return http::see_other(request, "/account/phone?over=1");
    const auto page = co_await access::account_page(access, request, who);
    access::StepUpRequest step_up;
    step_up.purpose = remove_purpose;
    step_up.summary.headline = render::text(page, Msg::codes_headline_remove);
    step_up.summary.facts.emplace_back(render::text(page, Msg::codes_fact_number), masked(phone->number));
    for (const Msg line : {Msg::factors_ends_sessions, Msg::codes_told, Msg::codes_told_number})
        step_up.summary.consequences.push_back(render::text(page, line));
    step_up.confirm_path = "/account/phone/remove/confirm";
    step_up.back_path = phone_path;
    step_up.payload = RecordWriter(step_up.purpose).text(phone->id.text()).take_secret();
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_remove_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<AskAnswer>(AskAnswer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        const auto id = ChannelId::parse(done.payload.text());
        done.payload.end();
        CHECK(id.has_value());
        *answer = remove_phone(done.tx, world, holder, done.account, done.credentials, *id, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(remove_purpose),
                                                 std::string(phone_path), deed);
    if (refused) co_return std::move(*refused);
    if (*answer != AskAnswer::at_once && *answer != AskAnswer::pending_already) {
        const Said said = say(*answer);
        co_return co_await show_phones(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, "/account/phone?done=removed");
}

std::vector<std::pair<std::string, std::string>> kept_facts(const render::Page& page,
                                                            const store::PendingChange& change)
{
    return {{render::text(page, Msg::codes_fact_old), masked(change.before)},
            {render::text(page, Msg::codes_fact_number), masked(change.after)}};
}

Task<Response> too_late(const Access& access, Request request, SignedIn who)
{
    const Said late{Msg::codes_too_late, "too_late", 409};
    co_return co_await show_phones(access, std::move(request), std::move(who), late);
}

constexpr access::Keep keep{policy::changes::Kind::change_phone,
                            "keep_phone",
                            phone_path,
                            Msg::codes_headline_keep,
                            kept_facts,
                            too_late};

}  // namespace

Task<Response> show_phones(const Access& access, Request request, SignedIn who, std::optional<Said> refused)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    auto view = view_of(access, page, shown, request, {});
    if (refused) {
        view.why.reset();
        view.problems.add("", refused->words);
        co_return access::refuse(request, page, view, refused->status, refused->code);
    }
    view.done = done_of(request.query.get("done"));
    if (request.query.has("over")) page.notice = render::Message{Msg::codes_over, {}};
    co_return http::respond(request, page, view);
}

void add_phone_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/phone", get_phones);
    access::add_signed_in(router, access, post, "/account/phone", post_number);
    access::add_signed_in(router, access, post, "/account/phone/confirm", post_confirm);
    access::add_signed_in(router, access, post, "/account/phone/change", post_change);
    access::add_signed_in(router, access, post, "/account/phone/remove", post_remove);
    access::add_signed_in(router, access, post, "/account/phone/remove/confirm", post_remove_confirm);
    access::add_keep(router, access, keep);
    for (const char* const posted : {"/account/phone/confirm", "/account/phone/change",
                                     "/account/phone/remove", "/account/phone/remove/confirm"})
        access::lead_back(router, access, posted, std::string(phone_path));
}

}  // namespace sallyport::codes
