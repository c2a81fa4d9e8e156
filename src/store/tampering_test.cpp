// Rows written behind the server's back are refused and alarmed, on both engines: each column rewritten, rows
// deleted, inserted, swapped between accounts and rolled back to what they once were.
#include "store/accounts.h"
#include "store/known_browsers.h"
#include "store/sessions.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using db::Tx;
using test::Person;
using test::start_of_test;

struct Deed {
    std::string name;
    std::function<void(Tx&, const Person& ada, const Person& eve)> write;
};

struct Case {
    db::test::Engine engine;
    Deed deed;
};

std::vector<Case> on_both_engines(const std::vector<Deed>& deeds)
{
    std::vector<Case> cases;
    for (const auto& engine : db::test::engines())
        for (const Deed& deed : deeds) cases.push_back({engine, deed});
    return cases;
}

std::string case_name(const testing::TestParamInfo<Case>& info)
{
    return info.param.engine.name + "_" + info.param.deed.name;
}

class Tampering : public testing::TestWithParam<Case> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    void behind_the_back()
    {
        transact([&](Tx& tx) { GetParam().deed.write(tx, m_ada, m_eve); });
    }

    db::test::FreshDatabase m_fresh = GetParam().engine.make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{3};
    test::CapturedLog m_log;
    const Person m_ada =
        make_person(m_database, m_keys, m_random, {.codes = 2, .notice_email = "second@other.example"});
    const Person m_eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example", .codes = 2});
};

// ---- credentials and the account that covers them ----

const std::vector<Deed> power_deeds{
    {"PasswordBody",
     [](Tx& tx, const Person& ada, const Person& eve) {
         tx.execute("UPDATE credentials SET body = (SELECT body FROM credentials WHERE account = $1 AND kind "
                    "= 'password') "
                    "WHERE account = $2 AND kind = 'password'",
                    eve.id.value(), ada.id.value());
     }},
    {"PasswordBodyAndMac",
     [](Tx& tx, const Person& ada, const Person& eve) {
         tx.execute("UPDATE credentials SET body = (SELECT body FROM credentials WHERE account = $1 AND kind "
                    "= 'password'), "
                    "mac = (SELECT mac FROM credentials WHERE account = $1 AND kind = 'password') WHERE "
                    "account = $2 AND kind = 'password'",
                    eve.id.value(), ada.id.value());
     }},
    {"Kind",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE credentials SET kind = 'kit' WHERE account = $1 AND kind = 'password'",
                    ada.id.value());
     }},
    {"CreatedAt",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute(
             "UPDATE credentials SET created_at = created_at - 1 WHERE account = $1 AND kind = 'channel'",
             ada.id.value());
     }},
    {"Version",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE credentials SET version = version + 1 WHERE account = $1 AND kind = 'totp'",
                    ada.id.value());
     }},
    {"Mac",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE credentials SET mac = $1 WHERE account = $2 AND kind = 'kit'", Bytes(34),
                    ada.id.value());
     }},
    {"EmptyMac",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE credentials SET mac = $1 WHERE account = $2", Bytes(), ada.id.value());
     }},
    {"Id",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE credentials SET id = $1 WHERE account = $2 AND kind = 'password'", Bytes(16, 7),
                    ada.id.value());
     }},
    {"IdOfAnotherLength",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE credentials SET id = $1 WHERE account = $2 AND kind = 'password'", Bytes(5, 7),
                    ada.id.value());
     }},
    {"RowTakenFromEve",
     [](Tx& tx, const Person& ada, const Person& eve) {
         tx.execute("UPDATE credentials SET account = $1 WHERE account = $2 AND kind = 'password'",
                    ada.id.value(), eve.id.value());
     }},
    {"PasswordDeleted",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("DELETE FROM credentials WHERE account = $1 AND kind = 'password'", ada.id.value());
     }},
    {"SecondFactorDeleted",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("DELETE FROM credentials WHERE account = $1 AND kind IN ('totp', 'kit', 'recovery_code')",
                    ada.id.value());
     }},
    {"EverythingDeleted",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("DELETE FROM credentials WHERE account = $1", ada.id.value());
     }},
    {"RowInserted",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("INSERT INTO credentials (id, account, kind, body, created_at, version, mac) SELECT $1, "
                    "account, kind, body, created_at, "
                    "version, mac FROM credentials WHERE account = $2 AND kind = 'channel' LIMIT 1",
                    Bytes(16, 9), ada.id.value());
     }},
    {"State",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE accounts SET state = 'locked' WHERE id = $1", ada.id.value());
     }},
    {"EmailKey",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE accounts SET email_key = 'mallory@mail.example' WHERE id = $1", ada.id.value());
     }},
    {"AccountCreatedAt",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE accounts SET created_at = created_at + 1 WHERE id = $1", ada.id.value());
     }},
    {"AccountVersion",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE accounts SET version = version + 1 WHERE id = $1", ada.id.value());
     }},
    {"Digest",
     [](Tx& tx, const Person& ada, const Person& eve) {
         tx.execute("UPDATE accounts SET digest = (SELECT digest FROM accounts WHERE id = $1) WHERE id = $2",
                    eve.id.value(), ada.id.value());
     }},
    {"EmptyDigest",
     [](Tx& tx, const Person& ada, const Person&) {
         tx.execute("UPDATE accounts SET digest = $1 WHERE id = $2", Bytes(), ada.id.value());
     }},
};

