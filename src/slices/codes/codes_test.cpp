// A7 and A8: who may, what is told, what waits.
#include "policy/step_up.h"
#include "proof/change_stops.h"
#include "proof/changes.h"
#include "slices/codes/endpoints.h"
#include "slices/codes/keep_codes.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/signed_in.h"
#include "support/told.h"

#include <gtest/gtest.h>

namespace sallyport::codes {
namespace {

using policy::Level;

constexpr char first_number[] = "+351912345678";
constexpr char second_number[] = "+4915123456789";

class Codes : public testing::TestWithParam<db::test::Engine> {
protected:
    proof::Holder sign_in(Level level = Level::aal2)
    {
        auto browser = test::sign_in(m_w, m_ada.id, level, {policy::Method::password, policy::Method::totp});
        return {m_ada.id, browser.session, level, browser.asker};
    }
    /// What happens in the transaction of a step-up by the app, now.
    template <class Work>
    auto stepped_up(Work work)
    {
        return m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            const Instant now = m_w.clock.now();
            const FactorId app = set.totp_apps(tx, m_w.keys.keys).at(0).id;
            store::spend_totp_step(tx, app, to_unix_ms(now) / 30'000, 0, now);
            set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            return work(tx, set, now);
        });
    }
    Begun begin(const proof::Holder& holder, const std::string& number,
                const std::optional<ChannelId>& replaced = std::nullopt)
    {
        return stepped_up([&](db::Tx& tx, store::CredentialSet& set, Instant now) {
            return begin_phone(tx, m_w.world, holder, set, number, replaced, now);
        });
    }
    std::vector<store::OutboxMail> texts()
    {
        const auto claimed = m_w.transact([&](db::Tx& tx) {
            return store::claim_mail(tx, m_w.keys.keys, 100, std::chrono::days{400}, m_w.clock.now(),
                                     store::OutboxChannel::text);
        });
        std::vector<store::OutboxMail> all;
        for (const auto& one : claimed) all.push_back(one.mail);
        return all;
    }
    std::string sent_code(const proof::Holder& holder)
    {
        EXPECT_EQ(sync_wait(send_number_code(m_w.world, holder)).answer, proof::SendAnswer::sent);
        const auto waiting = texts();
        return waiting.empty() ? std::string() : test::parameter(waiting.back(), "code");
    }
    Proven prove(const proof::Holder& holder, std::string typed)
    {
        return sync_wait(prove_number(m_w.world, holder, std::move(typed))).answer;
    }
    void add(const std::string& number)
    {
        const auto holder = sign_in();
        ASSERT_EQ(begin(holder, number).may, Answer::allowed);
        ASSERT_EQ(prove(holder, sent_code(holder)), Proven::added);
        m_w.clock.advance(std::chrono::hours{25});
    }
    std::vector<std::string> numbers()
    {
        std::vector<std::string> all;
        for (const auto& phone : m_w.credentials(m_ada.id).phones()) all.push_back(phone.number);
        return all;
    }
    std::int64_t mails(const std::string& mail) { return test::mails_of(m_w, m_ada.id, mail); }
    std::int64_t events(const std::string& kind) { return test::events_of(m_w, m_ada.id, kind); }
    bool keep(const proof::Holder& holder, const ChangeId& change)
    {
        return sync_wait(proof::stop_by_session(m_w.world, holder, policy::changes::Kind::change_phone,
                                                change)) == policy::changes::StopAnswer::stopped;
    }
    ChannelId phone_id() { return m_w.credentials(m_ada.id).phones().at(0).id; }
    AskAnswer remove(const proof::Holder& holder, const ChannelId& id)
    {
        return stepped_up([&](db::Tx& tx, store::CredentialSet& set, Instant now) {
            const auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
            return remove_phone(tx, m_w.world, holder, account, set, id, now);
        });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Person m_ada = m_w.person({.notice_email = "ada@second.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, Codes, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(Codes, ANumberIsTheAccountsWhenItsCodeIsRight)
{
    const auto holder = sign_in();
    const auto other = sign_in();
    ASSERT_EQ(begin(holder, first_number).may, Answer::allowed);
    EXPECT_EQ(prove(holder, "123456"), Proven::code_over) << "none was sent";
    const std::string code = sent_code(holder);
    EXPECT_EQ(prove(other, code), Proven::over) << "another session";
    EXPECT_EQ(prove(holder, code == "000000" ? "000001" : "000000"), Proven::wrong);
    EXPECT_TRUE(numbers().empty());
    EXPECT_EQ(prove(holder, code), Proven::added);
    EXPECT_EQ(prove(holder, code), Proven::over);
    EXPECT_EQ(numbers(), std::vector<std::string>{first_number});
    EXPECT_EQ(mails("E25-added"), 2) << "both addresses";
    EXPECT_EQ(events("phone_added"), 1);
    EXPECT_EQ(test::sessions_of(m_w, m_ada.id), 1U) << "all other sessions end";
    EXPECT_TRUE(m_w.credentials(m_ada.id).held_until(m_w.clock.now()));
}

TEST_P(Codes, ComeOnlyWhereTheLawLetsThem)
{
    EXPECT_EQ(begin(sign_in(Level::aal1), first_number).may, Answer::needs_level);
    m_w.world.methods.sms_code = false;
    EXPECT_EQ(begin(sign_in(), first_number).may, Answer::method_not_taken);
    m_w.world.methods.sms_code = true;
    add(first_number);
    EXPECT_EQ(begin(sign_in(), first_number).may, Answer::held_already);
    add(second_number);
    EXPECT_EQ(begin(sign_in(), "+12015550123").may, Answer::too_many);
    const auto found = sync_wait(look_at_number(m_w.world, sign_in(), "760 123 456", "PT", std::nullopt));
    EXPECT_EQ(found.number, Number::premium);
}

TEST_P(Codes, RemovalIsAtOnceAndTheOldNumberHearsOnFor30Days)
{
    add(first_number);
    const auto holder = sign_in();
    texts();
    EXPECT_EQ(remove(holder, phone_id()), AskAnswer::at_once);
    EXPECT_TRUE(numbers().empty());
    EXPECT_EQ(mails("E25-removed"), 2);
    const auto told = texts();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].mail, "T5");
    EXPECT_EQ(told[0].to, first_number);
    m_w.clock.advance(std::chrono::days{28});
    add(second_number);
    EXPECT_EQ(remove(sign_in(), phone_id()), AskAnswer::at_once);
    EXPECT_EQ(texts().size(), 2U) << "the number of 30 days ago hears of it, too";
    m_w.clock.advance(std::chrono::days{31});
    add(second_number);
    EXPECT_EQ(remove(sign_in(), phone_id()), AskAnswer::at_once);
    EXPECT_EQ(texts().size(), 1U);
}

TEST_P(Codes, AChangeWaitsIsToldAndCanBeStopped)
{
    add(first_number);
    const auto holder = sign_in();
    const auto begun = begin(holder, second_number, phone_id());
    ASSERT_EQ(begun.may, Answer::allowed);
    ASSERT_EQ(begun.change, AskAnswer::waits);
    ASSERT_EQ(prove(holder, sent_code(holder)), Proven::change_waits);
    EXPECT_EQ(numbers(), std::vector<std::string>{first_number});
    EXPECT_EQ(mails("E25-asked"), 2);
    const auto told = texts();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].mail, "T4");
    EXPECT_EQ(told[0].to, first_number);
    const auto shown = sync_wait(show(m_w.world, holder));
    ASSERT_TRUE(shown.phones.at(0).leaving);
    EXPECT_EQ(begin(holder, second_number, phone_id()).change, AskAnswer::pending_already);
    EXPECT_TRUE(keep(holder, shown.phones[0].leaving->change.id));
    EXPECT_FALSE(keep(holder, shown.phones[0].leaving->change.id));
    m_w.clock.advance(std::chrono::days{4});
    EXPECT_EQ(test::do_due(m_w), 0);
    EXPECT_EQ(numbers(), std::vector<std::string>{first_number});
}

// ux.md M12: the page of the change says why it waits.
TEST_P(Codes, TheirPageSaysWhyAChangeWaits)
{
    test::Doors doors(m_w);
    add_routes(doors.router, doors.access());
    add(first_number);
    const auto holder = sign_in();
    ASSERT_EQ(begin(holder, second_number, phone_id()).change, AskAnswer::waits);
    ASSERT_EQ(prove(holder, sent_code(holder)), Proven::change_waits);
    const auto late = [&] {
        doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
        const auto phone = doors.get("/account/phone").at("phones").at(0).as_object();
        EXPECT_FALSE(phone.at("latest").is_null());
        EXPECT_FALSE(phone.at("after").as_string().empty());
        return std::string(phone.at("late").as_string());
    };
    EXPECT_EQ(late(), "") << "not due yet";
    m_w.clock.advance(std::chrono::days{4});
    EXPECT_EQ(late(), "untold");
    EXPECT_NE(doors.page("/account/phone").find("no message about it"), std::string::npos);
    test::told(m_w);
    EXPECT_EQ(late(), "") << "the worker does it now";
}

TEST_P(Codes, ASessionKeepsANumberOnceAndAFactorAlways)
{
    using policy::changes::StopAnswer;
    add(first_number);
    const auto holder = sign_in();
    const auto ask = [&] {
        m_w.clock.advance(std::chrono::hours{25});
        texts();
        const auto asking = sign_in();
        EXPECT_EQ(begin(asking, second_number, phone_id()).change, AskAnswer::waits);
        EXPECT_EQ(prove(asking, sent_code(asking)), Proven::change_waits);
        return sync_wait(show(m_w.world, asking)).phones.at(0).leaving.value().change.id;
    };
    const auto kind = policy::changes::Kind::change_phone;
    EXPECT_EQ(sync_wait(proof::stop_by_session(m_w.world, sign_in(), kind, ask())), StopAnswer::stopped);
    const ChangeId change = ask();
    EXPECT_EQ(sync_wait(proof::stop_by_session(m_w.world, sign_in(), kind, change)), StopAnswer::once_only);
    const auto by = [&](policy::Methods shown) {
        return m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            return proof::stop_by_holder(tx, m_w.world, holder, set, kind, change, shown, m_w.clock.now());
        });
    };
    EXPECT_EQ(by({policy::Method::password}), StopAnswer::once_only);
    EXPECT_EQ(by({policy::Method::passkey}), StopAnswer::stopped);
    EXPECT_EQ(mails("E29-stopped"), 4) << "two addresses, twice";
}

