#pragma once
// For the tests of the step-up on both engines: who asks, what is asked, and what came of it.
#include "access/step_up.h"

#include "store/events.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/failing_database.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::access {

class StepUpGround : public testing::TestWithParam<db::test::Engine> {
protected:
    /// Another `name` is another session.
    SignedIn signed_in(const test::Person& person, std::uint8_t name = 1)
    {
        store::TokenHash hash{};
        hash.fill(name);
        return {{store::session_id_of(hash), person.id, m_level, 3, test::start_of_test, test::start_of_test},
                hash,
                test::stranger()};
    }
    /// Gives the row's id.
    std::string ask_for(const SignedIn& who, StepUpRequest request)
    {
        const std::string path = sync_wait(ask(m_access, who, std::move(request)));
        EXPECT_TRUE(path.starts_with("/account/reauth/"));
        return path.substr(path.rfind('/') + 1);
    }
    Offers offers(const SignedIn& who, const std::string& id)
    {
        return sync_wait(find(m_access, who, id))->offers;
    }
    ProofAnswer password(const SignedIn& who, const std::string& id, std::string typed)
    {
        return sync_wait(prove_password(m_access, who, id, std::move(typed))).answer;
    }
    /// The challenge of a row, answered by `key`.
    static GivenProof answer(const PasskeyQuestion& asked, const test::Authenticator& key)
    {
        auto said = key.answer(asked.challenge.bytes);
        return {"",
                proof::PasskeyAnswer{
                    key.credential_id, said.client_data_json, said.authenticator_data, said.signature, {}},
                asked.challenge.cookie};
    }
    /// The deed is an event whose detail is the row's payload; one that nobody is told of.
    ProofOutcome prove_it(const SignedIn& who, const std::string& purpose, const std::string& id,
                          GivenProof given)
    {
        const EventId event = m_w.random.id<EventId>(now());
        const auto deed = [this, event](Deed& done) {
            const std::string said = done.payload.text();
            store::add_event(done.tx, {event, done.account.id, deed_event, done.now, "", "", said});
            m_watch(done);
        };
        return sync_wait(prove(m_access, who, purpose, id, std::move(given), deed));
    }
    std::int64_t deeds(const test::Person& person) { return test::events_of(m_w, person.id, deed_event); }
    Instant now() { return m_w.clock.now(); }
    static constexpr char deed_event[] = "questions_stopped";

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    SessionCache m_cache{m_failing, m_w.keys.keys, m_w.clock, m_w.world.sessions};
    Access m_access{m_w.world, m_cache};
    std::int64_t m_level = 2;                                       // of the sessions
    std::function<void(const Deed&)> m_watch = [](const Deed&) {};  // inside the transaction
};

}  // namespace sallyport::access
