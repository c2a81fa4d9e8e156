// A10: which password is taken, what guessing costs, and what a change ends, keeps and tells.
#include "slices/account/change_password.h"

#include "proof/effects.h"
#include "proof/passwords.h"
#include "slices/account/test_actor.h"
#include "support/each_call.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <set>

namespace sallyport::account {
namespace {

using policy::Level;
using policy::Method;
using policy::passwords::Refusal;
using test::Person;

constexpr std::string_view fresh = "seven lamps on a quay";

class ChangePassword : public testing::TestWithParam<db::test::Engine> {
protected:
    PreparedPassword prepare(const proof::Holder& actor, std::string_view typed = fresh)
    {
        return sync_wait(prepare_password(m_w.world, actor, Secret::from_text(typed)));
    }
    void apply(const proof::Holder& actor, const Secret& payload)
    {
        in_deed(m_w, actor, [&](db::Tx& tx, const store::Account& account, store::CredentialSet& set) {
            RecordReader reader(payload.reveal(), change_password_purpose);
            apply_password(tx, m_w.world, actor, account, set, reader, m_w.clock.now());
        });
    }
    void change(const proof::Holder& actor, std::string_view typed)
    {
        const auto prepared = prepare(actor, typed);
        ASSERT_TRUE(prepared.payload.has_value()) << typed;
        apply(actor, *prepared.payload);
    }
    bool opens(const Person& person, std::string_view password)
    {
        const auto stored = m_w.credentials(person.id).password();
        return sync_wait(proof::check_password(m_w.world, Secret::from_text(password), stored, {})).outcome ==
               crypto::PoolOutcome::match;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};
INSTANTIATE_TEST_SUITE_P(Engines, ChangePassword, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(ChangePassword, EndsTheOtherSessionsAndTellsEveryAddress)
{
    const Person ada = m_w.person({.notice_email = "ada@other.example"});
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const auto hers = test::sign_in(m_w, eve.id);
    test::sign_in(m_w, ada.id);
    test::sign_in(m_w, ada.id, Level::aal1, {Method::password, Method::recovery_code});
    const auto here = test::sign_in(m_w, ada.id);
    const auto prepared = prepare(actor_of(here));
    ASSERT_TRUE(prepared.payload.has_value());
    EXPECT_TRUE(opens(ada, ada.password)) << "nothing has changed before the proof";
    EXPECT_EQ(test::sessions_of(m_w, ada.id), 3U);
    m_w.clock.advance(std::chrono::minutes{1});
    apply(actor_of(here), *prepared.payload);

    EXPECT_TRUE(opens(ada, fresh));
    EXPECT_FALSE(opens(ada, ada.password));
    EXPECT_EQ(m_w.credentials(ada.id).password_changed_at(), m_w.clock.now());
    const auto left = m_w.transact([&](db::Tx& tx) { return store::sessions_of(tx, m_w.keys.keys, ada.id); });
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left[0].token_hash, here.session);
    EXPECT_EQ(test::sessions_of(m_w, eve.id), 1U) << hers.cookie.size();
    EXPECT_EQ(test::events_of(m_w, ada.id, "password_changed"), 1);
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 2U);
    std::set<std::string> told;
    for (const store::OutboxMail& mail : mails) {
        EXPECT_EQ(mail.mail, "E19");
        EXPECT_EQ(test::parameter(mail, "words"), "amber river 48");
        EXPECT_EQ(test::parameter(mail, "browser"), "Firefox · Linux");
        EXPECT_EQ(test::parameter(mail, "at"), std::to_string(to_unix_ms(m_w.clock.now())));
        told.insert(mail.to);
    }
    EXPECT_EQ(told, (std::set<std::string>{"ada@mail.example", "ada@other.example"}));
}

TEST_P(ChangePassword, RefusesTheLastTenAndNoMore)
{
    const Person ada = m_w.person();
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    const auto numbered = [](int n) { return "violet kettle number " + std::to_string(n); };
    for (int n = 1; n <= 10; ++n) {
        change(actor, numbered(n));
        succeed(m_w, actor);
        m_w.clock.advance(std::chrono::seconds{1});
    }
    EXPECT_EQ(prepare(actor, numbered(10)).refusal, Refusal::is_current);
    for (int n = 1; n <= 9; ++n) {
        EXPECT_EQ(prepare(actor, numbered(n)).refusal, Refusal::is_old) << n;
        succeed(m_w, actor);
    }
    EXPECT_FALSE(prepare(actor, ada.password).refusal.has_value()) << "the eleventh is forgotten";
}

TEST_P(ChangePassword, SaysWhichRuleIsBrokenAndChargesNothingForIt)
{
    const Person ada = m_w.person({.email = "maya.lindqvist@mail.example"});
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    struct Row {
        std::string typed;
        Refusal refusal;
    };
    const std::vector<Row> rows{
        {"", Refusal::too_short},
        {"eleven char", Refusal::too_short},
        {"with\x01"
         "a control character",
         Refusal::malformed},
        {"\xff\xfe no text at all", Refusal::malformed},
        {std::string(257, 'x'), Refusal::too_long},
        {"mayalindqvist", Refusal::own_name},
        {"amber river 48", Refusal::own_name},
        {"Northstar Exchange", Refusal::operator_name},
        {"passwordpassword", Refusal::blocklisted},
    };
    for (int round = 0; round < 2; ++round)  // more than ten
        for (const Row& row : rows) {
            const auto prepared = prepare(actor, row.typed);
            EXPECT_EQ(prepared.refusal, row.refusal) << row.typed;
            EXPECT_FALSE(prepared.payload.has_value());
            EXPECT_FALSE(prepared.hindrance.wait_until.has_value());
        }
    EXPECT_TRUE(prepare(actor).payload.has_value());
}

// A stolen session is no place to guess at the password: each answer costs a try, "no" as well as "yes".
TEST_P(ChangePassword, TellsOnlyForAChargedTryWhetherItIsThePresentOne)
{
    const Person ada = m_w.person();
    const proof::Holder thief = actor_of(test::sign_in(m_w, ada.id));
    for (int n = 0; n < 5; ++n) {
        EXPECT_TRUE(prepare(thief, "a guess of the thief " + std::to_string(n)).payload.has_value());
        EXPECT_EQ(prepare(thief, ada.password).refusal, Refusal::is_current);
    }
    const auto waits = prepare(thief, ada.password);
    EXPECT_FALSE(waits.refusal.has_value());
    EXPECT_FALSE(waits.payload.has_value());
    EXPECT_EQ(waits.hindrance.wait_until, m_w.clock.now() + std::chrono::seconds{30});
    EXPECT_FALSE(prepare(thief).payload.has_value());
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_TRUE(prepare(thief).payload.has_value());
}

TEST_P(ChangePassword, NeedsTheAccountsOwnLevel)
{
    const Person ada = m_w.person();
    for (const auto& methods :
         {policy::Methods{Method::password}, policy::Methods{Method::password, Method::recovery_code}}) {
        const auto prepared = prepare(actor_of(test::sign_in(m_w, ada.id, Level::aal1, methods)));
        EXPECT_TRUE(prepared.hindrance.level_too_low);
        EXPECT_FALSE(prepared.payload.has_value());
    }
    const Person plain = m_w.person({.email = "plain@mail.example", .apps = 0});
    const proof::Holder actor = actor_of(test::sign_in(m_w, plain.id, Level::aal1, {Method::password}));
    EXPECT_EQ(prepare(actor, "fourteen chars").refusal, Refusal::too_short) << "alone it has 15";
    EXPECT_TRUE(prepare(actor).payload.has_value());
}

TEST_P(ChangePassword, AFullPoolGivesTheTryBack)
{
    const Person ada = m_w.person();
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    test::World busy(m_fresh.database(), 9, test::always_busy());
    for (int n = 0; n < 12; ++n) {
        const auto answer = sync_wait(prepare_password(busy.world, actor, Secret::from_text(fresh)));
        EXPECT_GE(answer.hindrance.busy_seconds.value_or(0), 1);
        EXPECT_FALSE(answer.payload.has_value());
    }
    EXPECT_TRUE(prepare(actor).payload.has_value());
}

TEST_P(ChangePassword, JudgesWhileItIsTypedWithoutAHash)
{
    const Person ada = m_w.person();
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    const auto check = [&](std::string_view typed) {
        return sync_wait(check_typed_password(m_w.world, actor, Secret::from_text(typed)));
    };
    const auto hashes = m_w.hashes.hashes_run();
    EXPECT_EQ(check("short").refusal, Refusal::too_short);
    EXPECT_EQ(check("short").least, 12);
    EXPECT_FALSE(check(ada.password).refusal.has_value()) << "it does not say that this is the present one";
    for (std::int64_t n = 3; n < password_checks_max; ++n) ASSERT_FALSE(check(fresh).limited) << n;
    EXPECT_TRUE(check(fresh).limited);
    m_w.clock.advance(password_checks_window);
    EXPECT_FALSE(check(fresh).limited);
    EXPECT_EQ(m_w.hashes.hashes_run(), hashes);
}

TEST_P(ChangePassword, WithEachCallFailingOnceItIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 4, [&](const std::string& name, const auto& attempt) {
        const Person ada = m_w.person({.email = name + "@mail.example"});
        test::sign_in(m_w, ada.id);
        const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
        attempt([&] {
            const auto prepared = prepare(actor);
            ASSERT_TRUE(prepared.payload.has_value());
            apply(actor, *prepared.payload);
        });
        const bool changed = opens(ada, fresh);
        EXPECT_NE(opens(ada, ada.password), changed);
        EXPECT_EQ(test::sessions_of(m_w, ada.id), changed ? 1U : 2U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E19"), changed ? 1 : 0);
        EXPECT_EQ(test::events_of(m_w, ada.id, "password_changed"), changed ? 1 : 0);
        if (!changed) change(actor, fresh);
        EXPECT_TRUE(opens(ada, fresh));
    });
}

}  // namespace
}  // namespace sallyport::account
