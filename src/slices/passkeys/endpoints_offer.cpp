// R18: a passkey is proposed after a sign-in by a code that was sent. Whoever does not want one goes on.
#include "access/account_page.h"
#include "http/pages.h"
#include "proof/passkey_prompt.h"
#include "slices/passkeys/endpoints_shared.h"
#include "store/passkey_prompt.h"
#include "views/passkey_offer.h"

namespace sallyport::passkeys {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;

policy::Methods methods_of(const SignedIn& who)
{
    policy::Methods methods;
    for (const policy::Method method : policy::every_method)
        if ((who.session.methods & proof::bits_of({method})) != 0) methods.add(method);
    return methods;
}

Task<Response> show_offer(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const std::string then = access::safe_path(request.query.get("then"));
    auto work = [&world, &who](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, who.session.account);
        const auto level = static_cast<policy::Level>(who.session.level);
        return proof::proposes_passkey(tx, world, credentials, methods_of(who), level, world.clock.now());
    };
    const auto proposed = co_await world.database.transact(work);
    if (!proposed) co_return http::see_other(request, then);
    const auto page = co_await access::account_page(access, request, who);
    views::PasskeyOffer view;
    view.then = then;
    co_return http::respond(request, page, view);
}

/// It takes nothing and gives nothing: any session may say so.
Task<Response> post_not_now(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    auto work = [&world, &who](db::Tx& tx) {
        store::decline_passkey(tx, who.session.account, world.clock.now());
    };
    co_await world.database.transact(work);
    co_return http::see_other(request, access::safe_path(request.form.get("then")));
}

}  // namespace

void add_offer_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, std::string(proof::passkey_offer_path), show_offer);
    access::add_signed_in(router, access, post, "/account/passkeys/not-now", post_not_now);
    access::lead_back(router, access, "/account/passkeys/not-now", std::string(list_path));
}

}  // namespace sallyport::passkeys
