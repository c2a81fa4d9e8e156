#include <gtest/gtest.h>

#include <vector>

#include "policy/trusted_browsers.h"
#include "support/range_check.h"

namespace sallyport::policy::trusted_browsers {
namespace {

using std::chrono::days;
using std::chrono::minutes;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};

TEST(TrustedBrowsersModel, EveryFactAndAge)
{
    const Limits limits;
    int trusted = 0;
    for (unsigned bits = 0; bits < 64; ++bits)
        for (const Duration age : {Duration{0}, days{30} - ms, Duration{days{30}}})
            for (const Duration challenge : {Duration{0}, minutes{5} - ms, Duration{minutes{5}}}) {
                const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                const Facts facts{bit(0), bit(1), bit(2), bit(3), bit(4), start - challenge, start - age};
                const profile::Table table{.trusted_browsers = bit(5)};
                const Verdict verdict = judge(facts, table, start, limits);
                const bool right =
                    (bits & 15u) == 15 && !bit(4) && bit(5) && age < days{30} && challenge < minutes{5};
                ASSERT_EQ(verdict.answer == Answer::trusted, right);
                ASSERT_EQ(verdict.level, right ? Level::aal1 : Level::none) << "aal1 until a factor is shown";
                trusted += right;
            }
    EXPECT_EQ(trusted, 4);
    EXPECT_EQ(judge({}, {}, start, limits).answer, Answer::not_trusted);
    EXPECT_EQ(Verdict{}.answer, Answer::not_trusted);
    const Facts none;
    EXPECT_FALSE(none.password_right || none.row_found || none.same_account || none.signature_right ||
                 none.challenge_used);
    EXPECT_EQ(ends_at(start, limits), start + days{30});
}

TEST(TrustedBrowsersModel, WhatMakesABrowserTrusted)
{
    for (unsigned bits = 0; bits < 256; ++bits) {
        Methods shown;
        bool second = false;
        for (unsigned n = 0; n < every_method.size(); ++n)
            if (bits >> n & 1u) {
                shown.add(every_method[n]);
                second = second ||
                         (every_method[n] != Method::password && every_method[n] != Method::recovery_code);
            }
        EXPECT_EQ(may_trust(shown, {}), shown.has(Method::password) && second);
        EXPECT_FALSE(may_trust(shown, profile::table_of(profile::Profile::strict)));
    }
}

TEST(TrustedBrowsers, EverySecurityChangeEndsThem)
{
    using enum sessions::Event;
    EXPECT_EQ(trusted_browsers::ended_by(signed_out), (Ended{false, false, false}))
        << "that is what trust is for";
    EXPECT_EQ(trusted_browsers::ended_by(one_ended), (Ended{false, true, false}));
    EXPECT_EQ(trusted_browsers::ended_by(others_ended), (Ended{false, true, true}));
    for (const auto event :
         {password_changed, factor_changed, password_reset, account_locked, account_closed})
        EXPECT_EQ(trusted_browsers::ended_by(event), (Ended{true, true, true}));
    EXPECT_EQ(Ended{}, (Ended{false, false, false}));
}

TEST(TrustedBrowsers, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.life, days{30});
    EXPECT_EQ(limits.challenge_life, minutes{5});
    EXPECT_EQ(limits.browsers_max, 10);
    expect_range(&Limits::life, Duration{days{1}}, Duration{days{30}}, "life");
    expect_range(&Limits::challenge_life, Duration{minutes{1}}, Duration{minutes{5}}, "challenge_life");
    expect_range(&Limits::browsers_max, std::int64_t{1}, std::int64_t{20}, "browsers_max");
}

}  // namespace
}  // namespace sallyport::policy::trusted_browsers
