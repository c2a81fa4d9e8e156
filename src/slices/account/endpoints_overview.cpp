#include "access/account_page.h"
#include "access/waiting.h"
#include "base/phone_number.h"
#include "http/pages.h"
#include "render/browser_name.h"
#include "render/messages.h"
#include "slices/account/endpoints_shared.h"
#include "slices/account/overview.h"
#include "views/account_overview.h"

#include <algorithm>
#include <utility>

namespace sallyport::account {

namespace {

using render::Msg;
using Check = decltype(views::AccountOverview::checks)::value_type;

constexpr std::pair<std::string_view, Msg> events_known[]{
    {"signed_up", Msg::account_event_signed_up},
    {"signed_in", Msg::account_event_signed_in},
    {"signed_out", Msg::account_event_signed_out},
    {"sign_in_stopped", Msg::account_event_sign_in_stopped},
    {"recovery_code_used", Msg::account_event_recovery_code_used},
    {"session_ended", Msg::account_event_session_ended},
    {"sessions_ended", Msg::account_event_sessions_ended},
    {"browser_trusted", Msg::account_event_browser_trusted},
    {"trust_ended", Msg::account_event_trust_ended},
    {"password_changed", Msg::account_event_password_changed},
    {"password_added", Msg::account_event_password_added},
    {"password_removal_asked", Msg::account_event_password_removal_asked},
    {"password_removed", Msg::account_event_password_removed},
    {"recovery_opened", Msg::account_event_recovery_opened},
    {"recovery_ready", Msg::account_event_recovery_ready},
    {"recovery_reminded", Msg::account_event_recovery_reminded},
    {"sign_ins_failed", Msg::account_event_sign_ins_failed},
    {"kit_old", Msg::account_event_kit_old},
    {"words_renewed", Msg::account_event_words_renewed},
    {"fake_reported", Msg::account_event_fake_reported},
    {"fake_answered", Msg::account_event_fake_answered},
    {"hold_over", Msg::account_event_hold_over},
    {"recovery_paused", Msg::account_event_recovery_paused},
    {"recovery_ended", Msg::account_event_recovery_ended},
    {"recovery_expired", Msg::account_event_recovery_expired},
    {"recovery_contested", Msg::account_event_recovery_contested},
    {"locked", Msg::account_event_locked},
    {"unlocked", Msg::account_event_unlocked},
    {"unlock_asked", Msg::account_event_unlock_asked},
    {"unlock_delayed", Msg::account_event_unlock_delayed},
    {"exits_paused", Msg::account_event_exits_paused},
    {"lock_confirmed", Msg::account_event_lock_confirmed},
    {"recovery_finished", Msg::account_event_recovery_finished},
    {"password_reset", Msg::account_event_password_reset},
    {"reset_begun", Msg::account_event_reset_begun},
    {"reset_factor_shown", Msg::account_event_reset_factor_shown},
    {"account_reviewed", Msg::account_event_account_reviewed},
    {"questions_stopped", Msg::account_event_questions_stopped},
    {"words_changed", Msg::account_event_words_changed},
    {"app_added", Msg::account_event_app_added},
    {"app_moved", Msg::account_event_app_moved},
    {"app_removal_asked", Msg::account_event_app_removal_asked},
    {"app_removed", Msg::account_event_app_removed},
    {"kit_made", Msg::account_event_kit_made},
    {"notice_address_added", Msg::account_event_notice_address_added},
    {"passkey_added", Msg::account_event_passkey_added},
    {"passkey_removal_asked", Msg::account_event_passkey_removal_asked},
    {"passkey_removed", Msg::account_event_passkey_removed},
    {"phone_added", Msg::account_event_phone_added},
    {"phone_change_asked", Msg::account_event_phone_change_asked},
    {"phone_changed", Msg::account_event_phone_changed},
    {"phone_removed", Msg::account_event_phone_removed},
    {"mail_codes_on", Msg::account_event_mail_codes_on},
    {"mail_codes_off", Msg::account_event_mail_codes_off},
    {"passkey_counter_back", Msg::account_event_passkey_counter_back},
    {"change_stopped", Msg::account_event_change_stopped},
    {"change_undone", Msg::account_event_change_undone},
    {"email_change_asked", Msg::account_event_email_change_asked},
    {"email_changed", Msg::account_event_email_changed},
    {"email_not_changed", Msg::account_event_email_not_changed},
    {"email_undeliverable", Msg::account_event_email_undeliverable},
    {"email_confirmed_again", Msg::account_event_email_confirmed_again},
};

std::string words_of(const render::Page& page, const store::Event& event)
{
    const auto* const found =
        std::ranges::find(events_known, event.kind, &std::pair<std::string_view, Msg>::first);
    return render::text(page, found == std::end(events_known) ? Msg::account_event_other : found->second);
}

/// Rows of the overview, each with a link only where its page is there.
class Checks {
public:
    Checks(const http::Router& router, const render::Page& page, views::AccountOverview& view)
        : m_router(router), m_page(page), m_view(view)
    {
    }
    /// `state`: "done", "todo", or "" where there is nothing to do. `path` may be empty: no page.
    void add(std::string id, Msg label, std::string detail, std::string state, Msg action, std::string path)
    {
        Check check;
        check.id = std::move(id);
        check.label = render::text(m_page, label);
        check.detail = std::move(detail);
        check.state = std::move(state);
        check.action = render::text(m_page, action);
        if (!path.empty() && has_page(path)) check.href = std::move(path);
        m_view.checks.push_back(std::move(check));
    }
    [[nodiscard]] bool has_page(std::string_view path) const
    {
        return m_router.match(http::Method::get, std::string(path), http::Door::public_door).route != nullptr;
    }
    [[nodiscard]] std::string text(Msg id, const render::Arguments& arguments = {}) const
    {
        return render::text(m_page, id, arguments);
    }

private:
    const http::Router& m_router;
    const render::Page& m_page;
    views::AccountOverview& m_view;
};

void add_passkeys(Checks& checks, const Overview& overview)
{
    if (!checks.has_page("/account/passkeys")) return;
    const bool has = overview.passkeys > 0;
    checks.add("passkeys", Msg::account_passkeys,
               checks.text(has ? Msg::account_passkeys_set : Msg::account_passkeys_missing,
                           {{"count", overview.passkeys}}),
               has ? "done" : "todo", has ? Msg::account_manage : Msg::account_set_up, "/account/passkeys");
}

void add_app(Checks& checks, const Overview& overview)
{
    if (overview.apps > 0)
        checks.add("app", Msg::account_app, checks.text(Msg::account_app_set), "done", Msg::account_manage,
                   "/account/app");
    else if (overview.passkeys > 0)
        checks.add("app", Msg::account_app, checks.text(Msg::account_app_besides), "", Msg::account_set_up,
                   "/account/app/new");
    else
        checks.add("app", Msg::account_app, checks.text(Msg::account_app_missing), "todo",
                   Msg::account_set_up, "/account/app/new");
}

/// Weak methods: nothing to do about them.
void add_codes(Checks& checks, const Overview& overview)
{
    const auto action = [](bool has) { return has ? Msg::account_manage : Msg::account_set_up; };
    if (checks.has_page("/account/mail-code"))
        checks.add(
            "mail_codes", Msg::account_mail_codes,
            checks.text(overview.mail_codes ? Msg::account_mail_codes_set : Msg::account_mail_codes_missing),
            "", action(overview.mail_codes), "/account/mail-code");
    if (checks.has_page("/account/phone"))
        checks.add("phones", Msg::account_phones,
                   checks.text(overview.phones > 0 ? Msg::account_phones_set : Msg::account_phones_missing,
                               {{"count", overview.phones}}),
                   "", action(overview.phones > 0), "/account/phone");
}

void add_kit(Checks& checks, const Overview& overview)
{
    const auto add = [&checks](std::string detail, bool done) {
        checks.add("kit", Msg::account_kit, std::move(detail), done ? "done" : "todo",
                   done ? Msg::account_manage : Msg::account_make_kit, "/account/kit");
    };
    if (!overview.kit_made_at) {
        add(checks.text(Msg::account_kit_missing), false);
        return;
    }
    const render::Arguments facts{{"day", render::Day{*overview.kit_made_at}},
                                  {"count", overview.codes_left}};
    const bool few = overview.codes_left <= codes_few;
    if (overview.kit_is_old)
        add(checks.text(Msg::account_kit_old, facts), false);
    else
        add(checks.text(few ? Msg::account_kit_few : Msg::account_kit_saved, facts), !few);
}

/// An account with passkeys can do without one: nothing to do.
void add_password(Checks& checks, const Overview& overview)
{
    const auto& changed = overview.password_changed_at;
    checks.add("password", Msg::account_password,
               changed ? checks.text(Msg::account_password_set, {{"day", render::Day{*changed}}})
                       : checks.text(Msg::account_password_none),
               "", changed ? Msg::account_change : Msg::account_set_up, "/account/password");
}

/// Where it came from; nothing for what the server did by itself.
std::optional<std::string> from_of(const render::Page& page, const store::Event& event)
{
    if (event.browser.empty() && event.address.empty()) return std::nullopt;
    return render::text(page, Msg::account_event_from,
                        {{"browser", render::browser_name(page, event.browser)}, {"address", event.address}});
}

Msg why_of(policy::holds::Cause cause)
{
    using policy::holds::Cause;
    switch (cause) {
    case Cause::password_changed: return Msg::account_why_password_changed;
    case Cause::password_reset: return Msg::account_why_password_reset;
    case Cause::factor_added: return Msg::account_why_factor_added;
    case Cause::factor_changed: return Msg::account_why_factor_changed;
    case Cause::factor_removed: return Msg::account_why_factor_removed;
    case Cause::kit_made: return Msg::account_why_kit_made;
    case Cause::email_changed: return Msg::account_why_email_changed;
    case Cause::phone_changed: return Msg::account_why_phone_changed;
    case Cause::recovered: return Msg::account_why_recovered;
    case Cause::contested: return Msg::account_why_contested;
    case Cause::exits_paused: break;
    }
    return Msg::account_why_exits_paused;
}

/// The same cause is said once, with its longest end.
void add_holds(const render::Page& page, const Overview& overview, views::AccountOverview& view)
{
    if (overview.holds.empty()) return;
    view.held_until = overview.holds.front().until;
    for (const store::Hold& hold : overview.holds) {
        std::string cause(policy::holds::name_of(hold.cause));
        const auto said = [&](const auto& one) { return one.cause == cause; };
        if (std::ranges::any_of(view.holds, said)) continue;
        const std::string why =
            render::text(page, Msg::account_hold_why, {{"why", render::text(page, why_of(hold.cause))}});
        view.holds.push_back({std::move(cause), why, hold.until});
    }
}

struct ChangeWords {
    std::string_view kind;
    Msg text;
    std::string after;
    std::string_view keep;  // empty: no page stops it
};
ChangeWords words_of(const store::PendingChange& change)
{
    using policy::changes::Kind;
    switch (change.pending.kind) {
    case Kind::change_email: {
        const auto address = Email::parse(change.after);
        return {"change_email", Msg::account_change_email, address ? address->masked() : std::string(),
                "/account/email/keep"};
    }
    case Kind::change_phone: {
        const auto number = PhoneNumber::from_e164(change.after);
        return {"change_phone", Msg::account_change_phone, number ? number->masked() : std::string(),
                "/account/phone/keep"};
    }
    case Kind::remove_passkey:
        return {"remove_passkey", Msg::account_change_passkey, change.before, "/account/passkeys/keep"};
    case Kind::remove_password:
        return {"remove_password", Msg::account_change_password, {}, "/account/password/keep"};
    case Kind::remove_app: return {"remove_app", Msg::account_change_app, {}, "/account/app/keep"};
    case Kind::remove_notice_address:
    case Kind::remove_phone:
    case Kind::stop_email_codes: break;
    }
    return {"other", Msg::account_change_other, {}, {}};
}

void add_changes(const Checks& checks, const Overview& overview, views::AccountOverview& view)
{
    for (const proof::WaitingChange& waiting : overview.changes) {
        const auto words = words_of(waiting.change);
        views::AccountOverview::AccountChange one;
        one.kind = words.kind;
        one.text = checks.text(words.text, {{"after", words.after}});
        access::show_waiting(one, waiting);
        if (!words.keep.empty() && checks.has_page(words.keep)) one.keep = std::string(words.keep);
        view.changes.push_back(std::move(one));
    }
}

views::AccountOverview view_of(const http::Router& router, const render::Page& page, const Overview& overview)
{
    views::AccountOverview view;
    view.person = page.person;
    view.last_sign_in = page.last_sign_in;
    view.recovery_codes_left = overview.codes_left;
    view.recovery_running = overview.recovery_running;
    view.words_missing = !overview.has_words;
    view.notice_address_missing = !overview.notice_address.has_value();
    Checks checks(router, page, view);
    add_holds(page, overview, view);
    add_changes(checks, overview, view);
    for (const BadMailbox& mailbox : overview.bad_mailboxes)
        view.mailboxes.push_back({mailbox.address, mailbox.undeliverable ? "undeliverable" : "junk"});
    add_passkeys(checks, overview);
    add_app(checks, overview);
    add_kit(checks, overview);
    add_codes(checks, overview);
    checks.add("email", Msg::account_email,
               checks.text(Msg::account_email_set, {{"address", overview.address}}), "", Msg::account_change,
               "/account/email");
    checks.add("words", Msg::account_words,
               checks.text(overview.has_words ? Msg::account_words_set : Msg::account_words_missing),
               overview.has_words ? "done" : "todo",
               overview.has_words ? Msg::account_manage : Msg::account_set_up, "/account/anti-phishing");
    if (overview.notice_address)  // changing it is no page's work yet
        checks.add("notice_address", Msg::account_notice,
                   checks.text(Msg::account_notice_set, {{"address", *overview.notice_address}}), "done",
                   Msg::account_manage, "");
    else
        checks.add("notice_address", Msg::account_notice, checks.text(Msg::account_notice_missing), "todo",
                   Msg::account_set_up, "/signup/notice");
    add_password(checks, overview);
    checks.add("devices", Msg::account_devices, checks.text(Msg::account_devices_text), "", Msg::account_look,
               "/account/devices");
    if (checks.has_page("/account/messages"))
        checks.add("messages", Msg::messages_title, checks.text(Msg::messages_overview), "",
                   Msg::account_look, "/account/messages");
    for (const store::Event& event : overview.events)
        view.events.push_back({words_of(page, event), event.kind, event.at, from_of(page, event)});
    return view;
}

Task<http::Response> show_overview(const http::Router& router, const access::Access& access,
                                   http::Request request, access::SignedIn who)
{
    const auto page = co_await access::account_page(access, request, who);
    const auto overview = co_await load_overview(access.world(), who.session.account);
    co_return http::respond(request, page, view_of(router, page, overview));
}

}  // namespace

void add_overview(http::Router& router, const access::Access& access)
{
    router.add(http::Method::get, "/account",
               access.signed_in([&router, &access](http::Request request, access::SignedIn who) {
                   return show_overview(router, access, std::move(request), std::move(who));
               }));
}

}  // namespace sallyport::account
