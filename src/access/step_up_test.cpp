// A fresh proof for one deed: right once, and for nothing else.
#include "access/step_up_fixture.h"
#include "support/each_call.h"

namespace sallyport::access {
namespace {

using test::Person;

class StepUp : public StepUpGround {
protected:
    std::string ask_words(const SignedIn& who, policy::step_up::Deed does = policy::step_up::Deed::keeps)
    {
        return ask_for(who, {"change_words",
                             {"Change your words", {{"New", "quiet otter 77"}}, {"Mail begins with them."}},
                             "/account/words/confirm",
                             "/account",
                             RecordWriter("change_words").text("quiet otter 77").take_secret(),
                             {},
                             does});
    }
    ProofOutcome type(const SignedIn& who, const std::string& id, std::string typed,
                      const std::string& purpose = "change_words")
    {
        return prove_it(who, purpose, id, {std::move(typed), {}, {}});
    }
    /// The challenge of the row, answered by `key`.
    GivenProof answer_to(const SignedIn& who, const std::string& id, const test::Authenticator& key)
    {
        return answer(sync_wait(ask_passkey(m_access, who, id)).value(), key);
    }
    ProofAnswer prove_by(const SignedIn& who, const std::string& id, GivenProof given)
    {
        return prove_it(who, "change_words", id, std::move(given)).answer;
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, StepUp, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(StepUp, TheRightCodeDoesTheDeedOnce)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    const auto shown = sync_wait(find(m_access, who, id));
    ASSERT_TRUE(shown.has_value());
    EXPECT_EQ(shown->purpose, "change_words");
    EXPECT_EQ(shown->summary.headline, "Change your words");
    EXPECT_EQ(shown->summary.facts.at(0).second, "quiet otter 77");
    EXPECT_EQ(shown->summary.consequences.at(0), "Mail begins with them.");
    EXPECT_EQ(shown->confirm_path, "/account/words/confirm");
    EXPECT_EQ(shown->back_path, "/account");
    EXPECT_TRUE(shown->offers.app_code);
    EXPECT_FALSE(shown->offers.passkey);
    EXPECT_FALSE(shown->offers.password);

    EXPECT_EQ(type(who, id, ada.wrong_code(now())).answer, ProofAnswer::wrong);
    EXPECT_EQ(deeds(ada), 0);
    const std::string code = ada.code(now());
    EXPECT_EQ(type(who, id, code).answer, ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1);
    EXPECT_EQ(m_w.transact([&](db::Tx& tx) { return store::events_of(tx, ada.id, 1); }).at(0).detail,
              "quiet otter 77");
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(type(who, id, ada.code(now())).answer, ProofAnswer::over) << "one use";
    EXPECT_FALSE(sync_wait(find(m_access, who, id)).has_value());
    EXPECT_EQ(deeds(ada), 1);
    EXPECT_EQ(type(who, ask_words(who), code).answer, ProofAnswer::replayed);
    EXPECT_EQ(deeds(ada), 1);
}

TEST_P(StepUp, IsBoundToSessionAccountPurposeAndTime)
{
    const Person ada = m_w.person();
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    EXPECT_EQ(type(signed_in(ada, 2), id, ada.code(now())).answer, ProofAnswer::over) << "another session";
    EXPECT_EQ(type(signed_in(eve), id, eve.code(now())).answer, ProofAnswer::over) << "another account";
    EXPECT_EQ(type(who, id, ada.code(now()), "change_password").answer, ProofAnswer::over)
        << "another purpose";
    for (const std::string other : {"", "x", "00000000-0000-7000-8000-000000000000"})
        EXPECT_EQ(type(who, other, ada.code(now())).answer, ProofAnswer::over) << other;
    EXPECT_FALSE(sync_wait(find(m_access, signed_in(ada, 2), id)).has_value());
    EXPECT_FALSE(sync_wait(find(m_access, signed_in(eve), id)).has_value());
    m_w.clock.advance(std::chrono::minutes{5} - Duration{1});
    EXPECT_TRUE(sync_wait(find(m_access, who, id)).has_value());
    m_w.clock.advance(Duration{1});
    EXPECT_FALSE(sync_wait(find(m_access, who, id)).has_value());
    EXPECT_EQ(type(who, id, ada.code(now())).answer, ProofAnswer::over);
    EXPECT_EQ(deeds(ada), 0);
}

// ux.md A25: nobody types a thing twice because a page was open too long.
TEST_P(StepUp, WhatWasTypedOutlivesItForTheSessionThatTypedIt)
{
    const Person ada = m_w.person();
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who, {"change_words",
                                         {"Change your words", {}, {}},
                                         "/account/words/confirm",
                                         "/account",
                                         RecordWriter("change_words").text("quiet otter 77").take_secret(),
                                         {"/account/words", {{"words", "quiet <otter> 77"}, {"more", ""}}}});
    const auto kept = [&](const SignedIn& asker) { return sync_wait(find_restart(m_access, asker, id)); };
    EXPECT_EQ(kept(who).path, "") << "it is open still";
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_FALSE(sync_wait(find(m_access, who, id)).has_value());
    EXPECT_EQ(type(who, id, ada.code(now())).answer, ProofAnswer::over);
    EXPECT_EQ(deeds(ada), 0);
    EXPECT_EQ(kept(who).path, "/account/words");
    EXPECT_EQ(kept(who).fields, (std::vector<std::pair<std::string, std::string>>{
                                    {"words", "quiet <otter> 77"}, {"more", ""}}));
    EXPECT_EQ(kept(signed_in(ada, 2)).path, "") << "another session";
    EXPECT_EQ(kept(signed_in(eve)).path, "") << "another account";
    m_w.clock.advance(std::chrono::minutes{55} - Duration{1});
    EXPECT_EQ(kept(who).path, "/account/words");
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(kept(who).path, "");
    const std::string plain = ask_words(who);
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_EQ(sync_wait(find_restart(m_access, who, plain)).path, "") << "nothing was typed";
}

TEST_P(StepUp, ThePasswordProvesOnlyWhereThereIsNoApp)
{
    const Person plain = m_w.person({.apps = 0});
    const SignedIn who = signed_in(plain);
    const std::string id = ask_words(who);
    EXPECT_TRUE(offers(who, id).password);
    EXPECT_EQ(type(who, id, "not the password").answer, ProofAnswer::wrong);
    EXPECT_EQ(type(who, id, plain.password).answer, ProofAnswer::done);
    EXPECT_EQ(deeds(plain), 1);
    const std::string taking = ask_words(who, policy::step_up::Deed::takes);
    EXPECT_TRUE(offers(who, taking).none()) << "a strong factor comes first";
    EXPECT_EQ(type(who, taking, plain.password).answer, ProofAnswer::wrong);
    EXPECT_EQ(deeds(plain), 1);
    const Person ada = m_w.person({.email = "with.app@mail.example"});
    EXPECT_EQ(type(signed_in(ada), ask_words(signed_in(ada)), ada.password).answer, ProofAnswer::wrong);
}

TEST_P(StepUp, APasskeySignsWhatWasShownOnce)
{
    const Person ada = m_w.person();
    const test::Authenticator key;
    test::enrol(m_w, ada.id, key);
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    EXPECT_TRUE(offers(who, id).passkey);
    const std::string twin = ask_words(who);
    EXPECT_EQ(prove_by(who, twin, answer_to(who, id, key)), ProofAnswer::wrong) << "of another row";
    const auto given = answer_to(who, id, key);
    EXPECT_EQ(prove_by(signed_in(ada, 2), id, given), ProofAnswer::over) << "another session";
    auto swapped = answer_to(who, id, key);
    swapped.passkey_cookie = given.passkey_cookie;
    EXPECT_EQ(prove_by(who, id, swapped), ProofAnswer::wrong) << "another challenge of the same row";
    const auto fresh = answer_to(who, id, key);
    EXPECT_EQ(prove_by(who, id, fresh), ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1);
    EXPECT_EQ(prove_by(who, id, fresh), ProofAnswer::over);
    EXPECT_EQ(prove_by(who, twin, fresh), ProofAnswer::wrong);
    EXPECT_EQ(deeds(ada), 1);
    EXPECT_EQ(prove_by(who, twin, answer_to(who, twin, key)), ProofAnswer::done);
}

TEST_P(StepUp, APasskeyMustVerifyItsOwnerAndIsNeverThrottled)
{
    const Person ada = m_w.person();
    const Person eve = m_w.person({.email = "eve@mail.example"});
    test::Authenticator key;
    const test::Authenticator hers("accounts.northstar.example", "https://accounts.northstar.example", 2);
    test::enrol(m_w, ada.id, key);
    test::enrol(m_w, eve.id, hers);
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    EXPECT_EQ(prove_by(who, id, answer_to(who, id, hers)), ProofAnswer::wrong);
    key.user_verified = false;
    EXPECT_EQ(prove_by(who, id, answer_to(who, id, key)), ProofAnswer::wrong);
    key.user_verified = true;
    for (int n = 0; n < 10; ++n)
        EXPECT_EQ(type(who, id, ada.wrong_code(now())).answer, ProofAnswer::wrong) << n;
    EXPECT_EQ(type(who, id, ada.code(now())).answer, ProofAnswer::wait);
    EXPECT_EQ(prove_by(who, id, answer_to(who, id, key)), ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1);
    const std::string next = ask_words(who);
    EXPECT_EQ(type(who, next, ada.wrong_code(now())).answer, ProofAnswer::wrong)
        << "it is a success as any other: the tries before it are forgotten";
}

TEST_P(StepUp, ADeedThatFailsSpendsNothing)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    const std::string code = ada.code(now());
    m_watch = [](const Deed&) { throw Unavailable("the deed cannot be done"); };
    EXPECT_THROW(type(who, id, code), Unavailable);
    EXPECT_EQ(deeds(ada), 0);
    m_watch = [](const Deed&) {};
    EXPECT_EQ(type(who, id, code).answer, ProofAnswer::done) << "row and code are there still";
    EXPECT_EQ(deeds(ada), 1);
}

TEST_P(StepUp, OneOfParallelRightCodesDoesIt)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    const std::string code = ada.code(now());
    std::atomic<int> done = 0;
    test::in_parallel(6, [&](int) {
        if (type(who, id, code).answer == ProofAnswer::done) ++done;
    });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(deeds(ada), 1);
}

