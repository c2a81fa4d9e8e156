#pragma once
// For tests only: an account with a session, on a database that nobody else uses.
#include "crypto/key_file.h"
#include "crypto/test_random.h"
#include "crypto/totp.h"
#include "proof/codes.h"
#include "proof/open_session.h"
#include "slices/factors/holder.h"
#include "store/accounts.h"
#include "support/engines.h"

#include <atomic>
#include <mutex>

namespace sallyport::factors::test {

class SetClock final : public ports::Clock {
public:
    [[nodiscard]] Instant now() const override { return m_now.load(); }
    void advance(Duration by) { m_now = m_now.load() + by; }

private:
    std::atomic<Instant> m_now = from_unix_ms(1'795'331'501'000);
};

class SeededRandom final : public ports::Random {
public:
    void fill(std::span<std::uint8_t> out) override
    {
        const std::scoped_lock lock(m_mutex);
        m_random.fill(out);
    }

private:
    std::mutex m_mutex;
    crypto::TestRandom m_random{7};
};

/// The cheapest parameters: what is tested here is who may, not how slowly.
inline constexpr crypto::HashParameters cheap{crypto::hash_memory_kib_min, 1};

struct Ground {
    explicit Ground(db::Database& database)
        : world{database,
                clock,
                random,
                {sealer, rows, index},
                peppers,
                hashes,
                nullptr,
                cheap,
                {},
                {},
                {},
                true,
                {"Exchange", {"Exchange"}, "https://accounts.example", "accounts.example", ""},
                [this] { ++mail_rings; }}
    {
    }

    SetClock clock;
    SeededRandom random;
    crypto::KeyRing ring = crypto::KeyRing::generate(random);
    crypto::Sealer sealer{ring, random};
    crypto::RowAuthenticator rows{ring};
    crypto::IndexKey index{ring};
    crypto::Peppers peppers{ring};
    crypto::PasswordPool hashes{{}, random, [this] { return clock.now(); }};
    std::atomic<int> mail_rings = 0;
    proof::World world;
};

/// A person with a password and `apps` apps whose keys are known here.
class Person {
public:
    Person(Ground& ground, db::Database& real, std::string address, int apps)
        : m_ground(ground), m_real(real), m_id(ground.random.id<AccountId>(ground.clock.now())),
          m_email(*Email::parse(address))
    {
        const Instant now = ground.clock.now();
        auto work = [&](db::Tx& tx) {
            auto set = store::CredentialSet::for_new(m_id, m_email, now);
            set.add_channel({ground.random.id<ChannelId>(now), store::ChannelRole::primary, m_email, now});
            set.set_password(
                ground.random.id<FactorId>(now),
                {"$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + std::string(43, 'A'), 1}, now);
            m_keys.clear();
            for (int i = 0; i < apps; ++i) {
                m_keys.push_back(crypto::new_totp_secret(ground.random));
                set.add_totp_app(ground.world.keys, ground.random.id<FactorId>(now), m_keys.back(), 0, 0,
                                 now);
            }
            store::create_account(tx, ground.world.keys, {m_id, "en", {"amber river 48", {}, now}, now},
                                  m_email, set);
        };
        sync_wait(m_real.transact(work));
    }

    Holder sign_in(policy::Level level,
                   policy::Methods methods = {policy::Method::password, policy::Method::totp})
    {
        const Instant now = m_ground.clock.now();
        const proof::Asker asker{"192.0.2.7", "192.0.2.7", "Firefox on Linux", "en", std::nullopt};
        auto tokens = proof::make_session_tokens(m_ground.random);
        auto work = [&](db::Tx& tx) {
            const auto account = store::load_account(tx, m_ground.world.keys, m_id);
            const auto set = store::CredentialSet::load(tx, m_ground.world.keys, m_id);
            proof::open_session(tx, m_ground.world, asker, account, set, methods, level, tokens, false, now);
        };
        sync_wait(m_real.transact(work));
        m_cookie = std::string(tokens.session.text.reveal_text());
        return {m_id, tokens.session.hash, level, asker};
    }

    [[nodiscard]] const AccountId& id() const { return m_id; }
    /// Of the newest session.
    [[nodiscard]] const std::string& cookie() const { return m_cookie; }
    [[nodiscard]] const Secret& key(std::size_t app) const { return m_keys.at(app); }
    [[nodiscard]] std::string code(std::size_t app) const
    {
        return crypto::code_at_step(key(app), crypto::step_of(m_ground.clock.now()));
    }

    /// Runs with the account's credentials, in one transaction.
    template <class Work>
    auto with_credentials(Work work)
    {
        auto whole = [&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_ground.world.keys, m_id);
            return work(tx, set);
        };
        return sync_wait(m_real.transact(whole));
    }
    std::size_t apps()
    {
        return with_credentials([](db::Tx&, store::CredentialSet& set) { return set.totp_app_count(); });
    }
    std::int64_t count(db::Sql sql)
    {
        return sync_wait(m_real.read(sql, BytesView(m_id.value()))).integer(0, 0);
    }
    std::int64_t sessions() { return count("SELECT COUNT(*) FROM sessions WHERE account = $1"); }
    std::int64_t mails(const std::string& mail)
    {
        return sync_wait(m_real.read("SELECT COUNT(*) FROM outbox WHERE account = $1 AND template = $2",
                                     BytesView(m_id.value()), mail))
            .integer(0, 0);
    }
    std::int64_t events(const std::string& kind)
    {
        return sync_wait(m_real.read("SELECT COUNT(*) FROM events WHERE account = $1 AND kind = $2",
                                     BytesView(m_id.value()), kind))
            .integer(0, 0);
    }

private:
    Ground& m_ground;
    db::Database& m_real;
    AccountId m_id;
    Email m_email;
    std::vector<Secret> m_keys;
    std::string m_cookie;
};

}  // namespace sallyport::factors::test
