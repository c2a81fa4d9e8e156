// ux.md M12: the page of a removal says why it waits, and until when at the latest.
#include "slices/passkeys/endpoints.h"

#include "proof/changes.h"
#include "render/format.h"
#include "support/engines.h"
#include "support/enrolled.h"
#include "support/signed_in.h"
#include "support/told.h"

#include <gtest/gtest.h>

namespace sallyport::passkeys {
namespace {

using std::chrono::days;

class WaitingRemoval : public testing::TestWithParam<db::test::Engine> {
protected:
    WaitingRemoval() { add_routes(m_doors.router, m_doors.access()); }
    void ask(const FactorId& passkey)
    {
        m_w.transact([&](db::Tx& tx) {
            const Instant now = m_w.clock.now();
            auto set = store::CredentialSet::load(tx, m_w.keys.keys, m_ada.id);
            proof::ask_change(tx, m_w.world, set, policy::changes::Kind::remove_passkey, passkey.text(),
                              "Phone", {}, days{1}, now);
            set.save(tx, m_w.keys.keys, now);
        });
    }
    boost::json::object row()
    {
        m_doors.cookie = test::sign_in(m_w, m_ada.id).cookie;
        const auto page = m_doors.get("/account/passkeys");
        const auto& synced = page.at("synced").as_array();
        return (synced.empty() ? page.at("keys") : page.at("synced")).as_array().at(0).as_object();
    }

    db::test::FreshDatabase m_fresh = GetParam().make();
    test::World m_w{m_fresh.database()};
    test::Doors m_doors{m_w};
    const test::Person m_ada = m_w.person();
};
INSTANTIATE_TEST_SUITE_P(Engines, WaitingRemoval, testing::ValuesIn(db::test::engines()),
                         db::test::engine_name);

TEST_P(WaitingRemoval, ItsPageSaysWhy)
{
    const test::Authenticator phone("accounts.northstar.example", "https://accounts.northstar.example");
    const FactorId id = test::enrol(m_w, m_ada.id, phone);
    EXPECT_TRUE(row().at("due").is_null());
    EXPECT_TRUE(row().at("latest").is_null());
    ask(id);
    const Instant asked = m_w.clock.now();
    EXPECT_EQ(row().at("due").as_string(), render::format_machine(asked + days{1}));
    EXPECT_EQ(row().at("latest").as_string(), render::format_machine(asked + days{7}));
    EXPECT_EQ(row().at("late").as_string(), "") << "not due yet";
    m_w.clock.advance(days{1});
    EXPECT_EQ(row().at("late").as_string(), "untold");
    const auto page = m_doors.page("/account/passkeys");
    for (const char* const said : {"no message about it", "It was due on", "at the latest", "Keep it"})
        EXPECT_NE(page.find(said), std::string::npos) << said;
    m_w.clock.advance(days{6});
    EXPECT_EQ(row().at("late").as_string(), "") << "the worker does it now";
}

}  // namespace
}  // namespace sallyport::passkeys
