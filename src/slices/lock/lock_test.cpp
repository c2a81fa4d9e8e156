// Locking and opening an account, on both engines.
#include "proof/cases.h"
#include "proof/changes.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "slices/lock/begin_unlock.h"
#include "slices/lock/human_step.h"
#include "slices/lock/lock_account.h"
#include "slices/lock/show_proof.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::lock {
namespace {

using policy::lock::Answer;
using policy::lock::UnlockAnswer;
using std::chrono::hours;
using test::Authenticator;
using test::Person;
using test::stranger;

constexpr auto host = "accounts.northstar.example";
constexpr auto origin = "https://accounts.northstar.example";

class Locking : public testing::TestWithParam<db::test::Engine> {
protected:
    Person person(const std::string& name = "ada")
    {
        return m_w.person(
            {.email = name + "@mail.example", .codes = 4, .notice_email = name + "@other.example"});
    }
    /// A mail of ours to each address of the person: the lock code in the one to `to`.
    std::string code_in_mail(const Person& who, const std::string& to)
    {
        m_w.transact([&](db::Tx& tx) {
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, who.id);
            const auto account = store::load_account(tx, m_w.keys.keys, who.id);
            proof::tell(tx, m_w.world, policy::notices::Kind::kit_made, account, credentials,
                        proof::facts_of(stranger(), m_w.clock.now()), m_w.clock.now());
        });
        return newest_code(to);
    }
    std::string newest_code(const std::string& to)
    {
        m_mails = test::new_mails(m_w);
        std::string code;
        for (const store::OutboxMail& mail : m_mails)
            if (mail.to == to) code = test::parameter(mail, "lock_code");
        return code;
    }
    LockOutcome lock(const std::string& email, const std::string& code, bool step = true)
    {
        return sync_wait(lock_by_code(m_w.world, stranger(), {Email::parse(email), code, step}));
    }
    LockOutcome lock(const Person& who, bool notice = false)
    {
        const std::string to = notice ? "ada@other.example" : who.email.address();
        return lock(to, code_in_mail(who, to));
    }
    bool is_locked(const Person& who)
    {
        return m_w.credentials(who.id).state() == store::AccountState::locked;
    }
    std::string mailed(const std::string& to, std::string_view name)
    {
        std::string value;
        for (const store::OutboxMail& mail : test::new_mails(m_w))
            if (mail.to == to && !test::parameter(mail, name).empty()) value = test::parameter(mail, name);
        return value;
    }
    store::TokenHash begin(const Person& who)
    {
        m_w.clock.advance(std::chrono::minutes{2});
        test::new_mails(m_w);
        return sync_wait(begin_unlock(m_w.world, stranger(), who.email)).token.hash;
    }
    StepOutcome show(const store::TokenHash& secret, Proof proof, std::string_view typed)
    {
        return sync_wait(show_typed(m_w.world, stranger(), secret, proof, Secret::from_text(typed)));
    }
    StepOutcome show_mail(const store::TokenHash& secret, const Person& who)
    {
        return show(secret, Proof::mail, mailed(who.email.address(), "code"));
    }
    StepOutcome show_app(const store::TokenHash& secret, const Person& who)
    {
        return show(secret, Proof::app, who.code(m_w.clock.now()));
    }
    StepOutcome show_key(const store::TokenHash& secret, const Authenticator& key, const Person& who)
    {
        const auto asked = sync_wait(ask_unlock_passkey(m_w.world, secret));
        EXPECT_TRUE(asked.has_value());
        auto said = key.answer(asked->challenge.bytes);
        return sync_wait(show_passkey(m_w.world, stranger(), secret, asked->challenge.cookie,
                                      {key.credential_id, said.client_data_json, said.authenticator_data,
                                       said.signature, proof::user_handle_of(who.id)}));
    }
    LockOutcome lock_with(const Authenticator& key, const Person& who)
    {
        const auto asked = ask_passkey(m_w.world);
        auto said = key.answer(asked.bytes);
        return sync_wait(lock_by_passkey(m_w.world, stranger(), asked.cookie,
                                         {key.credential_id, said.client_data_json, said.authenticator_data,
                                          said.signature, proof::user_handle_of(who.id)}));
    }
    std::int64_t work() { return sync_wait(proof::do_due_changes(m_w.world)); }
    /// One factor and the mailed code, and the day that follows.
    void unlock_in_a_day(const Person& who)
    {
        const auto secret = begin(who);
        ASSERT_EQ(show_mail(secret, who).asked.answer, UnlockAnswer::not_enough);
        ASSERT_EQ(show_app(secret, who).asked.answer, UnlockAnswer::waits);
        m_w.clock.advance(hours{24});
        ASSERT_EQ(work(), 1);
        ASSERT_FALSE(is_locked(who));
    }
    std::uint64_t statements(const std::function<void()>& deed)
    {
        const auto before = m_w.world.database.statement_count();
        deed();
        return m_w.world.database.statement_count() - before;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    std::vector<store::OutboxMail> m_mails;
};
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

// --- opening it again

TEST_P(Locking, OneFactorAndAMailedCodeOpenItAfterADay)
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

TEST_P(Locking, TwoRootsOpenItAtOnceAndTwoOfOneDoNot)
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

TEST_P(Locking, WhatSignsInOpensItAfterThreeDaysWithoutTheMailbox)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    EXPECT_EQ(show(secret, Proof::password, ada.password).asked.answer, UnlockAnswer::not_enough);
    const auto waits = show_app(secret, ada);
    EXPECT_EQ(waits.asked.answer, UnlockAnswer::waits);
    EXPECT_EQ(waits.asked.at, m_w.clock.now() + hours{72});
}

TEST_P(Locking, TheKitAndTheMailboxLeadToItsRoad)
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
}

TEST_P(Locking, AnUnknownAndAnOpenAccountAnswerLikeALockedOne)
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

// --- afterwards

TEST_P(Locking, AllCodesDieAndTheMailboxOnlyPausesExits)
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

TEST_P(Locking, WhatTheOwnerConfirmsLocksAgain)
{
    const Person ada = person();
    lock(ada);
    unlock_in_a_day(ada);
    EXPECT_TRUE(sync_wait(has_quiet_voices(m_w.world, ada.id)));
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        proof::confirm_voices(tx, m_w.world, credentials, stranger(), m_w.clock.now());
    });
    EXPECT_FALSE(sync_wait(has_quiet_voices(m_w.world, ada.id)));
    EXPECT_EQ(lock(ada).asked.answer, Answer::locked);
}

TEST_P(Locking, AnUnlockingThatWaitsIsPutOffOnceByEachMailbox)
{
    const Person ada = person();
    lock(ada);
    const auto secret = begin(ada);
    show_mail(secret, ada);
    const Instant at = show_app(secret, ada).asked.at;
    EXPECT_EQ(lock(ada).asked.until, at + hours{48});
    EXPECT_EQ(lock(ada).asked.answer, Answer::stays_locked) << "once";
    EXPECT_EQ(lock(ada, true).asked.until, at + hours{96});
    EXPECT_EQ(test::events_of(m_w, ada.id, "unlock_delayed"), 2);
    m_w.clock.set(at + hours{48});
    EXPECT_EQ(work(), 0);
    m_w.clock.set(at + hours{96});
    EXPECT_EQ(work(), 1);
    EXPECT_FALSE(is_locked(ada));
}

TEST_P(Locking, TheStepIsOfThisPageAndThisHour)
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
