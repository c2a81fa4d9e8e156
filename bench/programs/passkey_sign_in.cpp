// What one sign-in by passkey costs in CPU time, all threads of the server's own work together: challenge,
// verification, session, history. In the same run, what a bare durable commit costs, so that the sign-in can
// be told from the commits that it waits for.
//     passkey_sign_in DATABASE COUNT
// prints "sign_in cpu_us MICROSECONDS commits N" and "commit cpu_us MICROSECONDS".
#include "db/open.h"
#include "slices/sign_in/by_passkey.h"
#include "support/enrolled.h"

#include <ctime>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace sallyport;

constexpr int accounts = 100;
constexpr int commits_of_one = 1;  // the challenge is spent and the session written

double cpu_seconds()
{
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

struct Owner {
    AccountId account;
    test::Authenticator key;
    proof::Asker asker;
};

/// The same world without the watch that tests put before its database.
proof::World unwatched(const proof::World& world, db::Database& database)
{
    return {database,       world.clock,          world.random,       world.keys,
            world.peppers,  world.hashes,         world.breach_range, world.hash_parameters,
            world.throttle, world.sessions,       world.passwords,    world.second_factor_mandatory,
            world.brand,    world.mail_is_waiting};
}

class Door {
public:
    explicit Door(db::Database& database) : m_w(database), m_served(unwatched(m_w.world, database))
    {
        for (int number = 0; number < accounts; ++number) {
            const auto person = m_w.person({.email = "person" + std::to_string(number) + "@bench.test"});
            test::Authenticator key(m_w.world.brand.rp_id, m_w.world.brand.origin,
                                    static_cast<unsigned char>(number + 1));
            test::enrol(m_w, person.id, key);
            m_owners.push_back({person.id, std::move(key), test::stranger()});
        }
        // From now on the browsers are known, as most are.
        for (Owner& owner : m_owners) {
            const auto outcome = enter(answer_of(owner), owner);
            owner.asker = test::with_browser(owner.asker, outcome.session->browser.hash);
        }
    }

    double sign_in_us(int count)
    {
        std::vector<sign_in::KeyCommand> answers;
        for (int n = 0; n < count; ++n) answers.push_back(answer_of(owner_of(n)));
        const double before = cpu_seconds();
        for (int n = 0; n < count; ++n) enter(std::move(answers[static_cast<std::size_t>(n)]), owner_of(n));
        return (cpu_seconds() - before) * 1e6 / count;
    }

    double commit_us(int count)
    {
        const double before = cpu_seconds();
        for (int n = 0; n < count; ++n)
            sync_wait(m_served.database.transact([](db::Tx& tx) {
                return tx.execute("UPDATE schema_migrations SET version = version WHERE version = 1");
            }));
        return (cpu_seconds() - before) * 1e6 / count;
    }

private:
    const Owner& owner_of(int n) const { return m_owners[static_cast<std::size_t>(n) % m_owners.size()]; }

    sign_in::KeyCommand answer_of(const Owner& owner)
    {
        const auto asked = sign_in::ask_for_passkey(m_served);
        auto said = owner.key.answer(asked.bytes);
        return {asked.cookie,
                {owner.key.credential_id, said.client_data_json, said.authenticator_data, said.signature,
                 proof::user_handle_of(owner.account)},
                std::nullopt};
    }
    sign_in::KeyOutcome enter(sign_in::KeyCommand command, const Owner& owner)
    {
        auto outcome = sync_wait(sign_in::sign_in_by_passkey(m_served, owner.asker, std::move(command)));
        if (outcome.answer != sign_in::Key::signed_in) throw std::runtime_error("refused");
        return outcome;
    }

    test::World m_w;
    proof::World m_served;
    std::vector<Owner> m_owners;
};

}  // namespace

int main(int argument_count, char** arguments)
{
    try {
        if (argument_count != 3) throw std::runtime_error("passkey_sign_in DATABASE COUNT");
        const int count = std::stoi(arguments[2]);
        const auto database = db::open({db::Engine::sqlite, arguments[1]});
        Door door(*database);
        std::cout << "sign_in cpu_us " << door.sign_in_us(count) << " commits " << commits_of_one << '\n'
                  << "commit cpu_us " << door.commit_us(count) << '\n';
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
