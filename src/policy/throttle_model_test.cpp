// Every short interleaving of two strangers, the owner in a known browser and the owner in a new one, with
// small limits; then long attacks with the real ones.
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "policy/throttle.h"

namespace sallyport::policy::throttle {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant start{hours{24 * 365 * 50}};

// --- the machine that the store makes real
// --------------------------------------------------------------------------

struct Account {
    Bucket known_browser;  // of the owner's browser
    Bucket stranger;
    Bucket pass;
    bool pass_open = false;  // in the owner's new browser
    std::map<int, NetworkCount> networks;

    Facts seen(bool in_known_browser, bool in_new_browser_of_owner, int network) const
    {
        Facts facts;
        if (in_known_browser) facts.known_browser = known_browser;
        facts.stranger = stranger;
        if (in_new_browser_of_owner && pass_open) facts.pass = pass;
        const auto count = networks.find(network);
        if (count != networks.end()) {
            facts.network_failures = count->second.failures;
            facts.network_window_ends = count->second.window_ends;
        }
        return facts;
    }
    Bucket& behind(Door door)
    {
        if (door == Door::known_browser) return known_browser;
        return door == Door::pass ? pass : stranger;
    }
    /// A wrong guess that was admitted.
    void wrong(Door door, int network, Instant now, const Limits& limits)
    {
        Bucket& bucket = behind(door);
        const auto after = charge(bucket, guess_cost, now, schedule_of(door, limits));
        ASSERT_TRUE(after.has_value()) << "admit and the guard of the upsert agree";
        bucket = *after;
        networks[network] = after_failure(networks[network], now, limits);
    }
    void success()
    {
        const Facts after = emptied(seen(true, true, 0));
        known_browser = *after.known_browser;
        stranger = after.stranger;
        pass_open = after.pass.has_value();
    }
};

Limits small()
{
    Limits limits;
    limits.known_browser_tries_max = 2;
    limits.stranger_free_tries = 2;
    limits.stranger_tries_max = 3;
    limits.first_wait = seconds{30};
    limits.longest_wait = seconds{100};
    limits.network_failures_max = 3;
    limits.pass_tries_max = 2;
    return limits;
}

enum class Act : int {
    stranger_a,
    stranger_b,
    owner_known_wrong,
    owner_known_right,
    owner_new_wrong,
    owner_new_right,
    pass_opens,
    minute_passes
};
constexpr int acts = 8;

struct Trace {
    Account account;
    Instant now = start;
    std::int64_t strangers_admitted = 0;  // since the last success, through the strangers' door
    std::int64_t own_wrong = 0;           // of the owner's known browser, since the last success
    std::int64_t wrong_with_pass = 0;
};

class Walk {
public:
    explicit Walk(Limits limits) : m_limits(limits) {}
    void from(const Trace& trace, int depth)
    {
        ++traces;
        holds(trace);
        if (depth == 0 || ::testing::Test::HasFailure()) return;
        for (int act = 0; act < acts; ++act) {
            Trace next = trace;
            apply(next, static_cast<Act>(act));
            from(next, depth - 1);
        }
    }
    std::int64_t traces = 0;
    std::int64_t waits = 0, pass_needed = 0;

private:
    void guess(Trace& t, bool known, bool owner_new, int network, bool right)
    {
        const Account before = t.account;
        const Verdict verdict = admit(t.account.seen(known, owner_new, network), t.now, m_limits);
        if (verdict.answer != Answer::admit) {
            waits += verdict.answer == Answer::wait;
            pass_needed += verdict.answer == Answer::needs_pass;
            return;
        }
        t.account.wrong(verdict.door, network, t.now, m_limits);
        t.strangers_admitted += verdict.door == Door::stranger;
        t.own_wrong += verdict.door == Door::known_browser;
        t.wrong_with_pass += verdict.door == Door::pass;
        if (!known)
            EXPECT_EQ(t.account.known_browser, before.known_browser) << "only its own guesses cost it";
        if (!owner_new) EXPECT_EQ(t.account.pass, before.pass) << "only guesses with the pass cost it";
        if (!right) return;
        t.account.success();
        t.strangers_admitted = t.own_wrong = t.wrong_with_pass = 0;
    }
    void apply(Trace& t, Act act)
    {
        switch (act) {
        case Act::stranger_a: return guess(t, false, false, 1, false);
        case Act::stranger_b: return guess(t, false, false, 2, false);
        case Act::owner_known_wrong:
            return guess(t, true, false, 1, false);  // a stranger sits in the same network
        case Act::owner_known_right: return guess(t, true, false, 1, true);
        case Act::owner_new_wrong: return guess(t, false, true, 4, false);
        case Act::owner_new_right: return guess(t, false, true, 4, true);
        case Act::pass_opens:
            t.account.pass_open = true;
            t.account.pass = {};
            t.wrong_with_pass = 0;
            return;
        case Act::minute_passes: t.now += minutes{1}; return;
        }
    }
    void holds(const Trace& t) const
    {
        ASSERT_LE(t.strangers_admitted, m_limits.stranger_tries_max);
        ASSERT_LE(t.own_wrong, m_limits.known_browser_tries_max);
        ASSERT_LE(t.wrong_with_pass, m_limits.pass_tries_max);

        const Verdict known = admit(t.account.seen(true, false, 1), t.now, m_limits);
        if (t.own_wrong < m_limits.known_browser_tries_max)
            ASSERT_EQ(known, (Verdict{Answer::admit, Door::known_browser, {}}))
                << "strangers disable nothing";
        else
            ASSERT_FALSE(known.answer == Answer::admit && known.door == Door::known_browser);

        Account with_pass = t.account;
        with_pass.pass_open = true;
        with_pass.pass = {};
        const Verdict new_browser = admit(with_pass.seen(false, true, 4), t.now, m_limits);
        ASSERT_EQ(new_browser, (Verdict{Answer::admit, Door::pass, {}})) << "a pass always helps, at once";

        for (const int network : {1, 2, 9}) {
            const Verdict stranger = admit(t.account.seen(false, false, network), t.now, m_limits);
            if (stranger.answer == Answer::needs_pass) {
                ASSERT_EQ(t.account.stranger.charged, m_limits.stranger_tries_max);
                ASSERT_EQ(stranger, (Verdict{Answer::needs_pass, Door::stranger, {}}));
            } else if (stranger.answer == Answer::wait) {
                ASSERT_GT(stranger.until, t.now) << "a wait ends in the future";
                const Facts same = t.account.seen(false, false, network);
                ASSERT_EQ(admit(same, stranger.until, m_limits).answer, Answer::admit) << "and when it says";
                ASSERT_EQ(admit(same, stranger.until - Duration{1}, m_limits).answer, Answer::wait);
            } else {
                ASSERT_EQ(stranger.door, Door::stranger);
                ASSERT_GE(t.now, t.account.stranger.next_at);
            }
        }
    }
    Limits m_limits;
};

TEST(ThrottleModel, EveryShortInterleaving)
{
    Walk walk(small());
    walk.from({}, 6);
    EXPECT_GT(walk.traces, 250'000);
    EXPECT_GT(walk.waits, 1000) << "the walk gets where waits are";
    EXPECT_GT(walk.pass_needed, 10) << "and where a pass is needed";
}

// Every sequence of tries, searches for a drift, successes and pauses at one account, beside a twin that is
// never searched.
struct Twins {
    Bucket real, unsearched;
    std::int64_t guesses = 0, searches = 0;  // since the last success
};

void walk_searches(const Twins& twins, Instant now, int depth, const Schedule& schedule, std::int64_t cost,
                   std::int64_t& searched)
{
    ASSERT_LE(twins.guesses, schedule.cap) << "a search's guesses are among those of strangers";
    ASSERT_LE(twins.searches, 1);
    ASSERT_EQ(twins.real.next_at, twins.unsearched.next_at) << "nobody ever waits for a search";
    if (depth == 0) return;
    const auto deeper = [&](const Twins& next, Instant then) {
        walk_searches(next, then, depth - 1, schedule, cost, searched);
    };
    if (const auto tried = charge(twins.real, guess_cost, now, schedule)) {
        const auto other = charge(twins.unsearched, guess_cost, now, schedule);
        ASSERT_TRUE(other);
        deeper({*tried, *other, twins.guesses + 1, twins.searches}, now);
    }
    if (const auto found = charge_search(twins.real, schedule, cost)) {
        ++searched;
        deeper({*found, twins.unsearched, twins.guesses + cost, twins.searches + 1}, now);
    }
    if (twins.real != Bucket{}) deeper({}, now);
    deeper(twins, now + seconds{30});
    deeper(twins, now + seconds{100});
}

TEST(ThrottleModel, ASearchForADriftIsPaidByTheHundredAndMakesNobodyWait)
{
    const Schedule schedule = schedule_of(Door::stranger, [] {
        Limits limits = small();
        limits.stranger_tries_max = 6;
        return limits;
    }());
    std::int64_t searched = 0;
    walk_searches({}, start, 8, schedule, 3, searched);
    EXPECT_GT(searched, 1000);

    // An honest person in a new browser, whose phone is late: three slips, and no wait.
    const Schedule real = schedule_of(Door::stranger, Limits{});
    Bucket bucket;
    for (int slip = 1; slip <= 3; ++slip) {
        const auto tried = charge(bucket, guess_cost, start, real);
        ASSERT_TRUE(tried) << slip;
        bucket = *tried;
        if (const auto found = charge_search(bucket, real); found && slip >= 2) bucket = *found;
    }
    EXPECT_EQ(bucket, (Bucket{13, {}, 10}));
    EXPECT_TRUE(charge(bucket, guess_cost, start, real)) << "the fourth may come at once";
}

TEST(ThrottleModel, AHundredGuessesByStrangersAndNotOneMore)
{
    const Limits limits;
    Account account;
    Instant now = start;
    std::int64_t admitted = 0;
    Verdict verdict;
    for (int i = 0; i < 1000; ++i) {
        // Ever new networks, other factors and flows: the one budget sees them all.
        verdict = admit(account.seen(false, false, i), now, limits);
        if (verdict.answer == Answer::needs_pass) break;
        if (verdict.answer == Answer::wait) {
            now = verdict.until;
            continue;
        }
        account.wrong(verdict.door, i, now, limits);
        ++admitted;
    }
    EXPECT_EQ(verdict.answer, Answer::needs_pass);
    EXPECT_EQ(admitted, 100);
    EXPECT_EQ(now - start, seconds{30 + 60 + 120 + 240 + 480 + 960 + 1920} + hours{83});

    now += hours{24 * 365};
    EXPECT_EQ(admit(account.seen(false, false, 1), now, limits).answer, Answer::needs_pass)
        << "no time heals it";
    EXPECT_EQ(admit(account.seen(true, false, 1), now, limits).door, Door::known_browser);
    account.success();
    EXPECT_EQ(admit(account.seen(false, false, 1), now, limits).answer, Answer::admit) << "a success does";
    EXPECT_EQ(account.stranger, Bucket{});
    EXPECT_EQ(account.known_browser, Bucket{});
}

TEST(ThrottleModel, ASuccessSpendsThePassAndLeavesTheNetworksCount)
{
    Facts facts{Bucket{3, start}, Bucket{50, start}, Bucket{2, start}, 77, start + hours{1}};
    const Facts after = emptied(facts);
    EXPECT_EQ(after.known_browser, Bucket{});
    EXPECT_EQ(after.stranger, Bucket{});
    EXPECT_FALSE(after.pass);
    EXPECT_EQ(after.network_failures, 77);
    EXPECT_EQ(after.network_window_ends, start + hours{1});
    facts.known_browser.reset();
    EXPECT_FALSE(emptied(facts).known_browser) << "a success in a strange browser invents no known one";
}

TEST(ThrottleModel, ANetworkIsOnlyAWallForStrangers)
{
    const Limits limits;
    Facts facts;
    facts.network_failures = 99;
    facts.network_window_ends = start + minutes{20};
    EXPECT_EQ(admit(facts, start, limits).answer, Answer::admit);
    facts.network_failures = 100;
    EXPECT_EQ(admit(facts, start, limits), (Verdict{Answer::wait, Door::stranger, start + minutes{20}}));
    EXPECT_EQ(admit(facts, start + minutes{20}, limits).answer, Answer::admit);
    facts.stranger = {12, start + minutes{30}};
    EXPECT_EQ(admit(facts, start, limits).until, start + minutes{30}) << "the longer wait counts";
    facts.known_browser = Bucket{9, {}};
    EXPECT_EQ(admit(facts, start, limits).door, Door::known_browser);
    facts.known_browser = Bucket{10, {}};
    facts.pass = Bucket{4, {}};
    EXPECT_EQ(admit(facts, start, limits).door, Door::pass);
    facts.pass = Bucket{5, {}};
    EXPECT_EQ(admit(facts, start, limits).answer, Answer::wait)
        << "a known browser falls back to strangers' doors";
}

}  // namespace
}  // namespace sallyport::policy::throttle
