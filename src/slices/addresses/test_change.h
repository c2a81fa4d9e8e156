#pragma once
// An account whose address is changed, as far as it comes; for the tests of A11.
#include "slices/addresses/change_address.h"

#include "proof/change_stops.h"
#include "proof/changes.h"
#include "support/engines.h"
#include "support/failing_database.h"
#include "support/signed_in.h"
#include "support/stops.h"
#include "support/told.h"

#include <gtest/gtest.h>

#include <map>

namespace sallyport::addresses {

using policy::Level;
using policy::changes::Kind;
using std::chrono::days;
using std::chrono::hours;

inline constexpr char old_address[] = "ada@mail.example";
inline constexpr char new_address[] = "ada@new.example";
inline constexpr char second_address[] = "ada@second.example";

class AddressTest : public testing::TestWithParam<db::test::Engine> {
protected:
    using Mails = std::map<std::string, store::OutboxMail>;  // by "E29 to"
    proof::Holder sign_in(Level level = Level::aal2)
    {
        auto browser = test::sign_in(m_w, m_ada.id, level, {policy::Method::password, policy::Method::totp});
        return {m_ada.id, browser.session, level, browser.asker};
    }
    /// What happens in the transaction of a step-up by the app, now.
    AskAnswer begin(const proof::Holder& holder, const std::string& address = new_address)
    {
        return m_w.transact([&](db::Tx& tx) {
            const Instant now = m_w.clock.now();
            store::spend_totp_step(tx, m_ada.app_ids.at(0), to_unix_ms(now) / 30'000, 0, now);
            const auto set = store::CredentialSet::load(tx, m_w.keys.keys, holder.account);
            return begin_address(tx, m_w.world, holder, set, address, now);
        });
    }
    std::string sent_code(const proof::Holder& holder, const std::string& to = new_address)
    {
        EXPECT_EQ(sync_wait(send_address_code(m_w.world, holder)).answer, proof::SendAnswer::sent);
        std::string code;
        for (const auto& mail : test::new_mails(m_w))
            if (mail.mail == "E7" && mail.to == to) code = test::parameter(mail, "code");
        return code;
    }
    Proven prove(const proof::Holder& holder, std::string typed)
    {
        return sync_wait(prove_address(m_w.world, holder, std::move(typed)));
    }
    Mails mails()
    {
        Mails all;
        for (auto& mail : test::new_mails(m_w)) all.emplace(mail.mail + " " + mail.to, std::move(mail));
        return all;
    }
    /// As far as the change that waits; the mails that tell of it.
    Mails ask(const proof::Holder& holder, const std::string& address = new_address)
    {
        EXPECT_EQ(begin(holder, address), AskAnswer::waits);
        const std::string code = sent_code(holder, address);
        EXPECT_EQ(prove(holder, code), Proven::change_waits);
        return mails();
    }
    /// And until it is done.
    Mails change(const std::string& address = new_address)
    {
        ask(sign_in(), address);
        m_w.clock.advance(hours{73});
        EXPECT_EQ(test::do_due(m_w), 1);
        return mails();
    }
    static std::string stop_in(const Mails& mails, const std::string& which)
    {
        const auto at = mails.find(which);
        return at == mails.end() ? "" : test::parameter(at->second, "stop");
    }
    /// nullopt: there is no such code.
    std::optional<StopAnswer> stop(const std::string& shown, bool strong = false)
    {
        policy::Methods beside;
        if (strong) beside.add(policy::Method::totp);
        return test::stop_by_code(m_w, shown, beside, &m_taken);
    }
    StopAnswer keep(const proof::Holder& holder, const ChangeId& change)
    {
        return sync_wait(proof::stop_by_session(m_w.world, holder, Kind::change_email, change));
    }
    std::string primary() { return m_w.credentials(m_ada.id).primary_address().address(); }
    std::string words()
    {
        return m_w.transact(
            [&](db::Tx& tx) { return store::load_account(tx, m_w.keys.keys, m_ada.id).words.now; });
    }
    std::optional<AccountId> owner_of(const std::string& address)
    {
        return m_w.transact([&](db::Tx& tx) { return store::find_account(tx, address); });
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Person m_ada = m_w.person({.notice_email = second_address});
    bool m_taken = false;
};

}  // namespace sallyport::addresses
