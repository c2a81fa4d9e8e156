// How long a change of one's own holds value: by who was told, and what was evidence.
#include "proof/changes.h"
#include "support/engines.h"
#include "support/world.h"

#include <gtest/gtest.h>

namespace sallyport::proof {
namespace {

using policy::holds::Cause;
using std::chrono::days;
using std::chrono::hours;

constexpr std::int64_t apple = 1;

class OwnHolds : public testing::Test {
protected:
    Duration held(const test::PersonPlan& plan, std::int64_t passkey_provider = -1)
    {
        db::test::FreshDatabase fresh = db::test::engines().front().make();
        test::World w{fresh.database()};
        const auto ada = w.person(plan);
        return w.transact([&](db::Tx& tx) {
            const Instant now = w.clock.now();
            auto set = store::CredentialSet::load(tx, w.keys.keys, ada.id);
            if (passkey_provider >= 0) add_passkey(w, set, passkey_provider);
            set.save(tx, w.keys.keys, now);
            hold_value(tx, w.world, set, Cause::password_changed, now);
            const Duration first = *set.held_until(now) - now;
            // A second one, an hour later, shortens nothing.
            hold_value(tx, w.world, set, Cause::kit_made, now + hours{1});
            EXPECT_GE(*set.held_until(now), now + first);
            EXPECT_EQ(set.holds().size(), 2U);
            return first;
        });
    }
    static void add_passkey(test::World& w, store::CredentialSet& set, std::int64_t provider)
    {
        // iCloud Keychain's AAGUID, or one that nobody knows.
        const Bytes icloud{0xfb, 0xfc, 0x30, 0x07, 0x15, 0x4e, 0x4e, 0xcc,
                           0x8c, 0x0b, 0x6e, 0x02, 0x05, 0x57, 0xd7, 0xbd};
        const Instant at = w.clock.now() - days{9};
        set.add_passkey({w.random.id<FactorId>(at),
                         Bytes{1, 2, 3},
                         Bytes{4},
                         provider == apple ? icloud : Bytes(16, 0),
                         "Phone",
                         {},
                         true,
                         true,
                         at,
                         0,
                         true,
                         std::nullopt,
                         {}});
    }
};

TEST_F(OwnHolds, WhoeverIsToldElsewhereShortensThem)
{
    EXPECT_EQ(held({}), days{3}) << "the mailbox hears of it, and was no evidence";
    EXPECT_EQ(held({.email = "ada@gmail.com"}), days{3});
    EXPECT_EQ(held({.email = "ada@gmail.com", .apps = 0}, apple), days{3});
    EXPECT_EQ(held({.email = "ada@icloud.com", .apps = 0}, apple), days{7}) << "one cloud has both";
    EXPECT_EQ(held({.email = "ada@icloud.com", .apps = 0, .notice_email = "ada@gmail.com"}, apple), days{3});
    EXPECT_EQ(held({.email = "ada@gmail.com", .apps = 0}, 0), days{7}) << "nobody knows which cloud";
    EXPECT_EQ(held({.email = "ada@own.example", .apps = 0}, apple), days{7})
        << "nor where an own domain is kept";
}

TEST_F(OwnHolds, AYoungAddressMayHaveComeWithTheThief)
{
    const Instant young = test::start_of_test - hours{71};
    EXPECT_EQ(held({.created_at = young}), days{7});
    EXPECT_EQ(held({.notice_email = "ada@second.example", .created_at = young}), days{7});
}

}  // namespace
}  // namespace sallyport::proof
