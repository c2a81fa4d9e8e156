// A12: which words are taken, and what a change tells.
#include "slices/account/change_words.h"

#include "proof/effects.h"
#include "slices/account/test_actor.h"
#include "support/each_call.h"
#include "support/engines.h"

#include <gtest/gtest.h>

#include <regex>

namespace sallyport::account {
namespace {

using policy::Level;
using policy::Method;
using policy::words::Refusal;
using test::Person;

class ChangeWords : public testing::TestWithParam<db::test::Engine> {
protected:
    PreparedWords prepare(const proof::Holder& actor, std::string typed)
    {
        return sync_wait(prepare_words(m_w.world, actor, std::move(typed)));
    }
    void apply(const proof::Holder& actor, const Secret& payload)
    {
        in_deed(m_w, actor, [&](db::Tx& tx, const store::Account& account, const store::CredentialSet& set) {
            RecordReader reader(payload.reveal(), change_words_purpose);
            apply_words(tx, m_w.world, actor, account, set, reader, m_w.clock.now());
        });
    }
    store::Words words_of(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) { return store::load_account(tx, m_w.keys.keys, person.id); })
            .words;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
};
INSTANTIATE_TEST_SUITE_P(Engines, ChangeWords, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(ChangeWords, TellsEveryAddressAndNamesTheOldOnesForADay)
{
    const Person ada = m_w.person({.notice_email = "ada@other.example"});
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    const auto other = test::sign_in(m_w, ada.id);
    const auto prepared = prepare(actor, "  quiet\t otter  77 ");
    ASSERT_TRUE(prepared.payload.has_value());
    EXPECT_EQ(prepared.words, "quiet otter 77") << "as it will stand";
    EXPECT_EQ(words_of(ada).now, "amber river 48") << "nothing has changed before the proof";
    apply(actor, *prepared.payload);
    EXPECT_EQ(words_of(ada).now, "quiet otter 77");
    EXPECT_EQ(test::sessions_of(m_w, ada.id), 2U) << "words open nothing: nobody is signed out";
    EXPECT_EQ(test::events_of(m_w, ada.id, "words_changed"), 1);
    const auto mails = test::new_mails(m_w);
    ASSERT_EQ(mails.size(), 2U);
    for (const store::OutboxMail& mail : mails) {
        EXPECT_EQ(mail.mail, "E31");
        EXPECT_EQ(test::parameter(mail, "words"), "quiet otter 77");
        EXPECT_EQ(test::parameter(mail, "words_before"), "amber river 48");
        EXPECT_EQ(test::parameter(mail, "words_changed_at"), std::to_string(to_unix_ms(m_w.clock.now())));
    }

    // Any mail says it for a day, and not a moment longer.
    const auto before_of_next_mail = [&] {
        in_deed(m_w, actor, [&](db::Tx& tx, const store::Account& account, const store::CredentialSet& set) {
            proof::tell(tx, m_w.world, policy::notices::Kind::kit_made, account, set,
                        proof::facts_of(actor.asker, m_w.clock.now()), m_w.clock.now());
        });
        return test::parameter(test::new_mails(m_w).at(0), "words_before");
    };
    m_w.clock.advance(std::chrono::hours{24} - Duration{1});
    EXPECT_EQ(before_of_next_mail(), "amber river 48");
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(before_of_next_mail(), "");
}

TEST_P(ChangeWords, AreMadeWhereNoneAreTyped)
{
    const Person ada = m_w.person();
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    const auto hashes = m_w.hashes.hashes_run();
    for (int n = 0; n < 20; ++n) {  // costs no try
        const auto prepared = prepare(actor, "");
        ASSERT_TRUE(prepared.payload.has_value());
        EXPECT_TRUE(std::regex_match(prepared.words, std::regex("[a-z]+ [a-z]+ [1-9][0-9]")))
            << prepared.words;
    }
    EXPECT_EQ(m_w.hashes.hashes_run(), hashes);
    proof::Holder reader = actor;
    reader.asker.language = "ar";
    EXPECT_FALSE(std::regex_search(prepare(reader, "").words, std::regex("[a-z]")));
}

TEST_P(ChangeWords, SaysWhichRuleIsBroken)
{
    const Person ada = m_w.person({.email = "lindqvist@mail.example"});
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    struct Row {
        std::string typed;
        Refusal refusal;
    };
    for (const Row& row : {
             Row{"\xff otter", Refusal::malformed},
             Row{"quiet otter!", Refusal::malformed},
             Row{"ab 12", Refusal::too_short},
             Row{std::string(33, 'q'), Refusal::too_long},
             Row{"otter 12345", Refusal::too_many_digits},
             Row{"my northstar exchange", Refusal::brand},
             Row{"quiet lindqvist", Refusal::address_part},
             Row{"password", Refusal::common},
             Row{"amber river 48", Refusal::is_current},
         }) {
        const auto prepared = prepare(actor, row.typed);
        EXPECT_EQ(prepared.refusal, row.refusal) << row.typed;
        EXPECT_FALSE(prepared.payload.has_value());
    }
}

TEST_P(ChangeWords, AreNeverThePasswordAndAskingCostsATry)
{
    const Person ada = m_w.person({.password = "seven quay lamps"});
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    EXPECT_EQ(prepare(actor, "seven quay lamps").refusal, Refusal::is_password);
    EXPECT_EQ(prepare(actor, " seven  quay lamps ").refusal, Refusal::is_password);
    for (int n = 0; n < 8; ++n)
        EXPECT_TRUE(prepare(actor, "violet kettle " + std::to_string(n)).payload.has_value());
    const auto waits = prepare(actor, "seven quay lamps");
    EXPECT_FALSE(waits.refusal.has_value());
    EXPECT_EQ(waits.hindrance.wait_until, m_w.clock.now() + std::chrono::seconds{30});
    const Person bob = m_w.person({.email = "bob@mail.example", .password = "sevenquaylamps"});
    EXPECT_EQ(prepare(actor_of(test::sign_in(m_w, bob.id)), "seven quay lamps").refusal, Refusal::is_password)
        << "nor with spaces in it";
}

TEST_P(ChangeWords, NeedTheAccountsOwnLevel)
{
    const Person ada = m_w.person();
    const proof::Holder weak =
        actor_of(test::sign_in(m_w, ada.id, Level::aal1, {Method::password, Method::recovery_code}));
    for (const char* typed : {"", "quiet otter 77"}) {
        const auto prepared = prepare(weak, typed);
        EXPECT_TRUE(prepared.hindrance.level_too_low);
        EXPECT_FALSE(prepared.payload.has_value());
    }
}

TEST_P(ChangeWords, AFullPoolGivesTheTryBack)
{
    const Person ada = m_w.person();
    const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
    test::World busy(m_fresh.database(), 9, test::always_busy());
    for (int n = 0; n < 12; ++n) {
        const auto answer = sync_wait(prepare_words(busy.world, actor, "quiet otter 77"));
        EXPECT_GE(answer.hindrance.busy_seconds.value_or(0), 1);
        EXPECT_FALSE(answer.payload.has_value());
    }
    EXPECT_TRUE(prepare(actor, "quiet otter 77").payload.has_value());
}

TEST_P(ChangeWords, WithEachCallFailingOnceItIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string& name, const auto& attempt) {
        const Person ada = m_w.person({.email = name + "@mail.example"});
        const proof::Holder actor = actor_of(test::sign_in(m_w, ada.id));
        const auto change = [&] {
            const auto prepared = prepare(actor, "quiet otter 77");
            ASSERT_TRUE(prepared.payload.has_value());
            apply(actor, *prepared.payload);
        };
        attempt(change);
        const bool changed = words_of(ada).now == "quiet otter 77";
        EXPECT_EQ(words_of(ada).before, changed ? "amber river 48" : "");
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E31"), changed ? 1 : 0);
        EXPECT_EQ(test::events_of(m_w, ada.id, "words_changed"), changed ? 1 : 0);
        if (!changed) change();
        EXPECT_EQ(words_of(ada).now, "quiet otter 77");
    });
}

}  // namespace
}  // namespace sallyport::account
