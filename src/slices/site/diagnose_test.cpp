#include "slices/site/diagnose.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sallyport::site {
namespace {

Seen healthy()
{
    Seen seen;
    seen.secure = true;
    seen.cookies = true;
    return seen;
}

std::optional<State> state_of(const Diagnosis& diagnosis, Check check)
{
    const auto row = std::ranges::find(diagnosis.rows, check, &Row::check);
    return row == diagnosis.rows.end() ? std::nullopt : std::optional(row->state);
}

TEST(Diagnose, FindsNothingWhereNothingIs)
{
    const Diagnosis found = diagnose(healthy());
    EXPECT_EQ(found.verdict, Verdict::nothing_found);
    for (const Row& row : found.rows) EXPECT_NE(row.state, State::problem);
}

TEST(Diagnose, NamesEachFaultAlone)
{
    const struct {
        void (*seed)(Seen&);
        Check check;
        State state;
        Verdict verdict;
    } table[] = {
        {[](Seen& s) { s.service_answers = false; }, Check::service, State::problem, Verdict::service_down},
        {[](Seen& s) { s.secure = false; }, Check::secure, State::problem, Verdict::not_secure},
        {[](Seen& s) { s.secure = s.must_be_secure = false; }, Check::secure, State::note,
         Verdict::nothing_found},
        {[](Seen& s) { s.cookies = false; }, Check::cookies, State::problem, Verdict::cookies_blocked},
        {[](Seen& s) { s.limited_until = from_unix_ms(1); }, Check::limit, State::problem, Verdict::limited},
        {[](Seen& s) { s.tells_fetch_metadata = false; }, Check::browser, State::note,
         Verdict::nothing_found},
        {[](Seen& s) { s.through_relay = true; }, Check::relay, State::note, Verdict::nothing_found},
        {[](Seen& s) { s.signed_in = true; }, Check::service, State::fine, Verdict::signed_in},
    };
    for (const auto& row : table) {
        Seen seen = healthy();
        row.seed(seen);
        const Diagnosis found = diagnose(seen);
        EXPECT_EQ(found.verdict, row.verdict);
        EXPECT_EQ(state_of(found, row.check), row.state);
        for (const Row& other : found.rows)
            if (other.check != row.check) EXPECT_NE(other.state, State::problem);
    }
}

TEST(Diagnose, SaysWhatIsOursBeforeWhatIsTheirs)
{
    Seen seen;
    seen.service_answers = false;
    seen.cookies = false;
    seen.limited_until = from_unix_ms(1);
    EXPECT_EQ(diagnose(seen).verdict, Verdict::service_down);
    EXPECT_EQ(state_of(diagnose(seen), Check::limit), std::nullopt);  // nobody knows
    seen.service_answers = true;
    EXPECT_EQ(diagnose(seen).verdict, Verdict::not_secure);
    seen.secure = true;
    EXPECT_EQ(diagnose(seen).verdict, Verdict::cookies_blocked);
    seen.cookies = std::nullopt;
    EXPECT_EQ(diagnose(seen).verdict, Verdict::limited);
    EXPECT_EQ(state_of(diagnose(seen), Check::cookies), std::nullopt);
}

TEST(Diagnose, CutsAddresses)
{
    EXPECT_EQ(cut_address("192.0.2.17"), "192.0.2.x");
    EXPECT_EQ(cut_address("2001:db8:1:2::5"), "2001:db8::x");
    EXPECT_EQ(cut_address("::1"), "::x");
}

}  // namespace
}  // namespace sallyport::site
