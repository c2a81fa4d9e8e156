#include "access/account_page.h"
#include "access/routes.h"
#include "http/pages.h"
#include "proof/trusted_session.h"
#include "render/browser_name.h"
#include "render/messages.h"
#include "slices/account/devices.h"
#include "slices/account/endpoints_shared.h"
#include "views/account_devices.h"

namespace sallyport::account {

namespace {

using render::Msg;

/// How the session was opened.
Msg method_of(std::int64_t bits)
{
    if (proof::by_trusted_browser(bits)) return Msg::sessions_by_trusted_browser;
    const policy::Methods methods = proof::methods_of(bits);
    if (methods.has(policy::Method::passkey) || methods.has(policy::Method::bound_passkey))
        return Msg::sessions_by_passkey;
    if (methods.has(policy::Method::totp)) return Msg::sessions_by_app;
    if (methods.has(policy::Method::touched_key)) return Msg::sessions_by_key;
    if (methods.has(policy::Method::recovery_code)) return Msg::sessions_by_recovery_code;
    if (methods.has(policy::Method::email_code)) return Msg::sessions_by_email_code;
    if (methods.has(policy::Method::sms_code)) return Msg::sessions_by_sms_code;
    return Msg::sessions_by_password;
}

views::AccountDevices view_of(const render::Page& page, const DeviceList& devices)
{
    views::AccountDevices view;
    for (const Device& device : devices.sessions)
        view.devices.push_back({device.id.text(), device.own, render::browser_name(page, device.browser),
                                device.address, render::text(page, method_of(device.methods)),
                                device.first_seen, device.last_seen});
    view.others = static_cast<std::int64_t>(devices.sessions.size()) - 1;
    for (const Trusted& one : devices.trusted)
        view.trusted.push_back({one.id.text(), one.own, render::browser_name(page, one.browser), one.address,
                                one.since, one.until});
    return view;
}

Task<http::Response> show_devices(const access::Access& access, http::Request request, access::SignedIn who)
{
    auto page = co_await access::account_page(access, request, who);
    proof::Holder actor = access::holder_of(who);
    const auto devices = co_await list_devices(access.world(), std::move(actor));
    const std::string_view done = request.query.get("done");
    if (done == "one") page.notice = render::Message{Msg::sessions_one_ended, {}};
    if (done == "others") page.notice = render::Message{Msg::sessions_others_ended, {}};
    if (done == "trust") page.notice = render::Message{Msg::sessions_trust_ended, {}};
    if (done == "all-trust") page.notice = render::Message{Msg::sessions_trust_all_ended, {}};
    co_return http::respond(request, page, view_of(page, devices));
}

Task<http::Response> end_one(const access::Access& access, http::Request request, access::SignedIn who)
{
    const proof::Holder actor = access::holder_of(who);
    const auto named = SessionId::parse(request.form.get("session"));
    // This session has a page of its own, which also takes the cookie away.
    if (named && *named == who.session.id) co_return http::see_other(request, "/signout");
    if (!named) co_return http::see_other(request, "/account/devices");
    co_await end_device(access.world(), actor, *named);
    forget_sessions(access, actor);
    co_return http::see_other(request, "/account/devices?done=one");
}

Task<http::Response> end_others(const access::Access& access, http::Request request, access::SignedIn who)
{
    const proof::Holder actor = access::holder_of(who);
    co_await end_other_devices(access.world(), actor);
    forget_sessions(access, actor);
    co_return http::see_other(request, "/account/devices?done=others");
}

Task<http::Response> end_trust(const access::Access& access, http::Request request, access::SignedIn who)
{
    proof::Holder actor = access::holder_of(who);
    const auto named = BrowserId::parse(request.form.get("browser"));
    if (!named) co_return http::see_other(request, "/account/devices");
    co_await end_trusted(access.world(), std::move(actor), *named);
    co_return http::see_other(request, "/account/devices?done=trust");
}

Task<http::Response> end_all_trust(const access::Access& access, http::Request request, access::SignedIn who)
{
    proof::Holder actor = access::holder_of(who);
    co_await end_all_trusted(access.world(), std::move(actor));
    co_return http::see_other(request, "/account/devices?done=all-trust");
}

}  // namespace

void add_devices(http::Router& router, const access::Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/devices", show_devices);
    access::add_signed_in(router, access, post, "/account/devices/end", end_one);
    access::add_signed_in(router, access, post, "/account/devices/end-others", end_others);
    access::add_signed_in(router, access, post, "/account/devices/end-trust", end_trust);
    access::add_signed_in(router, access, post, "/account/devices/end-all-trust", end_all_trust);
}

}  // namespace sallyport::account
