// A fresh proof for one deed: right once, and for nothing else.
#include "access/step_up.h"

#include "store/events.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/failing_database.h"

#include <gtest/gtest.h>

namespace sallyport::access {
namespace {

using test::Person;
using test::start_of_test;

class StepUp : public testing::TestWithParam<db::test::Engine> {
protected:
    SignedIn signed_in(const Person& person, std::uint8_t name = 1)
    {
        store::TokenHash hash{};
        hash.fill(name);
        return {{store::session_id_of(hash), person.id, 2, 3, start_of_test, start_of_test},
                hash,
                test::stranger()};
    }
    /// Gives the row's id.
    std::string ask_for(const SignedIn& who, std::string purpose = "change_words",
                        policy::step_up::Deed does = policy::step_up::Deed::keeps)
    {
        StepUpRequest request{std::move(purpose),
                              {"Change your words", {{"New", "quiet otter 77"}}, {"Mail begins with them."}},
                              "/account/words/confirm",
                              "/account",
                              RecordWriter("change_words").text("quiet otter 77").take_secret(),
                              {},
                              does};
        const std::string path = sync_wait(ask(m_access, who, std::move(request)));
        EXPECT_TRUE(path.starts_with("/account/reauth/"));
        return path.substr(path.rfind('/') + 1);
    }
    ProofOutcome prove_it(const SignedIn& who, const std::string& id, std::string typed,
                          std::string purpose = "change_words")
    {
        const auto deed = [this](Deed& done) {
            ++m_runs;
            store::add_event(done.tx,
                             {m_event, done.account.id, "deed", done.now, "", "", done.payload.text()});
            if (m_fails) throw Unavailable("the deed cannot be done");
        };
        return sync_wait(prove(m_access, who, std::move(purpose), id, {std::move(typed), {}, {}}, deed));
    }
    /// The challenge of the row, answered by `key`.
    GivenProof answer(const SignedIn& who, const std::string& id, const test::Authenticator& key)
    {
        const auto asked = sync_wait(ask_passkey(m_access, who, id));
        EXPECT_TRUE(asked.has_value());
        auto said = key.answer(asked->challenge.bytes);
        return {"",
                proof::PasskeyAnswer{
                    key.credential_id, said.client_data_json, said.authenticator_data, said.signature, {}},
                asked->challenge.cookie};
    }
    ProofAnswer prove_by(const SignedIn& who, const std::string& id, GivenProof given)
    {
        const auto deed = [this](Deed& done) {
            store::add_event(done.tx, {new_event(), done.account.id, "deed", done.now, "", "", ""});
        };
        return sync_wait(prove(m_access, who, "change_words", id, std::move(given), deed)).answer;
    }
    EventId new_event() { return m_w.random.id<EventId>(now()); }
    std::size_t deeds(const Person& person)
    {
        return m_w.transact([&](db::Tx& tx) { return store::events_of(tx, person.id, 10); }).size();
    }
    Instant now() { return m_w.clock.now(); }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    SessionCache m_cache{m_failing, m_w.keys.keys, m_w.clock, m_w.world.sessions};
    Access m_access{m_w.world, m_cache};
    const EventId m_event = m_w.random.id<EventId>(start_of_test);
    std::atomic<int> m_runs = 0;
    std::atomic<bool> m_fails = false;
};
INSTANTIATE_TEST_SUITE_P(Engines, StepUp, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(StepUp, TheRightCodeDoesTheDeedOnce)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who);
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

    EXPECT_EQ(prove_it(who, id, ada.wrong_code(now())).answer, ProofAnswer::wrong);
    EXPECT_EQ(deeds(ada), 0U);
    const std::string code = ada.code(now());
    EXPECT_EQ(prove_it(who, id, code).answer, ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1U);
    EXPECT_EQ(m_w.transact([&](db::Tx& tx) { return store::events_of(tx, ada.id, 1); }).at(0).detail,
              "quiet otter 77");
    m_w.clock.advance(std::chrono::seconds{30});
    EXPECT_EQ(prove_it(who, id, ada.code(now())).answer, ProofAnswer::over) << "one use";
    EXPECT_FALSE(sync_wait(find(m_access, who, id)).has_value());
    EXPECT_EQ(deeds(ada), 1U);
    EXPECT_EQ(prove_it(who, ask_for(who), code).answer, ProofAnswer::replayed);
    EXPECT_EQ(deeds(ada), 1U);
}

TEST_P(StepUp, IsBoundToSessionAccountPurposeAndTime)
{
    const Person ada = m_w.person();
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who);
    EXPECT_EQ(prove_it(signed_in(ada, 2), id, ada.code(now())).answer, ProofAnswer::over)
        << "another session";
    EXPECT_EQ(prove_it(signed_in(eve), id, eve.code(now())).answer, ProofAnswer::over) << "another account";
    EXPECT_EQ(prove_it(who, id, ada.code(now()), "change_password").answer, ProofAnswer::over)
        << "another purpose";
    for (const std::string other : {"", "x", "00000000-0000-7000-8000-000000000000"})
        EXPECT_EQ(prove_it(who, other, ada.code(now())).answer, ProofAnswer::over) << other;
    EXPECT_FALSE(sync_wait(find(m_access, signed_in(ada, 2), id)).has_value());
    EXPECT_FALSE(sync_wait(find(m_access, signed_in(eve), id)).has_value());
    m_w.clock.advance(std::chrono::minutes{5} - Duration{1});
    EXPECT_TRUE(sync_wait(find(m_access, who, id)).has_value());
    m_w.clock.advance(Duration{1});
    EXPECT_FALSE(sync_wait(find(m_access, who, id)).has_value());
    EXPECT_EQ(prove_it(who, id, ada.code(now())).answer, ProofAnswer::over);
    EXPECT_EQ(m_runs, 0);
}

