// The road of the recovery kit, from its code to the new credentials: its clock, its mails, who stops it,
// what it replaces, and that the worker moves it once.
#include "slices/reset/kit_walk_test.h"
#include "slices/reset/running_case.h"
#include "support/enrolled.h"

#include <set>

namespace sallyport::reset {
namespace {

using policy::roads::Stage;
using policy::roads::VetoAnswer;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using test::Person;

class KitRoad : public KitRoadTest {};
INSTANTIATE_TEST_SUITE_P(Engines, KitRoad, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(KitRoad, WaitsAnHourTellsEveryAddressAndReplacesPasswordAndApp)
{
    const Person ada = person();
    test::Authenticator phone(m_w.world.brand.host, m_w.world.brand.origin);
    const FactorId passkey = test::enrol(m_w, ada.id, phone);
    test::sign_in(m_w, ada.id);
    begin(ada);
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 3U) << "the code is spent";
    std::set<std::string> told, stops;
    for (const store::OutboxMail& mail : m_mails) {
        EXPECT_EQ(mail.mail, "E40");
        EXPECT_EQ(test::parameter(mail, "until"), std::to_string(to_unix_ms(m_w.clock.now() + hours{1})));
        told.insert(mail.to);
        stops.insert(test::parameter(mail, "stop"));
    }
    EXPECT_EQ(told, (std::set<std::string>{"ada@mail.example", "ada@other.example"}));
    EXPECT_EQ(stops.size(), 2U) << "one each";
    EXPECT_EQ(stage(ada), Stage::waiting);
    EXPECT_TRUE(has_password(ada, ada.password));

    Walk early = finishing(ada);
    EXPECT_EQ(choose(early), Renewed::over) << "not before the hour";
    m_w.clock.advance(hours{1});
    test::new_mails(m_w);
    EXPECT_EQ(work(), 1);
    EXPECT_EQ(work(), 0);
    m_mails = test::new_mails(m_w);
    ASSERT_EQ(m_mails.size(), 2U);
    EXPECT_EQ(m_mails[0].mail, "E45");
    EXPECT_NE(stop_code("ada@other.example"), "");
    Walk way = finishing(ada);
    EXPECT_EQ(prove(way), Renewed::over) << "no step is skipped";
    EXPECT_EQ(choose(way), Renewed::moved);
    EXPECT_TRUE(has_password(ada, ada.password)) << "nothing has changed before the app is proven";
    EXPECT_EQ(prove(way), Renewed::moved);

    EXPECT_TRUE(has_password(ada, fresh_password));
    const auto set = m_w.credentials(ada.id);
    EXPECT_EQ(set.totp_app_count(), 1U);
    m_w.transact([&](db::Tx& tx) {
        EXPECT_NE(set.totp_apps(tx, m_w.keys.keys)[0].id, ada.app_ids[0]) << "the old app is gone";
        EXPECT_EQ(set.passkeys(tx)[0].id, passkey) << "stronger than this road: it stays";
    });
    EXPECT_EQ(test::sessions_of(m_w, ada.id), 0U);
    EXPECT_EQ(stage(ada), Stage::finished);
    EXPECT_EQ(set.held_until(m_w.clock.now()), m_w.clock.now() + hours{72});
    EXPECT_EQ(set.holds()[0].cause, policy::holds::Cause::recovered);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E48"), 2);
    EXPECT_EQ(stop(stop_code("ada@other.example")).result, Stop::unknown) << "its stop codes are dead";
    EXPECT_EQ(prove(way), Renewed::over) << "once";
}

TEST_P(KitRoad, IsToldInTheMiddleAndByText)
{
    const Person ada = person();
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now()});
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    begin(ada);
    const auto texts = m_w.transact([&](db::Tx& tx) {
        return store::claim_mail(tx, m_w.keys.keys, 9, days{1}, m_w.clock.now(), store::OutboxChannel::text);
    });
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(texts[0].mail.mail, "T13");
    m_w.clock.advance(minutes{29});
    EXPECT_EQ(work(), 0);
    EXPECT_TRUE(test::new_mails(m_w).empty());
    m_w.clock.advance(minutes{1});
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(work(), 0) << "nothing changes by it";
        m_mails = test::new_mails(m_w);
        EXPECT_EQ(m_mails.size(), round == 0 ? 2U : 0U) << "once";
        for (const store::OutboxMail& mail : m_mails) {
            EXPECT_EQ(mail.mail, "E44");
            EXPECT_EQ(test::parameter(mail, "browser"), "");
            EXPECT_EQ(test::parameter(mail, "until"), std::to_string(to_unix_ms(newest(ada).state.enter_at)));
        }
        if (round == 0) EXPECT_EQ(stop(stop_code("ada@other.example")).answer, VetoAnswer::paused);
        if (round == 0) test::new_mails(m_w);
    }
    const auto by_text = stop(test::parameter(texts[0].mail, "stop"));
    EXPECT_EQ(by_text.answer, VetoAnswer::paused) << "the number is a channel of its own";
}

