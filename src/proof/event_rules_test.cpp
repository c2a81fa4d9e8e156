// The table of events (tests/support/event_rules.h) against the catalogue: no mail that tells of something is
// without its event. What each event owes is looked at in every transaction of every room's tests
// (tests/support/event_watch.h); here that this looking is not blind, on both engines.
#include "proof/effects.h"
#include "support/engines.h"
#include "support/event_rules.h"
#include "support/world.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sallyport::proof {
namespace {

using policy::notices::Kind;

bool has_no_event(std::string_view message)
{
    const auto without = test::messages_without_event();
    return std::ranges::find(without, message, &test::NoEvent::message) != without.end();
}

TEST(EventRules, EveryNoticeTellsOfAnEventOrIsACode)
{
    std::set<std::string_view> told;
    for (const test::EventRule& rule : test::event_rules())
        for (const auto mail : {rule.mail, rule.instead})
            if (!mail.empty()) told.insert(mail);
    for (std::uint8_t kind = 0; !mail_of(static_cast<Kind>(kind)).empty(); ++kind) {
        const auto mail = mail_of(static_cast<Kind>(kind));
        EXPECT_NE(told.contains(mail), has_no_event(mail)) << mail << " has one of both";
        told.erase(mail);
    }
    EXPECT_TRUE(told.empty()) << *told.begin() << " is nobody's mail";
}

TEST(EventRules, AnEventWithoutAMailSaysWhy)
{
    std::set<std::string_view> events;
    for (const test::EventRule& rule : test::event_rules()) {
        EXPECT_TRUE(events.insert(rule.event).second) << rule.event << " twice";
        EXPECT_EQ(rule.mail.empty(), rule.to == test::ToldTo::nobody) << rule.event;
        if (rule.to != test::ToldTo::every) EXPECT_FALSE(rule.why.empty()) << rule.event;
    }
    for (const auto& one : test::messages_without_event()) EXPECT_FALSE(one.why.empty()) << one.message;
}

class EventWatch : public testing::TestWithParam<db::test::Engine> {
protected:
    enum class Fault : std::uint8_t { none, no_mail, one_address, no_text, no_event, unknown, twice };
    /// A use case that was written with this fault.
    void use_case(Fault fault)
    {
        auto work = [this, fault](db::Tx& tx) {
            const Instant now = m_w.clock.now();
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            const auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
            const auto asker = test::stranger();
            if (fault == Fault::unknown) note(tx, m_w.world, m_ada.id, "gone_fishing", asker, now);
            if (fault != Fault::no_event) note(tx, m_w.world, m_ada.id, "locked", asker, now);
            if (fault == Fault::twice) note(tx, m_w.world, m_ada.id, "locked", asker, now);
            const auto same = [&](const store::Channel&) { return facts_of(asker, now); };
            const Email* const but = fault == Fault::one_address ? &m_second : nullptr;
            if (fault != Fault::no_mail)
                tell_each(tx, m_w.world, Kind::account_locked, account, credentials, same, now, but);
            if (fault != Fault::no_text) tell_phones(tx, m_w.world, "T11", account, credentials, now);
        };
        sync_wait(m_w.world.database.transact(std::move(work)));
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    const Email m_second = *Email::parse("ada@second.example");
    const test::Person m_ada = m_w.person({.notice_email = "ada@second.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, EventWatch, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(EventWatch, SeesAnEventWithoutItsMails)
{
    m_w.transact([&](db::Tx& tx) {
        auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
        set.add_phone({m_w.random.id<ChannelId>(m_w.clock.now()), "+351912345678", m_w.clock.now()});
        set.save(tx, m_w.keys.keys, m_w.clock.now());
    });
    use_case(Fault::none);
    const std::pair<Fault, const char*> faults[]{
        {Fault::no_mail, "locked: E50 to ada@mail.example"},
        {Fault::one_address, "locked: E50 to ada@second.example"},
        {Fault::no_text, "locked: T11"},
        {Fault::no_event, "E50 tells of something that the history does not have"},
        {Fault::unknown, "gone_fishing has no row"},
        {Fault::twice, "locked: E50 to ada@mail.example"}};
    for (const auto& [fault, said] : faults) {
        testing::TestPartResultArray failures;
        {
            const testing::ScopedFakeTestPartResultReporter reporter(
                testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &failures);
            use_case(fault);
        }
        std::string all;
        for (int i = 0; i < failures.size(); ++i) all += failures.GetTestPartResult(i).message();
        EXPECT_NE(all.find(said), std::string::npos) << said << " is not in: " << all;
    }
}

TEST_P(EventWatch, ItsOwnLooksAreNotCounted)
{
    const auto before = m_w.world.database.statement_count();
    const auto all_before = m_fresh.database().statement_count();
    use_case(Fault::none);
    const auto all = m_fresh.database().statement_count() - all_before;
    EXPECT_LT(m_w.world.database.statement_count() - before, all) << "it did look";
}

}  // namespace
}  // namespace sallyport::proof
