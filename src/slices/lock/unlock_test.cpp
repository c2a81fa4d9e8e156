// Opening a locked account, and what may be said afterwards, on both engines.
#include "slices/lock/walk_test.h"

#include <atomic>

namespace sallyport::lock {
namespace {

class OpeningAgain : public Locking {};
INSTANTIATE_TEST_SUITE_P(Engines, OpeningAgain, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(OpeningAgain, OneFactorAndAMailedCodeOpenItAfterADay)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    EXPECT_EQ(show(secret, Proof::mail, "00000000").answer, Step::wrong);
    EXPECT_EQ(show_mail(secret, ada).asked.answer, UnlockAnswer::not_enough) << "the mailbox alone";
    EXPECT_EQ(show(secret, Proof::app, "000000").answer, Step::wrong);
    const auto waits = show_app(secret, ada);
    EXPECT_EQ(waits.asked.answer, UnlockAnswer::waits);
    EXPECT_EQ(waits.asked.at, m_w.clock.now() + hours{24});
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E51-asked"), 2);
    EXPECT_EQ(sync_wait(read_progress(m_w.world, secret))->unlock_at, waits.asked.at);
    m_w.clock.advance(hours{24} - std::chrono::seconds{1});
    EXPECT_EQ(work(), 0);
    EXPECT_TRUE(is_locked(ada));
    m_w.clock.advance(std::chrono::seconds{1});
    EXPECT_EQ(work(), 1);
    EXPECT_FALSE(is_locked(ada));
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E51"), 2);
    EXPECT_EQ(work(), 0) << "once";
}

TEST_P(OpeningAgain, TwoRootsOpenItAtOnceAndTwoOfOneDoNot)
{
    const Person ada = person();
    const Authenticator synced(host, origin, 3);
    Authenticator bound(host, origin, 4);
    bound.backup_eligible = bound.backed_up = false;
    test::enrol(m_w, ada.id, synced);
    test::enrol(m_w, ada.id, bound);
    lock(ada);
    auto secret = begin(ada);
    show_app(secret, ada);
    EXPECT_EQ(show_key(secret, synced, ada).asked.answer, UnlockAnswer::waits) << "one telephone has both";
    EXPECT_TRUE(is_locked(ada));
    EXPECT_EQ(show_key(secret, bound, ada).asked.answer, UnlockAnswer::unlocked);
    EXPECT_FALSE(is_locked(ada));
}

TEST_P(OpeningAgain, WhatSignsInOpensItAfterThreeDaysWithoutTheMailbox)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    EXPECT_EQ(show(secret, Proof::password, ada.password).asked.answer, UnlockAnswer::not_enough);
    const auto waits = show_app(secret, ada);
    EXPECT_EQ(waits.asked.answer, UnlockAnswer::waits);
    EXPECT_EQ(waits.asked.at, m_w.clock.now() + hours{72});
}

TEST_P(OpeningAgain, TheKitAndTheMailboxLeadToItsRoad)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    const std::string code(ada.codes[1].reveal_text());
    EXPECT_EQ(show(secret, Proof::kit, code).answer, Step::mail_first);
    show_mail(secret, ada);
    EXPECT_EQ(show(secret, Proof::kit, "1 AAAAA-AAAAA-AAAAA-A").answer, Step::wrong);
    const auto road = show(secret, Proof::kit, code);
    EXPECT_EQ(road.answer, Step::kit_road);
    EXPECT_EQ(road.until, m_w.clock.now() + hours{1});
    EXPECT_TRUE(is_locked(ada)) << "until it is finished";
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 3U) << "the code is spent";
    EXPECT_EQ(show(secret, Proof::kit, code).answer, Step::wrong);
}

