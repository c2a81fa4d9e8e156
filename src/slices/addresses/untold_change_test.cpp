// A change that is due waits until somebody heard of it (ux.md M12), on both engines.
#include "slices/addresses/endpoints.h"
#include "slices/addresses/test_change.h"

#include "render/format.h"
#include "store/address_standings.h"
#include "store/mail_breakers.h"
#include "store/message_reports.h"

namespace sallyport::addresses {
namespace {

class UntoldChange : public AddressTest {
protected:
    UntoldChange()
    {
        add_routes(m_doors.router, m_doors.access());
        m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
    }
    /// As far as it is due.
    Mails due()
    {
        const Mails asked = ask(sign_in());
        m_asked_at = m_w.clock.now();
        m_w.clock.advance(hours{73});
        return asked;
    }
    std::int64_t work() { return sync_wait(proof::do_due_changes(m_w.world)); }
    /// The worker looks again every five minutes.
    std::int64_t work_later()
    {
        m_w.clock.advance(std::chrono::minutes{5});
        return work();
    }
    void delivered(const Mails& mails, const std::string& which)
    {
        const OutboxId id = mails.at(which).id;
        m_w.transact([&](db::Tx& tx) { EXPECT_TRUE(store::mark_delivered(tx, id, m_w.clock.now())); });
    }
    void reported(const Mails& mails, const std::string& which, store::MessageReport report)
    {
        const OutboxId id = mails.at(which).id;
        m_w.transact([&](db::Tx& tx) { EXPECT_TRUE(store::note_report(tx, id, report)); });
    }
    policy::changes::Due due_of()
    {
        return m_w.transact([&](db::Tx& tx) {
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            return proof::due_of(tx, m_w.world, set, set.changes().at(0), m_w.clock.now());
        });
    }
    void stop_kind(bool stopped)
    {
        m_w.transact([&](db::Tx& tx) {
            policy::mail_breaker::Breaker breaker;
            if (stopped) breaker.stopped_at = m_w.clock.now();
            store::put_breaker(tx, "E29", breaker);
        });
    }
    /// "late" and "latest" of the change, as its page has them.
    std::string said()
    {
        const auto page = m_doors.get("/account/email");
        const auto& latest = page.at("latest");
        return std::string(page.at("late").as_string()) + " " +
               (latest.is_null() ? "-" : std::string(latest.as_string()));
    }
    Instant m_asked_at{};
    test::Doors m_doors{m_w};
};
INSTANTIATE_TEST_SUITE_P(Engines, UntoldChange, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

using policy::changes::Due;

TEST_P(UntoldChange, WaitsUntilOneMessageArrived)
{
    const Mails asked = due();
    EXPECT_EQ(work(), 0);
    EXPECT_EQ(due_of(), Due::untold);
    EXPECT_EQ(work_later(), 0);
    delivered(asked, std::string("E29 ") + second_address);
    EXPECT_EQ(work(), 0) << "it was looked at a moment ago";
    EXPECT_EQ(work_later(), 1);
    EXPECT_EQ(primary(), new_address);
    // The 30 days of the old address begin now.
    const auto done = m_w.credentials(m_ada.id).changes().at(0);
    EXPECT_EQ(done.pending.due_at, m_w.clock.now());
}

// What arrived told of something else: another event of that moment, an earlier change.
TEST_P(UntoldChange, NothingElseThatArrivedTellsOfIt)
{
    const Mails asked = due();
    const auto arrived = [&](const std::string& mail, Instant made_at) {
        const store::OutboxMail row{m_w.random.id<OutboxId>(made_at), m_ada.id, mail, old_address, "en", {}};
        m_w.transact([&](db::Tx& tx) {
            store::put_mail(tx, m_w.keys.keys, row, store::MailPriority::security, made_at);
            EXPECT_TRUE(store::mark_delivered(tx, row.id, m_w.clock.now()));
        });
    };
    arrived("E11", m_asked_at);
    EXPECT_EQ(due_of(), Due::untold);
    arrived("E29", m_asked_at - Duration{1});
    EXPECT_EQ(due_of(), Due::untold);
    delivered(asked, std::string("E29 ") + old_address);
    EXPECT_EQ(due_of(), Due::now);
}

TEST_P(UntoldChange, OrUntilSevenDaysHavePassed)
{
    due();
    m_w.clock.set(m_asked_at + days{7} - Duration{1});
    EXPECT_EQ(work(), 0);
    EXPECT_EQ(due_of(), Due::untold);
    m_w.clock.set(m_asked_at + days{7});
    EXPECT_EQ(work(), 1);
    EXPECT_EQ(primary(), new_address);
}

// ux.md M12: the page of the change says why it waits, and until when at the latest.
TEST_P(UntoldChange, ItsPageSaysWhyItWaits)
{
    EXPECT_EQ(said(), " -");
    const Mails asked = ask(sign_in());
    m_asked_at = m_w.clock.now();
    const auto sign_in_anew = [this] { m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie; };
    const std::string latest = render::format_machine(m_asked_at + days{7});
    EXPECT_EQ(said(), " " + latest) << "not due yet";
    EXPECT_EQ(m_doors.page("/account/email").find("no message about it"), std::string::npos);
    m_w.clock.advance(hours{73});
    sign_in_anew();
    EXPECT_EQ(said(), "untold " + latest);
    const auto page = m_doors.page("/account/email");
    EXPECT_NE(page.find("no message about it"), std::string::npos);
    EXPECT_NE(page.find("It was due on"), std::string::npos);
    EXPECT_NE(page.find("at the latest"), std::string::npos);
    stop_kind(true);
    EXPECT_EQ(said(), "stopped " + latest);
    EXPECT_NE(m_doors.page("/account/email").find("are held"), std::string::npos);
    stop_kind(false);
    delivered(asked, std::string("E29 ") + second_address);
    EXPECT_EQ(said(), " " + latest) << "the worker does it now";
    const std::string change(m_doors.get("/account/email").at("change").as_string());
    EXPECT_EQ(m_doors.next("/account/email/keep", {{"change", change}}), "/account/email?done=kept");
    EXPECT_EQ(said(), " -");
}

TEST_P(UntoldChange, WhatCameBackWasNotTold)
{
    const Mails asked = due();
    const std::string first = std::string("E29 ") + old_address,
                      second = std::string("E29 ") + second_address;
    delivered(asked, first);
    reported(asked, first, store::MessageReport::bounced);
    EXPECT_EQ(due_of(), Due::untold);
    delivered(asked, second);
    reported(asked, second, store::MessageReport::complained);
    EXPECT_EQ(due_of(), Due::now) << "it was called junk: it arrived";
}

TEST_P(UntoldChange, AnUndeliverableAddressWasNotTold)
{
    const Mails asked = due();
    const auto mark = [&](const char* address, bool undeliverable) {
        policy::deliverability::Standing standing;
        if (undeliverable) {
            standing.failures = 1;
            standing.undeliverable_since = m_w.clock.now();
        }
        m_w.transact([&](db::Tx& tx) {
            store::put_standing(tx, m_w.keys.keys, m_ada.id, *Email::parse(address), standing);
        });
    };
    mark(old_address, true);
    delivered(asked, std::string("E29 ") + old_address);
    EXPECT_EQ(due_of(), Due::untold) << "a relay takes everything";
    mark(old_address, false);
    EXPECT_EQ(due_of(), Due::now);
}

TEST_P(UntoldChange, WaitsWhileItsKindOfMailIsStopped)
{
    const Mails asked = due();
    delivered(asked, std::string("E29 ") + old_address);
    stop_kind(true);
    EXPECT_EQ(due_of(), Due::stopped);
    EXPECT_EQ(work(), 0);
    m_w.clock.set(m_asked_at + days{7} - Duration{1});
    EXPECT_EQ(work(), 0);
    stop_kind(false);
    EXPECT_EQ(due_of(), Due::now);
    stop_kind(true);
    m_w.clock.set(m_asked_at + days{7});
    EXPECT_EQ(work(), 1) << "the operator slept for a week";
}

TEST_P(UntoldChange, WhileItWaitsItCanBeStopped)
{
    const Mails asked = due();
    EXPECT_EQ(work(), 0);
    m_w.clock.set(m_asked_at + days{7} - Duration{1});
    EXPECT_EQ(stop(stop_in(asked, std::string("E29 ") + second_address)), StopAnswer::stopped);
    m_w.clock.advance(days{1});
    EXPECT_EQ(work(), 0);
    EXPECT_EQ(primary(), old_address);
}

TEST_P(UntoldChange, AClockThatJumpsDoesNothingTwice)
{
    const Mails asked = due();
    delivered(asked, std::string("E29 ") + old_address);
    m_w.clock.advance(-days{30});
    EXPECT_EQ(work(), 0);
    EXPECT_EQ(primary(), old_address);
    m_w.clock.advance(days{30});
    EXPECT_EQ(work(), 1);
    m_w.clock.advance(-days{3});
    EXPECT_EQ(work(), 0);
    m_w.clock.advance(days{4});
    EXPECT_EQ(work(), 0);
    EXPECT_EQ(primary(), new_address);
}

/// Each change that anybody can ask for has messages that tell of it; else it would wait seven days.
TEST(AskedNotices, OfEveryChangeThatWaits)
{
    using policy::changes::Kind;
    for (const Kind kind : {Kind::remove_passkey, Kind::remove_app, Kind::remove_password, Kind::change_email,
                            Kind::change_phone}) {
        const auto notice = proof::asked_notice_of(kind);
        ASSERT_TRUE(notice.has_value());
        EXPECT_FALSE(proof::mail_of(notice->mail).empty());
        EXPECT_TRUE(notice->text.starts_with('T'));
    }
    for (const Kind kind : {Kind::remove_notice_address, Kind::remove_phone, Kind::stop_email_codes})
        EXPECT_FALSE(proof::asked_notice_of(kind)) << "nobody can ask for it, or it waits for nothing";
}

}  // namespace
}  // namespace sallyport::addresses
