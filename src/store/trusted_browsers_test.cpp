// Trusted browsers as rows that grant power: found by token and account, ended by session, by browser and all
// at once, and refused where they were written behind the server's back. On both engines.
#include "store/trusted_browsers.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using test::Person;
using test::start_of_test;
constexpr Duration minute = std::chrono::minutes{1};
constexpr std::int64_t browsers_max = 3;

class TrustedBrowsers : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    TrustedBrowser trust(const AccountId& account, std::uint8_t name, Instant at = start_of_test)
    {
        const TrustedBrowser browser{m_random.id<BrowserId>(at), TokenHash{name}, Bytes(65, name), at,
                                     "Firefox · Linux",          "192.0.2.1"};
        transact([&](db::Tx& tx) { trust_browser(tx, m_keys.keys, browser, account, browsers_max); });
        return browser;
    }
    std::optional<TrustedBrowser> found(const AccountId& account, std::vector<TokenHash> tokens)
    {
        return transact([&](db::Tx& tx) { return find_trusted(tx, m_keys.keys, tokens, account); });
    }
    std::vector<TokenHash> tokens_of(const AccountId& account)
    {
        std::vector<TokenHash> tokens;
        for (const auto& one : transact([&](db::Tx& tx) { return trusted_of(tx, m_keys.keys, account); }))
            tokens.push_back(one.token);
        return tokens;
    }
    void note(const TrustedBrowser& browser, std::uint8_t session)
    {
        transact(
            [&](db::Tx& tx) { note_trusted_session(tx, browser.id, session_id_of(TokenHash{session})); });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{5};
    test::CapturedLog m_log;
    const Person m_ada = make_person(m_database, m_keys, m_random);
    const Person m_eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, TrustedBrowsers, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(TrustedBrowsers, AreFoundByTokenAndAccount)
{
    const auto laptop = trust(m_ada.id, 1);
    trust(m_eve.id, 2);
    const auto back = found(m_ada.id, {TokenHash{9}, TokenHash{1}});
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->id, laptop.id);
    EXPECT_EQ(back->token, TokenHash{1});
    EXPECT_EQ(back->public_key, Bytes(65, 1));
    EXPECT_EQ(back->trusted_at, start_of_test);
    EXPECT_EQ(back->browser, "Firefox · Linux");
    EXPECT_EQ(back->address, "192.0.2.1");
    EXPECT_FALSE(found(m_ada.id, {}).has_value());
    EXPECT_FALSE(found(m_ada.id, {TokenHash{2}}).has_value()) << "another account trusts that one";
    EXPECT_FALSE(found(m_ada.id, {TokenHash{5}, TokenHash{6}, TokenHash{7}, TokenHash{8}, TokenHash{1}}))
        << "only so many tokens are looked at";
}

TEST_P(TrustedBrowsers, AgainInsteadOfBeforeAndTheOldestGoes)
{
    trust(m_ada.id, 1);
    const auto again = trust(m_ada.id, 1, start_of_test + minute);
    EXPECT_EQ(tokens_of(m_ada.id), std::vector{TokenHash{1}});
    EXPECT_EQ(found(m_ada.id, {TokenHash{1}})->id, again.id);
    trust(m_eve.id, 9, start_of_test - minute);
    for (std::uint8_t n = 2; n <= 4; ++n) trust(m_ada.id, n, start_of_test + n * minute);
    EXPECT_EQ(tokens_of(m_ada.id), (std::vector{TokenHash{4}, TokenHash{3}, TokenHash{2}}));
    EXPECT_EQ(tokens_of(m_eve.id).size(), 1U);
    transact([&](db::Tx& tx) { forget_trust(tx, start_of_test + 3 * minute, 100); });
    EXPECT_EQ(tokens_of(m_ada.id), (std::vector{TokenHash{4}, TokenHash{3}}));
    EXPECT_TRUE(tokens_of(m_eve.id).empty());
}

