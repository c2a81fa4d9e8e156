#include "slices/lock/endpoints.h"

#include "slices/lock/endpoints_shared.h"
#include "views/locked.h"

#include <algorithm>

namespace sallyport::lock {

namespace {

std::string_view name_of(policy::lock::Answer answer) noexcept
{
    using policy::lock::Answer;
    switch (answer) {
    case Answer::locked: return "locked";
    case Answer::stays_locked: return "stays_locked";
    case Answer::delayed: return "delayed";
    case Answer::exits_paused: return "exits_paused";
    case Answer::had_its_say:
    case Answer::refused: break;
    }
    return "had_its_say";
}

}  // namespace

void add_page(http::Router& router, const access::Access& access, http::Method method, std::string path,
              Endpoint endpoint)
{
    router.add(method, std::move(path),
               [&access, endpoint](http::Request request) { return endpoint(access, std::move(request)); });
}

bool takes_passkeys(const access::Access& access)
{
    const auto& table = access.world().methods;
    return policy::profile::allows(table, policy::Method::passkey) ||
           policy::profile::allows(table, policy::Method::bound_passkey);
}

std::string retry_seconds(Instant until, Instant now)
{
    return std::to_string(
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(until - now).count()));
}

http::Response locked_page(const access::Access& access, const http::Request& request,
                           const proof::LockAsked& asked)
{
    views::Locked view;
    view.answer = std::string(name_of(asked.answer));
    view.number = asked.number;
    if (asked.until > access.world().clock.now()) view.until = asked.until;
    return http::respond(request, access.page(request), view);
}

void add_routes(http::Router& router, const access::Access& access)
{
    add_lock_pages(router, access);
    add_unlock_pages(router, access);
    add_account_pages(router, access);
}

}  // namespace sallyport::lock
