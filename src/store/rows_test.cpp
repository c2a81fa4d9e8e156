// Sessions, sealed rows, sign-ups, words, old passwords and events, on both engines.
#include "store/accounts.h"
#include "store/events.h"
#include "store/known_browsers.h"
#include "store/sealed_rows.h"
#include "store/sessions.h"
#include "store/sign_ups.h"

#include "support/engines.h"
#include "support/people.h"

#include <gtest/gtest.h>

namespace sallyport::store {
namespace {

using db::Tx;
using test::Person;
using test::start_of_test;
constexpr Duration minute = std::chrono::minutes{1};

class Rows : public testing::TestWithParam<db::test::Engine> {
protected:
    template <class Work>
    auto transact(Work work)
    {
        return sync_wait(m_database.transact(std::move(work)));
    }
    Session add_session(const AccountId& account, std::uint8_t name, Instant at = start_of_test)
    {
        const Session session{TokenHash{name}, account, 2, 3, at, at, "Firefox", "192.0.2.1"};
        transact([&](Tx& tx) { insert_session(tx, m_keys.keys, session); });
        return session;
    }
    std::vector<TokenHash> names(const AccountId& account)
    {
        std::vector<TokenHash> found;
        for (const Session& session : transact([&](Tx& tx) { return sessions_of(tx, m_keys.keys, account); }))
            found.push_back(session.token_hash);
        return found;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::Database& m_database = m_fresh.database();
    test::KeySet m_keys;
    test::SeededRandom m_random{5};
    const Person m_ada = make_person(m_database, m_keys, m_random);
    const Person m_eve = make_person(m_database, m_keys, m_random, {.email = "eve@mail.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, Rows, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Rows, ASessionIsFoundByItsHashOnly)
{
    const Session session = add_session(m_ada.id, 1);
    const auto found = sync_wait(find_session(m_database, m_keys.keys, session.token_hash));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->account, m_ada.id);
    EXPECT_EQ(found->level, 2);
    EXPECT_EQ(found->methods, 3);
    EXPECT_EQ(found->created_at, start_of_test);
    EXPECT_EQ(found->browser, "Firefox");
    EXPECT_EQ(found->address, "192.0.2.1");
    EXPECT_FALSE(sync_wait(find_session(m_database, m_keys.keys, TokenHash{2})).has_value());
}

TEST_P(Rows, EndedSessionsStandInTheLog)
{
    const Session one = add_session(m_ada.id, 1, start_of_test - minute);
    const Session two = add_session(m_ada.id, 2);
    const Session eves = add_session(m_eve.id, 3);
    EXPECT_EQ(names(m_ada.id), (std::vector{two.token_hash, one.token_hash})) << "newest first";
    EXPECT_FALSE(transact([&](Tx& tx) {
        return end_session(tx, m_ada.id, session_id_of(eves.token_hash), start_of_test);
    })) << "of another account";
    EXPECT_TRUE(transact(
        [&](Tx& tx) { return end_session(tx, m_ada.id, session_id_of(one.token_hash), start_of_test); }));
    EXPECT_FALSE(transact(
        [&](Tx& tx) { return end_session(tx, m_ada.id, session_id_of(one.token_hash), start_of_test); }));
    EXPECT_EQ(names(m_ada.id), std::vector{two.token_hash});
    EXPECT_EQ(sync_wait(ended_since(m_database, start_of_test)), std::vector{one.token_hash});
    EXPECT_TRUE(sync_wait(ended_since(m_database, start_of_test + Duration{1})).empty());
}

TEST_P(Rows, AllOthersEndAndOneIsKept)
{
    for (std::uint8_t n = 1; n <= 4; ++n) add_session(m_ada.id, n);
    const Session eves = add_session(m_eve.id, 9);
    EXPECT_EQ(transact([&](Tx& tx) { return end_sessions(tx, m_ada.id, TokenHash{2}, start_of_test); }), 3);
    EXPECT_EQ(names(m_ada.id), std::vector{TokenHash{2}});
    EXPECT_EQ(sync_wait(ended_since(m_database, start_of_test)).size(), 3U);
    EXPECT_EQ(transact([&](Tx& tx) { return end_sessions(tx, m_ada.id, std::nullopt, start_of_test); }), 1);
    EXPECT_TRUE(names(m_ada.id).empty());
    EXPECT_EQ(names(m_eve.id), std::vector{eves.token_hash});
}

TEST_P(Rows, TouchingMovesForwardOnlyAndKeepsTheSeal)
{
    const Session one = add_session(m_ada.id, 1);
    const Session two = add_session(m_ada.id, 2);
    const auto touch = [&](Instant at) {
        transact([&](Tx& tx) { touch_sessions(tx, {{session_id_of(one.token_hash).value(), at}}); });
        return sync_wait(find_session(m_database, m_keys.keys, one.token_hash))->last_seen_at;
    };
    EXPECT_EQ(touch(start_of_test + minute), start_of_test + minute);
    EXPECT_EQ(touch(start_of_test), start_of_test + minute);
    EXPECT_EQ(sync_wait(find_session(m_database, m_keys.keys, two.token_hash))->last_seen_at, start_of_test);
}

TEST_P(Rows, OldSessionsAndRevocationsAreForgotten)
{
    add_session(m_ada.id, 1, start_of_test - std::chrono::hours{25});
    add_session(m_ada.id, 2);
    add_session(m_ada.id, 3);
    transact([&](Tx& tx) { end_session(tx, m_ada.id, session_id_of(TokenHash{3}), start_of_test - minute); });
    transact(
        [&](Tx& tx) { forget_sessions(tx, start_of_test - std::chrono::hours{24}, start_of_test, 100); });
    EXPECT_EQ(names(m_ada.id), std::vector{TokenHash{2}});
    EXPECT_TRUE(sync_wait(ended_since(m_database, Instant{})).empty());
}

TEST_P(Rows, AHalfFinishedSignInIsOneAccountsAndOneUse)
{
    const Secret content = Secret::from_text("content");
    transact([&](Tx& tx) {
        put_sign_in(tx, m_keys.keys, TokenHash{1}, m_ada.id, content, start_of_test + minute);
    });
    const auto find = [&](const TokenHash& hash, Instant now) {
        return transact([&](Tx& tx) { return find_sign_in(tx, m_keys.keys, hash, now); });
    };
    ASSERT_TRUE(find(TokenHash{1}, start_of_test).has_value());
    EXPECT_EQ(find(TokenHash{1}, start_of_test)->account, m_ada.id);
    EXPECT_EQ(find(TokenHash{1}, start_of_test)->content.reveal_text(), "content");
    EXPECT_FALSE(find(TokenHash{1}, start_of_test + minute).has_value()) << "expired";
    EXPECT_FALSE(find(TokenHash{2}, start_of_test).has_value());
    transact(
        [&](Tx& tx) { update_sign_in(tx, m_keys.keys, TokenHash{1}, m_ada.id, Secret::from_text("more")); });
    EXPECT_EQ(find(TokenHash{1}, start_of_test)->content.reveal_text(), "more");
    transact([&](Tx& tx) { tx.execute("UPDATE sign_ins SET account = $1", m_eve.id.value()); });
    EXPECT_FALSE(find(TokenHash{1}, start_of_test).has_value()) << "given to another account";
    transact([&](Tx& tx) {
        tx.execute("UPDATE sign_ins SET account = $1, secret_hash = $2", m_ada.id.value(), TokenHash{7});
    });
    EXPECT_FALSE(find(TokenHash{7}, start_of_test).has_value()) << "under another secret";
    transact([&](Tx& tx) { tx.execute("UPDATE sign_ins SET secret_hash = $1", TokenHash{1}); });
    EXPECT_TRUE(transact([&](Tx& tx) { return take_sign_in(tx, TokenHash{1}); }));
    EXPECT_FALSE(transact([&](Tx& tx) { return take_sign_in(tx, TokenHash{1}); }));
}

TEST_P(Rows, AStepUpIsOneAccountsAndOneUse)
{
    const auto id = m_random.id<StepUpId>(start_of_test);
    const auto other = m_random.id<StepUpId>(start_of_test);
    transact([&](Tx& tx) {
        put_step_up(tx, m_keys.keys, id, m_ada.id, Secret::from_text("one"), start_of_test + minute);
        put_step_up(tx, m_keys.keys, other, m_ada.id, Secret::from_text("two"), start_of_test + minute);
    });
    const auto find = [&](const AccountId& account, Instant now) {
        return transact([&](Tx& tx) { return find_step_up(tx, m_keys.keys, id, account, now); });
    };
    EXPECT_EQ(find(m_ada.id, start_of_test)->reveal_text(), "one");
    EXPECT_FALSE(find(m_eve.id, start_of_test).has_value());
    EXPECT_FALSE(find(m_ada.id, start_of_test + minute).has_value());
    transact([&](Tx& tx) {
        tx.execute("UPDATE step_ups SET sealed = (SELECT sealed FROM step_ups WHERE id = $1) WHERE id = $2",
                   other.value(), id.value());
    });
    EXPECT_FALSE(find(m_ada.id, start_of_test).has_value()) << "what another row would do";
    EXPECT_TRUE(transact([&](Tx& tx) { return take_step_up(tx, id); }));
    EXPECT_FALSE(transact([&](Tx& tx) { return take_step_up(tx, id); }));
    transact([&](Tx& tx) { end_step_ups(tx, m_ada.id); });
    EXPECT_FALSE(transact([&](Tx& tx) { return take_step_up(tx, other); }));
}

TEST_P(Rows, AnotherMailedCodeKeepsTheCount)
{
    const TokenHash hash{1};
    const auto put = [&](std::string_view text) {
        transact([&](Tx& tx) {
            put_mailed_code(tx, m_keys.keys, hash, "pass", Secret::from_text(text), start_of_test + minute);
        });
    };
    const auto find = [&](std::string_view purpose) {
        return transact(
            [&](Tx& tx) { return find_mailed_code(tx, m_keys.keys, hash, purpose, start_of_test); });
    };
    put("first");
    std::atomic<int> counted = 0;
    test::in_parallel(12, [&](int) {
        if (sync_wait(charge_mailed_code(m_database, hash, "pass", 5))) ++counted;
    });
    EXPECT_EQ(counted, 5);
    put("second");
    EXPECT_EQ(find("pass")->content.reveal_text(), "second");
    EXPECT_EQ(find("pass")->tries, 5);
    EXPECT_FALSE(sync_wait(charge_mailed_code(m_database, hash, "pass", 5)));
    EXPECT_FALSE(find("notice").has_value());
    transact([&](Tx& tx) { tx.execute("UPDATE mailed_codes SET purpose = 'notice'"); });
    EXPECT_FALSE(find("notice").has_value()) << "sealed for another purpose";
}

TEST_P(Rows, ASignUpMovesOnOnceAndIsProvenByUsOnly)
{
    const Email email = *Email::parse("new@mail.example");
    const auto find = [&](std::uint8_t name) {
        return transact(
            [&](Tx& tx) { return find_sign_up(tx, m_keys.keys, TokenHash{name}, start_of_test); });
    };
    transact([&](Tx& tx) {
        insert_sign_up(tx, m_keys.keys, TokenHash{1}, email, Secret::from_text("squatter"),
                       start_of_test + minute);
        insert_sign_up(tx, m_keys.keys, TokenHash{2}, email, Secret::from_text("owner"),
                       start_of_test + minute);
    });
    const auto row = find(2);
    ASSERT_TRUE(row.has_value());
    EXPECT_FALSE(row->proven);
    EXPECT_TRUE(transact(
        [&](Tx& tx) { return update_sign_up(tx, m_keys.keys, *row, true, Secret::from_text("progress")); }));
    EXPECT_FALSE(transact([&](Tx& tx) {
        return update_sign_up(tx, m_keys.keys, *row, true, Secret::from_text("late"));
    })) << "it moved on";
    EXPECT_TRUE(find(2)->proven);
    EXPECT_EQ(find(2)->content.reveal_text(), "progress");
    const auto earlier = transact([&](Tx& tx) {
        return find_proven_sign_up(
            tx, m_keys.keys, *find_sign_up(tx, m_keys.keys, TokenHash{1}, start_of_test), start_of_test);
    });
    ASSERT_TRUE(earlier.has_value());
    EXPECT_EQ(earlier->secret_hash, TokenHash{2});

    transact(
        [&](Tx& tx) { tx.execute("UPDATE sign_ups SET proven = 1 WHERE secret_hash = $1", TokenHash{1}); });
    EXPECT_FALSE(find(1).has_value()) << "proven behind the server's back";
    transact([&](Tx& tx) {
        tx.execute("UPDATE sign_ups SET email_key = 'other@mail.example' WHERE secret_hash = $1",
                   TokenHash{2});
    });
    EXPECT_FALSE(find(2).has_value()) << "for another address";
    transact([&](Tx& tx) { tx.execute("UPDATE sign_ups SET email_key = $1", email.key()); });
    EXPECT_TRUE(find(2).has_value());
    transact([&](Tx& tx) { end_sign_ups(tx, email); });
    EXPECT_FALSE(find(2).has_value());
}

TEST_P(Rows, SignUpTriesAreCountedExactly)
{
    transact([&](Tx& tx) {
        insert_sign_up(tx, m_keys.keys, TokenHash{1}, *Email::parse("new@mail.example"),
                       Secret::from_text("x"), start_of_test + minute);
    });
    std::atomic<int> counted = 0;
    test::in_parallel(12, [&](int) {
        if (sync_wait(charge_sign_up(m_database, TokenHash{1}, 5))) ++counted;
    });
    EXPECT_EQ(counted, 5);
    EXPECT_FALSE(sync_wait(charge_sign_up(m_database, TokenHash{2}, 5)));
}

TEST_P(Rows, ExpiredRowsAreSwept)
{
    const Secret content = Secret::from_text("x");
    const auto id = m_random.id<StepUpId>(start_of_test);
    const Email email = *Email::parse("new@mail.example");
    transact([&](Tx& tx) {
        put_sign_in(tx, m_keys.keys, TokenHash{1}, m_ada.id, content, start_of_test);
        put_step_up(tx, m_keys.keys, id, m_ada.id, content, start_of_test);
        put_mailed_code(tx, m_keys.keys, TokenHash{1}, "pass", content, start_of_test);
        insert_sign_up(tx, m_keys.keys, TokenHash{1}, email, content, start_of_test);
        put_sign_in(tx, m_keys.keys, TokenHash{2}, m_ada.id, content, start_of_test + minute);
    });
    transact([&](Tx& tx) { forget_sealed_rows(tx, start_of_test + Duration{1}, 100); });
    EXPECT_FALSE(transact([&](Tx& tx) { return take_sign_in(tx, TokenHash{1}); }));
    EXPECT_TRUE(transact([&](Tx& tx) { return take_sign_in(tx, TokenHash{2}); }));
    EXPECT_FALSE(transact([&](Tx& tx) { return take_step_up(tx, id); }));
    EXPECT_FALSE(transact([&](Tx& tx) { return take_mailed_code(tx, TokenHash{1}, "pass"); }));
    EXPECT_FALSE(transact([&](Tx& tx) { return take_sign_up(tx, TokenHash{1}); }));
}

TEST_P(Rows, WordsAndLanguageAreTheAccounts)
{
    transact([&](Tx& tx) {
        set_words(tx, m_keys.keys, m_ada.id, {"quiet otter 77", "amber river 48", start_of_test});
        set_language(tx, m_ada.id, "ar");
    });
    const Account ada = transact([&](Tx& tx) { return load_account(tx, m_keys.keys, m_ada.id); });
    EXPECT_EQ(ada.words.now, "quiet otter 77");
    EXPECT_EQ(ada.words.before, "amber river 48");
    EXPECT_EQ(ada.words.changed_at, start_of_test);
    EXPECT_EQ(ada.language, "ar");
    EXPECT_EQ(transact([&](Tx& tx) { return find_account(tx, "ada@mail.example"); }), m_ada.id);
    EXPECT_FALSE(transact([&](Tx& tx) { return find_account(tx, "nobody@mail.example"); }).has_value());
}

TEST_P(Rows, OnlyTheLastOldPasswordsAreKept)
{
    for (int n = 0; n < 13; ++n)
        transact([&](Tx& tx) {
            remember_old_password(tx, m_ada.id, m_random.id<FactorId>(start_of_test),
                                  {"$" + std::to_string(n), n}, start_of_test + n * minute, 10);
        });
    transact([&](Tx& tx) {
        remember_old_password(tx, m_eve.id, m_random.id<FactorId>(start_of_test), {"$eve", 1}, start_of_test,
                              10);
    });
    const auto old = transact([&](Tx& tx) { return old_passwords(tx, m_ada.id, 100); });
    ASSERT_EQ(old.size(), 10U);
    EXPECT_EQ(old.front().phc, "$12");
    EXPECT_EQ(old.front().pepper, 12);
    EXPECT_EQ(old.back().phc, "$3");
    EXPECT_EQ(transact([&](Tx& tx) { return old_passwords(tx, m_ada.id, 2); }).size(), 2U);
    EXPECT_EQ(transact([&](Tx& tx) { return old_passwords(tx, m_eve.id, 100); }).size(), 1U);
}

TEST_P(Rows, TheDearestHashParametersAreNoted)
{
    transact([](Tx& tx) {
        for (const crypto::HashParameters parameters :
             {crypto::HashParameters{128, 3}, {256, 2}, {512, 1}, {256, 2}})
            note_hash_parameters(tx, parameters);
    });
    const auto dearest = transact([](Tx& tx) { return dearest_hash_parameters(tx); });
    EXPECT_EQ(dearest, (crypto::HashParameters{512, 1})) << "of equal work the one with more memory";
}

TEST_P(Rows, EventsAreTheAccountsOwnNewestFirst)
{
    const auto add = [&](const AccountId& account, std::string kind, Instant at) {
        transact([&](Tx& tx) {
            add_event(tx, {m_random.id<EventId>(at), account, kind, at, "Firefox", "192.0.2.1", "2"});
        });
    };
    add(m_ada.id, "signed_in", start_of_test);
    add(m_ada.id, "sign_in_stopped", start_of_test + minute);
    add(m_eve.id, "signed_in", start_of_test);
    const auto events = transact([&](Tx& tx) { return events_of(tx, m_ada.id, 10); });
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].kind, "sign_in_stopped");
    EXPECT_EQ(events[1].at, start_of_test);
    EXPECT_EQ(events[1].detail, "2");
    EXPECT_EQ(transact([&](Tx& tx) { return events_of(tx, m_ada.id, 1); }).size(), 1U);
}

TEST_P(Rows, OfManyKnownBrowsersTheOneLongestUnusedGoes)
{
    const auto know = [&](std::uint8_t name, Instant since, Instant at) {
        transact([&](Tx& tx) { know_browser(tx, m_keys.keys, {TokenHash{name}, since, at}, m_ada.id, 3); });
    };
    for (std::uint8_t n = 1; n <= 3; ++n) know(n, start_of_test + n * minute, start_of_test + n * minute);
    know(1, start_of_test + minute, start_of_test + 9 * minute);
    know(4, start_of_test + 10 * minute, start_of_test + 10 * minute);
    const auto find = [&](std::uint8_t name) {
        return transact([&](Tx& tx) { return find_browser(tx, m_keys.keys, {TokenHash{name}}, m_ada.id); });
    };
    EXPECT_FALSE(find(2).has_value());
    ASSERT_TRUE(find(1).has_value());
    EXPECT_EQ(find(1)->known_since, start_of_test + minute);
    EXPECT_EQ(find(1)->last_full_sign_in, start_of_test + 9 * minute);
    EXPECT_TRUE(find(3).has_value());
    EXPECT_TRUE(find(4).has_value());
    EXPECT_FALSE(transact([&](Tx& tx) {
                     return find_browser(tx, m_keys.keys, {TokenHash{1}}, m_eve.id);
                 }).has_value());
}

}  // namespace
}  // namespace sallyport::store