TEST_P(Codes, ADueChangeIsDoneAndTheOldNumberHearsOfIt)
{
    add(first_number);
    const auto holder = sign_in();
    ASSERT_EQ(begin(holder, second_number, phone_id()).change, AskAnswer::waits);
    ASSERT_EQ(prove(holder, sent_code(holder)), Proven::change_waits);
    texts();
    m_w.clock.advance(std::chrono::hours{23});
    EXPECT_EQ(test::do_due(m_w), 0);
    m_w.clock.advance(std::chrono::hours{50});
    EXPECT_EQ(test::do_due(m_w), 1);
    EXPECT_EQ(numbers(), std::vector<std::string>{second_number});
    EXPECT_EQ(mails("E25-changed"), 2);
    EXPECT_EQ(texts().size(), 2U) << "the old number and the new one";
    EXPECT_TRUE(m_w.credentials(m_ada.id).held_until(m_w.clock.now()));
}

TEST_P(Codes, MailCodesGoOnAndOff)
{
    const auto on = [&](const proof::Holder& holder) {
        return stepped_up([&](db::Tx& tx, store::CredentialSet& set, Instant now) {
            const auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
            return start_mail_codes(tx, m_w.world, holder, account, set, now);
        });
    };
    EXPECT_EQ(on(sign_in(Level::aal1)), Answer::needs_level);
    const auto holder = sign_in();
    EXPECT_EQ(on(holder), Answer::allowed);
    EXPECT_EQ(on(holder), Answer::held_already);
    EXPECT_TRUE(m_w.credentials(m_ada.id).email_codes_since());
    EXPECT_EQ(mails("E26-on"), 2);
    const auto off = stepped_up([&](db::Tx& tx, store::CredentialSet& set, Instant now) {
        const auto account = store::load_account(tx, m_w.keys.keys, m_ada.id);
        return stop_mail_codes(tx, m_w.world, holder, account, set, now);
    });
    EXPECT_EQ(off, AskAnswer::at_once);
    EXPECT_FALSE(m_w.credentials(m_ada.id).email_codes_since());
    EXPECT_EQ(mails("E26-off"), 2);
    EXPECT_EQ(events("mail_codes_on") + events("mail_codes_off"), 2);
}