TEST_P(KitRoad, HoldsSevenDaysWhereKitAndMailboxWereAllTheChannels)
{
    const Person ada = m_w.person({.codes = 2});
    begin(ada);
    m_w.clock.advance(hours{1});
    Walk way = finishing(ada);
    EXPECT_EQ(choose(way), Renewed::moved);
    EXPECT_EQ(prove(way), Renewed::moved);
    EXPECT_EQ(m_w.credentials(ada.id).held_until(m_w.clock.now()), m_w.clock.now() + days{7});
}

TEST_P(KitRoad, EachChannelPausesItOnceAndAFactorEndsIt)
{
    const Person ada = person();
    begin(ada);
    EXPECT_EQ(stop("0000").result, Stop::malformed);
    EXPECT_EQ(stop("00000-00000").result, Stop::unknown);
    const auto by_mail = stop_code("ada@mail.example");
    const auto first = stop(by_mail);
    EXPECT_EQ(first.answer, VetoAnswer::paused);
    EXPECT_EQ(first.until, m_w.clock.now() + hours{73});
    m_mails = test::new_mails(m_w);
    EXPECT_EQ(m_mails.size(), 2U);
    EXPECT_EQ(m_mails[0].mail, "E47-paused");
    EXPECT_EQ(stop(by_mail).answer, VetoAnswer::once_only);
    EXPECT_EQ(stop(stop_code("ada@mail.example")).answer, VetoAnswer::once_only)
        << "another mail, one channel";
    EXPECT_EQ(stop(stop_code("ada@other.example")).until, m_w.clock.now() + hours{145});
    const auto code = stop_code("ada@other.example");
    EXPECT_EQ(stop(code, ada.wrong_code(m_w.clock.now())).result, Stop::wrong_app);
    EXPECT_EQ(stage(ada), Stage::waiting);
    EXPECT_EQ(stop(code, ada.code(m_w.clock.now())).answer, VetoAnswer::ended);
    EXPECT_EQ(stage(ada), Stage::ended);
    EXPECT_EQ(stop(code).result, Stop::unknown);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E47"), 2);
    m_w.clock.advance(days{8});
    EXPECT_EQ(work(), 0) << "what has ended is not due";
}

TEST_P(KitRoad, ASessionPausesItOnceAndItsOwnerEndsItByAFactor)
{
    const Person ada = person();
    const auto home = test::sign_in(m_w, ada.id);
    const auto phone = test::sign_in(m_w, ada.id, policy::Level::aal1, {policy::Method::password});
    const auto holder_of = [](const test::Browser& browser) {
        return proof::Holder{browser.account, browser.session, browser.level, browser.asker};
    };
    const auto pause = [&](const test::Browser& browser) {
        return sync_wait(stop_by_session(m_w.world, holder_of(browser)));
    };
    EXPECT_FALSE(sync_wait(running_case(m_w.world, ada.id)));
    EXPECT_EQ(pause(home), VetoAnswer::nothing);
    begin(ada);
    const auto seen = sync_wait(running_case(m_w.world, ada.id));
    ASSERT_TRUE(seen && seen->may_pause && seen->may_end && !seen->ready);
    EXPECT_EQ(pause(phone), VetoAnswer::paused) << "a session without a factor";
    EXPECT_EQ(newest(ada).state.enter_at, m_w.clock.now() + hours{73});
    EXPECT_EQ(pause(home), VetoAnswer::once_only) << "all sessions are one channel";
    EXPECT_FALSE(sync_wait(running_case(m_w.world, ada.id))->may_pause);
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        const auto stop = [&](policy::Methods shown) {
            return stop_by_holder(tx, m_w.world, holder_of(home), credentials, shown, m_w.clock.now());
        };
        EXPECT_EQ(stop({policy::Method::password}), VetoAnswer::once_only) << "no more than a session";
        EXPECT_EQ(stop({policy::Method::totp}), VetoAnswer::ended);
    });
    EXPECT_EQ(stage(ada), Stage::ended);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E47"), 2);
}