// ux.md A25: nobody types a thing twice because a page was open too long.
TEST_P(StepUp, WhatWasTypedOutlivesItForTheSessionThatTypedIt)
{
    const Person ada = m_w.person();
    const Person eve = m_w.person({.email = "eve@mail.example"});
    const SignedIn who = signed_in(ada);
    StepUpRequest request{"change_words",
                          {"Change your words", {}, {}},
                          "/account/words/confirm",
                          "/account",
                          RecordWriter("change_words").text("quiet otter 77").take_secret(),
                          {"/account/words", {{"words", "quiet <otter> 77"}, {"more", ""}}}};
    const std::string path = sync_wait(ask(m_access, who, std::move(request)));
    const std::string id = path.substr(path.rfind('/') + 1);
    const auto kept = [&](const SignedIn& asker) { return sync_wait(find_restart(m_access, asker, id)); };
    EXPECT_EQ(kept(who).path, "") << "it is open still";
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_FALSE(sync_wait(find(m_access, who, id)).has_value());
    EXPECT_EQ(prove_it(who, id, ada.code(now())).answer, ProofAnswer::over);
    EXPECT_EQ(m_runs, 0);
    EXPECT_EQ(kept(who).path, "/account/words");
    EXPECT_EQ(kept(who).fields, (std::vector<std::pair<std::string, std::string>>{
                                    {"words", "quiet <otter> 77"}, {"more", ""}}));
    EXPECT_EQ(kept(signed_in(ada, 2)).path, "") << "another session";
    EXPECT_EQ(kept(signed_in(eve)).path, "") << "another account";
    m_w.clock.advance(std::chrono::minutes{55} - Duration{1});
    EXPECT_EQ(kept(who).path, "/account/words");
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(kept(who).path, "");
    const std::string plain = ask_for(who);
    m_w.clock.advance(std::chrono::minutes{5});
    EXPECT_EQ(sync_wait(find_restart(m_access, who, plain)).path, "") << "nothing was typed";
}

TEST_P(StepUp, ThePasswordProvesOnlyWhereThereIsNoApp)
{
    const Person plain = m_w.person({.apps = 0});
    const SignedIn who = signed_in(plain);
    const std::string id = ask_for(who);
    EXPECT_TRUE(sync_wait(find(m_access, who, id))->offers.password);
    EXPECT_EQ(prove_it(who, id, "not the password").answer, ProofAnswer::wrong);
    EXPECT_EQ(prove_it(who, id, plain.password).answer, ProofAnswer::done);
    EXPECT_EQ(deeds(plain), 1U);
    const std::string taking = ask_for(who, "change_words", policy::step_up::Deed::takes);
    EXPECT_TRUE(sync_wait(find(m_access, who, taking))->offers.none()) << "a strong factor comes first";
    EXPECT_EQ(prove_it(who, taking, plain.password).answer, ProofAnswer::wrong);
    EXPECT_EQ(deeds(plain), 1U);
    const Person ada = m_w.person({.email = "with.app@mail.example"});
    EXPECT_EQ(prove_it(signed_in(ada), ask_for(signed_in(ada)), ada.password).answer, ProofAnswer::wrong);
}

TEST_P(StepUp, APasskeySignsWhatWasShownOnce)
{
    const Person ada = m_w.person();
    const test::Authenticator key;
    test::enrol(m_w, ada.id, key);
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who);
    EXPECT_TRUE(sync_wait(find(m_access, who, id))->offers.passkey);
    const std::string twin = ask_for(who);
    EXPECT_EQ(prove_by(who, twin, answer(who, id, key)), ProofAnswer::wrong) << "of another row";
    const auto given = answer(who, id, key);
    EXPECT_EQ(prove_by(signed_in(ada, 2), id, given), ProofAnswer::over) << "another session";
    auto swapped = answer(who, id, key);
    swapped.passkey_cookie = given.passkey_cookie;
    EXPECT_EQ(prove_by(who, id, swapped), ProofAnswer::wrong) << "another challenge of the same row";
    const auto fresh = answer(who, id, key);
    EXPECT_EQ(prove_by(who, id, fresh), ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1U);
    EXPECT_EQ(prove_by(who, id, fresh), ProofAnswer::over);
    EXPECT_EQ(prove_by(who, twin, fresh), ProofAnswer::wrong);
    EXPECT_EQ(deeds(ada), 1U);
    EXPECT_EQ(prove_by(who, twin, answer(who, twin, key)), ProofAnswer::done);
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
    const std::string id = ask_for(who);
    EXPECT_EQ(prove_by(who, id, answer(who, id, hers)), ProofAnswer::wrong);
    key.user_verified = false;
    EXPECT_EQ(prove_by(who, id, answer(who, id, key)), ProofAnswer::wrong);
    key.user_verified = true;
    for (int n = 0; n < 10; ++n)
        EXPECT_EQ(prove_it(who, id, ada.wrong_code(now())).answer, ProofAnswer::wrong) << n;
    EXPECT_EQ(prove_it(who, id, ada.code(now())).answer, ProofAnswer::wait);
    EXPECT_EQ(prove_by(who, id, answer(who, id, key)), ProofAnswer::done);
    EXPECT_EQ(deeds(ada), 1U);
    const std::string next = ask_for(who);
    EXPECT_EQ(prove_it(who, next, ada.wrong_code(now())).answer, ProofAnswer::wrong)
        << "it is a success as any other: the tries before it are forgotten";
}

