// Locking an account, on both engines.
#include "slices/lock/walk_test.h"

#include <atomic>

namespace sallyport::lock {
namespace {

INSTANTIATE_TEST_SUITE_P(Engines, Locking, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Locking, ACodeOfAMessageEndsEverythingThatWaits)
{
    const Person ada = person();
    test::sign_in(m_w, ada.id);
    test::sign_in(m_w, ada.id, policy::Level::aal1);
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        proof::ask_change(tx, m_w.world, credentials, policy::changes::Kind::change_email, "subject",
                          ada.email.address(), "new@mail.example", hours{24}, m_w.clock.now());
        credentials.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    const auto outcome = lock(ada);
    ASSERT_EQ(outcome.result, Result::answered);
    EXPECT_EQ(outcome.asked.answer, Answer::locked);
    EXPECT_EQ(outcome.asked.number.size(), 8U);
    EXPECT_TRUE(is_locked(ada));
    EXPECT_EQ(test::sessions_of(m_w, ada.id), 0U);
    EXPECT_EQ(m_w.credentials(ada.id).changes()[0].pending.state, policy::changes::State::stopped);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E50"), 2) << "every address";
    EXPECT_EQ(test::events_of(m_w, ada.id, "locked"), 1);
    std::size_t with_number = 0;
    for (const auto& mail : test::new_mails(m_w))
        with_number += mail.mail == "E50" && test::parameter(mail, "name") == outcome.asked.number;
    EXPECT_EQ(with_number, 2U);
    m_w.clock.advance(hours{25});
    work();
    EXPECT_EQ(m_w.credentials(ada.id).primary_address(), ada.email) << "and what waited never comes";
}

TEST_P(Locking, TakesTheAddressTheCodeAndTheStep)
{
    const Person ada = person(), eve = person("eve");
    const auto code = code_in_mail(ada, ada.email.address());
    EXPECT_EQ(lock(ada.email.address(), code, false).result, Result::wrong) << "no human step";
    EXPECT_EQ(lock(eve.email.address(), code).result, Result::wrong) << "another account's address";
    EXPECT_EQ(lock("nobody@mail.example", code).result, Result::wrong);
    EXPECT_EQ(lock(ada.email.address(), "7K2MB-XQ4TR").result, Result::wrong) << "the address only";
    const auto hers = code_in_mail(eve, eve.email.address());
    EXPECT_EQ(lock(ada.email.address(), hers).result, Result::wrong) << "another account's code";
    EXPECT_FALSE(is_locked(ada) || is_locked(eve));
    EXPECT_EQ(lock("ada@other.example", code).asked.answer, Answer::locked) << "any address of the account";
}

// Who takes the address over is still stopped from the old mailbox, for 30 days.
TEST_P(Locking, AnAddressThatWasTheAccountsUntilLatelyLocks)
{
    const Person ada = person(), eve = person("eve");
    move_address(ada, "new@mail.example");
    const auto code = code_in_mail(ada, ada.email.address());
    ASSERT_FALSE(code.empty()) << "the old address goes on hearing";
    EXPECT_EQ(lock(eve.email.address(), code).result, Result::wrong);
    m_w.clock.advance(hours{24 * 30} - std::chrono::seconds{1});
    EXPECT_EQ(lock(ada.email.address(), code).asked.answer, Answer::locked);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E50"), 3) << "the old address is told, too";
}

TEST_P(Locking, AnAddressThatWasTheAccountsLongAgoDoesNot)
{
    const Person ada = person();
    move_address(ada, "new@mail.example");
    m_w.clock.advance(hours{24 * 29});
    const auto to_old = code_in_mail(ada, ada.email.address());
    m_w.clock.advance(hours{24});
    EXPECT_EQ(code_in_mail(ada, ada.email.address()), "") << "nothing goes there any more";
    const auto to_new = code_in_mail(ada, "new@mail.example");
    for (const auto& code : {to_old, to_new})
        EXPECT_EQ(lock(ada.email.address(), code).result, Result::wrong);
    EXPECT_FALSE(is_locked(ada));
    EXPECT_EQ(lock("new@mail.example", to_new).asked.answer, Answer::locked);
}

TEST_P(Locking, EveryRefusalCostsTheSame)
{
    const Person ada = person();
    const auto code = code_in_mail(ada, ada.email.address());
    const auto wrong_code = statements([&] { lock(ada.email.address(), "7K2MB-XQ4TR"); });
    EXPECT_EQ(statements([&] { lock("nobody@mail.example", "7K2MB-XQ4TR"); }), wrong_code);
    EXPECT_EQ(statements([&] { lock("nobody@mail.example", code); }), wrong_code);
    const auto wrong_kit = statements([&] { lock(ada.email.address(), "1 AAAAA-AAAAA-AAAAA-A"); });
    EXPECT_EQ(statements([&] { lock("nobody@mail.example", "1 AAAAA-AAAAA-AAAAA-A"); }), wrong_kit);
    EXPECT_FALSE(is_locked(ada));
}

TEST_P(Locking, ManyWrongCodesNeverKeepTheOwnerFromLocking)
{
    const Person ada = person();
    for (std::int64_t i = 0; i < wrong_at_address_max; ++i)
        EXPECT_EQ(lock(ada.email.address(), "7K2MB-XQ4TR").result, Result::wrong);
    const auto wait = lock(ada.email.address(), "7K2MB-XQ4TR");
    EXPECT_EQ(wait.result, Result::wait);
    EXPECT_EQ(wait.until, m_w.clock.now() + wrong_window);
    EXPECT_EQ(lock("nobody@mail.example", "7K2MB-XQ4TR").result, Result::wait) << "of this network";
    EXPECT_EQ(lock(ada).asked.answer, Answer::locked) << "the right code of the same network and address";
}

TEST_P(Locking, GuessesAtRecoveryCodesAreChargedAndAMessageLocksAllTheSame)
{
    const Person ada = person();
    const std::string right(ada.codes[0].reveal_text());
    for (std::int64_t n = 0; n < m_w.world.throttle.stranger_free_tries; ++n)
        EXPECT_EQ(lock(ada.email.address(), "1 AAAAA-AAAAA-AAAAA-A").result, Result::wrong);
    const auto late = lock(ada.email.address(), right);
    EXPECT_EQ(late.result, Result::wait) << "nothing is compared";
    EXPECT_GT(late.until, m_w.clock.now());
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 4U);
    EXPECT_EQ(lock(ada).asked.answer, Answer::locked);
}

TEST_P(Locking, ARecoveryCodeCountsOnceInParallel)
{
    const Person ada = person();
    const std::string code(ada.codes[0].reveal_text());
    std::atomic<int> answered = 0;
    test::in_parallel(4, [&](int) {
        if (lock(ada.email.address(), code).result == Result::answered) ++answered;
    });
    EXPECT_EQ(answered.load(), 1);
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 3U);
}