class PowerTampering : public Tampering {};
INSTANTIATE_TEST_SUITE_P(Engines, PowerTampering, testing::ValuesIn(on_both_engines(power_deeds)), case_name);

TEST_P(PowerTampering, IsRefusedAndAlarmed)
{
    const auto load = [&](Tx& tx) { static_cast<void>(CredentialSet::load(tx, m_keys.keys, m_ada.id)); };
    transact(load);
    ASSERT_EQ(m_log.alarms(), 0U);
    behind_the_back();
    EXPECT_THROW(transact(load), TamperedRow);
    ASSERT_GE(m_log.alarms(), 1U);
    EXPECT_NE(m_log.lines(log::Level::alarm)[0].find("row_not_ours"), std::string::npos);
    EXPECT_NE(m_log.lines(log::Level::alarm)[0].find(m_ada.id.text()), std::string::npos);
    EXPECT_EQ(m_log.lines(log::Level::alarm)[0].find("mail.example"), std::string::npos)
        << "no address in the log";
}

// ---- the rest, once an engine ----

class OtherTampering : public Tampering {};
INSTANTIATE_TEST_SUITE_P(Engines, OtherTampering, testing::ValuesIn(on_both_engines({{"Rest", {}}})),
                         case_name);

TEST_P(OtherTampering, ARowOfAnOlderVersionIsRefused)
{
    const auto rows_of = [&](Tx& tx) {
        return tx.query("SELECT id, kind, body, created_at, version, mac FROM credentials WHERE account = $1 "
                        "AND kind = 'password'",
                        m_ada.id.value());
    };
    const auto old = transact(rows_of);
    transact([&](Tx& tx) {
        auto set = CredentialSet::load(tx, m_keys.keys, m_ada.id);
        set.replace_password_hash({"$newer", 1});
        set.save(tx, m_keys.keys, start_of_test);
    });
    // The very row that stood there, MAC and all, under its own id.
    transact([&](Tx& tx) {
        tx.execute("UPDATE credentials SET body = $1, created_at = $2, version = $3, mac = $4 WHERE id = $5",
                   old.bytes(0, 2), old.integer(0, 3), old.integer(0, 4), old.bytes(0, 5), old.bytes(0, 0));
    });
    EXPECT_THROW(transact([&](Tx& tx) { static_cast<void>(CredentialSet::load(tx, m_keys.keys, m_ada.id)); }),
                 TamperedRow);
    EXPECT_EQ(m_log.alarms(), 1U);
}