TEST_P(OpeningAgain, AnUnknownAndAnOpenAccountAnswerLikeALockedOne)
{
    const Person ada = person(), open = person("open");
    lock(ada);
    std::vector<std::uint64_t> costs;
    for (const std::string email : {"ada@mail.example", "open@mail.example", "nobody@mail.example"}) {
        m_w.clock.advance(std::chrono::minutes{2});
        store::TokenHash secret{};
        costs.push_back(statements([&] {
            secret = sync_wait(begin_unlock(m_w.world, stranger(), *Email::parse(email))).token.hash;
        }));
        costs.push_back(
            statements([&] { EXPECT_EQ(show(secret, Proof::mail, "00000000").answer, Step::wrong); }));
        costs.push_back(
            statements([&] { EXPECT_EQ(show(secret, Proof::password, "no").answer, Step::wrong); }));
        EXPECT_EQ(show(secret, Proof::app, "000000").answer, Step::wrong);
        EXPECT_EQ(show(secret, Proof::kit, "1 AAAAA").answer, Step::mail_first);
        const auto question = sync_wait(ask_unlock_passkey(m_w.world, secret));
        ASSERT_TRUE(question);
        EXPECT_TRUE(question->passkeys.empty());
    }
    EXPECT_EQ(costs[0], costs[3]);
    EXPECT_EQ(costs[0], costs[6]);
    EXPECT_EQ(costs[4], costs[7]);
    EXPECT_EQ(costs[5], costs[8]);
    EXPECT_EQ(test::mails_of(m_w, open.id, "E8"), 0) << "an open account is not written to";
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E8"), 1);
}

TEST_P(OpeningAgain, AMailedCodeHasFiveTriesWhateverIsResent)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    const std::string right = mailed(ada.email.address(), "code");
    for (std::int64_t n = 0; n < code_limits.tries_max; ++n)
        EXPECT_EQ(show(secret, Proof::mail, "00000000").answer, Step::wrong);
    EXPECT_EQ(show(secret, Proof::mail, right).answer, Step::spent);
    m_w.clock.advance(std::chrono::minutes{2});
    EXPECT_EQ(sync_wait(resend(m_w.world, stranger(), secret)).answer, Resent::wait)
        << "no new tries while it lives";
    m_w.clock.advance(code_limits.life);
    test::new_mails(m_w);
    EXPECT_EQ(sync_wait(resend(m_w.world, stranger(), secret)).answer, Resent::sent);
    EXPECT_EQ(show(secret, Proof::mail, right).answer, Step::wrong) << "the older code";
    EXPECT_EQ(show_mail(secret, ada).answer, Step::taken) << "the new one has its own tries";
    EXPECT_EQ(show(secret, Proof::mail, right).answer, Step::wrong);
}

TEST_P(OpeningAgain, AMailedCodeCountsOnce)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    const std::string code = mailed(ada.email.address(), "code");
    EXPECT_EQ(show(secret, Proof::mail, code).answer, Step::taken);
    EXPECT_EQ(show(secret, Proof::mail, code).answer, Step::wrong);
}

TEST_P(OpeningAgain, AnAppsCodeCountsOnce)
{
    const Person ada = person();
    lock(ada);
    const auto first = begin(ada);
    const auto second = sync_wait(begin_unlock(m_w.world, stranger(), ada.email)).token.hash;
    const std::string code = ada.code(m_w.clock.now());
    EXPECT_EQ(show(first, Proof::app, code).answer, Step::taken);
    EXPECT_EQ(show(second, Proof::app, code).answer, Step::wrong);
}

TEST_P(OpeningAgain, ParallelGuessesAtTheMailedCodeHaveFiveTriesTogether)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    std::atomic<std::int64_t> compared = 0;
    test::in_parallel(12, [&](int) {
        if (show(secret, Proof::mail, "00000000").answer == Step::wrong) ++compared;
    });
    EXPECT_EQ(compared.load(), code_limits.tries_max);
    EXPECT_EQ(show_mail(secret, ada).answer, Step::spent);
}

TEST_P(OpeningAgain, GuessesDrawOnTheAccountsBudgetAndTheMailboxHasItsOwn)
{
    const Person ada = person();
    lock(ada);
    auto secret = begin(ada);
    const std::string code = mailed(ada.email.address(), "code");
    const auto guess = [&] { return show(secret, Proof::app, ada.wrong_code(m_w.clock.now())).answer; };
    for (std::int64_t n = 0; n < m_w.world.throttle.stranger_free_tries; ++n) EXPECT_EQ(guess(), Step::wrong);
    const auto late = show_app(secret, ada);
    EXPECT_EQ(late.answer, Step::wait) << "nothing is compared";
    EXPECT_GT(late.until, m_w.clock.now());
    EXPECT_EQ(show(secret, Proof::password, ada.password).answer, Step::wait) << "one budget for all of them";
    EXPECT_EQ(show(secret, Proof::mail, code).answer, Step::taken);
    EXPECT_EQ(guess(), Step::wrong) << "whoever reads the mailbox has a few of their own";
    EXPECT_EQ(show_app(secret, ada).asked.answer, UnlockAnswer::waits);
}