TEST_P(Locking, EachMessageHasACodeOfItsOwnAndNobodyElses)
{
    const Person ada = person();
    const auto first = code_in_mail(ada, ada.email.address());
    const auto notice = [&] {
        for (const auto& mail : m_mails)
            if (mail.to == "ada@other.example") return test::parameter(mail, "lock_code");
        return std::string();
    }();
    EXPECT_EQ(first.size(), 11U) << "two groups of five";
    EXPECT_EQ(notice.size(), 11U);
    EXPECT_NE(first, notice);
    EXPECT_NE(code_in_mail(ada, ada.email.address()), first);
    m_w.transact([&](db::Tx& tx) {
        proof::tell_address(tx, m_w.world, policy::notices::Kind::confirm_address,
                            *Email::parse("new@mail.example"), "en", {{"code", "12345678"}}, m_w.clock.now());
    });
    EXPECT_EQ(newest_code("new@mail.example"), "") << "an address without an account";
    ASSERT_EQ(m_mails.size(), 1U);
    m_w.clock.advance(std::chrono::days{30});
    EXPECT_EQ(lock(ada.email.address(), first).result, Result::wrong) << "too old";
}

TEST_P(Locking, ByPasskeyByTheKitAndByASession)
{
    const Person ada = person(), eve = person("eve"), mia = person("mia");
    const Authenticator key(host, origin, 3);
    test::enrol(m_w, ada.id, key);
    EXPECT_EQ(lock_with(key, ada).asked.answer, Answer::locked);
    const Authenticator unknown(host, origin, 4);
    EXPECT_EQ(lock_with(unknown, eve).result, Result::wrong);

    const std::string code(eve.codes[0].reveal_text());
    EXPECT_EQ(lock(mia.email.address(), code).result, Result::wrong) << "another's kit";
    EXPECT_EQ(lock(eve.email.address(), code).asked.answer, Answer::locked);
    EXPECT_EQ(m_w.credentials(eve.id).kit()->codes.size(), 3U) << "spent";
    EXPECT_EQ(lock(eve.email.address(), code).result, Result::wrong);

    const auto browser = test::sign_in(m_w, mia.id);
    const proof::Holder holder{mia.id, browser.session, browser.level, browser.asker};
    EXPECT_EQ(sync_wait(lock_by_session(m_w.world, holder)).asked.answer, Answer::locked);
    EXPECT_EQ(sync_wait(lock_by_session(m_w.world, holder)).result, Result::wrong) << "it has ended";
}

// Who records an answer of a passkey has nothing: not while it is locked, and not after.
TEST_P(Locking, APasskeysAnswerCountsOnce)
{
    const Person ada = person();
    const Authenticator key(host, origin, 3);
    test::enrol(m_w, ada.id, key);
    const auto asked = ask_passkey(m_w.world);
    auto said = key.answer(asked.bytes);
    const proof::PasskeyAnswer answer{key.credential_id, said.client_data_json, said.authenticator_data,
                                      said.signature, proof::user_handle_of(ada.id)};
    const auto send = [&] { return sync_wait(lock_by_passkey(m_w.world, stranger(), asked.cookie, answer)); };
    EXPECT_EQ(send().asked.answer, Answer::locked);
    EXPECT_EQ(send().result, Result::wrong);
}

TEST_P(Locking, NeverEndsACaseOnARoadBackWhoseEndOpensTheAccount)
{
    const Person ada = person();
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        proof::begin_case(tx, m_w.world, credentials, stranger(), m_w.clock.now());
        credentials.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    EXPECT_EQ(lock(ada).asked.answer, Answer::locked);
    m_w.clock.advance(hours{1});
    EXPECT_EQ(work(), 1);
    const auto open = proof::open_case(m_w.credentials(ada.id), m_w.clock.now());
    ASSERT_TRUE(open);
    EXPECT_EQ(open->state.stage, policy::roads::Stage::ready);
}

}  // namespace
}  // namespace sallyport::lock
