// P7d to P7f: what stands beside the mailbox, and what a reset ends, holds, keeps and tells.
#include "proof/mailboxes.h"
#include "proof/passwords.h"
#include "slices/reset/walk_test.h"
#include "store/known_browsers.h"
#include "store/sealed_rows.h"
#include "support/enrolled.h"

#include <set>

namespace sallyport::reset {

bool ResetTest::opens(const test::Person& person, std::string_view password)
{
    const auto stored = m_w.credentials(person.id).password();
    return sync_wait(proof::check_password(m_w.world, Secret::from_text(password), stored, {})).outcome ==
           crypto::PoolOutcome::match;
}

namespace {

using policy::passwords::Refusal;
using policy::reset::Stage;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using test::Person;

class ResetPassword : public ResetTest {
protected:
    Walk walk() { return {m_w}; }
    Duration held(const AccountId& account)
    {
        return m_w.credentials(account).held_until(m_w.clock.now()).value_or(m_w.clock.now()) -
               m_w.clock.now();
    }
    proof::PasskeyAnswer answer_of(Walk& way, const test::Authenticator& authenticator, std::string& cookie)
    {
        auto question = sync_wait(ask_passkey(m_w.world, way.secret));
        CHECK(question.has_value());
        cookie = question->challenge.cookie;
        auto said = authenticator.answer(question->challenge.bytes);
        return {
            authenticator.credential_id, said.client_data_json, said.authenticator_data, said.signature, {}};
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, ResetPassword, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(ResetPassword, EndsEverythingHoldsValueAndTellsEveryAddress)
{
    const Person ada = m_w.person({.notice_email = "ada@other.example"});
    const Person eve = m_w.person({.email = "eve@mail.example"});
    test::sign_in(m_w, eve.id);
    test::sign_in(m_w, ada.id);
    test::sign_in(m_w, ada.id, policy::Level::aal1, {policy::Method::password});
    const auto half = proof::fresh_token(m_w.random);
    m_w.transact([&](db::Tx& tx) {
        store::put_sign_in(tx, m_w.keys.keys, half.hash, ada.id, Secret::from_text("x"),
                           m_w.clock.now() + minutes{15});
        store::know_browser(tx, m_w.keys.keys, {half.hash, m_w.clock.now(), m_w.clock.now()}, ada.id, 20);
    });
    Walk way = walk();
    way.to_password(ada);
    EXPECT_TRUE(opens(ada, ada.password)) << "nothing has changed yet";
    EXPECT_EQ(test::sessions_of(m_w, ada.id), 2U);
    test::new_mails(m_w);
    EXPECT_EQ(way.choose().answer, Chosen::done);

    EXPECT_TRUE(opens(ada, fresh_password));
    EXPECT_EQ(test::sessions_of(m_w, ada.id), 0U);
    EXPECT_EQ(test::sessions_of(m_w, eve.id), 1U);
    m_w.transact([&](db::Tx& tx) {
        EXPECT_FALSE(store::find_sign_in(tx, m_w.keys.keys, half.hash, m_w.clock.now()));
        EXPECT_FALSE(store::find_browser(tx, m_w.keys.keys, {half.hash}, ada.id));
    });
    EXPECT_EQ(m_w.credentials(ada.id).totp_app_count(), 1U) << "the second factor is not lowered";
    EXPECT_EQ(held(ada.id), hours{72});
    std::set<std::string> told;
    for (const store::OutboxMail& mail : test::new_mails(m_w)) {
        EXPECT_EQ(mail.mail, "E19-reset");
        EXPECT_EQ(test::parameter(mail, "until"), std::to_string(to_unix_ms(m_w.clock.now() + hours{72})));
        told.insert(mail.to);
    }
    EXPECT_EQ(told, (std::set<std::string>{"ada@mail.example", "ada@other.example"}));
    EXPECT_EQ(test::events_of(m_w, ada.id, "password_reset"), 1);
    ASSERT_TRUE(way.row().has_value());
    EXPECT_EQ(way.row()->progress.stage, Stage::done);
    EXPECT_EQ(way.row()->progress.held_until, m_w.clock.now() + hours{72});
    EXPECT_EQ(way.choose("another one of these").answer, Chosen::not_now) << "one use";
}

TEST_P(ResetPassword, TheMailboxAloneChangesNothing)
{
    const Person ada = m_w.person();
    Walk way = walk();
    way.to_factor(ada);
    EXPECT_EQ(way.choose().answer, Chosen::not_now);
    EXPECT_EQ(way.show_app(ada.wrong_code(m_w.clock.now())), Shown::wrong);
    EXPECT_EQ(way.choose().answer, Chosen::not_now);
    EXPECT_TRUE(opens(ada, ada.password));
    EXPECT_EQ(held(ada.id), Duration{});
}

TEST_P(ResetPassword, HoldsLongerWhereNobodyElseWasTold)
{
    struct Row {
        std::string email, notice;
        Duration hold;
    };
    for (const Row& row : std::vector<Row>{{"a@mail.example", "", days{7}},
                                           {"b@mail.example", "b@mail.example", days{7}},
                                           {"c@gmail.com", "c@googlemail.com", days{7}},
                                           {"d@gmail.com", "d@proton.me", hours{72}},
                                           {"e@mail.example", "e@other.example", hours{72}}}) {
        const Person person = m_w.person({.email = row.email, .notice_email = row.notice});
        Walk way = walk();
        way.to_password(person);
        EXPECT_EQ(way.choose().answer, Chosen::done);
        EXPECT_EQ(held(person.id), row.hold) << row.email;
    }
}

TEST_P(ResetPassword, AYoungSecondAddressCountsForNobody)
{
    const Person ada =
        m_w.person({.notice_email = "ada@other.example", .created_at = m_w.clock.now() - hours{71}});
    Walk way = walk();
    way.to_password(ada);
    EXPECT_EQ(way.choose().answer, Chosen::done);
    EXPECT_EQ(held(ada.id), days{7});
}

TEST_P(ResetPassword, AnOldPasskeyApartShortensTheHold)
{
    m_w.world.methods.passkey = true;
    struct Row {
        std::string email;
        bool synced;
        Duration age, hold;
    };
    int n = 0;
    for (const Row& row : std::vector<Row>{{"a@gmail.com", false, days{30}, hours{24}},
                                           {"b@mail.example", false, days{30}, hours{24}},
                                           {"c@gmail.com", false, hours{71}, hours{72}},
                                           {"d@mail.example", true, days{30}, hours{72}}}) {
        const Person person = m_w.person(
            {.email = row.email, .apps = 0, .notice_email = std::to_string(++n) + "@other.example"});
        test::Authenticator authenticator(m_w.world.brand.host, m_w.world.brand.origin,
                                          static_cast<std::uint8_t>(n));
        authenticator.backup_eligible = authenticator.backed_up = row.synced;
        test::enrol(m_w, person.id, authenticator, m_w.clock.now() - row.age);
        Walk way = walk();
        way.to_factor(person);
        std::string cookie;
        const auto given = answer_of(way, authenticator, cookie);
        EXPECT_EQ(sync_wait(prove_passkey(m_w.world, way.asker, way.secret, "", given)).answer, Shown::wrong);
        const auto again = answer_of(way, authenticator, cookie);
        EXPECT_EQ(sync_wait(prove_passkey(m_w.world, way.asker, way.secret, cookie, again)).answer,
                  Shown::moved);
        EXPECT_EQ(way.choose().answer, Chosen::done);
        EXPECT_EQ(held(person.id), row.hold) << row.email;
    }
}

TEST_P(ResetPassword, AnyOtherChangeOfThePasswordEndsIt)
{
    const Person ada = m_w.person();
    Walk first = walk(), second = walk(), third = walk();
    first.to_password(ada);
    m_w.clock.advance(minutes{1});
    second.to_factor(ada);
    m_w.clock.advance(minutes{1});
    third.enter(ada.email.address());
    const auto code = third.mailed(ada.email.address());
    EXPECT_EQ(first.choose().answer, Chosen::done);
    EXPECT_EQ(second.show_app(ada.code(m_w.clock.now(), 1)), Shown::over);
    EXPECT_EQ(third.type_code(code), Confirmed::over);
}

TEST_P(ResetPassword, InParallelItIsSetOnce)
{
    const Person ada = m_w.person();
    Walk way = walk();
    way.to_password(ada);
    std::atomic<int> done = 0;
    test::in_parallel(6, [&](int n) {
        if (way.choose("violet kettle number " + std::to_string(n)).answer == Chosen::done) ++done;
    });
    EXPECT_EQ(done.load(), 1);
    EXPECT_EQ(test::events_of(m_w, ada.id, "password_reset"), 1);
    EXPECT_EQ(m_w.credentials(ada.id).holds().size(), 1U);
}

TEST_P(ResetPassword, KeepsTheRulesOfSignUp)
{
    const Person ada = m_w.person({.email = "maya.lindqvist@mail.example"});
    Walk way = walk();
    way.to_password(ada);
    struct Row {
        std::string typed;
        Refusal refusal;
    };
    for (const Row& row : std::vector<Row>{{"eleven char", Refusal::too_short},
                                           {std::string(257, 'x'), Refusal::too_long},
                                           {"mayalindqvist", Refusal::own_name},
                                           {"Northstar Exchange", Refusal::operator_name},
                                           {"passwordpassword", Refusal::blocklisted},
                                           {ada.password, Refusal::is_current}}) {
        const auto outcome = way.choose(row.typed);
        EXPECT_EQ(outcome.answer, Chosen::refused) << row.typed;
        EXPECT_EQ(outcome.refusal, row.refusal) << row.typed;
    }
    EXPECT_EQ(way.choose().answer, Chosen::done);
}

TEST_P(ResetPassword, GuessesAtTheFactorDrawOnTheOneBudget)
{
    const Person ada = m_w.person();
    const auto guess = [&](Walk& way) { return way.show_app(ada.wrong_code(m_w.clock.now())); };
    Walk way = walk();
    way.to_factor(ada);
    for (int n = 0; n < 15; ++n) EXPECT_EQ(guess(way), Shown::wrong) << n;
    EXPECT_EQ(guess(way), Shown::wait) << "five by the mailed code, ten as every stranger";
    Walk other{m_w, test::stranger("198.51.100.9")};
    m_w.clock.advance(minutes{1});
    other.to_factor(ada);
    for (int n = 0; n < 5; ++n) EXPECT_EQ(guess(other), Shown::wrong) << "its own five";
    EXPECT_EQ(guess(other), Shown::wrong) << "the wait of 30 s is over";
    EXPECT_EQ(guess(other), Shown::wait);
}

TEST_P(ResetPassword, WithEachCallFailingOnceItIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 6, [&](const std::string& name, const auto& attempt) {
        const Person ada = m_w.person({.email = name + "@mail.example"});
        test::sign_in(m_w, ada.id);
        Walk way = walk();
        way.asker = test::stranger("192.0.2." + name);
        way.to_factor(ada);
        attempt([&] {
            EXPECT_EQ(way.show_app(ada.code(m_w.clock.now())), Shown::moved);
            EXPECT_EQ(way.choose().answer, Chosen::done);
        });
        const bool changed = opens(ada, fresh_password);
        EXPECT_NE(opens(ada, ada.password), changed);
        EXPECT_EQ(test::sessions_of(m_w, ada.id), changed ? 0U : 1U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E19-reset"), changed ? 1 : 0);
        EXPECT_EQ(held(ada.id), changed ? Duration{days{7}} : Duration{});
        m_w.clock.advance(minutes{2});
        if (changed) return;
        const auto row = way.row();
        ASSERT_TRUE(row.has_value());
        if (row->progress.stage == Stage::factor) way.show_app(ada.code(m_w.clock.now()));
        EXPECT_EQ(way.choose().answer, Chosen::done);
    });
}

}  // namespace
}  // namespace sallyport::reset
