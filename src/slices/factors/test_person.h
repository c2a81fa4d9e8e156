#pragma once
// For this room's tests: a person whose account has just been made, as the holder of a session that changes
// its factors.
#include "proof/holder.h"
#include "support/signed_in.h"

namespace sallyport::factors::test {

using Ground = sallyport::test::World;

class Person {
public:
    Person(Ground& ground, const std::string& address, std::size_t apps)
        : m_ground(ground),
          m_person(ground.person({.email = address, .apps = apps, .created_at = ground.clock.now()}))
    {
    }

    proof::Holder sign_in(policy::Level level,
                          policy::Methods methods = {policy::Method::password, policy::Method::totp})
    {
        auto browser = sallyport::test::sign_in(m_ground, id(), level, methods);
        m_cookie = std::move(browser.cookie);
        return {id(), browser.session, level, browser.asker};
    }

    [[nodiscard]] const AccountId& id() const { return m_person.id; }
    /// Of the newest session.
    [[nodiscard]] const std::string& cookie() const { return m_cookie; }
    [[nodiscard]] const Secret& key(std::size_t app) const { return m_person.apps.at(app); }
    [[nodiscard]] std::string code(std::size_t app) const
    {
        return m_person.code(m_ground.clock.now(), 0, app);
    }

    /// Runs with the account's credentials, in one transaction.
    template <class Work>
    auto with_credentials(Work work)
    {
        return m_ground.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_ground.keys.keys, id());
            return work(tx, set);
        });
    }
    std::size_t apps() { return m_ground.credentials(id()).totp_app_count(); }
    std::size_t sessions() { return sallyport::test::sessions_of(m_ground, id()); }
    std::int64_t mails(const std::string& mail) { return sallyport::test::mails_of(m_ground, id(), mail); }
    std::int64_t events(const std::string& kind) { return sallyport::test::events_of(m_ground, id(), kind); }

private:
    Ground& m_ground;
    sallyport::test::Person m_person;
    std::string m_cookie;
};

}  // namespace sallyport::factors::test
