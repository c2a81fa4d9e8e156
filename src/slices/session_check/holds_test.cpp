// GET /api/v1/holds: what an exchange asks before value moves, on both engines.
#include "slices/session_check/endpoints.h"

#include "crypto/jws.h"
#include "proof/mailboxes.h"
#include "support/each_call.h"
#include "support/engines.h"
#include "support/signed_in.h"

#include <gtest/gtest.h>

namespace sallyport::session_check {
namespace {

using policy::holds::Cause;
using std::chrono::days;
using std::chrono::hours;

constexpr auto path = "/api/v1/holds";

class HoldsDoor : public testing::TestWithParam<db::test::Engine> {
protected:
    HoldsDoor()
    {
        add_routes(m_doors.router, m_doors.access(), m_signer, "/app/");
        m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
    }
    void hold(const AccountId& account, Cause cause, Duration length)
    {
        m_w.transact([&](db::Tx& tx) {
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, account);
            proof::start_hold(tx, m_w.world, set, cause, length, m_w.clock.now());
            set.save(tx, m_w.keys.keys, m_w.clock.now());
        });
    }
    /// "email_changed 2026-…Z", one a line.
    std::string reasons()
    {
        std::string all;
        for (const auto& one : m_doors.get(path).at("reasons").as_array()) {
            const auto& reason = one.as_object();
            all += std::string(reason.at("reason").as_string()) + " " +
                   std::string(reason.at("until").as_string()) + "\n";
        }
        return all;
    }
    std::string held_until()
    {
        const auto answer = m_doors.get(path);
        return answer.at("held_until").is_null() ? "" : std::string(answer.at("held_until").as_string());
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    db::test::FailingDatabase m_failing{m_fresh.database()};
    test::World m_w{m_failing};
    test::Doors m_doors{m_w};
    const crypto::JwsSigner m_signer{m_w.keys.ring};
    const test::Person m_ada = m_w.person();
    const test::Person m_eve = m_w.person({.email = "eve@mail.example"});
};
INSTANTIATE_TEST_SUITE_P(Engines, HoldsDoor, testing::ValuesIn(db::test::engines()), db::test::engine_name);

TEST_P(HoldsDoor, WantsASessionThatIsInForce)
{
    hold(m_ada.id, Cause::email_changed, hours{72});
    const auto get = http::Method::get;
    const auto ended = test::sign_in(m_w, m_ada.id);
    m_w.transact([&](db::Tx& tx) {
        store::end_session(tx, m_ada.id, store::session_id_of(ended.session), m_w.clock.now());
    });
    for (const std::string& cookie : {std::string(), std::string("x"), std::string(43, 'A'), ended.cookie}) {
        m_doors.cookie = cookie;
        EXPECT_EQ(m_doors.refused(path, {}, get), "401 sign_in_needed") << cookie;
    }
    const auto old = test::sign_in(m_w, m_ada.id);
    m_w.clock.advance(days{2});
    m_doors.cookie = old.cookie;
    EXPECT_EQ(m_doors.refused(path, {}, get), "401 sign_in_needed") << "over";
}

TEST_P(HoldsDoor, SaysNothingWhereNothingIsHeld)
{
    EXPECT_EQ(m_doors.send(http::Method::get, path).body, R"({"held_until":null,"reasons":[]})");
    hold(m_eve.id, Cause::password_reset, days{7});
    EXPECT_EQ(held_until(), "") << "another account's";
}

TEST_P(HoldsDoor, SaysEachReasonAndTheLongest)
{
    EXPECT_EQ(held_until(), "");
    hold(m_ada.id, Cause::email_changed, days{7});
    const std::string week = held_until();
    EXPECT_FALSE(week.empty()) << "read from the database each time";
    EXPECT_EQ(reasons(), "email_changed " + week + "\n");
    m_w.clock.advance(std::chrono::minutes{30});
    hold(m_ada.id, Cause::kit_made, hours{72});
    EXPECT_EQ(held_until(), week) << "a later, shorter one shortens nothing";
    EXPECT_NE(reasons().find("kit_made "), std::string::npos);
    EXPECT_NE(reasons().find("email_changed " + week), std::string::npos);
}

TEST_P(HoldsDoor, AHoldEndsInItsMoment)
{
    hold(m_ada.id, Cause::kit_made, hours{10});
    hold(m_ada.id, Cause::factor_added, hours{20});
    m_w.clock.advance(hours{10} - Duration{1});
    m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
    EXPECT_NE(reasons().find("kit_made"), std::string::npos);
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(reasons().find("kit_made"), std::string::npos);
    EXPECT_NE(reasons().find("factor_added"), std::string::npos);
    m_w.clock.advance(hours{10} - Duration{1});
    m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
    EXPECT_NE(held_until(), "");
    m_w.clock.advance(Duration{1});
    EXPECT_EQ(held_until(), "");
}

// A database that is away is no "nothing is held".
TEST_P(HoldsDoor, EachCallFailingAnswersNothing)
{
    hold(m_ada.id, Cause::email_changed, days{7});
    db::test::with_each_call_failing(m_failing, 1, [&](const std::string&, auto fails) {
        fails([&] {
            EXPECT_NE(m_doors.send(http::Method::get, path).body.find("email_changed"), std::string::npos);
        });
    });
}

}  // namespace
}  // namespace sallyport::session_check