TEST_P(KitRoad, AnEndedSessionPausesNothing)
{
    const Person ada = person();
    const auto stolen = test::sign_in(m_w, ada.id);
    begin(ada);
    m_w.transact([&](db::Tx& tx) { store::end_sessions(tx, ada.id, std::nullopt, m_w.clock.now()); });
    const proof::Holder thief{stolen.account, stolen.session, stolen.level, stolen.asker};
    EXPECT_EQ(sync_wait(stop_by_session(m_w.world, thief)), VetoAnswer::nothing);
    EXPECT_EQ(newest(ada).state.enter_at, m_w.clock.now() + hours{1});
}

TEST_P(KitRoad, APasswordIsNoFactorThatEndsIt)
{
    const Person bob =
        m_w.person({.email = "bob@mail.example", .codes = 4, .notice_email = "bob@other.example"});
    begin(bob);
    m_w.transact([&](db::Tx& tx) {
        auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, bob.id);
        const proof::Holder holder{bob.id, {}, policy::Level::aal1, test::stranger()};
        // The account has an app: what counts is what was shown.
        const policy::Methods shown{policy::Method::password};
        EXPECT_EQ(stop_by_holder(tx, m_w.world, holder, credentials, shown, m_w.clock.now()),
                  VetoAnswer::paused);
    });
    EXPECT_EQ(stage(bob), Stage::waiting);
}

TEST_P(KitRoad, ASecondOneStoppedInThirtyDaysHoldsValueForAReview)
{
    const Person ada = person();
    for (const std::size_t code : {0U, 1U}) {
        begin(ada, code);
        EXPECT_EQ(stop(stop_code("ada@mail.example"), ada.code(m_w.clock.now())).answer, VetoAnswer::ended);
        EXPECT_EQ(m_w.credentials(ada.id).held_until(m_w.clock.now()).has_value(), code == 1);
        m_w.clock.advance(minutes{15});
    }
    EXPECT_EQ(m_w.credentials(ada.id).holds()[0].cause, policy::holds::Cause::contested);
}

TEST_P(KitRoad, AnotherCodeFindsTheSameCaseAgain)
{
    const Person ada = person();
    begin(ada, 0);
    const auto before = newest(ada);
    m_w.clock.advance(minutes{20});
    begin(ada, 1);
    EXPECT_EQ(newest(ada).id, before.id);
    EXPECT_EQ(newest(ada).state, before.state) << "its clock as it is";
    EXPECT_TRUE(m_mails.empty());
    EXPECT_EQ(m_w.credentials(ada.id).kit()->codes.size(), 3U) << "nothing is spent for it";
}

TEST_P(KitRoad, AWrongOrUsedCodeOpensNothing)
{
    const Person ada = person();
    Walk way = walk();
    way.to_factor(ada);
    const std::string right(ada.codes.at(0).reveal_text());
    EXPECT_EQ(open(way, "3-0000-0000-0000-0000").answer, Opened::wrong);
    EXPECT_EQ(open(way, "").answer, Opened::wrong);
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, ada.id);
        set.spend_recovery_code(ada.code_ids.at(0));
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    EXPECT_EQ(open(way, right).answer, Opened::wrong);
    EXPECT_TRUE(m_w.credentials(ada.id).cases().empty());
    Walk none = walk();
    EXPECT_EQ(open(none, right).answer, Opened::over);
    m_w.clock.advance(minutes{2});
    none.enter(ada.email.address());
    EXPECT_EQ(open(none, right).answer, Opened::not_now) << "the mailbox comes first";
}

TEST_P(KitRoad, EndsWithAResetAndExpiresUnfinished)
{
    const Person ada = person(), bob = person("bob");
    begin(ada);
    Walk way = walk();
    m_w.clock.advance(minutes{2});
    way.to_password(ada);
    EXPECT_EQ(way.choose().answer, Chosen::done);
    EXPECT_EQ(stage(ada), Stage::ended);

    begin(bob);
    m_w.clock.advance(hours{1});
    EXPECT_EQ(work(), 1);
    m_w.clock.advance(hours{72});
    Walk late = finishing(bob);
    EXPECT_EQ(choose(late), Renewed::over);
    EXPECT_EQ(work(), 1);
    EXPECT_EQ(newest(bob).state.stage, Stage::expired);
    EXPECT_EQ(test::mails_of(m_w, bob.id, "E47"), 2);
}