TEST_P(OtherTampering, ASpentRecoveryCodeDoesNotComeBack)
{
    const auto old = transact([&](Tx& tx) {
        return tx.query("SELECT body, created_at, version, mac FROM credentials WHERE id = $1",
                        m_ada.code_ids[0].value());
    });
    transact([&](Tx& tx) {
        auto set = CredentialSet::load(tx, m_keys.keys, m_ada.id);
        set.spend_recovery_code(m_ada.code_ids[0]);
        set.save(tx, m_keys.keys, start_of_test);
    });
    transact([&](Tx& tx) {
        tx.execute("INSERT INTO credentials (id, account, kind, body, created_at, version, mac) VALUES ($1, "
                   "$2, 'recovery_code', $3, $4, $5, $6)",
                   m_ada.code_ids[0].value(), m_ada.id.value(), old.bytes(0, 0), old.integer(0, 1),
                   old.integer(0, 2), old.bytes(0, 3));
    });
    EXPECT_THROW(transact([&](Tx& tx) { static_cast<void>(CredentialSet::load(tx, m_keys.keys, m_ada.id)); }),
                 TamperedRow);
}

TEST_P(OtherTampering, WithoutItsSpentStepsAnAppIsRefused)
{
    transact(
        [&](Tx& tx) { tx.execute("DELETE FROM totp_use WHERE credential = $1", m_ada.app_ids[0].value()); });
    EXPECT_THROW(transact([&](Tx& tx) {
                     static_cast<void>(
                         CredentialSet::load(tx, m_keys.keys, m_ada.id).totp_apps(tx, m_keys.keys));
                 }),
                 TamperedRow);
    EXPECT_EQ(m_log.alarms(), 1U);
}

TEST_P(OtherTampering, WordsOfAnotherAccountDoNotOpen)
{
    const auto load = [&](Tx& tx) { static_cast<void>(load_account(tx, m_keys.keys, m_ada.id)); };
    transact(load);
    transact([&](Tx& tx) {
        tx.execute("UPDATE accounts SET words = (SELECT words FROM accounts WHERE id = $1) WHERE id = $2",
                   m_eve.id.value(), m_ada.id.value());
    });
    EXPECT_THROW(transact(load), TamperedRow);
    EXPECT_EQ(m_log.alarms(), 1U);
}

TEST_P(OtherTampering, EachColumnOfASessionIsCovered)
{
    const TokenHash hash{1, 2, 3};
    const Session session{hash, m_ada.id, 1, 1, start_of_test, start_of_test, "Firefox", "192.0.2.1"};
    const std::vector<std::function<void(Tx&)>> deeds{
        [&](Tx& tx) { tx.execute("UPDATE sessions SET level = 3 WHERE token_hash = $1", hash); },
        [&](Tx& tx) { tx.execute("UPDATE sessions SET methods = 3 WHERE token_hash = $1", hash); },
        [&](Tx& tx) {
            tx.execute("UPDATE sessions SET created_at = created_at + 1000 WHERE token_hash = $1", hash);
        },
        [&](Tx& tx) { tx.execute("UPDATE sessions SET browser = 'Chrome' WHERE token_hash = $1", hash); },
        [&](Tx& tx) { tx.execute("UPDATE sessions SET address = '192.0.2.2' WHERE token_hash = $1", hash); },
        [&](Tx& tx) {
            tx.execute("UPDATE sessions SET account = $2 WHERE token_hash = $1", hash, m_eve.id.value());
        },
        [&](Tx& tx) { tx.execute("UPDATE sessions SET mac = $2 WHERE token_hash = $1", hash, Bytes(34)); }};
    for (std::size_t i = 0; i < deeds.size(); ++i) {
        transact([&](Tx& tx) {
            tx.execute("DELETE FROM sessions");
            insert_session(tx, m_keys.keys, session);
        });
        ASSERT_TRUE(sync_wait(find_session(m_database, m_keys.keys, hash)).has_value());
        const std::size_t before = m_log.alarms();
        transact(deeds[i]);
        EXPECT_THROW(sync_wait(find_session(m_database, m_keys.keys, hash)), TamperedRow) << i;
        EXPECT_EQ(m_log.alarms(), before + 1) << i;
        EXPECT_TRUE(transact([&](Tx& tx) { return sessions_of(tx, m_keys.keys, m_ada.id); }).empty()) << i;
    }
    // Moved under a secret that the writer knows: by its old name it is gone, by the new one it is refused.
    transact([&](Tx& tx) {
        tx.execute("DELETE FROM sessions");
        insert_session(tx, m_keys.keys, session);
        tx.execute("UPDATE sessions SET token_hash = $1", TokenHash{9});
    });
    EXPECT_FALSE(sync_wait(find_session(m_database, m_keys.keys, hash)).has_value());
    EXPECT_THROW(sync_wait(find_session(m_database, m_keys.keys, TokenHash{9})), TamperedRow);
    // A name that is no hash harms nobody else's list.
    transact([&](Tx& tx) {
        insert_session(tx, m_keys.keys, session);
        tx.execute("UPDATE sessions SET token_hash = $1 WHERE token_hash = $2", Bytes(3), TokenHash{9});
    });
    EXPECT_EQ(transact([&](Tx& tx) { return sessions_of(tx, m_keys.keys, m_ada.id); }).size(), 1U);
    EXPECT_TRUE(
        transact([&](Tx& tx) { return end_session(tx, m_ada.id, session_id_of(hash), start_of_test); }));
}