TEST_P(OpeningAgain, OnlyTheAccountsOwnPasskeyAndForItsOwnChallengeOnly)
{
    const Person ada = person(), eve = person("eve");
    const Authenticator hers(host, origin, 3), other(host, origin, 4);
    test::enrol(m_w, ada.id, hers);
    test::enrol(m_w, eve.id, other);
    lock(ada);
    const auto secret = begin(ada);
    EXPECT_EQ(show_key(secret, other, eve).answer, Step::wrong) << "another account's";
    const auto asked = ask_passkey(m_w.world);  // to lock, by which nothing is unlocked
    auto said = hers.answer(asked.bytes);
    const auto crossed =
        sync_wait(show_passkey(m_w.world, stranger(), secret, asked.cookie,
                               {hers.credential_id, said.client_data_json, said.authenticator_data,
                                said.signature, proof::user_handle_of(ada.id)}));
    EXPECT_EQ(crossed.answer, Step::wrong);
    EXPECT_EQ(sync_wait(read_progress(m_w.world, secret))->row.factors.size(), 0U);
    EXPECT_EQ(show_key(secret, hers, ada).asked.answer, UnlockAnswer::waits);
}

TEST_P(OpeningAgain, NamesPasskeysOnlyWhereSomethingWasShown)
{
    const Person ada = person();
    const Authenticator key(host, origin, 3);
    test::enrol(m_w, ada.id, key);
    lock(ada);
    const auto secret = begin(ada);
    const auto named = [&] { return sync_wait(ask_unlock_passkey(m_w.world, secret))->passkeys.size(); };
    EXPECT_EQ(named(), 0U) << "an address alone learns of none";
    show_app(secret, ada);
    EXPECT_EQ(named(), 1U);
}

// --- afterwards

TEST_P(OpeningAgain, AllCodesDieAndTheMailboxOnlyPausesExits)
{
    const Person ada = person();
    const auto old = code_in_mail(ada, ada.email.address());
    lock(ada.email.address(), old);
    EXPECT_EQ(lock(ada.email.address(), old).asked.answer, Answer::stays_locked);
    unlock_in_a_day(ada);
    EXPECT_EQ(lock(ada.email.address(), old).result, Result::wrong) << "replayed after the unlocking";
    const auto paused = lock(ada);
    EXPECT_EQ(paused.asked.answer, Answer::exits_paused) << "a thief of the mailbox, with a new mail";
    EXPECT_FALSE(is_locked(ada));
    EXPECT_EQ(m_w.credentials(ada.id).held_until(m_w.clock.now()), m_w.clock.now() + hours{72});
    EXPECT_EQ(lock(ada).asked.answer, Answer::had_its_say);
    EXPECT_EQ(lock(ada, true).asked.answer, Answer::locked) << "the other mailbox has not spoken";
}

TEST_P(OpeningAgain, PasskeysAndAKitThatLockedOnlyPauseExitsAfterwards)
{
    const Person ada = person();
    const Authenticator key(host, origin, 3);
    test::enrol(m_w, ada.id, key);
    const auto by_kit = [&](std::size_t code) {
        return lock(ada.email.address(), std::string(ada.codes.at(code).reveal_text())).asked.answer;
    };
    EXPECT_EQ(lock_with(key, ada).asked.answer, Answer::locked);
    unlock_in_a_day(ada);
    EXPECT_EQ(lock_with(key, ada).asked.answer, Answer::exits_paused) << "all passkeys are one voice";
    EXPECT_EQ(m_w.credentials(ada.id).held_until(m_w.clock.now()), m_w.clock.now() + hours{72});
    EXPECT_EQ(lock_with(key, ada).asked.answer, Answer::had_its_say);
    EXPECT_FALSE(is_locked(ada));
    EXPECT_EQ(by_kit(0), Answer::locked) << "the kit has not spoken";
    unlock_in_a_day(ada);
    EXPECT_EQ(by_kit(1), Answer::exits_paused);
    EXPECT_EQ(by_kit(2), Answer::had_its_say);
    EXPECT_FALSE(is_locked(ada));
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 1U) << "each code is spent, whatever it did";
}

