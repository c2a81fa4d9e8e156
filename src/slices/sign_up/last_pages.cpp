// P6f, P6g: what is there now, and a second address for notices. Both are for people who are signed in.
#include "slices/sign_up/pages.h"
#include "store/credentials.h"
#include "views/sign_up_done.h"

#include <algorithm>

namespace sallyport::sign_up {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;

Task<Response> show_done(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    auto read = [&world, account = who.session.account](db::Tx& tx) {
        const auto credentials = store::CredentialSet::load(tx, world.keys, account);
        views::SignUpDone view;
        view.app = credentials.totp_app_count() > 0;
        view.kit = credentials.kit().has_value();
        view.notice_missing = std::ranges::none_of(credentials.channels(), [](const auto& c) { return c.role == store::ChannelRole::notice; });
        return view;
    };
    const auto view = co_await world.database.transact(std::move(read));
    co_return http::respond(request, access.page(request, &who), view);
}

}  // namespace

void add_last_pages(http::Router& router, const Access& access)
{
    router.add(http::Method::get, "/signup/done", access.signed_in([&access](Request request, SignedIn who) {
        return show_done(access, std::move(request), std::move(who));
    }));
}

}  // namespace sallyport::sign_up
