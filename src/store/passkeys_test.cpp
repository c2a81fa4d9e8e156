// Passkeys as rows that grant power: round trips, renaming, counters that two processes share, challenges
// that are answered once, and rows written behind the server's back.
#include "store/credentials.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using test::Person;
using test::start_of_test;

class Passkeys : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    CredentialSet load()
    {
        return transact([&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, m_ada.id); });
    }
    std::vector<Passkey> stored()
    {
        return transact(
            [&](db::Tx& tx) { return CredentialSet::load(tx, m_keys.keys, m_ada.id).passkeys(tx); });
    }
    template <class Change>
    void change(const AccountId& account, Change make)
    {
        transact([&](db::Tx& tx) {
            auto set = CredentialSet::load(tx, m_keys.keys, account);
            make(set);
            set.save(tx, m_keys.keys, start_of_test);
        });
    }
    Passkey synced(std::uint8_t number)
    {
        return {m_random.id<FactorId>(start_of_test),
                Bytes(20, number),
                Bytes(77, 3),
                Bytes(16, 9),
                "Phone",
                {"internal", "hybrid"},
                true,
                true,
                start_of_test,
                5,
                true,
                {},
                {}};
    }
    Passkey bound(std::uint8_t number)
    {
        Passkey passkey = synced(number);
        passkey.backup_eligible = passkey.backed_up = passkey.user_verified = false;
        passkey.transports = {"usb"};
        return passkey;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{6};
    test::CapturedLog m_log;
    const Person m_ada = make_person(m_database, m_keys, m_random, {});
};
INSTANTIATE_TEST_SUITE_P(Engines, Passkeys, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Passkeys, ComeBackAsTheyWereWritten)
{
    const Passkey phone = synced(1);
    const Passkey key = bound(2);
    change(m_ada.id, [&](CredentialSet& set) {
        set.add_passkey(phone);
        set.add_passkey(key);
    });
    const CredentialSet set = load();
    EXPECT_EQ(set.passkey_counts().synced, 1);
    EXPECT_EQ(set.passkey_counts().bound, 0);
    EXPECT_EQ(set.passkey_counts().touched, 1);
    for (const Passkey& found : stored()) {
        const Passkey& put = found.id == phone.id ? phone : key;
        EXPECT_EQ(found.id, put.id);
        EXPECT_EQ(found.credential_id, put.credential_id);
        EXPECT_EQ(found.public_key, put.public_key);
        EXPECT_EQ(found.aaguid, put.aaguid);
        EXPECT_EQ(found.name, put.name);
        EXPECT_EQ(found.transports, put.transports);
        EXPECT_EQ(found.backup_eligible, put.backup_eligible);
        EXPECT_EQ(found.user_verified, put.user_verified);
        EXPECT_EQ(found.created_at, put.created_at);
        EXPECT_EQ(found.counter, put.counter);
        EXPECT_EQ(found.backed_up, put.backed_up);
        EXPECT_FALSE(found.used_at.has_value());
    }
    EXPECT_EQ(m_log.alarms(), 0U);
}

TEST_P(Passkeys, AreRenamedWithoutLosingTheirCounter)
{
    const Passkey phone = synced(1);
    change(m_ada.id, [&](CredentialSet& set) { set.add_passkey(phone); });
    change(m_ada.id, [&](CredentialSet& set) { set.rename_passkey(phone.id, "Old phone"); });
    ASSERT_EQ(stored().size(), 1U);
    EXPECT_EQ(stored()[0].name, "Old phone");
    EXPECT_EQ(stored()[0].counter, 5);
    EXPECT_EQ(load().version(), 3);
}

TEST_P(Passkeys, AreRemovedWithWhatTheyLeftBehind)
{
    const Passkey phone = synced(1);
    change(m_ada.id, [&](CredentialSet& set) { set.add_passkey(phone); });
    change(m_ada.id, [&](CredentialSet& set) { set.remove_passkey(phone.id); });
    EXPECT_TRUE(stored().empty());
    EXPECT_FALSE(transact([&](db::Tx& tx) { return find_passkey_account(tx, phone.credential_id); }));
    EXPECT_THROW(change(m_ada.id, [&](CredentialSet& set) { set.remove_passkey(m_ada.app_ids[0]); }),
                 ProgrammingError);
}