TEST_P(OpeningAgain, WhoAskedForTooManyMailsIsToldSoAndShowsSomethingElse)
{
    const Person ada = person();
    const Authenticator bound(host, origin, 4);
    test::enrol(m_w, ada.id, bound);
    lock(ada);
    const auto row_of = [&](const store::TokenHash& secret) {
        return sync_wait(read_progress(m_w.world, secret))->row;
    };
    const auto again = [&](const Email& email) {
        return sync_wait(begin_unlock(m_w.world, stranger(), email)).token.hash;
    };
    EXPECT_FALSE(row_of(begin(ada)).no_mail_until);
    const auto second = again(ada.email);
    const auto until = row_of(second).no_mail_until;
    ASSERT_TRUE(until);
    EXPECT_GT(*until, m_w.clock.now());
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E8"), 1);
    const auto nobody = *Email::parse("nobody@mail.example");
    again(nobody);
    EXPECT_TRUE(row_of(again(nobody)).no_mail_until) << "said of every address";
    EXPECT_EQ(show(second, Proof::mail, "00000000").answer, Step::spent) << "there is none to compare with";
    EXPECT_EQ(show_app(second, ada).answer, Step::taken);
    EXPECT_EQ(sync_wait(resend(m_w.world, stranger(), second)).answer, Resent::wait);
    m_w.clock.set(*until);
    test::new_mails(m_w);
    EXPECT_EQ(sync_wait(resend(m_w.world, stranger(), second)).answer, Resent::sent);
    EXPECT_FALSE(row_of(second).no_mail_until);
    EXPECT_EQ(show_mail(second, ada).asked.answer, UnlockAnswer::waits);
}

TEST_P(OpeningAgain, WhatTheOwnerConfirmsLocksAgain)
{
    const Person ada = person();
    lock(ada);
    unlock_in_a_day(ada);
    const auto quiet = [&](policy::Level level) {
        return sync_wait(find_quiet_voices(m_w.world, ada.id, level));
    };
    EXPECT_TRUE(quiet(policy::Level::aal2).any && quiet(policy::Level::aal2).may_confirm);
    EXPECT_FALSE(quiet(policy::Level::aal1).may_confirm) << "a session by recovery code";
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        proof::confirm_voices(tx, m_w.world, credentials, stranger(), m_w.clock.now());
    });
    EXPECT_FALSE(quiet(policy::Level::aal2).any);
    EXPECT_EQ(lock(ada).asked.answer, Answer::locked);
}

TEST_P(OpeningAgain, AnUnlockingThatWaitsIsPutOffOnceByEachMailbox)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    show_mail(secret, ada);
    const Instant at = show_app(secret, ada).asked.at;
    EXPECT_EQ(lock(ada).asked.until, at + hours{48});
    EXPECT_EQ(lock(ada).asked.answer, Answer::stays_locked) << "once";
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(show_app(secret, ada).asked.at, at + hours{48}) << "what is shown again hurries nothing";
    EXPECT_EQ(lock(ada, true).asked.until, at + hours{96});
    EXPECT_EQ(test::events_of(m_w, ada.id, "unlock_delayed"), 2);
    m_w.clock.set(at + hours{48});
    EXPECT_EQ(work(), 0);
    m_w.clock.set(at + hours{96});
    EXPECT_EQ(work(), 1);
    EXPECT_FALSE(is_locked(ada));
}

TEST_P(OpeningAgain, TheStepIsOfThisPageAndThisHour)
{
    const auto step = fresh_step(m_w.world), other = fresh_step(m_w.world);
    EXPECT_EQ(step.number.size(), 4U);
    EXPECT_TRUE(is_done(m_w.world, step.token, step.number));
    std::string spaced = " " + step.number.substr(0, 2) + "-" + step.number.substr(2);
    EXPECT_TRUE(is_done(m_w.world, step.token, spaced));
    if (step.number != other.number) EXPECT_FALSE(is_done(m_w.world, step.token, other.number));
    for (const std::string bad : {"", "AAAA", "!"}) {
        EXPECT_FALSE(is_done(m_w.world, bad, step.number));
        EXPECT_FALSE(is_done(m_w.world, step.token, bad));
    }
    m_w.clock.advance(step_life);
    EXPECT_FALSE(is_done(m_w.world, step.token, step.number));
}

}  // namespace
}  // namespace sallyport::lock
