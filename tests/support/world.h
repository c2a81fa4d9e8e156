#pragma once
// A proof::World on a database of the test's: everything real but the clock, the randomness and, where the
// test wants one, the breach service. Hashes are small. Two worlds on one database are two processes.
// Whatever is done in one is watched: no event without its mails (event_watch.h).
#include "proof/world.h"
#include "store/outbox.h"
#include "support/event_watch.h"
#include "support/people.h"

namespace sallyport::test {

class World {
public:
    explicit World(db::Database& database, std::uint64_t seed = 7, crypto::PoolOptions pool = {})
        : random(seed), hashes(pool, random, [this] { return clock.now(); }), watched(database, keys.keys),
          world{watched,    clock, random, keys.keys, keys.peppers, hashes, nullptr,
                cheap_hash, {},    {},     {},        true,         {},     [this] { ++wakes; }}
    {
        world.brand = {"Northstar Exchange",
                       {"Northstar Exchange", "accounts.northstar.example"},
                       "https://accounts.northstar.example",
                       "accounts.northstar.example",
                       "help@northstar.example",
                       {},
                       "accounts.northstar.example"};
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Person person(const PersonPlan& plan = {}) { return make_person(world.database, keys, random, plan); }
    /// By the test's own hand.
    template <class Work>
    auto transact(Work work)
    {
        auto by_hand = [work = std::move(work)](db::Tx& tx) mutable {
            done_by_hand(tx);
            return work(tx);
        };
        return sync_wait(world.database.transact(std::move(by_hand)));
    }
    store::CredentialSet credentials(const AccountId& account)
    {
        return transact([&](db::Tx& tx) { return store::CredentialSet::load(tx, keys.keys, account); });
    }

    KeySet keys;
    SetClock clock;
    SeededRandom random;
    std::atomic<int> wakes = 0;
    crypto::PasswordPool hashes;
    EventWatch watched;
    proof::World world;
};

/// Somebody at `address` in a browser without a cookie of ours.
inline proof::Asker stranger(std::string address = "192.0.2.7")
{
    return {address, address, "Firefox · Linux", "en", {}};
}
inline proof::Asker with_browser(proof::Asker asker, const store::TokenHash& browser)
{
    asker.browser_tokens = {browser};
    return asker;
}

/// A pool that never hashes.
inline crypto::PoolOptions always_busy()
{
    crypto::PoolOptions options;
    options.queued_max = Duration{-1};
    return options;
}

/// The mails that were put since the last call, by who waits for them.
inline std::vector<store::OutboxMail> new_mails(World& w)
{
    constexpr Duration for_ever = std::chrono::days{400};
    const auto claimed = w.transact(
        [&](db::Tx& tx) { return store::claim_mail(tx, w.keys.keys, 100, for_ever, w.clock.now()); });
    std::vector<store::OutboxMail> mails;
    for (const store::ClaimedMail& one : claimed) mails.push_back(one.mail);
    return mails;
}

/// The value of a parameter; empty where there is none.
inline std::string parameter(const store::OutboxMail& mail, std::string_view name)
{
    for (const auto& [known, value] : mail.parameters)
        if (known == name) return value;
    return {};
}

}  // namespace sallyport::test
