// The road of the recovery kit with each of its calls to the database failing once: it is opened, stopped and
// moved on whole or not at all, and what failed can be done again.
#include "slices/reset/kit_walk_test.h"

namespace sallyport::reset {
namespace {

using policy::roads::Stage;
using policy::roads::VetoAnswer;
using std::chrono::hours;
using std::chrono::minutes;
using test::Person;

class FailingKitRoad : public KitRoadTest {
protected:
    Person somebody(const std::string& name)
    {
        // A code is asked for often here: the next one an hour and a day later, from elsewhere.
        m_w.clock.advance(hours{25});
        return person(name);
    }
    std::int64_t stop_codes_of(const Person& ada)
    {
        return m_w.transact([&](db::Tx& tx) {
            return tx.query("SELECT COUNT(*) FROM stop_codes WHERE account = $1", BytesView(ada.id.value()))
                .integer(0, 0);
        });
    }
    bool has_case(const Person& ada) { return !m_w.credentials(ada.id).cases().empty(); }
    std::size_t kit_codes(const Person& ada) { return m_w.credentials(ada.id).kit()->codes.size(); }
};
INSTANTIATE_TEST_SUITE_P(Engines, FailingKitRoad, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(FailingKitRoad, OpenedWithItsCodeSpentAndEveryAddressToldOrNothing)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        Walk way = walk();
        way.asker = test::stranger("192.0.2." + name);
        way.to_factor(ada);
        const std::string code(ada.codes.at(0).reveal_text());
        attempt([&] { EXPECT_EQ(open(way, code).answer, Opened::waiting); });
        const bool opened = has_case(ada);
        EXPECT_EQ(kit_codes(ada), opened ? 3U : 4U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E40"), opened ? 2 : 0);
        EXPECT_EQ(stop_codes_of(ada), opened ? 2 : 0);
        const auto row = way.row();
        ASSERT_TRUE(row.has_value());
        EXPECT_EQ(row->progress.stage == policy::reset::Stage::kit_road, opened);
        EXPECT_EQ(open(way, code).answer, opened ? Opened::not_now : Opened::waiting);
        EXPECT_EQ(stage(ada), Stage::waiting);
        EXPECT_EQ(kit_codes(ada), 3U);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E40"), 2) << "once";
        EXPECT_TRUE(has_password(ada, ada.password));
    });
}

TEST_P(FailingKitRoad, AnAddressPausesItOnceAndAllAreToldOrNothing)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        begin(ada);
        const auto before = newest(ada).state;
        const std::string code = stop_code(ada.email.address());
        attempt([&] { EXPECT_EQ(stop(code).answer, VetoAnswer::paused); });
        const bool paused = newest(ada).state != before;
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E47-paused"), paused ? 2 : 0);
        EXPECT_EQ(stop(code).answer, paused ? VetoAnswer::once_only : VetoAnswer::paused);
        EXPECT_EQ(newest(ada).state.enter_at, before.enter_at + hours{72}) << "one pause";
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E47-paused"), 2);
    });
}

TEST_P(FailingKitRoad, AFactorEndsItForGoodOrNothing)
{
    db::test::with_each_call_failing(m_failing, 4, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        begin(ada);
        const std::string code = stop_code(ada.email.address());
        attempt([&] { EXPECT_EQ(stop(code, ada.code(m_w.clock.now())).answer, VetoAnswer::ended); });
        const bool ended = stage(ada) == Stage::ended;
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E47"), ended ? 2 : 0);
        EXPECT_EQ(stop_codes_of(ada), ended ? 0 : 2);
        // What is spent with the ending is not spent without it: the same code of the app again.
        const auto again = stop(code, ada.code(m_w.clock.now()));
        if (ended)
            EXPECT_EQ(again.result, Stop::unknown);
        else
            EXPECT_EQ(again.answer, VetoAnswer::ended);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E47"), 2);
        EXPECT_TRUE(has_password(ada, ada.password));
        EXPECT_FALSE(m_w.credentials(ada.id).held_until(m_w.clock.now()).has_value());
    });
}

TEST_P(FailingKitRoad, TheWorkerMovesItOnAndTellsOnce)
{
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        begin(ada);
        m_w.clock.advance(hours{1});
        attempt([&] { EXPECT_EQ(work(), 1); });
        const bool moved = newest(ada).state.stage == Stage::ready;
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E45"), moved ? 2 : 0);
        EXPECT_EQ(work(), moved ? 0 : 1);
        EXPECT_EQ(test::mails_of(m_w, ada.id, "E45"), 2);
        EXPECT_EQ(test::events_of(m_w, ada.id, "recovery_ready"), 1);
        m_w.clock.advance(hours{72});
        EXPECT_EQ(work(), 1) << "it expires before the next one begins";
    });
}

TEST_P(FailingKitRoad, ItsPagesFailWhole)
{
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string& name, const auto& attempt) {
        const Person ada = somebody(name);
        begin(ada);
        m_w.clock.advance(hours{1});
        Walk way = finishing(ada);
        attempt([&] {
            const auto shown = sync_wait(find_finish(m_w.world, way.secret));
            EXPECT_TRUE(shown.has_value());
        });
        EXPECT_EQ(choose(way), Renewed::moved);
    });
}

}  // namespace
}  // namespace sallyport::reset
