#include "slices/session_check/endpoints.h"

#include "http/problem.h"
#include "slices/session_check/access_tokens.h"
#include "slices/session_check/app_path.h"
#include "slices/session_check/session_json.h"
#include "store/credentials.h"

#include <memory>

namespace sallyport::session_check {

namespace {

using http::Request;
using http::Response;

/// Set by the proxy: what the person asked it for.
constexpr std::string_view asked_uri_header = "x-original-uri";

struct Room {
    const access::Access& access;
    std::string app_prefix;
    AccessTokens tokens;
};
using Shared = std::shared_ptr<Room>;
using Answer = Response (*)(Room&, const Request&, const std::optional<access::SessionFacts>&);

/// Programs alone ask here: never a page.
Response refusal(const Request& request, unsigned status, std::string_view code, std::string_view title)
{
    Response response = http::problem(request, status, code, title);
    response.problem_code.clear();
    return response;
}

SessionFacts facts_of(const Room& room, const access::SessionFacts& session)
{
    const auto& limits = room.access.world().sessions;
    return {
        session.account,      session.level,
        session.methods,      session.created_at,
        session.last_seen_at, policy::sessions::ends_at(session.created_at, session.last_seen_at, limits)};
}

Response answer_session(Room& room, const Request& request,
                        const std::optional<access::SessionFacts>& session)
{
    if (!session) return refusal(request, 401, "sign_in_needed", "Sign in first");
    Response response;
    response.headers.reserve(1);
    response.add("Content-Type", "application/json");  // never stored: the server says so on every answer
    response.body = session_json(facts_of(room, *session));
    return response;
}

Response answer_authz(Room& room, const Request& request, const std::optional<access::SessionFacts>& session)
{
    const std::string_view header = request.header(asked_uri_header);
    const std::string_view asked = header.empty() ? std::string_view(room.app_prefix) : header;
    if (!is_app_uri(asked, room.app_prefix))
        return refusal(request, 403, "not_the_app", "Only the configured prefix is served");
    const proof::World& world = room.access.world();
    if (!session) {
        Response response = refusal(request, 401, "sign_in_needed", "Sign in first");
        const std::string path(path_of(asked));
        const std::string then = access::safe_path(path) == path ? path : room.app_prefix;
        response.add("Sallyport-Sign-In", world.brand.origin + "/signin?then=" + then);
        return response;
    }
    const SessionFacts facts = facts_of(room, *session);
    Response response;
    response.add("Content-Type", "text/plain; charset=utf-8");
    response.add("Sallyport-Account", facts.account.text());
    response.add("Sallyport-Level", std::string(level_name(facts.level)));
    response.add("Sallyport-Token",
                 room.tokens.token_for({session->id, facts.account, facts.level, facts.ends_at}));
    return response;
}

/// Free coroutine: a lambda's captures would die before it ends.
Task<Response> ask_database(Shared room, Answer answer, Request request)
{
    std::optional<access::SessionFacts> session;
    const auto hash = room->access.cookie_hash(request, access::session_cookie);
    if (hash) {
        auto found = co_await room->access.sessions().find(*hash);
        session = std::move(found);
    }
    co_return answer(*room, request, session);
}

/// Asked seldom, before value moves: read from the database, never from memory.
Task<Response> answer_holds(Shared room, Request request)
{
    const auto hash = room->access.cookie_hash(request, access::session_cookie);
    std::optional<access::SessionFacts> session;
    if (hash) {
        auto found = co_await room->access.sessions().find(*hash);
        session = std::move(found);
    }
    if (!session) co_return refusal(request, 401, "sign_in_needed", "Sign in first");
    proof::World& world = room->access.world();
    auto work = [&world, &session](db::Tx& tx) {
        const Instant now = world.clock.now();
        std::vector<HoldFacts> running;
        for (const store::Hold& hold : store::CredentialSet::load(tx, world.keys, session->account).holds())
            if (hold.until > now) running.push_back({policy::holds::name_of(hold.cause), hold.until});
        return running;
    };
    const auto running = co_await world.database.transact(std::move(work));
    Response response;
    response.add("Content-Type", "application/json");
    response.body = holds_json(running);
    co_return response;
}

void add(http::Router& router, const Shared& room, std::string pattern, Answer answer)
{
    http::RouteOptions options;
    options.quick = [room, answer](const Request& request) -> std::optional<Response> {
        const auto hash = room->access.cookie_hash(request, access::session_cookie);
        if (!hash) return answer(*room, request, std::nullopt);
        const auto session = room->access.sessions().find_quickly(*hash);
        if (!session) return std::nullopt;
        return answer(*room, request, session);
    };
    auto handler = [room, answer](Request request) { return ask_database(room, answer, std::move(request)); };
    router.add(http::Method::get, std::move(pattern), std::move(handler), std::move(options));
}

}  // namespace

void add_routes(http::Router& router, const access::Access& access, const crypto::JwsSigner& signer,
                std::string app_prefix)
{
    const proof::World& world = access.world();
    const Shared room(new Room{access, std::move(app_prefix),
                               AccessTokens(signer, world.clock, world.random, world.brand.origin)});
    add(router, room, "/api/v1/session", answer_session);
    add(router, room, "/api/v1/authz", answer_authz);
    router.add(http::Method::get, "/api/v1/holds",
               [room](Request request) { return answer_holds(room, std::move(request)); });
}

}  // namespace sallyport::session_check
