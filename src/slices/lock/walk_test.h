#pragma once
// For this room's tests: a lock and an unlocking as their endpoints take them.
#include "proof/cases.h"
#include "proof/changes.h"
#include "proof/codes.h"
#include "proof/effects.h"
#include "slices/lock/begin_unlock.h"
#include "slices/lock/human_step.h"
#include "slices/lock/lock_account.h"
#include "slices/lock/show_proof.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::lock {

using policy::lock::Answer;
using policy::lock::UnlockAnswer;
using std::chrono::hours;
using test::Authenticator;
using test::Person;
using test::stranger;

inline constexpr auto host = "accounts.northstar.example";
inline constexpr auto origin = "https://accounts.northstar.example";

class Locking : public testing::TestWithParam<db::test::Engine> {
protected:
    Person person(const std::string& name = "ada")
    {
        return m_w.person(
            {.email = name + "@mail.example", .codes = 4, .notice_email = name + "@other.example"});
    }
    /// A mail of ours to each address of the person: the lock code in the one to `to`.
    std::string code_in_mail(const Person& who, const std::string& to)
    {
        m_w.transact([&](db::Tx& tx) {
            const auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, who.id);
            const auto account = store::load_account(tx, m_w.keys.keys, who.id);
            proof::tell(tx, m_w.world, policy::notices::Kind::kit_made, account, credentials,
                        proof::facts_of(stranger(), m_w.clock.now()), m_w.clock.now());
        });
        return newest_code(to);
    }
    std::string newest_code(const std::string& to)
    {
        m_mails = test::new_mails(m_w);
        std::string code;
        for (const store::OutboxMail& mail : m_mails)
            if (mail.to == to) code = test::parameter(mail, "lock_code");
        return code;
    }
    LockOutcome lock(const std::string& email, const std::string& code, bool step = true)
    {
        return sync_wait(lock_by_code(m_w.world, stranger(), {Email::parse(email), code, step}));
    }
    LockOutcome lock(const Person& who, bool notice = false)
    {
        const std::string to = notice ? "ada@other.example" : who.email.address();
        return lock(to, code_in_mail(who, to));
    }
    /// The address is another one, as the worker makes it.
    void move_address(const Person& who, const std::string& to)
    {
        m_w.transact([&](db::Tx& tx) {
            auto credentials = store::CredentialSet::load(tx, m_w.keys.keys, who.id);
            std::string channel;
            for (const auto& one : credentials.channels())
                if (one.role == store::ChannelRole::primary) channel = one.id.text();
            proof::ask_change(tx, m_w.world, credentials, policy::changes::Kind::change_email, channel,
                              who.email.address(), to, hours{24}, m_w.clock.now());
            credentials.save(tx, m_w.keys.keys, m_w.clock.now());
        });
        m_w.clock.advance(hours{24 * 7});  // told to nobody: it waits so long
        ASSERT_EQ(work(), 1);
        ASSERT_EQ(m_w.credentials(who.id).primary_address().address(), to);
    }
    bool is_locked(const Person& who)
    {
        return m_w.credentials(who.id).state() == store::AccountState::locked;
    }
    std::string mailed(const std::string& to, std::string_view name)
    {
        std::string value;
        for (const store::OutboxMail& mail : test::new_mails(m_w))
            if (mail.to == to && !test::parameter(mail, name).empty()) value = test::parameter(mail, name);
        return value;
    }
    store::TokenHash begin(const Person& who)
    {
        m_w.clock.advance(std::chrono::minutes{2});
        test::new_mails(m_w);
        return sync_wait(begin_unlock(m_w.world, stranger(), who.email)).token.hash;
    }
    StepOutcome show(const store::TokenHash& secret, Proof proof, std::string_view typed)
    {
        return sync_wait(show_typed(m_w.world, stranger(), secret, proof, Secret::from_text(typed)));
    }
    StepOutcome show_mail(const store::TokenHash& secret, const Person& who)
    {
        return show(secret, Proof::mail, mailed(who.email.address(), "code"));
    }
    StepOutcome show_app(const store::TokenHash& secret, const Person& who)
    {
        return show(secret, Proof::app, who.code(m_w.clock.now()));
    }
    StepOutcome show_key(const store::TokenHash& secret, const Authenticator& key, const Person& who)
    {
        const auto asked = sync_wait(ask_unlock_passkey(m_w.world, secret));
        EXPECT_TRUE(asked.has_value());
        auto said = key.answer(asked->challenge.bytes);
        return sync_wait(show_passkey(m_w.world, stranger(), secret, asked->challenge.cookie,
                                      {key.credential_id, said.client_data_json, said.authenticator_data,
                                       said.signature, proof::user_handle_of(who.id)}));
    }
    LockOutcome lock_with(const Authenticator& key, const Person& who)
    {
        const auto asked = ask_passkey(m_w.world);
        auto said = key.answer(asked.bytes);
        return sync_wait(lock_by_passkey(m_w.world, stranger(), asked.cookie,
                                         {key.credential_id, said.client_data_json, said.authenticator_data,
                                          said.signature, proof::user_handle_of(who.id)}));
    }
    std::int64_t work() { return sync_wait(proof::do_due_changes(m_w.world)); }
    /// One factor and the mailed code, and the day that follows.
    void unlock_in_a_day(const Person& who)
    {
        const auto secret = begin(who);
        ASSERT_EQ(show_mail(secret, who).asked.answer, UnlockAnswer::not_enough);
        ASSERT_EQ(show_app(secret, who).asked.answer, UnlockAnswer::waits);
        m_w.clock.advance(hours{24});
        ASSERT_EQ(work(), 1);
        ASSERT_FALSE(is_locked(who));
    }
    std::uint64_t statements(const std::function<void()>& deed)
    {
        const auto before = m_w.world.database.statement_count();
        deed();
        return m_w.world.database.statement_count() - before;
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    std::vector<store::OutboxMail> m_mails;
};
}  // namespace sallyport::lock