TEST_P(StepUp, ADeedThatFailsSpendsNothing)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who);
    const std::string code = ada.code(now());
    m_fails = true;
    EXPECT_THROW(prove_it(who, id, code), Unavailable);
    EXPECT_EQ(deeds(ada), 0U);
    m_fails = false;
    EXPECT_EQ(prove_it(who, id, code).answer, ProofAnswer::done) << "row and code are there still";
    EXPECT_EQ(deeds(ada), 1U);
}

TEST_P(StepUp, OneOfParallelRightCodesDoesIt)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who);
    const std::string code = ada.code(now());
    std::atomic<int> done = 0;
    test::in_parallel(6, [&](int) {
        if (prove_it(who, id, code).answer == ProofAnswer::done) ++done;
    });
    EXPECT_EQ(done, 1);
    EXPECT_EQ(deeds(ada), 1U);
}

TEST_P(StepUp, WrongProofsDrawOnTheOneBudget)
{
    const Person ada = m_w.person();
    const SignedIn who = signed_in(ada);
    const std::string id = ask_for(who);
    for (int n = 0; n < 10; ++n)
        EXPECT_EQ(prove_it(who, id, ada.wrong_code(now())).answer, ProofAnswer::wrong) << n;
    const auto waits = prove_it(who, ask_for(who, "change_words"), ada.code(now()));
    EXPECT_EQ(waits.answer, ProofAnswer::wait);
    EXPECT_EQ(waits.until, now() + std::chrono::seconds{30});
    EXPECT_EQ(deeds(ada), 0U);
}

TEST_P(StepUp, AFullPoolGivesTheTryBack)
{
    const Person plain = m_w.person({.apps = 0});
    test::World busy(m_fresh.database(), 9, test::always_busy());
    SessionCache cache(m_fresh.database(), busy.keys.keys, busy.clock, busy.world.sessions);
    const Access access(busy.world, cache);
    const SignedIn who = signed_in(plain);
    const std::string id = ask_for(who);
    const auto nothing = [](Deed&) {};
    for (int n = 0; n < 12; ++n) {
        const auto outcome =
            sync_wait(prove(access, who, "change_words", id, {plain.password, {}, {}}, nothing));
        EXPECT_EQ(outcome.answer, ProofAnswer::busy);
        EXPECT_GE(outcome.busy_seconds, 1);
    }
    EXPECT_EQ(prove_it(who, id, plain.password).answer, ProofAnswer::done);
}

TEST_P(StepUp, WithEachCallFailingOnceTheDeedIsAllOrNothing)
{
    for (const auto when :
         {db::test::FailingDatabase::When::before, db::test::FailingDatabase::When::after}) {
        std::uint64_t call = 1;
        for (;; ++call) {
            const Person ada = m_w.person(
                {.email = "p" + std::to_string(call) +
                          (when == db::test::FailingDatabase::When::after ? "a" : "b") + "@mail.example"});
            const SignedIn who = signed_in(ada);
            const std::string id = ask_for(who);
            const auto event = m_w.random.id<EventId>(now());
            const auto deed = [event](Deed& done) {
                store::add_event(done.tx, {event, done.account.id, "deed", done.now, "", "", ""});
            };
            const std::string code = ada.code(now());
            m_failing.fail_call(call, when);
            bool failed = false;
            try {
                EXPECT_EQ(sync_wait(prove(m_access, who, "change_words", id, {code, {}, {}}, deed)).answer,
                          ProofAnswer::done);
            } catch (const Unavailable&) {
                failed = true;
            }
            const bool ran_out = m_failing.calls() < call;
            m_failing.fail_call(0);
            const bool row_left = sync_wait(find(m_access, who, id)).has_value();
            EXPECT_EQ(deeds(ada), row_left ? 0U : 1U) << call;
            if (ran_out) {
                EXPECT_FALSE(failed);
                break;
            }
            EXPECT_TRUE(failed) << call;
        }
        EXPECT_GE(call, 4U);
    }
}

}  // namespace
}  // namespace sallyport::access
