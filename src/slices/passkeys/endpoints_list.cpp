#include "access/account_page.h"
#include "access/keep_change.h"
#include "access/passkey_fields.h"
#include "access/routes.h"
#include "access/waiting.h"
#include "http/pages.h"
#include "proof/passkeys.h"
#include "render/messages.h"
#include "slices/passkeys/endpoints_shared.h"
#include "views/passkeys.h"

namespace sallyport::passkeys {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

template <class Item>
Item item_of(const ShownPasskey& shown)
{
    const store::Passkey& passkey = shown.passkey;
    Item item;
    item.id = passkey.id.text();
    item.name = passkey.name;
    item.created = passkey.created_at;
    item.used = passkey.used_at;
    item.used_in = passkey.used_in;
    if (shown.leaving) access::show_waiting(item, *shown.leaving);
    return item;
}

views::Passkeys view_of(const Access& access, const proof::Holder& holder, const Shown& shown)
{
    views::Passkeys view;
    for (const ShownPasskey& one : shown.passkeys) {
        if (one.passkey.backup_eligible)
            view.synced.push_back(item_of<views::Passkeys::SyncedPasskey>(one));
        else
            view.keys.push_back(item_of<views::Passkeys::BoundPasskey>(one));
        if (!view.accepted.empty()) view.accepted += ' ';
        view.accepted += to_base64url(one.passkey.credential_id);
    }
    view.only_one = shown.passkeys.size() == 1;
    view.may_add = shown.may_add == RegistrationAnswer::allowed;
    view.needs_sign_in = shown.may_add == RegistrationAnswer::needs_level;
    if (!view.may_add) view.why = render::Message{access::refusal_of(shown.may_add).words, {}};
    view.rp_id = access.world().brand.rp_id;
    view.user = to_base64url(proof::user_handle_of(holder.account));
    view.address = shown.address;
    return view;
}

std::string done_of(std::string_view said)
{
    for (const std::string_view known : {"added", "renamed", "leaves", "kept"})
        if (said == known) return std::string(known);
    return {};
}

Task<Response> get_list(const Access& access, Request request, SignedIn who)
{
    co_return co_await show_list(access, std::move(request), std::move(who), std::nullopt);
}

std::vector<std::pair<std::string, std::string>> kept_facts(const render::Page& page,
                                                            const store::PendingChange& change)
{
    return {{render::text(page, Msg::passkeys_fact_passkey), change.before}};
}

Task<Response> too_late(const Access& access, Request request, SignedIn who)
{
    const Said late{Msg::passkeys_too_late, "too_late", 409};
    co_return co_await show_list(access, std::move(request), std::move(who), late);
}

constexpr access::Keep keep{policy::changes::Kind::remove_passkey, "keep_passkey", list_path,
                            Msg::passkeys_headline_keep,           kept_facts,     too_late};

}  // namespace

Task<Response> show_list(const Access& access, Request request, SignedIn who, std::optional<Said> refused)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), holder);
    auto view = view_of(access, holder, shown);
    if (refused) {
        view.why.reset();
        view.problems.add("", refused->words);
        co_return access::refuse(request, page, view, refused->status, refused->code);
    }
    view.done = done_of(request.query.get("done"));
    if (request.query.has("over")) page.notice = render::Message{Msg::passkeys_over, {}};
    co_return http::respond(request, page, view);
}

void add_list_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/passkeys", get_list);
    access::add_keep(router, access, keep);
}

}  // namespace sallyport::passkeys
