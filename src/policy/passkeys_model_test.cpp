#include <gtest/gtest.h>

#include <vector>

#include "base/check.h"
#include "policy/passkeys.h"
#include "support/range_check.h"

namespace sallyport::policy::passkeys {
namespace {

using std::chrono::days;
using std::chrono::minutes;

const Instant start{days{365 * 50}};
constexpr Duration ms{1};
const std::vector<Level> all_levels{Level::none, Level::aal1, Level::aal2, Level::aal3};
const profile::Table standard = profile::table_of(profile::Profile::standard);
const profile::Table strict = profile::table_of(profile::Profile::strict);

TEST(PasskeysModel, EveryChallenge)
{
    const Limits limits;
    int good_count = 0;
    for (unsigned bits = 0; bits < 16; ++bits)
        for (const Duration age : {Duration{0}, minutes{5} - ms, Duration{minutes{5}}}) {
            const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
            const auto answer = judge_challenge({bit(0), bit(1), bit(2), bit(3), start - age}, start, limits);
            using enum ChallengeAnswer;
            const auto expected = !bit(0)             ? unknown
                                  : !bit(1)           ? other_browser
                                  : !bit(2)           ? other_purpose
                                  : bit(3)            ? used
                                  : age >= minutes{5} ? expired
                                                      : ChallengeAnswer::good;
            ASSERT_EQ(answer, expected);
            good_count += answer == ChallengeAnswer::good;
        }
    EXPECT_EQ(good_count, 2);
    const Challenge none;
    EXPECT_FALSE(none.found || none.same_browser || none.same_purpose || none.used);
}

TEST(PasskeysModel, EveryCounter)
{
    for (std::int64_t last = 0; last < 5; ++last)
        for (std::int64_t now = 0; now < 5; ++now)
            EXPECT_EQ(counter_goes_on(last, now), last == 0 && now == 0 ? true : now > last);
}

TEST(PasskeysModel, EveryAssertion)
{
    int right_count = 0;
    for (unsigned bits = 0; bits < 1u << 9; ++bits)
        for (const Use use : {Use::alone, Use::second, Use::step_up, Use::recovery})
            for (const auto challenge : {ChallengeAnswer::good, ChallengeAnswer::used})
                for (const std::int64_t counter : {0, 4, 5, 6}) {
                    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                    const Assertion f{challenge, bit(0),  bit(1), bit(2), bit(3), bit(4),
                                      bit(5),    counter, bit(6), bit(7), bit(8), 5};
                    const bool needs_user =
                        use == Use::alone || (use != Use::second && f.registered_verified);
                    ASSERT_EQ(verification_required(use, f.registered_verified), needs_user);
                    const bool verified = f.user_verified && f.registered_verified;
                    using enum AssertionAnswer;
                    const auto expected = challenge != ChallengeAnswer::good           ? challenge_refused
                                          : !f.credential_known                        ? unknown_credential
                                          : !f.right_account                           ? other_account
                                          : !f.user_present                            ? not_present
                                          : f.backed_up && !f.backup_eligible          ? impossible_flags
                                          : f.backup_eligible != f.registered_eligible ? eligibility_changed
                                          : counter != 6                               ? counter_back
                                          : needs_user && !verified                    ? not_verified
                                                                    : AssertionAnswer::right;
                    const auto verdict = judge_assertion(f, use);
                    ASSERT_EQ(verdict.answer, expected);
                    if (verdict.answer != AssertionAnswer::right) {
                        ASSERT_FALSE(verdict.note_backup_state);
                        continue;
                    }
                    ++right_count;
                    ASSERT_EQ(verdict.method, !verified           ? Method::touched_key
                                              : f.backup_eligible ? Method::passkey
                                                                  : Method::bound_passkey);
                    ASSERT_EQ(verdict.note_backup_state, f.backed_up != f.last_backed_up);
                    if (use == Use::alone) ASSERT_GE(level_of({verdict.method}, false), Level::aal2);
                }
    EXPECT_GT(right_count, 0);
    Assertion zero{.challenge = ChallengeAnswer::good,
                   .credential_known = true,
                   .right_account = true,
                   .user_present = true};
    EXPECT_EQ(judge_assertion(zero, Use::second).answer, AssertionAnswer::right) << "some never count";
    zero.last_counter = 1;
    EXPECT_EQ(judge_assertion(zero, Use::second).answer, AssertionAnswer::counter_back);
    zero.last_counter = 0, zero.counter = 1;
    EXPECT_EQ(judge_assertion(zero, Use::second).answer, AssertionAnswer::right);
}

TEST(Passkeys, FactsNeverFilledInProveNothing)
{
    const Assertion a;
    EXPECT_EQ(a.challenge, ChallengeAnswer::unknown);
    EXPECT_FALSE(a.credential_known || a.right_account || a.user_present || a.user_verified ||
                 a.backup_eligible || a.backed_up || a.registered_verified || a.registered_eligible ||
                 a.last_backed_up);
    EXPECT_EQ(a.counter, 0);
    EXPECT_EQ(a.last_counter, 0);
    EXPECT_EQ(AssertionVerdict{}.answer, AssertionAnswer::challenge_refused);
    EXPECT_EQ(AssertionVerdict{}.method, Method::touched_key) << "the least";
    EXPECT_FALSE(AssertionVerdict{}.note_backup_state);
    const Registration r;
    EXPECT_EQ(r.challenge, ChallengeAnswer::unknown);
    EXPECT_FALSE(r.entitled || r.stepped_up || r.has_password || r.known_credential || r.user_present ||
                 r.user_verified || r.backup_eligible || r.backed_up || r.attestation_demanded);
    EXPECT_EQ(r.session, Level::none);
    EXPECT_EQ(r.account_highest, Level::none);
    EXPECT_EQ(r.held, 0);
    EXPECT_EQ(r.bound_held, 0);
    EXPECT_EQ(r.algorithm, 0);
    EXPECT_EQ(r.attestation, Attestation::none);
    EXPECT_EQ(RegistrationVerdict{}.answer, RegistrationAnswer::challenge_refused);
    EXPECT_EQ(RegistrationVerdict{}.method, Method::touched_key);
    const Strong s;
    EXPECT_TRUE(s.young && !s.leaving);
    EXPECT_EQ(s.method, Method::touched_key);
    const RemoveFacts f;
    EXPECT_TRUE(f.approver_young);
    EXPECT_FALSE(f.stepped_up || f.browser_settled || f.has_password);
    EXPECT_EQ(f.session, Level::none);
    EXPECT_EQ(f.account_highest, Level::none);
}

TEST(PasskeysModel, WhoMayRegister)
{
    const Limits limits;
    for (const Level session : all_levels)
        for (const Level highest : {Level::aal1, Level::aal2, Level::aal3})
            for (const bool stepped_up : {false, true})
                for (const bool entitled : {false, true})
                    for (std::int64_t held = 8; held < 13; ++held) {
                        Registration facts;
                        facts.session = session, facts.account_highest = highest, facts.held = held;
                        facts.stepped_up = stepped_up, facts.entitled = entitled;
                        const bool strong = session != Level::none && session >= highest;
                        using enum RegistrationAnswer;
                        const auto expected = !entitled && !strong       ? needs_level
                                              : !entitled && !stepped_up ? needs_step_up
                                              : held >= 10               ? too_many
                                                                         : allowed;
                        ASSERT_EQ(may_register(facts, limits), expected);
                        if (expected != allowed)
                            ASSERT_EQ(judge_registration(facts, standard, limits).answer, expected);
                        else
                            ASSERT_EQ(judge_registration(facts, standard, limits).answer, challenge_refused);
                    }
}

TEST(PasskeysModel, EveryRegistration)
{
    const Limits limits;
    const profile::Table no_synced{.passkey = false}, no_touched{.touched_key = false},
        no_bound{.bound_passkey = false};
    int allowed_count = 0;
    for (const auto& table : {standard, strict, no_synced, no_touched, no_bound})
        for (unsigned bits = 0; bits < 1u << 8; ++bits)
            for (const std::int64_t algorithm : {-7, -8, -257, -35})
                for (const auto attestation :
                     {Attestation::none, Attestation::self, Attestation::untrusted, Attestation::trusted}) {
                    const auto bit = [bits](unsigned n) { return (bits >> n & 1u) != 0; };
                    Registration f;
                    f.challenge = bit(0) ? ChallengeAnswer::good : ChallengeAnswer::expired;
                    f.entitled = true, f.has_password = bit(1), f.bound_held = bit(2) ? 1 : 0;
                    f.known_credential = bit(3), f.user_present = bit(4), f.user_verified = bit(5);
                    f.backup_eligible = bit(6), f.backed_up = bit(7), f.algorithm = algorithm;
                    f.attestation = attestation;
                    for (const bool demanded : {false, true}) {
                        f.attestation_demanded = demanded;
                        const Method method = !bit(5)  ? Method::touched_key
                                              : bit(6) ? Method::passkey
                                                       : Method::bound_passkey;
                        using enum RegistrationAnswer;
                        const auto expected =
                            !bit(0)                                           ? challenge_refused
                            : !bit(4)                                         ? not_present
                            : bit(7) && !bit(6)                               ? impossible_flags
                            : algorithm == -35                                ? algorithm_not_taken
                            : bit(3)                                          ? already_held
                            : demanded && attestation != Attestation::trusted ? attestation_missing
                            : !profile::allows(table, method)                 ? method_not_allowed
                            : table == strict && !bit(2) && method != Method::bound_passkey
                                ? needs_hardware_key
                            : method == Method::touched_key && !bit(1) ? needs_password
                                                                       : RegistrationAnswer::allowed;
                        const auto verdict = judge_registration(f, table, limits);
                        ASSERT_EQ(verdict.answer, expected);
                        if (expected != RegistrationAnswer::allowed) continue;
                        ASSERT_EQ(verdict.method, method);
                        ++allowed_count;
                    }
                }
    EXPECT_GT(allowed_count, 0);
    EXPECT_EQ(eddsa, -8);
    EXPECT_EQ(es256, -7);
    EXPECT_EQ(rs256, -257);
    for (std::int64_t n = -300; n < 10; ++n)
        EXPECT_EQ(takes_algorithm(n), n == -8 || n == -7 || n == -257) << n;
}

// --- removal: every account of up to three factors
struct Piece {
    Method method;
    roots::Kept kept;
};
const std::vector<Piece> pieces{
    {Method::totp, roots::app(false)},           {Method::passkey, roots::synced_passkey(1)},
    {Method::passkey, roots::synced_passkey(2)}, {Method::bound_passkey, roots::hardware(1)},
    {Method::bound_passkey, roots::hardware(2)}, {Method::touched_key, roots::hardware(3)}};

template <class Check>
void for_every_account(Check check)
{
    // Each piece is absent, old, young, or on its way out.
    for (int code = 0; code < 4096; ++code) {
        std::vector<Strong> factors;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            const int state = code >> (2 * i) & 3;
            if (state != 0) factors.push_back({pieces[i].method, pieces[i].kept, state == 2, state == 3});
        }
        for (const bool password : {false, true})
            for (const auto& table : {standard, strict}) check(factors, password, table);
    }
}
bool is_passkey(Method m) { return m == Method::passkey || m == Method::bound_passkey; }

TEST(PasskeysModel, NoRemovalLeavesAnAccountWithoutAWayIn)
{
    std::int64_t removed = 0, refused = 0;
    for_every_account([&](const std::vector<Strong>& factors, bool password, const profile::Table& table) {
        const RemoveFacts facts{Level::aal3, Level::aal3, true, false, true, password, factors};
        for (std::size_t which = 0; which < factors.size(); ++which) {
            const auto answer = may_remove_factor(facts, which, table);
            ASSERT_EQ(answer == RemoveAnswer::leaving_already, factors[which].leaving);
            std::vector<roots::Kept> passkeys;
            std::int64_t strong = 0, bound = 0;
            for (std::size_t i = 0; i < factors.size(); ++i) {
                if (i == which || factors[i].young || factors[i].leaving) continue;
                if (password || is_passkey(factors[i].method)) ++strong;
                bound += factors[i].method == Method::bound_passkey;
                if (is_passkey(factors[i].method)) passkeys.push_back(factors[i].kept);
            }
            if (factors[which].leaving) continue;
            using enum RemoveAnswer;
            const auto expected =
                strong == 0 ? last_strong_factor
                : table == strict && factors[which].method == Method::bound_passkey && bound == 0
                    ? last_hardware_key
                : !password && is_passkey(factors[which].method) && roots::count_roots(passkeys) < 2
                    ? last_way_in
                    : waits;
            ASSERT_EQ(answer, expected);
            (answer == waits ? removed : refused) += 1;
        }
        const auto answer = may_remove_password(facts);
        std::vector<roots::Kept> passkeys;
        for (const Strong& factor : factors)
            if (is_passkey(factor.method) && !factor.young && !factor.leaving)
                passkeys.push_back(factor.kept);
        ASSERT_EQ(answer == RemoveAnswer::waits, password && roots::count_roots(passkeys) >= 2);
        ASSERT_EQ(answer == RemoveAnswer::last_way_in, password && roots::count_roots(passkeys) < 2);
        ASSERT_EQ(answer == RemoveAnswer::leaving_already, !password);
    });
    EXPECT_GT(removed, 0);
    EXPECT_GT(refused, 0);
}

TEST(PasskeysModel, WhoMayRemove)
{
    const std::vector<Strong> two{{Method::passkey, roots::synced_passkey(1), false, false},
                                  {Method::bound_passkey, roots::hardware(1), false, false},
                                  {Method::bound_passkey, roots::hardware(2), false, false}};
    for (const Level session : all_levels)
        for (const Level highest : {Level::aal1, Level::aal2, Level::aal3})
            for (unsigned bits = 0; bits < 8; ++bits) {
                const bool stepped_up = bits & 1, young = bits & 2, settled = bits & 4;
                const RemoveFacts facts{session, highest, stepped_up, young, settled, true, two};
                using enum RemoveAnswer;
                const auto expected = session < Level::aal2           ? needs_level
                                      : !stepped_up                   ? needs_step_up
                                      : young                         ? too_young
                                      : session >= highest && settled ? waits
                                                                      : waits_long;
                ASSERT_EQ(may_remove_factor(facts, 0, standard), expected);
                ASSERT_EQ(may_remove_password(facts), expected);
            }
    EXPECT_THROW(may_remove_factor({.factors = two}, 3, standard), ProgrammingError);
    EXPECT_EQ(may_remove_factor({.factors = two}, 2, standard), RemoveAnswer::needs_level);
}

TEST(Passkeys, ThePromptRestsForThirtyDays)
{
    const Limits limits;
    EXPECT_TRUE(may_prompt(false, std::nullopt, start, limits));
    EXPECT_FALSE(may_prompt(true, std::nullopt, start, limits));
    EXPECT_FALSE(may_prompt(false, start, start + days{30} - ms, limits));
    EXPECT_TRUE(may_prompt(false, start, start + days{30}, limits));
    EXPECT_FALSE(may_prompt(true, start, start + days{30}, limits));
}

TEST(Passkeys, LimitsAndTheirRanges)
{
    const Limits limits;
    EXPECT_EQ(limits.passkeys_max, 10);
    EXPECT_EQ(limits.challenge_life, minutes{5});
    EXPECT_EQ(limits.name_code_points_max, 64);
    EXPECT_EQ(limits.prompt_rest, days{30});
    expect_range(&Limits::passkeys_max, std::int64_t{2}, std::int64_t{10}, "passkeys_max");
    expect_range(&Limits::challenge_life, Duration{minutes{2}}, Duration{minutes{5}}, "challenge_life");
    expect_range(&Limits::prompt_rest, Duration{days{7}}, Duration{days{365}}, "prompt_rest");
}

}  // namespace
}  // namespace sallyport::policy::passkeys