TEST_P(Codes, EachCallFailingLeavesNoHalf)
{
    db::test::with_each_call_failing(m_failing, 2, [&](const std::string&, auto fails) {
        m_w.clock.advance(std::chrono::hours{25});
        const auto holder = sign_in();
        for (const auto& phone : m_w.credentials(m_ada.id).phones()) remove(holder, phone.id);
        ASSERT_EQ(begin(holder, first_number).may, Answer::allowed);
        const std::string code = sent_code(holder);
        const auto told = mails("E25-added");
        fails([&] { prove(holder, code); });
        EXPECT_EQ(mails("E25-added") - told, numbers().empty() ? 0 : 2) << "added and told, or neither";
    });
}

TEST_P(Codes, ACodeForANumberIsOwedAndKnownOrNeither)
{
    db::test::with_each_call_failing(m_failing, 3, [&](const std::string&, auto fails) {
        m_w.clock.advance(std::chrono::hours{25});
        const auto holder = sign_in();
        ASSERT_EQ(begin(holder, first_number).may, Answer::allowed);
        texts();
        fails([&] {
            EXPECT_EQ(sync_wait(send_number_code(m_w.world, holder)).answer, proof::SendAnswer::sent);
        });
        const auto owed = texts();
        const auto open = sync_wait(find_set_up(m_w.world, holder));
        ASSERT_TRUE(open);
        EXPECT_EQ(open->code.has_value(), !owed.empty());
        EXPECT_TRUE(numbers().empty());
        m_w.clock.advance(std::chrono::minutes{2});
        EXPECT_EQ(prove(holder, sent_code(holder)), Proven::added) << "it can be asked for again";
        EXPECT_EQ(remove(sign_in(), phone_id()), AskAnswer::at_once);
    });
}