TEST_P(TrustedBrowsers, EndByBrowserBySessionAndAllButOne)
{
    const auto laptop = trust(m_ada.id, 1);
    const auto phone = trust(m_ada.id, 2, start_of_test + minute);
    const auto eves = trust(m_eve.id, 3);
    note(laptop, 11);
    note(laptop, 12);
    note(phone, 21);
    note(eves, 31);
    const auto act = [&](auto work) { return transact([&](db::Tx& tx) { return work(tx); }); };
    EXPECT_FALSE(act([&](db::Tx& tx) { return end_trust_in(tx, m_ada.id, eves.id); })) << "another's";
    EXPECT_FALSE(act([&](db::Tx& tx) { return end_trust_of(tx, m_ada.id, session_id_of(TokenHash{31})); }))
        << "another's";
    EXPECT_FALSE(act([&](db::Tx& tx) { return end_trust_of(tx, m_ada.id, session_id_of(TokenHash{99})); }));
    EXPECT_EQ(act([&](db::Tx& tx) { return end_trust(tx, m_ada.id, session_id_of(TokenHash{12})); }), 1);
    EXPECT_EQ(tokens_of(m_ada.id), std::vector{TokenHash{1}}) << "a session keeps its own browser";
    trust(m_ada.id, 2);
    EXPECT_TRUE(act([&](db::Tx& tx) { return end_trust_of(tx, m_ada.id, session_id_of(TokenHash{11})); }));
    EXPECT_EQ(tokens_of(m_ada.id), std::vector{TokenHash{2}});
    const auto again = trust(m_ada.id, 1);
    EXPECT_TRUE(act([&](db::Tx& tx) { return end_trust_in(tx, m_ada.id, again.id); }));
    EXPECT_FALSE(act([&](db::Tx& tx) { return end_trust_in(tx, m_ada.id, again.id); }));
    EXPECT_EQ(act([&](db::Tx& tx) { return end_trust(tx, m_ada.id, session_id_of(TokenHash{21})); }), 1)
        << "a session of no trusted browser keeps none";
    trust(m_ada.id, 1);
    EXPECT_EQ(act([&](db::Tx& tx) { return end_trust(tx, m_ada.id, std::nullopt); }), 1);
    EXPECT_TRUE(tokens_of(m_ada.id).empty());
    EXPECT_EQ(tokens_of(m_eve.id).size(), 1U);
}

TEST_P(TrustedBrowsers, RowsThatAreNotOursCountAsNotThere)
{
    using Change = void (*)(db::Tx&, const Person&);
    const std::vector<Change> changes{
        [](db::Tx& tx, const Person&) {
            tx.execute("UPDATE trusted_browsers SET public_key = $1", Bytes(65, 8));
        },
        [](db::Tx& tx, const Person&) {
            tx.execute("UPDATE trusted_browsers SET created_at = created_at + 1000");
        },
        [](db::Tx& tx, const Person& eve) {
            tx.execute("UPDATE trusted_browsers SET account = $1", eve.id.value());
        },
        [](db::Tx& tx, const Person&) { tx.execute("UPDATE trusted_browsers SET browser = 'Yours'"); },
        [](db::Tx& tx, const Person&) { tx.execute("UPDATE trusted_browsers SET address = '::1'"); },
        [](db::Tx& tx, const Person&) { tx.execute("UPDATE trusted_browsers SET id = $1", Bytes(16, 1)); },
        [](db::Tx& tx, const Person&) { tx.execute("UPDATE trusted_browsers SET mac = $1", Bytes(34, 1)); },
        [](db::Tx& tx, const Person&) {
            const TokenHash other{1, 1};
            tx.execute("UPDATE trusted_browsers SET token_hash = $1", other);
        },
    };
    for (const Change change : changes) {
        trust(m_ada.id, 1);
        transact([&](db::Tx& tx) { change(tx, m_eve); });
        const std::size_t alarms = m_log.alarms();
        for (const AccountId& account : {m_ada.id, m_eve.id}) {
            EXPECT_FALSE(found(account, {TokenHash{1}, TokenHash{1, 1}}).has_value());
            EXPECT_TRUE(tokens_of(account).empty());
        }
        EXPECT_GT(m_log.alarms(), alarms);
        transact([](db::Tx& tx) { tx.execute("DELETE FROM trusted_browsers"); });
    }
}

}  // namespace
}  // namespace sallyport::store
