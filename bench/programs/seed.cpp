// Fills a new database with accounts and sessions, written by the store as the server would.
//     seed DATABASE KEY_FILE ACCOUNTS SESSIONS TOKENS
// Makes the key file where it is missing. The accounts are person0@bench.test …, all with the password below
// and an authenticator app; the sessions are spread over them. Prints TOKENS session secrets (base64url), one
// a line, evenly chosen among the sessions.
#include "adapters/system_clock.h"
#include "adapters/system_random.h"
#include "db/open.h"
#include "store/accounts.h"
#include "store/sessions.h"

#include <filesystem>
#include <iostream>
#include <span>
#include <string>

namespace {

using namespace sallyport;

constexpr std::string_view password = "bench: violet tandem orbit";
constexpr std::int64_t rows_in_transaction = 100'000;
constexpr std::int64_t aal2 = 2;

struct Wanted {
    std::string database;
    std::string key_file;
    std::int64_t accounts;
    std::int64_t sessions;
    std::int64_t tokens;
};

class Seeder {
public:
    Seeder(const Wanted& wanted, const crypto::KeyRing& ring)
        : m_wanted(wanted), m_sealer(ring, m_random), m_rows(ring), m_index(ring), m_peppers(ring),
          m_database(db::open({db::Engine::sqlite, wanted.database})), m_now(adapters::SystemClock().now())
    {
    }

    void run()
    {
        const auto input = m_peppers.password(Secret::from_text(password), m_peppers.current_id());
        m_hash = {crypto::argon2id(input, {}, m_random), m_peppers.current_id()};
        in_transactions(m_wanted.accounts,
                        [this](db::Tx& tx, std::int64_t number) { add_account(tx, number); });
        in_transactions(m_wanted.sessions,
                        [this](db::Tx& tx, std::int64_t number) { add_session(tx, number); });
    }

private:
    template <class Add>
    void in_transactions(std::int64_t count, Add add)
    {
        for (std::int64_t first = 0; first < count; first += rows_in_transaction) {
            const std::int64_t end = std::min(count, first + rows_in_transaction);
            auto work = [=](db::Tx& tx) {
                for (std::int64_t number = first; number < end; ++number) add(tx, number);
            };
            sync_wait(m_database->transact(work));
        }
    }

    void add_account(db::Tx& tx, std::int64_t number)
    {
        const auto id = m_random.id<AccountId>(m_now);
        const auto email = Email::parse("person" + std::to_string(number) + "@bench.test");
        auto credentials = store::CredentialSet::for_new(id, *email, m_now);
        credentials.set_password(m_random.id<FactorId>(m_now), m_hash, m_now);
        credentials.add_totp_app(keys(), m_random.id<FactorId>(m_now), m_random.secret(20), 0, 0, m_now);
        credentials.add_channel({m_random.id<ChannelId>(m_now), store::ChannelRole::primary, *email, m_now});
        store::create_account(tx, keys(), {id, "en", {"quiet river 42", "", m_now}, m_now}, *email,
                              credentials);
        store::note_hash_parameters(tx, {});
        m_accounts.resize(static_cast<std::size_t>(m_wanted.accounts), id);
        m_accounts[static_cast<std::size_t>(number)] = id;
    }

    void add_session(db::Tx& tx, std::int64_t number)
    {
        const Secret token = m_random.secret(32);
        const auto& account = m_accounts[static_cast<std::size_t>(number % m_wanted.accounts)];
        store::insert_session(tx, keys(),
                              {crypto::token_hash(token), account, aal2, methods, m_now, m_now,
                               "Firefox on Linux", "127.0.0.1"});
        const std::int64_t step = std::max<std::int64_t>(1, m_wanted.sessions / m_wanted.tokens);
        if (number % step == 0) std::cout << to_base64url(token.reveal()) << '\n';
    }

    [[nodiscard]] store::Keys keys() const { return {m_sealer, m_rows, m_index}; }

    static constexpr std::int64_t methods = 3;  // password and app
    Wanted m_wanted;
    adapters::SystemRandom m_random;
    crypto::Sealer m_sealer;
    crypto::RowAuthenticator m_rows;
    crypto::IndexKey m_index;
    crypto::Peppers m_peppers;
    std::unique_ptr<db::Database> m_database;
    Instant m_now;
    store::StoredHash m_hash;
    std::vector<AccountId> m_accounts;
};

int run(std::span<char*> arguments)
{
    if (arguments.size() != 6) {
        std::cerr << "seed DATABASE KEY_FILE ACCOUNTS SESSIONS TOKENS\n";
        return 2;
    }
    const Wanted wanted{arguments[1], arguments[2], std::stoll(arguments[3]), std::stoll(arguments[4]),
                        std::stoll(arguments[5])};
    adapters::SystemRandom random;
    const auto ring = std::filesystem::exists(wanted.key_file)
                          ? crypto::KeyRing::load(wanted.key_file)
                          : crypto::KeyRing::create(wanted.key_file, random);
    if (!ring) {
        std::cerr << ring.error().message << '\n';
        return 1;
    }
    Seeder(wanted, *ring).run();
    return 0;
}

}  // namespace

int main(int count, char** arguments)
{
    try {
        return run(std::span(arguments, static_cast<std::size_t>(count)));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