TEST_P(Passkeys, FindTheirAccount)
{
    const Person eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example"});
    const Passkey phone = synced(1);
    const Passkey eves = synced(2);
    change(m_ada.id, [&](CredentialSet& set) { set.add_passkey(phone); });
    change(eve.id, [&](CredentialSet& set) { set.add_passkey(eves); });
    const auto whose = [&](const Bytes& id) {
        return transact([&](db::Tx& tx) { return find_passkey_account(tx, id); });
    };
    EXPECT_EQ(whose(phone.credential_id), m_ada.id);
    EXPECT_EQ(whose(eves.credential_id), eve.id);
    EXPECT_FALSE(whose(Bytes(20, 7)));
    EXPECT_THROW(change(eve.id, [&](CredentialSet& set) { set.add_passkey(synced(1)); }),
                 db::ConstraintViolation)
        << "a credential id belongs to one account";
}

TEST_P(Passkeys, ACounterMovesOnceFromWhatWasSeen)
{
    const Passkey key = bound(1);
    change(m_ada.id, [&](CredentialSet& set) { set.add_passkey(key); });
    const auto other_process = m_fresh.open_again();
    std::atomic<int> moved = 0;
    test::in_parallel(8, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        const bool won = sync_wait(mine.transact(
            [&](db::Tx& tx) { return note_passkey_use(tx, key.id, 5, 6, false, "Firefox", start_of_test); }));
        if (won) ++moved;
    });
    EXPECT_EQ(moved, 1);
    ASSERT_EQ(stored().size(), 1U);
    EXPECT_EQ(stored()[0].counter, 6);
    EXPECT_EQ(stored()[0].used_at, start_of_test);
    EXPECT_EQ(stored()[0].used_in, "Firefox");
}

TEST_P(Passkeys, AChallengeIsAnsweredOnceInEveryProcess)
{
    const auto other_process = m_fresh.open_again();
    std::atomic<int> spent = 0;
    test::in_parallel(16, [&](int n) {
        db::Database& mine = n % 2 == 0 ? m_database : *other_process;
        if (sync_wait(
                mine.transact([&](db::Tx& tx) { return spend_challenge(tx, Bytes(32, 1), start_of_test); })))
            ++spent;
    });
    EXPECT_EQ(spent, 1);
    EXPECT_TRUE(transact([&](db::Tx& tx) { return is_spent(tx, Bytes(32, 1)); }));
    EXPECT_FALSE(transact([&](db::Tx& tx) { return is_spent(tx, Bytes(32, 2)); }));
    EXPECT_TRUE(transact([&](db::Tx& tx) { return spend_challenge(tx, Bytes(32, 2), start_of_test); }));
}

/// What a writer of the database might do to them.
TEST_P(Passkeys, WrittenBehindTheBackAreRefused)
{
    const Person eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example"});
    change(m_ada.id, [&](CredentialSet& set) { set.add_passkey(synced(1)); });
    change(eve.id, [&](CredentialSet& set) { set.add_passkey(synced(2)); });
    const auto refused = [&](auto write) {
        EXPECT_THROW(transact([&](db::Tx& tx) {
                         write(tx);
                         static_cast<void>(CredentialSet::load(tx, m_keys.keys, m_ada.id).passkeys(tx));
                     }),
                     TamperedRow);
    };
    refused([&](db::Tx& tx) {
        tx.execute(
            "UPDATE credentials SET body = (SELECT body FROM credentials WHERE account = $1 AND kind = "
            "'passkey') WHERE account = $2 AND kind = 'passkey'",
            eve.id.value(), m_ada.id.value());
    });
    refused([&](db::Tx& tx) {
        tx.execute("DELETE FROM credentials WHERE account = $1 AND kind = 'passkey'", m_ada.id.value());
    });
    refused([&](db::Tx& tx) {
        tx.execute("UPDATE credentials SET account = $1 WHERE account = $2 AND kind = 'passkey'",
                   m_ada.id.value(), eve.id.value());
    });
    refused(
        [&](db::Tx& tx) { tx.execute("DELETE FROM passkey_use WHERE credential_id = $1", Bytes(20, 1)); });
    refused([&](db::Tx& tx) {
        tx.execute("UPDATE passkey_use SET credential_id = $1 WHERE credential_id = $2", Bytes(20, 5),
                   Bytes(20, 1));
    });
    EXPECT_EQ(m_log.alarms(), 5U);
}

}  // namespace
}  // namespace sallyport::store
