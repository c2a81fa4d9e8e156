#include "access/account_page.h"

#include "store/credentials.h"
#include "store/events.h"

namespace sallyport::access {

namespace {

constexpr std::int64_t events_looked_at = 100;
// The event of this session's own sign-in is written at its creation, which is kept to the second.
constexpr Duration own_sign_in = std::chrono::seconds{2};

struct Facts {
    std::string person;
    std::optional<Instant> last_sign_in;
};

Facts read_facts(db::Tx& tx, const proof::World& world, const SessionFacts& session)
{
    Facts facts;
    facts.person = store::CredentialSet::load(tx, world.keys, session.account).primary_address().masked();
    for (const store::Event& event : store::events_of(tx, session.account, events_looked_at)) {
        if (event.kind != "signed_in" || event.at + own_sign_in > session.created_at) continue;
        facts.last_sign_in = event.at;
        break;
    }
    return facts;
}

}  // namespace

Task<render::Page> account_page(const Access& access, const http::Request& request, SignedIn who)
{
    render::Page page = access.page(request, &who);
    proof::World& world = access.world();
    auto work = [&world, session = who.session](db::Tx& tx) { return read_facts(tx, world, session); };
    auto facts = co_await world.database.transact(std::move(work));
    page.person = std::move(facts.person);
    page.last_sign_in = facts.last_sign_in;
    co_return page;
}

}  // namespace sallyport::access