TEST_P(Codes, AChangeOfNumberIsAskedForAndToldOrNeither)
{
    add(first_number);
    db::test::with_each_call_failing(m_failing, 2, [&](const std::string&, auto fails) {
        texts();
        m_w.clock.advance(std::chrono::days{31});  // a session stops one such change in 30 days
        const auto holder = sign_in();
        ASSERT_EQ(begin(holder, second_number, phone_id()).change, AskAnswer::waits);
        const std::string code = sent_code(holder);
        const auto told = mails("E25-asked");
        fails([&] { EXPECT_EQ(prove(holder, code), Proven::change_waits); });
        auto shown = sync_wait(show(m_w.world, holder));
        EXPECT_EQ(mails("E25-asked") - told, shown.phones.at(0).leaving ? 2 : 0);
        if (!shown.phones[0].leaving) {
            EXPECT_EQ(prove(holder, code), Proven::change_waits);
            shown = sync_wait(show(m_w.world, holder));
        }
        EXPECT_EQ(mails("E25-asked") - told, 2) << "once";
        ASSERT_TRUE(shown.phones.at(0).leaving);
        EXPECT_TRUE(keep(holder, shown.phones[0].leaving->change.id));
        EXPECT_EQ(numbers(), std::vector<std::string>{first_number});
    });
}

TEST_P(Codes, StoppingAChangeStopsItOrNothing)
{
    add(first_number);
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string&, auto fails) {
        texts();
        m_w.clock.advance(std::chrono::days{31});
        const auto holder = sign_in();
        ASSERT_EQ(begin(holder, second_number, phone_id()).change, AskAnswer::waits);
        ASSERT_EQ(prove(holder, sent_code(holder)), Proven::change_waits);
        const auto waiting = sync_wait(show(m_w.world, holder)).phones.at(0).leaving;
        ASSERT_TRUE(waiting);
        fails([&] { EXPECT_TRUE(keep(holder, waiting->change.id)); });
        const bool runs = sync_wait(show(m_w.world, holder)).phones.at(0).leaving.has_value();
        EXPECT_EQ(keep(holder, waiting->change.id), runs);
        m_w.clock.advance(std::chrono::days{4});
        EXPECT_EQ(test::do_due(m_w), 0);
        EXPECT_EQ(numbers(), std::vector<std::string>{first_number});
    });
}

TEST_P(Codes, ADueChangeIsDoneOnceHoweverOftenTheWorkerFails)
{
    add(first_number);
    std::string now_held = first_number;
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string&, auto fails) {
        texts();
        m_w.clock.advance(std::chrono::days{8});
        const std::string next = now_held == first_number ? second_number : first_number;
        const auto holder = sign_in();
        ASSERT_EQ(begin(holder, next, phone_id()).change, AskAnswer::waits);
        ASSERT_EQ(prove(holder, sent_code(holder)), Proven::change_waits);
        m_w.clock.advance(std::chrono::days{4});
        const auto told = mails("E25-changed");
        test::told(m_w);
        fails([&] { EXPECT_EQ(sync_wait(proof::do_due_changes(m_w.world)), 1); });
        const bool done = numbers().at(0) == next;
        EXPECT_EQ(mails("E25-changed") - told, done ? 2 : 0);
        EXPECT_EQ(test::do_due(m_w), done ? 0 : 1);
        EXPECT_EQ(numbers(), std::vector<std::string>{next});
        EXPECT_EQ(mails("E25-changed") - told, 2);
        now_held = next;
    });
}

}  // namespace
}  // namespace sallyport::codes