TEST_P(StepUp, WrongProofsDrawOnTheOneBudget)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_words(who);
    for (int n = 0; n < 10; ++n)
        EXPECT_EQ(type(who, id, ada.wrong_code(now())).answer, ProofAnswer::wrong) << n;
    const auto waits = type(who, ask_words(who), ada.code(now()));
    EXPECT_EQ(waits.answer, ProofAnswer::wait);
    EXPECT_EQ(waits.until, now() + std::chrono::seconds{30});
    EXPECT_EQ(deeds(ada), 0);
}

TEST_P(StepUp, AFullPoolGivesTheTryBack)
{
    const Person plain = m_w.person({.apps = 0});
    test::World busy(m_fresh.database(), 9, test::always_busy());
    SessionCache cache(m_fresh.database(), busy.keys.keys, busy.clock, busy.world.sessions);
    const Access access(busy.world, cache);
    const SignedIn who = signed_in(plain);
    const std::string id = ask_words(who);
    const auto nothing = [](Deed&) {};
    for (int n = 0; n < 12; ++n) {
        const auto outcome =
            sync_wait(prove(access, who, "change_words", id, {plain.password, {}, {}}, nothing));
        EXPECT_EQ(outcome.answer, ProofAnswer::busy);
        EXPECT_GE(outcome.busy_seconds, 1);
    }
    EXPECT_EQ(type(who, id, plain.password).answer, ProofAnswer::done);
}

TEST_P(StepUp, WithEachCallFailingOnceTheDeedIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 4, [&](const std::string& name, auto attempt) {
        const Person ada = m_w.person({.email = name + "@mail.example"});
        const SignedIn who = signed_in(ada);
        const std::string id = ask_words(who);
        const std::string code = ada.code(now());
        const bool went_through = attempt([&] { EXPECT_EQ(type(who, id, code).answer, ProofAnswer::done); });
        const bool row_left = sync_wait(find(m_access, who, id)).has_value();
        EXPECT_EQ(deeds(ada), row_left ? 0 : 1);
        EXPECT_FALSE(went_through && row_left);
    });
}

}  // namespace
}  // namespace sallyport::access