TEST_P(KitRoad, TwoWorkersMoveItOnce)
{
    const Person ada = person();
    begin(ada);
    m_w.clock.advance(hours{1});
    test::World other(m_fresh.database(), 9);
    other.clock.set(m_w.clock.now());
    std::atomic<std::int64_t> moved = 0;
    test::in_parallel(
        2, [&](int n) { moved += sync_wait(proof::do_due_changes(n == 0 ? m_w.world : other.world)); });
    EXPECT_EQ(moved.load(), 1);
    EXPECT_EQ(test::mails_of(m_w, ada.id, "E45"), 2);
    EXPECT_EQ(test::events_of(m_w, ada.id, "recovery_ready"), 1);
}

TEST_P(KitRoad, NoStepOfItsEndIsTakenBeforeItsTurn)
{
    const Person ada = person();
    begin(ada);
    m_w.clock.advance(hours{1} + minutes{2});
    Walk way{m_w, test::stranger("198.51.100.9"), Purpose::recover};
    way.enter(ada.email.address());
    EXPECT_EQ(choose(way), Renewed::over) << "the mailed code comes first";
    EXPECT_EQ(way.type_code(way.mailed(ada.email.address())), Confirmed::moved);
    // There is no key yet, so that anybody could make its code.
    const auto code = crypto::code_at_step(Secret(), crypto::step_of(m_w.clock.now()));
    EXPECT_EQ(sync_wait(prove_new_app(m_w.world, way.asker, way.secret, code)).answer, Renewed::over)
        << "the password comes next";
    EXPECT_EQ(choose(way), Renewed::moved);
    EXPECT_EQ(choose(way), Renewed::over) << "once";
    EXPECT_EQ(prove(way), Renewed::moved);
}

TEST_P(KitRoad, GuessesAtStopCodesAreFailuresOfTheirNetwork)
{
    const Person ada = person();
    begin(ada);
    const std::string right = stop_code("ada@mail.example");
    for (std::int64_t n = 0; n < m_w.world.throttle.network_failures_max; ++n)
        ASSERT_EQ(stop("AAAAA-AAAAA").result, Stop::unknown) << n;
    const auto late = stop("AAAAA-AAAAA");
    EXPECT_EQ(late.result, Stop::wait);
    EXPECT_GT(late.until, m_w.clock.now());
    EXPECT_EQ(stop(right).result, Stop::wait) << "nothing is looked at";
    EXPECT_EQ(stop("short").result, Stop::malformed) << "and nothing is charged for what can be none";
    const auto elsewhere = sync_wait(stop_by_code(m_w.world, test::stranger("198.51.100.9"), right, ""));
    EXPECT_EQ(elsewhere.result, Stop::answered);
    EXPECT_EQ(elsewhere.answer, VetoAnswer::paused);
}

TEST_P(KitRoad, InParallelItIsFinishedOnce)
{
    const Person ada = person();
    begin(ada);
    m_w.clock.advance(hours{1});
    Walk way = finishing(ada);
    EXPECT_EQ(choose(way), Renewed::moved);
    std::atomic<int> finished = 0;
    test::in_parallel(6, [&](int) {
        if (prove(way) == Renewed::moved) ++finished;
    });
    EXPECT_EQ(finished.load(), 1);
    EXPECT_EQ(test::events_of(m_w, ada.id, "recovery_finished"), 1);
    EXPECT_EQ(m_w.credentials(ada.id).totp_app_count(), 1U);
}

TEST_P(KitRoad, WithEachCallFailingOnceItIsAllOrNothing)
{
    db::test::with_each_call_failing(m_failing, 4, [&](const std::string& name, const auto& attempt) {
        const Person ada = person(name);
        begin(ada);
        m_w.clock.advance(hours{1});
        Walk way = finishing(ada);
        attempt([&] {
            EXPECT_EQ(choose(way), Renewed::moved);
            EXPECT_EQ(prove(way), Renewed::moved);
        });
        const bool done = stage(ada) == Stage::finished;
        EXPECT_EQ(has_password(ada, fresh_password), done);
        EXPECT_EQ(has_password(ada, ada.password), !done);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E48"), done ? 2 : 0);
        EXPECT_EQ(m_w.credentials(ada.id).held_until(m_w.clock.now()).has_value(), done);
        if (done) return;
        const auto row = way.row();
        ASSERT_TRUE(row.has_value());
        if (row->progress.stage == policy::reset::Stage::factor) choose(way);
        EXPECT_EQ(prove(way), Renewed::moved);
    });
}

}  // namespace
}  // namespace sallyport::reset