TEST_P(OtherTampering, EachColumnOfAKnownBrowserIsCovered)
{
    const TokenHash browser{4, 5, 6};
    const std::vector<std::function<void(Tx&)>> deeds{
        [&](Tx& tx) { tx.execute("UPDATE known_browsers SET created_at = created_at - 1"); },
        [&](Tx& tx) { tx.execute("UPDATE known_browsers SET used_at = used_at + 1"); },
        [&](Tx& tx) { tx.execute("UPDATE known_browsers SET mac = $1", Bytes(34)); }};
    for (const auto& deed : deeds) {
        transact([&](Tx& tx) {
            forget_browsers(tx, m_ada.id);
            know_browser(tx, m_keys.keys, {browser, start_of_test, start_of_test}, m_ada.id, 20);
        });
        const auto find = [&](Tx& tx) { return find_browser(tx, m_keys.keys, {browser}, m_ada.id); };
        ASSERT_TRUE(transact(find).has_value());
        const std::size_t before = m_log.alarms();
        transact(deed);
        EXPECT_FALSE(transact(find).has_value());
        EXPECT_EQ(m_log.alarms(), before + 1);
    }
    // Given to another account, or under another secret.
    transact([&](Tx& tx) {
        forget_browsers(tx, m_ada.id);
        know_browser(tx, m_keys.keys, {browser, start_of_test, start_of_test}, m_ada.id, 20);
        tx.execute("UPDATE known_browsers SET account = $1", m_eve.id.value());
    });
    EXPECT_FALSE(
        transact([&](Tx& tx) { return find_browser(tx, m_keys.keys, {browser}, m_eve.id); }).has_value());
    transact([&](Tx& tx) {
        tx.execute("UPDATE known_browsers SET account = $1, token_hash = $2", m_ada.id.value(), TokenHash{8});
    });
    EXPECT_FALSE(transact([&](Tx& tx) {
                     return find_browser(tx, m_keys.keys, {TokenHash{8}}, m_ada.id);
                 }).has_value());
}

TEST_P(OtherTampering, AnotherInstallationsKeysOpenNothing)
{
    test::SeededRandom other_random{99};
    const auto ring = crypto::KeyRing::generate(other_random);
    const crypto::Sealer sealer(ring, other_random);
    const crypto::RowAuthenticator rows(ring);
    const crypto::IndexKey index(ring);
    const Keys other{sealer, rows, index};
    EXPECT_THROW(transact([&](Tx& tx) { static_cast<void>(CredentialSet::load(tx, other, m_ada.id)); }),
                 TamperedRow);
    EXPECT_THROW(transact([&](Tx& tx) { static_cast<void>(load_account(tx, other, m_ada.id)); }),
                 TamperedRow);
}

}  // namespace
}  // namespace sallyport::store
